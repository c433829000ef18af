//! Why a dot went where it went, in words for people: what was known before the strike, what the device made
//! of it, what the controller believes, and what a simulator knows. Nothing here decides or draws.

use super::truth::TrueStrike;
use crate::depth::Grounds;
use crate::device::StrokeReport;
use crate::plan::DotId;
use crate::stream::Estimate;
use std::fmt::Write as _;

/// All that there is to say of one struck dot. Lengths in mm, times in ms, forces in N.
#[derive(Clone, Copy, Debug)]
pub struct Why<'a> {
    /// Which dot.
    pub dot: DotId,
    /// Which strike of the run, from 1.
    pub strike: usize,
    /// What the decision was made of; `None` where the journal does not say.
    pub grounds: Option<&'a Grounds>,
    /// What the device made of it, where its language tells.
    pub stroke: Option<&'a StrokeReport>,
    /// What the controller believes of it.
    pub estimate: &'a Estimate,
    /// What really happened, where a simulator says so.
    pub truth: Option<&'a TrueStrike>,
    /// How far from its planned place it really went in, along the skin, registration included, mm; NaN without
    /// truth.
    pub beside_mm: f64,
}

impl Why<'_> {
    /// A page of tables, Markdown.
    pub fn document(&self) -> String {
        let mut out = String::with_capacity(2048);
        let _ = writeln!(out, "# Dot {}, strike {}\n", self.dot.0, self.strike);
        // First, so that a small window shows it: how deep it went.
        self.outcome(&mut out);
        match self.grounds {
            Some(grounds) => before(&mut out, grounds),
            None => out.push_str("The journal does not say on what grounds it was struck.\n\n"),
        }
        match self.stroke {
            Some(stroke) => self.device(&mut out, stroke),
            None => out.push_str("The device does not say what it made of it.\n"),
        }
        out
    }

    /// The same in one line, for a label.
    pub fn line(&self) -> String {
        let mut out = format!("dot {}, strike {}", self.dot.0, self.strike);
        if let Some(g) = self.grounds {
            let _ = write!(
                out,
                ": skin read {} {} old, predicted {}, needle short {}, dimple {}, aim {}, travel {}",
                mm(g.height_mm),
                ms(g.age_ms),
                sure(g.gap_mm, g.surface_sigma_mm),
                sure(g.offset_mm, g.offset_sigma_mm),
                sure(g.dimple_mm, g.dimple_sigma_mm),
                sure(g.aim_mm, g.sigma_mm),
                mm(g.travel_mm),
            );
        }
        if let Some(stroke) = self.stroke {
            let _ = write!(out, ", in the end {}", mm(stroke.travel_mm));
        }
        let believed = f64::from(self.estimate.penetration_mm);
        let sigma = f64::from(self.estimate.sigma_mm);
        let _ = write!(out, "; penetration believed {}", sure(believed, sigma));
        if let Some(truth) = self.truth {
            let _ = write!(out, ", true {}", mm(truth.penetration_mm));
        }
        out
    }

    fn device(&self, out: &mut String, s: &StrokeReport) {
        let added = self.grounds.map_or(f64::NAN, |g| s.travel_mm - g.travel_mm);
        let skin = s.skin_mm.unwrap_or(f64::NAN);
        let off = self.grounds.map_or(f64::NAN, |g| skin - g.gap_mm);
        head(out, "What the device made of it", "measured");
        row(out, "Lengthened at the bottom by (trim)", &signed(added));
        row(out, "Travel in the end", &mm(s.travel_mm));
        row(out, "Travel reached (less: held by the stop)", &mm(s.reached_mm));
        row(out, "Travel at contact", &maybe(s.contact_mm));
        row(out, "Travel at which force told of skin", &maybe(s.felt_mm));
        row(out, "Skin read just before contact", &mm(skin));
        row(out, "Skin measured less skin predicted", &signed(off));
        row(out, "Skin read at the bottom", &maybe(s.bottom_mm));
        row(out, "Stroke", if s.whole { "whole" } else { "broken off" });
    }

    /// Belief against truth.
    fn outcome(&self, out: &mut String) {
        let (e, truth) = (self.estimate, self.truth);
        let of = |value: fn(&TrueStrike) -> f64| truth.map_or(f64::NAN, value);
        let penetration = sure(e.penetration_mm.into(), e.sigma_mm.into());
        let sunk = f64::from(e.travel_mm) - f64::from(e.gap_mm);
        let _ = writeln!(out, "| What came of it | believed | true |\n|---|---|---|");
        let mut both = |what: &str, believed: &str, real: &str| {
            let _ = writeln!(out, "| {what} | {believed} | {real} |");
        };
        both("**Penetration**", &format!("**{penetration}**"), &mm(of(|t| t.penetration_mm)));
        both("Dimple", &mm(e.dimple_mm.into()), &mm(of(|t| t.dimple_mm)));
        both("Tip below the undisturbed skin", &mm(sunk), &mm(of(|t| t.tip_travel_mm)));
        both("Skin, needle offset included", &mm(e.gap_mm.into()), NONE);
        both("Greatest needle force", &newton(e.force_n.into()), &newton(of(|t| t.peak_force_n)));
        if let Some(t) = truth {
            both("Beside its planned place", NONE, &mm(self.beside_mm));
            both("Sideways drag in the skin", NONE, &mm(t.lateral_drag_mm));
            both("Needle from the normal", NONE, &format!("{:.1}°", t.tilt_deg));
        }
        out.push('\n');
    }
}

fn before(out: &mut String, g: &Grounds) {
    // What is left of the commanded travel once the needle is through gap and dimple.
    let alone = g.travel_mm - g.gap_mm - zero_if_unknown(g.offset_mm) - g.dimple_mm;
    head(out, "Before the strike", "value ± one sigma");
    row(out, "Skin, newest height reading", &mm(g.height_mm));
    row(out, "Age of that reading", &ms(g.age_ms));
    row(out, "Skin predicted at the bottom", &sure(g.gap_mm, g.surface_sigma_mm));
    row(out, "Speed of the skin, outward positive", &speed(g.speed_mm_per_s));
    row(out, "Dot beside the needle", &mm(g.aside_mm));
    row(out, "Needle short of the height sensor by", &sure(g.offset_mm, g.offset_sigma_mm));
    row(out, "Dimple expected", &sure(g.dimple_mm, g.dimple_sigma_mm));
    row(out, "Penetration aimed at", &sure(g.aim_mm, g.sigma_mm));
    row(out, "**Travel commanded, from rest**", &format!("**{}**", mm(g.travel_mm)));
    row(out, "Penetration that gives by itself", &mm(alone));
    match g.trim {
        Some(trim) => {
            row(out, "The device may lengthen it by at most", &mm(trim.reach_mm));
            row(out, "until the tip is past the skin it reads by", &mm(trim.beyond_mm));
        }
        None => row(out, "The device may lengthen it by at most", "nothing"),
    }
    out.push('\n');
}

fn head(out: &mut String, what: &str, value: &str) {
    let _ = writeln!(out, "| {what} | {value} |\n|---|---|");
}

fn row(out: &mut String, what: &str, value: &str) {
    let _ = writeln!(out, "| {what} | {value} |");
}

fn zero_if_unknown(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// Where there is no value.
const NONE: &str = "–";

/// A value with its unit; a dash where there is none.
fn with_unit(value: f64, digits: usize, unit: &str) -> String {
    if value.is_finite() { format!("{value:.digits$} {unit}") } else { NONE.to_owned() }
}

fn mm(value: f64) -> String {
    with_unit(value, 3, "mm")
}

fn maybe(value: Option<f64>) -> String {
    mm(value.unwrap_or(f64::NAN))
}

fn ms(value: f64) -> String {
    with_unit(value, 1, "ms")
}

fn newton(value: f64) -> String {
    with_unit(value, 2, "N")
}

fn speed(value: f64) -> String {
    with_unit(value, 1, "mm/s")
}

fn signed(value: f64) -> String {
    if value.is_finite() { format!("{value:+.3} mm") } else { NONE.to_owned() }
}

/// A length with its sigma, as far as they are known.
fn sure(value: f64, sigma: f64) -> String {
    if value.is_finite() && sigma.is_finite() {
        format!("{value:.3} ± {sigma:.3} mm")
    } else {
        mm(value)
    }
}

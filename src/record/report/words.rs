//! Events in plain words, each with how much it matters: for the report and the engineer's recording.

use crate::depth::{Reason, Reasons};
use crate::device::Capability;
use crate::plan;
use crate::plan::site::RejectReason;
use crate::record::registered::Registered;
use crate::stream::{Cause, Command, Event, Fate, Outcome, Reaction};
use serde::{Deserialize, Serialize};

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Ordinary business of link and loop, many times in a run.
    Detail,
    /// Happens in every run.
    Info,
    /// Worth a look.
    Warning,
    /// Ended the run.
    Alarm,
}

/// An event in words; `None` for those that every dot brings.
pub fn event(event: &Event) -> Option<(Level, String)> {
    use Level::{Detail, Info, Warning};
    Some(match event {
        Event::Hop { .. }
        | Event::AtPose { .. }
        | Event::StrikeSent { .. }
        | Event::Done { .. } => {
            return None;
        }
        Event::Connected { dialect } => (Info, format!("Connected to a {dialect} device")),
        Event::NotGuaranteed { capability } => {
            (Warning, format!("The device does not guarantee {}", promise(*capability)))
        }
        Event::SessionOpened { epoch } => (Info, format!("Session opened, epoch {epoch:08X}")),
        Event::Resolved { dot, fate } => {
            let (level, what) = match fate {
                Fate::Planned => (Info, "was not struck"),
                Fate::Done => (Info, "was struck"),
                Fate::Uncertain => (Warning, "may or may not have been struck"),
            };
            (level, format!("Dot {}, open since an earlier session, {what}", dot.0))
        }
        Event::Waiting { dot, reasons } => {
            (Warning, format!("Dot {} waits: {}", dot.0, waits(*reasons)))
        }
        Event::Retreated { dot, reasons } => {
            (Info, format!("Over dot {} the tool went up: {}", dot.0, waits(*reasons)))
        }
        Event::Deferred { dot, reasons, times } => {
            (Info, format!("Dot {} is left for later (time {times}): {}", dot.0, waits(*reasons)))
        }
        Event::Touched { .. }
        | Event::HeightDoubted { .. }
        | Event::NeedleMoved { .. }
        | Event::Parted { .. } => return sensed(event),
        Event::Surveyed { .. } | Event::Refined { .. } | Event::Tested { .. } => {
            return found(event);
        }
        Event::DrawnBack { times } => (
            Warning,
            format!(
                "The head came at the tool (time {times}); the needle: {}",
                Cause::Reflex.reaction().needle
            ),
        ),
        Event::CutShort { dot, touched: true } => (
            Warning,
            format!("The strike of dot {} was broken off in the skin: it counts as struck", dot.0),
        ),
        Event::CutShort { dot, touched: false } => (
            Warning,
            format!("The strike of dot {} was broken off above the skin: not struck", dot.0),
        ),
        Event::Rehover { dot } => (Detail, format!("Over dot {} the hover was set anew", dot.0)),
        Event::StrikeRefused { dot } => {
            (Warning, format!("The device refused to strike dot {}; it is measured again", dot.0))
        }
        Event::Resent { seq } => (Detail, format!("Frame {seq} was sent again")),
        Event::Paused | Event::Resumed | Event::Parking | Event::Faulted(_) | Event::Ended(_) => {
            return went(event);
        }
    })
}

/// How the run went on or ended.
fn went(event: &Event) -> Option<(Level, String)> {
    use Level::{Alarm, Info, Warning};
    Some(match event {
        Event::Paused => {
            (Warning, format!("Paused; the needle: {}", Cause::OperatorPause.reaction().needle))
        }
        Event::Resumed => (Info, "Resumed".to_owned()),
        Event::Parking => (Info, "All dots visited; the tool goes to its park pose".to_owned()),
        Event::Faulted(fault) => {
            let Reaction { reaction, needle, person, .. } = fault.cause().reaction();
            (Alarm, format!("Fault: {fault}; then: {reaction}; the needle: {needle}; do: {person}"))
        }
        Event::Ended(outcome) => match outcome {
            Outcome::Finished => (Info, "Finished".to_owned()),
            Outcome::Stopped => (Warning, "Stopped by the operator".to_owned()),
            Outcome::Faulted => (Alarm, "Ended by the fault".to_owned()),
        },
        _ => return None,
    })
}

/// What a survey, or test dots, have found.
fn found(event: &Event) -> Option<(Level, String)> {
    use Level::{Detail, Info, Warning};
    Some(match event {
        Event::Refined { heights, along_mm, aside_mm, aside_sigma_mm } => (
            Info,
            format!(
                "By {heights} heights the skin lies {along_mm:+.2} mm along the normal from where it was \
                 registered, and {aside_mm:.2} mm aside, known to {aside_sigma_mm:.2} mm"
            ),
        ),
        Event::Surveyed { dot, at_mm: [x, y, z] } => {
            (Detail, format!("Place {} was touched at {x:.2}, {y:.2}, {z:.2} mm", dot.0))
        }
        Event::Tested { struck, unsure, mean_mm, scatter_mm } => (
            if *unsure > 0 { Warning } else { Info },
            format!(
                "{struck} test dots: {mean_mm:.2} mm deep, scatter {scatter_mm:.2}, {unsure} not surely in the \
                 band. Look at them; go on, or stop"
            ),
        ),
        _ => return None,
    })
}

/// What needle and sensors find out about each other.
fn sensed(event: &Event) -> Option<(Level, String)> {
    use Level::{Detail, Warning};
    Some(match event {
        Event::Touched { dot, contact_mm } => {
            let found = contact_mm.map_or("no skin".to_owned(), |at| format!("skin at {at:.2} mm"));
            (Detail, format!("Over dot {} the needle found {found}", dot.0))
        }
        Event::HeightDoubted { dot } => (
            Detail,
            format!("Over dot {} the tool was lifted to look after the height sensor", dot.0),
        ),
        Event::NeedleMoved { by_mm } => (
            Warning,
            format!("Needle and height sensor have parted by {by_mm:+.2} mm; zeroed anew"),
        ),
        Event::Parted { by_mm } => (
            Warning,
            format!("By contact alone, needle and height sensor have parted by {by_mm:+.2} mm"),
        ),
        _ => return None,
    })
}

/// An operator's command in words.
pub fn command(command: Command) -> &'static str {
    match command {
        Command::Pause => "Operator: pause",
        Command::Resume => "Operator: resume",
        Command::NewNeedle => "Operator: needle changed or looked after",
        Command::Stop => "Operator: stop",
    }
}

/// How well a head was registered, in words.
pub fn registered(head: &Registered) -> String {
    let worst = &head.target_error_worst;
    format!(
        "target error {:.2} mm at the worst dot, 95 % within {:.2} mm; {} touches used, {} rejected, \
         residual {:.2} mm",
        worst.rms_mm, worst.p95_mm, head.touches_used, head.touches_rejected, head.residual_rms_mm
    )
}

/// Why a strike waits, in words.
pub fn waits(reasons: Reasons) -> String {
    let words = reasons.iter().map(|reason| match reason {
        Reason::Readings => "too few height readings",
        Reason::Stale => "the newest reading is too old",
        Reason::Moving => "the skin moves too fast",
        Reason::Unsure => "the prediction of the skin is not sure enough",
        Reason::Gap => "the tool is not at its hover height",
        Reason::Ceiling => "no depth in the band keeps clear of the ceiling",
        Reason::Aside => "the dot is not under the needle",
        Reason::Drifting => "the skin would move on too far within a stroke",
    });
    words.collect::<Vec<_>>().join(", ")
}

/// How often a dot was put off, and why last.
pub fn put_off(times: u32, reasons: Reasons) -> String {
    let times = if times == 1 { "once".to_owned() } else { format!("{times} times") };
    format!("{times}; {}", waits(reasons))
}

/// Why a dot was left out of the plan, in words.
pub fn left_out(reason: &plan::Reason) -> String {
    match reason {
        plan::Reason::Site(RejectReason::OffHead) => "there is no skin at its place".to_owned(),
        plan::Reason::Site(RejectReason::NotScalp) => "its place is not on the scalp".to_owned(),
        plan::Reason::Site(RejectReason::TooClose { spacing_mm, floor_mm, other }) => format!(
            "{spacing_mm:.2} mm from dot {}, the least spacing is {floor_mm:.2} mm",
            other.0
        ),
        plan::Reason::Site(RejectReason::StruckBefore { spacing_mm, floor_mm }) => format!(
            "{spacing_mm:.2} mm from a dot of an earlier session, the least spacing is \
             {floor_mm:.2} mm"
        ),
        plan::Reason::Site(RejectReason::TooDense { cap_per_cm2 }) => {
            format!("the skin around it holds {cap_per_cm2:.0} dots per cm², the most there may be")
        }
        plan::Reason::Site(RejectReason::KeptOut { .. }) => {
            "the design keeps dots out of its place".to_owned()
        }
        plan::Reason::Site(RejectReason::Hair { clearance_mm }) => {
            format!("hair grows at its place, or nearer than {clearance_mm:.2} mm to it")
        }
        plan::Reason::Reach(unreachable) => format!("out of reach: {unreachable}"),
        plan::Reason::Tilt { tilt_deg, limit_deg } => format!(
            "the needle would stand {tilt_deg:.1}° from the normal, the limit is {limit_deg:.1}°"
        ),
        plan::Reason::SetUp { number } => format!("it belongs to set-up {number}"),
        plan::Reason::NoRest { rest_s, needed_s } => format!(
            "its neighbours would rest {rest_s:.1} s before it even if it was struck last, {needed_s:.1} s are needed"
        ),
        plan::Reason::NotProved => {
            "by the proof's own measure of skin and way it cannot be struck as planned".to_owned()
        }
        plan::Reason::NoWayOut => {
            "the tool could not go straight up from it and over to the park pose".to_owned()
        }
        plan::Reason::Body { clearance_mm, limit_mm } => format!(
            "the tool's body would be {clearance_mm:.1} mm from the skin, the least is {limit_mm:.1} mm"
        ),
        plan::Reason::KeepOut { name, clearance_mm, limit_mm } => format!(
            "there, or from there to the park pose, the tool would be {clearance_mm:.1} mm from the {name}, the least is {limit_mm:.1} mm"
        ),
    }
}

fn promise(capability: Capability) -> &'static str {
    match capability {
        Capability::Crc => "checksums on every line",
        Capability::Seq => "a strict sequence of lines",
        Capability::Deadman => "that the needle retracts when the host falls silent",
        Capability::Cage => "a depth bound of its own",
        Capability::Interlock => "that it stands still sideways while the needle is out",
        Capability::Ret => "stop and retract on one byte",
        Capability::Reflex => "that it retracts when the skin comes at the tool",
        Capability::Height => "a height sensor",
        Capability::Force => "a force sensor",
        Capability::Contact => "a contact sensor",
        Capability::Tracker => "a head tracker",
        Capability::CounterNv => "a strike counter that survives a power loss",
        Capability::Trim => "that it lengthens a stroke by what it measures at the bottom",
    }
}

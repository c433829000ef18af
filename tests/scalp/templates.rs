//! The bundled looks on every head: nothing outside its zone, no pair below the floor, densities as wanted.

use crate::heads::all;
use crate::sites::{check, shipped};
use smp::plan::site::{Evenness, densities, place};

/// Every look that is bundled for any head.
const TEMPLATES: [&str; 10] = [
    "norwood-3",
    "norwood-4",
    "norwood-5",
    "norwood-6",
    "norwood-7",
    "diffuse",
    "buzz-cut",
    "donor-scar",
    "round-scar",
    "alopecia-patch",
];

#[test]
fn every_template_has_its_densities_on_every_head() {
    let mut wrong = Vec::new();
    for head in all() {
        let surface = head.surface();
        for name in TEMPLATES {
            let design = shipped(name);
            let placement = place(&design, &surface);
            check(&design, &placement, &surface);
            assert!(placement.rejected.is_empty(), "{name} on {}", head.name);
            let cells = densities(&design, &placement.sites, &surface);
            let off = |evenness| {
                let of_kind = cells.iter().filter(move |cell| cell.evenness == evenness);
                of_kind.map(|cell| (cell.achieved_per_cm2 / cell.wanted_per_cm2 - 1.0).abs())
            };
            let worst = |evenness| off(evenness).fold(0.0, f64::max);
            let (even, ramp) = (worst(Evenness::Even), worst(Evenness::Ramp));
            let counts = [Evenness::Even, Evenness::Ramp].map(|evenness| off(evenness).count());
            println!(
                "{name} on {}: {} dots; even {:.1} % of {}, ramp {:.1} % of {}",
                head.name,
                placement.sites.len(),
                100.0 * even,
                counts[0],
                100.0 * ramp,
                counts[1],
            );
            if even > 0.05 || ramp > 0.10 {
                wrong.push((name, head.name.clone(), even, ramp));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

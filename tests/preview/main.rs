//! A design before ink: what is drawn is what is there, and what is wrong with it is told.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod drawn;
mod pixels;
mod told;
mod written;

#[path = "../support/heads.rs"]
mod heads;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/process.rs"]
mod process;

use smp::design::Design;

/// A design, and the list that it may name.
fn design(text: &str, list: &str) -> Design {
    let mut read = |_: &str| Ok(list.as_bytes().to_vec());
    Design::parse(text, "design.toml", &mut read).unwrap()
}

/// A zone of a density around the vertex and down to the ears, with something more in it.
fn zone(density: f64, more: &str) -> String {
    format!(
        "[[zone]]\nname = \"z\"\ndensity_per_cm2 = {density}\nseed = 3\n{more}\n\
         outline = [[0.3, -0.95], [0.3, 0.95], [0.8, 0.95], [0.8, -0.95]]\n"
    )
}

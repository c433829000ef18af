//! From where the head is seen.

use nalgebra::Vector3;

/// An orthographic view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// How to read it.
    pub caption: &'static str,
    /// Letters at the left and right edge: the client's own sides, or nose and nape.
    pub sides: [&'static str; 2],
    /// Scalp-frame direction that points to the right of the page.
    pub right: [f64; 3],
    /// To its top.
    pub up: [f64; 3],
    /// To the viewer.
    pub near: [f64; 3],
}

/// All views.
pub const VIEWS: [View; 5] = [
    View {
        name: "Top",
        caption: "seen from above, nose up",
        sides: ["L", "R"],
        right: [1.0, 0.0, 0.0],
        up: [0.0, 1.0, 0.0],
        near: [0.0, 0.0, 1.0],
    },
    View {
        name: "Front",
        caption: "seen from the nose",
        sides: ["R", "L"],
        right: [-1.0, 0.0, 0.0],
        up: [0.0, 0.0, 1.0],
        near: [0.0, 1.0, 0.0],
    },
    View {
        name: "Back",
        caption: "seen from the nape",
        sides: ["L", "R"],
        right: [1.0, 0.0, 0.0],
        up: [0.0, 0.0, 1.0],
        near: [0.0, -1.0, 0.0],
    },
    View {
        name: "Left",
        caption: "the client's left side",
        sides: ["nose", "nape"],
        right: [0.0, -1.0, 0.0],
        up: [0.0, 0.0, 1.0],
        near: [-1.0, 0.0, 0.0],
    },
    View {
        name: "Right",
        caption: "the client's right side",
        sides: ["nape", "nose"],
        right: [0.0, 1.0, 0.0],
        up: [0.0, 0.0, 1.0],
        near: [1.0, 0.0, 0.0],
    },
];

impl View {
    /// To the right, up, and towards the viewer.
    pub fn seen(&self, v: &Vector3<f64>) -> [f64; 3] {
        [self.right, self.up, self.near].map(|axis| v.dot(&Vector3::from(axis)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_view_mirrors_the_head() {
        for view in VIEWS {
            let [right, up, near] = [view.right, view.up, view.near].map(Vector3::from);
            assert_eq!(right.cross(&up), near, "{}", view.name);
        }
    }
}

//! How two runs are laid out: the heads beside each other at the left, what they differ in as plots at the right, where
//! they part and their states below.

use super::{ALL, ContainerKind, DEPTH_RANGE, Layout, PAGES, Part, RecordingError};

impl Layout {
    pub(super) fn pair(&mut self, names: [&str; 2]) -> Result<Part, RecordingError> {
        let (left, right) = (self.heads(names)?, self.differences(names)?);
        let above = self.container(ContainerKind::Horizontal, &[left, right], &[1.25, 1.0])?;
        let [a, b] = names;
        let log = [
            self.log("Where they part", "/compare/parted")?,
            self.view("TextDocument", "About", "/compare/about", ALL)?,
            self.log(&format!("Events: {a}"), &format!("/{a}/run/events"))?,
            self.log(&format!("Events: {b}"), &format!("/{b}/run/events"))?,
        ];
        let log = self.container(ContainerKind::Tabs, &log, &[])?;
        let both = names.map(|name| format!("/{name}/run/state"));
        let both = both.each_ref().map(String::as_str);
        let states = self.view("StateTimeline", "States of both", "/", &both)?;
        let below = self.container(ContainerKind::Horizontal, &[log, states], &[1.25, 1.0])?;
        self.container(ContainerKind::Vertical, &[above, below], &[3.6, 1.0])
    }

    fn heads(&mut self, names: [&str; 2]) -> Result<Part, RecordingError> {
        let struck = ["$origin/**", "- $origin/plan/path"];
        let mut beside = Vec::new();
        for name in names {
            beside.push(self.head_of(name, &format!("/{name}/world"), &struck)?);
        }
        let beside = self.container(ContainerKind::Horizontal, &beside, &[1.0, 1.0])?;
        self.name(&beside, "Beside each other")?;
        let [a, b] = names;
        let scan = format!("/{b}/world/head/scan");
        let difference = self.head_of("Difference", "/", &["/compare/dots/**", &scan])?;
        // The head of the one is that of the other.
        let over = [
            format!("/{a}/world/**"),
            format!("/{b}/world/**"),
            format!("- /{a}/world/plan/**"),
            format!("- /{b}/world/plan/**"),
            format!("- /{a}/world/head/**"),
        ];
        let over = self.head_of("One over the other", "/", &over.each_ref().map(String::as_str))?;
        let mut pages = Vec::new();
        for name in names {
            let title = format!("Why this dot: {name}");
            pages.push(self.view("TextDocument", &title, &format!("/{name}{PAGES}"), ALL)?);
        }
        let pages = self.container(ContainerKind::Horizontal, &pages, &[1.0, 1.0])?;
        self.name(&pages, "Why this dot")?;
        self.container(ContainerKind::Tabs, &[beside, difference, over, pages], &[])
    }

    fn differences(&mut self, [a, b]: [&str; 2]) -> Result<Part, RecordingError> {
        let less = format!("{b} less {a}");
        let dots = [
            self.plot("Penetration of the same dot, mm", "/compare/depth", DEPTH_RANGE)?,
            self.plot(
                &format!("Penetration, {less}, mm"),
                "/compare/difference",
                Some([-0.6, 0.6]),
            )?,
            self.plot("From the first strike to this dot, s", "/compare/time", None)?,
            self.plot(&format!("The same, {less}, s"), "/compare/lag", None)?,
        ];
        let dots = self.container(ContainerKind::Vertical, &dots, &[1.6, 1.0, 1.0, 1.0])?;
        self.name(&dots, "Dot by dot")?;
        let mut each = Vec::new();
        for name in [a, b] {
            for (what, at) in [("Needle force, N", "force"), ("Head displacement, mm", "head")] {
                each.push(self.plot(
                    &format!("{what}: {name}"),
                    &format!("/{name}/plots/{at}"),
                    None,
                )?);
            }
        }
        let each = self.container(ContainerKind::Vertical, &each, &[1.0; 4])?;
        self.name(&each, "Each run")?;
        self.container(ContainerKind::Tabs, &[dots, each], &[])
    }
}

//! How the viewer opens the recording: the head at the left, why the newest dot went where it went
//! beside it, plots at the right, events and states below. The layout is stored in the file, so nothing needs to be set up.
//!
//! The library's own layout types cannot set eye, background or ranges yet; what they write is written
//! here directly: a store of its own with one entity per view and container.

use super::RecordingError;
use super::series::{RUN_TIME, STRIKE};
use super::why::PAGES;
use rerun::external::re_log_types::{BlueprintActivationCommand, LogMsg};
use rerun::external::re_sdk_types::blueprint::archetypes::{
    Background, ContainerBlueprint, EyeControls3D, LineGrid3D, PanelBlueprint, PlotLegend,
    ScalarAxis, TextLogColumns, TimeAxis, TimePanelBlueprint, ViewBlueprint, ViewContents,
    ViewportBlueprint,
};
use rerun::external::re_sdk_types::blueprint::components::{
    BackgroundKind, ContainerKind, Corner2D, Eye3DKind, PanelState, PlayState, QueryExpression,
    RootContainer, TimelineName, ViewClass,
};
use rerun::external::re_sdk_types::blueprint::datatypes::{TextLogColumn, TextLogColumnKind};
use rerun::external::re_sdk_types::datatypes::{TimeRange, TimeRangeBoundary, Uuid};
use rerun::{Color, RecordingStream, RecordingStreamBuilder};

/// Everything below a view's origin.
const ALL: &[&str] = &["$origin/**"];

/// Axis of penetrations, mm.
const DEPTH_RANGE: Option<[f64; 2]> = Some([1.0, 2.7]);

/// What a recording holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// A plan that was not run.
    Plan,
    /// A design on a head, before ink.
    Preview,
    /// A run, as the controller saw it.
    Run,
    /// A run with the simulator's truth about it.
    RunWithTruth,
    /// Two runs of these names, against each other.
    Pair([&'a str; 2]),
}

/// Sends the layout into the recording.
pub(super) fn send(
    to: &RecordingStream,
    application: &'static str,
    content: Content<'_>,
) -> Result<(), RecordingError> {
    let (store, messages) = RecordingStreamBuilder::new(application).blueprint().memory()?;
    store.set_time_sequence("blueprint", 0);
    let mut layout = Layout { store, next: 1 };
    let root = match content {
        Content::Plan => layout.plan()?,
        Content::Preview => layout.preview()?,
        Content::Run => layout.run("Penetration, mm (the controller's estimate)")?,
        Content::RunWithTruth => {
            layout.run("Penetration, mm (coloured: simulator truth, grey: estimate)")?
        }
        Content::Pair(names) => layout.pair(names)?,
    };
    layout.store.log(
        "viewport",
        &ViewportBlueprint::new()
            .with_root_container(RootContainer(root.0))
            .with_auto_layout(false)
            .with_auto_views(false),
    )?;
    // Two runs are looked at strike by strike: what takes the one longer would shift all that comes after it.
    layout.panels(if matches!(content, Content::Pair(_)) { STRIKE } else { RUN_TIME })?;
    let messages = messages.take();
    let id = messages.iter().find_map(|message| match message {
        LogMsg::SetStoreInfo(info) => Some(info.info.store_id.clone()),
        _ => None,
    });
    if let Some(blueprint_id) = id {
        let activation =
            BlueprintActivationCommand { blueprint_id, make_active: true, make_default: true };
        to.send_blueprint(messages, activation);
    }
    Ok(())
}

mod pair;

/// Writes views and containers.
struct Layout {
    store: RecordingStream,
    next: u8,
}

/// A view or container with its place in the layout's store.
struct Part(Uuid, String);

impl Layout {
    fn plan(&mut self) -> Result<Part, RecordingError> {
        let head = self.head("Plan and path", &["$origin/**", "- $origin/tool/**"])?;
        let about = self.view("TextDocument", "About", "/about", ALL)?;
        self.container(ContainerKind::Horizontal, &[head, about], &[2.5, 1.0])
    }

    fn preview(&mut self) -> Result<Part, RecordingError> {
        let views = [
            self.head("As it heals", &["$origin/**", "- $origin/density/**"])?,
            self.head("Density", &["$origin/**", "- $origin/dots/**"])?,
        ];
        let head = self.container(ContainerKind::Tabs, &views, &[])?;
        let about = self.view("TextDocument", "About", "/about", ALL)?;
        self.container(ContainerKind::Horizontal, &[head, about], &[3.5, 1.0])
    }

    fn run(&mut self, depth: &str) -> Result<Part, RecordingError> {
        let views = [
            self.head("Struck dots", &["$origin/**", "- $origin/plan/path"])?,
            self.head("Plan and path", &["$origin/**", "- $origin/done/**"])?,
        ];
        let head = self.container(ContainerKind::Tabs, &views, &[])?;
        let seen = [
            self.plot(depth, "/plots/depth", DEPTH_RANGE)?,
            self.plot("Needle force, N", "/plots/force", None)?,
            self.plot("Height: tip at rest to skin, mm", "/plots/height", Some([0.0, 6.0]))?,
            self.plot("Head displacement, mm", "/plots/head", None)?,
        ];
        let seen = self.container(ContainerKind::Vertical, &seen, &[2.2, 1.0, 1.0, 1.0])?;
        self.name(&seen, "The run")?;
        let why = [
            self.plot("Skin from the tip at rest, mm", "/plots/why/gap", None)?,
            self.plot("Travel from rest, mm", "/plots/why/travel", None)?,
            self.plot("Dimple, mm", "/plots/why/dimple", None)?,
            self.plot(depth, "/plots/depth", DEPTH_RANGE)?,
            self.plot("One sigma, mm", "/plots/why/sigma", None)?,
        ];
        let why = self.container(ContainerKind::Vertical, &why, &[1.0, 1.0, 1.0, 1.4, 1.0])?;
        self.name(&why, "Why, strike by strike")?;
        let plots = self.container(ContainerKind::Tabs, &[seen, why], &[])?;
        let page = self.view("TextDocument", "Why this dot", PAGES, ALL)?;
        let above =
            self.container(ContainerKind::Horizontal, &[head, page, plots], &[1.1, 0.65, 1.0])?;
        let events = self.log("Events", "/run/events")?;
        let details = self.log("Details", "/run/details")?;
        let about = self.view("TextDocument", "About", "/about", ALL)?;
        let log = self.container(ContainerKind::Tabs, &[events, details, about], &[])?;
        let states = self.view("StateTimeline", "State of the run", "/run/state", ALL)?;
        let below = self.container(ContainerKind::Horizontal, &[log, states], &[1.25, 1.0])?;
        self.container(ContainerKind::Vertical, &[above, below], &[3.6, 1.0])
    }

    fn head(&mut self, name: &str, contents: &[&str]) -> Result<Part, RecordingError> {
        self.head_of(name, "/world", contents)
    }

    fn head_of(
        &mut self,
        name: &str,
        origin: &str,
        contents: &[&str],
    ) -> Result<Part, RecordingError> {
        let part = self.view("3D", name, origin, contents)?;
        // From above, before and beside: crown, forehead and the client's left temple in one view.
        let eye = EyeControls3D::new()
            .with_kind(Eye3DKind::Orbital)
            .with_position([-172.0, 200.0, 330.0])
            .with_look_target([0.0, 0.0, 84.0])
            .with_eye_up([0.0, 0.0, 1.0]);
        self.store.log(format!("{}/EyeControls3D", part.1), &eye)?;
        let dark = Background::new(BackgroundKind::SolidColor)
            .with_color(Color::from_rgb(0x20, 0x25, 0x2B));
        self.store.log(format!("{}/Background", part.1), &dark)?;
        self.store.log(format!("{}/LineGrid3D", part.1), &LineGrid3D::new().with_visible(false))?;
        Ok(part)
    }

    fn plot(
        &mut self,
        name: &str,
        origin: &str,
        range: Option<[f64; 2]>,
    ) -> Result<Part, RecordingError> {
        let part = self.view("TimeSeries", name, origin, ALL)?;
        if let Some(range) = range {
            let axis = ScalarAxis::new().with_range(range);
            self.store.log(format!("{}/ScalarAxis", part.1), &axis)?;
        }
        // The default shows a minute around the cursor; an engineer wants the whole run first.
        // (Linked axes do not take a range of their own.)
        let whole = TimeAxis::new().with_view_range(TimeRange {
            start: TimeRangeBoundary::Infinite,
            end: TimeRangeBoundary::Infinite,
        });
        self.store.log(format!("{}/TimeAxis", part.1), &whole)?;
        // A single line is named by the view.
        let many = origin.starts_with("/plots/why/")
            || ["/depth", "/head", "/compare/time"].iter().any(|plot| origin.ends_with(plot));
        let legend = PlotLegend::new().with_corner(Corner2D::RightTop).with_visible(many);
        self.store.log(format!("{}/PlotLegend", part.1), &legend)?;
        Ok(part)
    }

    fn log(&mut self, name: &str, origin: &str) -> Result<Part, RecordingError> {
        let part = self.view("TextLog", name, origin, ALL)?;
        let columns = [TextLogColumnKind::LogLevel, TextLogColumnKind::Body]
            .map(|kind| TextLogColumn { kind, visible: true.into() });
        let columns = TextLogColumns::new().with_text_log_columns(columns);
        self.store.log(format!("{}/TextLogColumns", part.1), &columns)?;
        Ok(part)
    }

    fn view(
        &mut self,
        class: &str,
        name: &str,
        origin: &str,
        contents: &[&str],
    ) -> Result<Part, RecordingError> {
        let part = self.part("view");
        let contents = ViewContents::new(contents.iter().map(|q| QueryExpression((*q).into())));
        self.store.log(format!("{}/ViewContents", part.1), &contents)?;
        let view = ViewBlueprint::new(ViewClass(class.into()))
            .with_display_name(name)
            .with_space_origin(origin);
        self.store.log(part.1.as_str(), &view)?;
        Ok(part)
    }

    fn container(
        &mut self,
        kind: ContainerKind,
        parts: &[Part],
        shares: &[f32],
    ) -> Result<Part, RecordingError> {
        let part = self.part("container");
        let mut container =
            ContainerBlueprint::new(kind).with_contents(parts.iter().map(|p| p.1.as_str()));
        match kind {
            ContainerKind::Horizontal => {
                container = container.with_col_shares(shares.iter().copied());
            }
            ContainerKind::Vertical => {
                container = container.with_row_shares(shares.iter().copied());
            }
            _ => {
                if let Some(first) = parts.first() {
                    container = container.with_active_tab(first.1.as_str());
                }
            }
        }
        self.store.log(part.1.as_str(), &container)?;
        Ok(part)
    }

    fn name(&self, part: &Part, name: &str) -> Result<(), RecordingError> {
        let named = ContainerBlueprint::update_fields().with_display_name(name);
        Ok(self.store.log(part.1.as_str(), &named)?)
    }

    fn panels(&self, line: &str) -> Result<(), RecordingError> {
        for panel in ["blueprint_panel", "selection_panel"] {
            let away = PanelBlueprint::new().with_state(PanelState::Collapsed);
            self.store.log(panel, &away)?;
        }
        let time = TimePanelBlueprint::new()
            .with_state(PanelState::Collapsed)
            .with_timeline(TimelineName(line.into()))
            .with_play_state(PlayState::Following);
        self.store.log("time_panel", &time)?;
        Ok(())
    }

    /// The next free name: identifiers need only be unique within the layout.
    fn part(&mut self, kind: &str) -> Part {
        let mut bytes = [0u8; 16];
        (bytes[6], bytes[8], bytes[15]) = (0x40, 0x80, self.next);
        self.next += 1;
        let id = format!("00000000-0000-4000-8000-0000000000{:02x}", bytes[15]);
        Part(Uuid { bytes }, format!("{kind}/{id}"))
    }
}

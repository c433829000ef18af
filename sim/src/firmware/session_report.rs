//! The status report of a session (`docs/device.md`, section 8).

use super::{
    Firmware,
    params::Capability,
    session::{Record, Touched},
    state::State,
};
use crate::contract::{Nanos, Plant};

impl Firmware {
    /// Sends an auto-report if it is due.
    pub(super) fn step_auto_report(&mut self, t: Nanos, plant: &mut dyn Plant) {
        let Some(session) = &mut self.session else {
            return;
        };
        let every = session.report_every;
        let Some(due) = session.report_at.filter(|due| *due <= t) else {
            return;
        };
        session.report_at = Some(if due + every > t { due + every } else { t + every });
        // A wire too slow for the interval: send what it carries, not an ever longer backlog.
        let crowded = self.tx_clear > t + 2 * every;
        if self.may_report() && !crowded {
            self.session_report(t, plant);
        }
    }

    pub(super) fn session_report(&mut self, t: Nanos, plant: &mut dyn Plant) {
        self.sense(t, plant);
        let position = self.measured(t, plant);
        let state = self.state();
        self.tx.byte(b'<');
        self.session_state(state);
        self.tx.text("|MPos:");
        self.tx.list(&position[..self.config.axes]);
        self.tx.text("|FS:");
        let feed = (self.motion.speed(t) * 60.0).round() as i64;
        self.tx.integer(feed);
        self.tx.text(",0|TS:");
        self.tx.integer(((t - self.booted) / 1_000) as i64);
        self.tx.text("|SQ:");
        let last = self.session.as_ref().map_or(0, |session| session.last);
        self.tx.integer(i64::from(last));
        self.tx.text("|SN:");
        self.counter_fields();
        self.sensor_fields(t, plant);
        if let Some(record) = self.session.as_ref().and_then(|session| session.record) {
            self.tx.byte(b'|');
            self.record_field(record);
        }
        if let Some(touch) = self.session.as_ref().and_then(|session| session.touch) {
            self.tx.byte(b'|');
            self.touch_field(touch);
        }
        let reflexes = self.session.as_ref().map_or(0, |session| session.reflexes);
        if reflexes > 0 {
            self.tx.text("|RX:");
            self.tx.integer(i64::from(reflexes));
        }
        if self.homed {
            self.tx.text("|H:1");
        }
        self.input_field();
        self.tx.byte(b'>');
        self.tx.end(t);
    }

    /// `<count>,<dot>,<phase>`.
    pub(super) fn counter_fields(&mut self) {
        self.tx.integer(i64::from(self.counter.count));
        self.tx.byte(b',');
        self.tx.integer(i64::from(self.counter.dot));
        self.tx.byte(b',');
        self.tx.integer(i64::from(self.counter.phase()));
    }

    /// `D:<dot>,<status>,<contact>,<bottom>,<peak>,<count>,<travel>,<skin>,<felt>,<reached>`.
    pub(super) fn record_field(&mut self, record: Record) {
        let Record { contact_um, bottom_um, peak_mn, travel_um, skin_um, .. } = record;
        self.tx.text("D:");
        self.tx.integer(i64::from(record.dot));
        let (status, count) = (i64::from(record.status), i64::from(record.count));
        let seen = [status, contact_um, bottom_um, peak_mn, count, travel_um, skin_um];
        for value in seen.into_iter().chain([record.felt_um, record.reached_um]) {
            self.tx.byte(b',');
            self.tx.integer(value);
        }
    }

    /// `T:<number>,<contact>,<travel>,<skin>`.
    pub(super) fn touch_field(&mut self, touch: Touched) {
        self.tx.text("T:");
        self.tx.integer(i64::from(touch.number));
        for value in [touch.contact_um, touch.travel_um, touch.skin_um] {
            self.tx.byte(b',');
            self.tx.integer(value);
        }
    }

    fn session_state(&mut self, state: State) {
        match state {
            State::Idle | State::Check | State::Tool | State::Sleep => self.tx.text("Idle"),
            State::Run | State::Jog | State::Home => self.tx.text("Run"),
            State::Strike => self.tx.text("Strike"),
            State::Hold(moving) | State::Door(moving) => {
                self.tx.text(if moving { "Hold:1" } else { "Hold:0" });
            }
            State::Alarm(number) => {
                self.tx.text("Alarm:");
                self.tx.integer(i64::from(number));
            }
        }
    }

    fn sensor_fields(&mut self, t: Nanos, plant: &mut dyn Plant) {
        if self.config.has(Capability::Height) {
            self.tx.text("|SH:");
            if let Some(height) = plant.height(t) {
                self.tx.fixed(height);
                if let Some(session) = &mut self.session {
                    session.height = Some((t, height));
                }
            }
        }
        if self.config.has(Capability::Force) {
            self.tx.text("|SF:");
            self.tx.fixed(plant.force(t));
        }
        if self.config.has(Capability::Contact) {
            self.tx.text(if plant.contact(t) { "|SC:1" } else { "|SC:0" });
        }
        if self.config.has(Capability::Tracker) {
            self.tx.text("|SP:");
            if let Some(head) = plant.head(t) {
                self.tx.list(&head.translation);
                self.tx.byte(b',');
                self.tx.list(&head.rotation.map(|angle| angle * 1e3));
                self.tx.byte(b',');
                self.tx.integer((head.age / 1_000) as i64);
            }
        }
    }
}

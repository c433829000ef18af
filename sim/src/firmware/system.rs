//! `$` statements.

use super::{
    Firmware,
    dialect::Dialect,
    inputs::Input,
    parse::{Error, number},
    session,
    settings::Change,
    state::State,
};
use crate::contract::{Nanos, Plant};

/// A number of four bytes and the checksum over all settings.
const SETTING: u32 = 5;

impl Firmware {
    /// Executes what follows the `$`; answers itself unless it is an error.
    pub(super) fn system(
        &mut self,
        t: Nanos,
        statement: &[u8],
        plant: &mut dyn Plant,
    ) -> Result<(), Error> {
        let state = self.state();
        let still = matches!(state, State::Idle | State::Alarm(_));
        let hal = self.is_hal();
        match statement {
            [] => self.tx.line(t, "[HLP:$$ $# $G $I $N $x=val $C $X $H ~ ! ? ctrl-x]"),
            b"G" => {
                self.modal.report_state(&mut self.tx);
                self.tx.end(t);
                self.cadence.homed = true;
            }
            b"X" => self.unlock(t)?,
            b"#" if still || hal => self.report_offsets(t),
            b"C" if state == State::Idle || state == State::Check => self.toggle_check(t),
            b"$" | b"I" | b"I+" | b"N" | b"H" | b"#" | b"C" if !still => {
                return Err(Error::NotIdle);
            }
            b"$" => self.settings.report(&mut self.tx, t),
            b"I" => self.report_build(t),
            b"I+" if hal => self.report_build(t),
            b"N" => self.report_startup(t),
            [b'N', line @ (b'0' | b'1'), b'=', text @ ..] => {
                return self.set_startup(t, usize::from(line - b'0'), text, state);
            }
            [b'J', b'=', line @ ..] => return self.jog(t, line, state),
            b"SLP" if !hal => self.fall_asleep(still)?,
            [b'R', b'S', b'T', b'=', what @ (b'$' | b'#' | b'*')] => {
                return self.restore(t, *what, still);
            }
            b"H" if self.inputs.has(Input::EStop) && hal => return Err(Error::EStop),
            b"H" if self.inputs.has(Input::Door) => return Err(Error::DoorOpen),
            b"H" if !self.settings.flag(22) => return Err(Error::HomingDisabled),
            b"H" => {
                self.begin_homing(t);
                return Ok(());
            }
            [b'S', b'M', b'P', b'=', epoch @ ..] if self.config.dialect == Dialect::GrblHalSmp => {
                return self.open_session(t, epoch, plant);
            }
            _ => {
                self.setting(statement, still)?;
                self.keep(t, SETTING);
                return Ok(());
            }
        }
        self.ok(t);
        if self.asleep {
            self.tx.line(t, "[MSG:Sleeping]");
        }
        Ok(())
    }

    /// `[PRB:…]`.
    pub(super) fn report_probe(&mut self, t: Nanos) {
        self.tx.text("[PRB:");
        self.tx.list(&self.modal.probe[..self.config.axes]);
        self.tx.text(if self.modal.probe_hit { ":1]" } else { ":0]" });
        self.tx.end(t);
    }

    fn unlock(&mut self, t: Nanos) -> Result<(), Error> {
        if self.alarm.is_some() && self.inputs.has(Input::EStop) && self.is_hal() {
            return Err(Error::EStop);
        }
        if self.alarm.is_some() && self.inputs.has(Input::Door) {
            return Err(Error::DoorOpen);
        }
        if self.alarm.take().is_some() {
            self.tx.line(t, "[MSG:Caution: Unlocked]");
        }
        Ok(())
    }

    /// Leaving check mode resets, as both firmwares do.
    fn toggle_check(&mut self, t: Nanos) {
        if self.check {
            self.tx.line(t, "[MSG:Disabled]");
            self.reset_byte(t);
        } else {
            self.check = true;
            self.tx.line(t, "[MSG:Enabled]");
        }
    }

    fn report_offsets(&mut self, t: Nanos) {
        let tx = &mut self.tx;
        self.modal.report_offsets(|name, values| {
            tx.byte(b'[');
            tx.text(name);
            tx.byte(b':');
            tx.list(values);
            tx.byte(b']');
            tx.end(t);
        });
        self.report_probe(t);
    }

    fn report_build(&mut self, t: Nanos) {
        if !self.is_hal() {
            self.tx.line(t, "[VER:1.1h.20190830:]");
            self.tx.line(t, "[OPT:V,15,128]");
            return;
        }
        let axes = self.config.axes;
        let letters = &"XYZABC"[..axes];
        self.tx.line(t, "[VER:1.1f.20260817:]");
        let (blocks, rx) = (self.traits.blocks, self.traits.rx_size);
        self.tx.line(t, &format!("[OPT:VNML+,{blocks},{rx},{axes},0]"));
        self.tx.line(t, &format!("[AXS:{axes}:{letters}]"));
        self.tx.line(t, "[NEWOPT:ENUMS,RT+,TC,SED]");
        self.tx.line(t, "[FIRMWARE:grblHAL]");
        self.tx.line(t, "[SIGNALS:D]");
        self.tx.line(t, "[NVS STORAGE:*EEPROM]");
        self.tx.line(t, "[DRIVER:Simulator]");
        self.tx.line(t, "[DRIVER VERSION:260324]");
        self.tx.line(t, "[AUX IO:4,8,0,0]");
        if self.config.dialect == Dialect::GrblHalSmp {
            self.tx.line(t, &session::capabilities_line(&self.config));
            self.tx.text("[SMPID:");
            self.tx.text(&self.config.machine_id);
            self.tx.byte(b',');
            self.tx.hex(self.boot_id);
            self.tx.byte(b']');
            self.tx.end(t);
        }
    }

    /// `$n=v`.
    fn setting(&mut self, statement: &[u8], still: bool) -> Result<(), Error> {
        let unknown = if self.is_hal() { Error::BadStatement } else { Error::BadNumber };
        if !statement.first().is_some_and(u8::is_ascii_digit) {
            let known = matches!(statement.first(), Some(b'J' | b'R' | b'S' | b'N' | b'I'));
            return Err(if known { Error::BadStatement } else { unknown });
        }
        let (id, rest) = number(statement).ok_or(Error::BadNumber)?;
        let [b'=', value @ ..] = rest else {
            return Err(Error::BadStatement);
        };
        let (value, rest) = number(value).ok_or(Error::BadNumber)?;
        if !rest.is_empty() || id > 1e4 {
            return Err(Error::BadNumber);
        }
        if !still {
            return Err(Error::NotIdle);
        }
        match self.settings.set(id as u16, value, self.config.dialect)? {
            Change::None => {}
            Change::Deviation(mm) => self.motion.planner.deviation = mm,
            Change::SoftLimits(on) => self.config.soft_limits = on,
            Change::Homing(on) => {
                self.config.homing = on;
                self.config.soft_limits &= on;
            }
            Change::Rate(axis, rate) if rate > 0.0 => self.limits[axis].max_rate = rate,
            Change::Accel(axis, accel) if accel > 0.0 => self.limits[axis].max_accel = accel,
            Change::Travel(axis, span) => {
                self.limits[axis].travel[0] = self.limits[axis].travel[1] - span;
            }
            Change::Rate(..) | Change::Accel(..) => return Err(Error::Negative),
        }
        Ok(())
    }
}

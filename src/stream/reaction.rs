//! One table of what can end or interrupt a run: the cause, what happens then, where the needle ends, and what a
//! person must do. `smp` says it in these words, and `docs/safety.md` has the same table.

use super::fault::{Fault, Step};
use crate::device::MachineState;
use serde::{Deserialize, Serialize};

/// The device's own alarms (`docs/device.md`, sections 7 and 9).
mod alarm {
    pub const HARD_LIMIT: u32 = 1;
    pub const E_STOP: u32 = 10;
    pub const RETRACTED: u32 = 40;
    pub const DEAD_MAN: u32 = 41;
    pub const DOOR: u32 = 42;
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// What has happened.
    pub cause: &'static str,
    /// What is done about it, and by whom.
    pub reaction: &'static str,
    /// Where the needle ends.
    pub needle: &'static str,
    /// What a person must do.
    pub person: &'static str,
}

macro_rules! table {
    ($($(#[$about:meta])* $cause:ident: $what:literal, $reaction:expr, $needle:expr, $person:expr;)*) => {
        /// Why a run is interrupted or ended, as far as people must tell the causes apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Cause { $($(#[$about])* $cause),* }

        impl Cause {
            /// All rows of the table, in its order.
            pub const ALL: &[Self] = &[$(Self::$cause),*];

            /// Its row.
            pub const fn reaction(self) -> Reaction {
                match self {
                    $(Self::$cause => Reaction {
                        cause: $what,
                        reaction: $reaction,
                        needle: $needle,
                        person: $person,
                    }),*
                }
            }
        }
    };
}

const RETRACT: &str = "host: stop byte, the run is over; device: retract, queue dropped, alarm 40";
const DEVICE: &str = "device: retract, queue dropped, alarm; host: the run is over";
const NOTHING_MOVED: &str = "host: refused before anything moves";
const OUT: &str = "at rest within 40 ms, tool where it stood";
const NEVER: &str = "at rest; it has not moved";

table! {
    /// See [`super::Command::Pause`].
    OperatorPause: "the operator pauses",
        "host: the strike under way ends, then the tool is lifted and the run waits",
        "at rest, tool at the height of a first approach",
        "resume when ready";
    /// See [`super::Command::Stop`].
    OperatorStop: "the operator stops the run", RETRACT, OUT,
        "look at client and machine, then smp run --resume";
    /// The device's reflex: not the end of a run.
    Reflex: "the head comes at the tool, or the needle's force is too great",
        "device: retract within 2 ms, tool drawn back 30 mm, hold; host: waits until the head is calm, then goes on",
        "at rest, tool 30 mm back",
        "nothing, unless it happens six times within a minute";
    /// Reflex after reflex.
    Startled: "the head has come at the tool again and again", RETRACT,
        "at rest, tool 30 mm back",
        "let the client settle, then smp run --resume";
    /// The device's dead-man has tripped.
    DeadMan: "the device has not heard the host for 100 ms (dead-man)", DEVICE,
        "at rest within 130 ms of the last byte, tool where it stood",
        "see why the host fell silent (load, cable), then smp run --resume";
    /// The stop byte has arrived from elsewhere.
    Retracted: "the device was told to retract", DEVICE, OUT,
        "look at client and machine, then smp run --resume";
    /// The emergency stop.
    EStop: "the emergency stop was pressed",
        "hardware: drive power cut, a spring takes the needle to rest; device: alarm 10; host: the run is over",
        "at rest by its spring, axes without power",
        "help the client first; release the button, home the machine with nobody under it, register, then smp run --resume";
    /// The door or the enable switch.
    Door: "the door or the enable switch is open", DEVICE, OUT,
        "close it, look at client and machine, then smp run --resume";
    /// A limit switch.
    Limit: "a limit switch has signalled",
        "device: steps stop dead, alarm 1; host: the run is over",
        "at rest if the stop came between strikes; else see that it is out",
        "free the axis, home the machine with nobody under it, then smp run --resume";
    /// Any other alarm.
    Alarm: "the device has latched an alarm of its own", DEVICE,
        "see that it is out: the device's own alarm decides",
        "look at client and machine, then smp run --resume";
    /// Somebody else holds the device.
    Held: "the device holds, and the run did not ask for it", RETRACT, OUT,
        "see who pressed hold, then smp run --resume";
    /// A banner in the middle of a run.
    DeviceReset: "the device was reset in the middle of the run",
        "device: needle to rest, session over; host: nothing more is sent, the run is over",
        "at rest; after a power failure by its spring",
        "look at client and machine; home it if it lost power; then smp run --resume";
    /// The port is gone.
    LinkLost: "the port is gone",
        "device: dead-man, retract, alarm 41; host: the run is over",
        "at rest within 130 ms of the last byte, tool where it stood",
        "mend the link, then smp run --resume";
    /// No reports.
    Silent: "the device has sent no report for 300 ms", RETRACT,
        "at rest within 130 ms: by the stop byte, or by the dead-man",
        "mend the link, then smp run --resume";
    /// Frames do not arrive.
    Undeliverable: "lines do not get through to the device", RETRACT, OUT,
        "check the cable; smp device probe shows what the device says";
    /// A line was refused.
    Refused: "the device has refused a line", RETRACT, OUT,
        "smp device probe shows what the device says; then smp run --resume";
    /// Readings come too late.
    LinkSlow: "readings are too old by the time a strike arrives", RETRACT, OUT,
        "shorten the way to the device (a direct cable, no network, no hub), then smp run --resume";
    /// The tool is not where it should be.
    Pose: "the tool did not reach its pose", RETRACT, OUT,
        "look at the machine before going on with smp run --resume";
    /// A strike's end was not told.
    StrikeLost: "the device does not say how a strike ended", RETRACT, OUT,
        "look at the machine; smp run --resume asks the device's counter, and lists the dot if that does not know";
    /// The counter says otherwise.
    Counter: "the device's strike counter is not where it should be", RETRACT, OUT,
        "see whether something else drives the device; look at client and machine, then smp run --resume";
    /// Needle and skin.
    NoContact: "the needle finds no skin where it should be", RETRACT, OUT,
        "look at needle, cartridge and contact wire, then smp run --resume";
    /// Needle and height sensor have parted.
    Disagree: "needle and height sensor disagree again and again", RETRACT, OUT,
        "look at needle, cartridge and height sensor, then smp run --resume";
    /// A sensor lies.
    Sensor: "a sensor is dead or lies", RETRACT, OUT,
        "mend or clean the sensor before going on: what it guards is not guarded; then smp run --resume";
    /// Dot after dot unmeasured.
    Blind: "dot after dot cannot be measured", RETRACT, OUT,
        "clean the height sensor, look for hair or wet ink, then smp run --resume";
    /// The skin moves on and on.
    Restless: "the skin does not come to rest", RETRACT, OUT,
        "let the client settle, then smp run --resume";
    /// The head lies elsewhere.
    Moved: "the head does not lie where it was registered", RETRACT, OUT,
        "register the head again, then smp run --resume";
    /// The head tracker was without power, or another program has set its zero.
    ZeroLost: "the head tracker has lost its zero since the head was registered", NOTHING_MOVED, NEVER,
        "register the head again, then smp run --resume; a phantom that is fixed: --lies-as-registered";
    /// The last gate.
    Gate: "the last gate has held a line back", RETRACT, OUT,
        "this is a bug or a broken belief: keep the run's folder and report it";
    /// The ledger cannot be written.
    Ledger: "the ledger cannot be written, or its disk is nearly full", RETRACT, OUT,
        "free the disk; what was struck is in the ledger, smp run --resume goes on";
    /// A thread of the host hangs.
    Stalled: "a part of the host hangs: the ledger's writer or the operator's screen",
        "host: no heartbeat any more, stop byte, the run is over; device: retract, alarm 40 or 41",
        "at rest within 130 ms of the last heartbeat, tool where it stood",
        "see what keeps the host busy (disk, load); smp run --resume goes on";
    /// A bug.
    Internal: "the controller itself has failed", RETRACT, OUT,
        "keep the run's folder and report it; smp run --resume goes on";
    /// Nothing answers.
    NoAnswer: "the device does not answer as any known firmware does", NOTHING_MOVED, NEVER,
        "check cable, power and baud rate, and that nothing else uses the port";
    /// Another machine, or firmware of another version.
    OtherMachine: "the device is another machine, or of another version, than the plan was made for",
        NOTHING_MOVED, NEVER,
        "use the machine profile that the plan was made for, or plan anew";
    /// A promise is missing.
    Missing: "the device does not promise what this run needs", NOTHING_MOVED, NEVER,
        "this device may only work on a phantom: smp run --mode touch, or --mode open";
    /// Positions of another frame.
    WorkPositions: "the device reports work positions, not the machine's", NOTHING_MOVED, NEVER,
        "let it report machine positions: $10=1 on Grbl, $10=511 on grblHAL";
    /// Not homed.
    NotHomed: "the device is not homed", NOTHING_MOVED, NEVER,
        "home the machine with nobody under it, then start again";
}

impl Fault {
    /// Its row in the table.
    pub fn cause(&self) -> Cause {
        match self {
            Self::NoAnswer(Step::Greeting | Step::Probing) => Cause::NoAnswer,
            Self::NoAnswer(_) | Self::Error(_) | Self::Nak(_) => Cause::Refused,
            Self::Version { .. } | Self::OtherMachine => Cause::OtherMachine,
            Self::Missing(_) | Self::Dialect(_) => Cause::Missing,
            Self::NotHomed => Cause::NotHomed,
            Self::WorkPositions => Cause::WorkPositions,
            Self::Alarm(number) => of_alarm(*number),
            Self::State(MachineState::Held | MachineState::Holding) => Cause::Held,
            Self::State(_) => Cause::Alarm,
            Self::Reset => Cause::DeviceReset,
            Self::Silent(_) => Cause::Silent,
            Self::LinkLost => Cause::LinkLost,
            Self::Undeliverable(_) => Cause::Undeliverable,
            Self::Pose(_) => Cause::Pose,
            Self::StrikeLost(_) => Cause::StrikeLost,
            Self::Counter { .. } => Cause::Counter,
            Self::Startled(_) => Cause::Startled,
            Self::NoContact => Cause::NoContact,
            Self::Disagree => Cause::Disagree,
            Self::Sensor(_) => Cause::Sensor,
            Self::Blind(_) => Cause::Blind,
            Self::LinkSlow { .. } => Cause::LinkSlow,
            Self::Restless { .. } => Cause::Restless,
            Self::Moved { .. } | Self::Aside { .. } => Cause::Moved,
            Self::ZeroLost => Cause::ZeroLost,
            Self::Gate(_) => Cause::Gate,
            Self::Ledger => Cause::Ledger,
            Self::Stalled(_) => Cause::Stalled,
        }
    }
}

fn of_alarm(number: u32) -> Cause {
    match number {
        alarm::HARD_LIMIT => Cause::Limit,
        alarm::E_STOP => Cause::EStop,
        alarm::RETRACTED => Cause::Retracted,
        alarm::DEAD_MAN => Cause::DeadMan,
        alarm::DOOR => Cause::Door,
        _ => Cause::Alarm,
    }
}

/// The table as Markdown, for `docs/safety.md`.
pub fn as_markdown() -> String {
    let mut text =
        "| cause | reaction | where the needle ends | what a person must do |\n|---|---|---|---|\n"
            .to_owned();
    for cause in Cause::ALL {
        let Reaction { cause, reaction, needle, person } = cause.reaction();
        text += &format!("| {cause} | {reaction} | {needle} | {person} |\n");
    }
    text
}

//! What can befall a run: every kind of fault, by the part of the world that it befalls.

use super::sensors::SENSOR_FAULTS;
use rand::Rng;
use serde::Serialize;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One of the plain ones.
    Plain(Plain),
    /// A sensor that breaks: an index of [`SENSOR_FAULTS`].
    Sensor(usize),
}

macro_rules! plain_kinds {
    ($($(#[$about:meta])* $kind:ident = $name:literal),* $(,)?) => {
        /// A kind of fault without parameters of its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Plain { $($(#[$about])* $kind),* }

        impl Plain {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name: the part of the world, and what befalls it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }
        }
    };
}

plain_kinds! {
    /// Some bytes in a row are lost.
    WireLoses = "wire-loses",
    /// A bit of a byte is flipped.
    WireFlips = "wire-flips",
    /// A line comes twice.
    WireDuplicates = "wire-duplicates",
    /// A line comes late.
    WireDelays = "wire-delays",
    /// A byte comes that nobody sent.
    WireInserts = "wire-inserts",
    /// Two lines change places.
    WireSwaps = "wire-swaps",
    /// For a while one byte in so many is lost, flipped or invented.
    WireNoise = "wire-noise",
    /// The cable is pulled, and the system says so.
    WireCut = "wire-cut",
    /// Nothing comes through any more, and nobody says so.
    WireDumb = "wire-dumb",
    /// The firmware resets itself.
    DeviceReset = "device-reset",
    /// The device's power fails for a moment.
    DevicePower = "device-power",
    /// Somebody presses the emergency stop.
    DeviceEStop = "device-e-stop",
    /// The door, or the enable switch, opens.
    DeviceDoor = "device-door",
    /// Somebody presses the hold button.
    DeviceHold = "device-hold",
    /// A limit switch signals.
    DeviceLimit = "device-limit",
    /// The strike counter's memory is lost.
    DeviceForgets = "device-forgets",
    /// The client is startled with the needle in the skin.
    HeadStartle = "head-startle",
    /// The client fidgets.
    HeadFidget = "head-fidget",
    /// The client turns the head and leaves it there.
    HeadTurn = "head-turn",
    /// The cartridge is changed in a pause, and the run is told.
    NeedleSwap = "needle-swap",
    /// The cartridge is changed and nobody says so.
    NeedleSwapUntold = "needle-swap-untold",
    /// The host does nothing for some 30 to 2,000 ms.
    HostStall = "host-stall",
    /// The host sleeps for some 10 to 60 s.
    HostSuspend = "host-suspend",
    /// The host's process is killed.
    HostKill = "host-kill",
    /// The host's streaming thread panics: the stop byte goes out, then nothing.
    HostPanic = "host-panic",
    /// The thread that writes the ledger hangs for a while.
    HostRecordStall = "host-record-stall",
    /// The operator's screen hangs for a while.
    HostFrontStall = "host-front-stall",
    /// The disk says that it could not sync.
    DiskSyncFails = "disk-sync-fails",
    /// The disk is full.
    DiskFull = "disk-full",
    /// The disk writes half of a record.
    DiskShortWrite = "disk-short-write",
    /// The disk is slow for a while.
    DiskSlow = "disk-slow",
    /// The machine's power fails: what was not synced is lost or torn.
    DiskTorn = "disk-torn",
    /// A bit of an old record turns while the host is down.
    DiskRot = "disk-rot",
    /// The host's clock jumps forward.
    ClockJumps = "clock-jumps",
    /// The operator pauses, and resumes.
    OperatorPause = "operator-pause",
    /// The operator stops the run, and starts it again.
    OperatorStop = "operator-stop",
    /// Somebody leans on the keyboard.
    OperatorMash = "operator-mash",
    /// Another program writes to the port.
    OtherProgram = "other-program",
}

impl Kind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let sensors = (0..SENSOR_FAULTS.len()).map(Self::Sensor);
        Plain::ALL.iter().copied().map(Self::Plain).chain(sensors)
    }

    /// One of them: a plain kind, or, as often as any of these, a broken sensor.
    pub fn draw(random: &mut impl Rng) -> Self {
        /// Weight of all sensors together, in plain kinds.
        const SENSORS: usize = 12;
        let drawn = random.random_range(0..Plain::ALL.len() + SENSORS);
        let sensor = |random: &mut _| Rng::random_range(random, 0..SENSOR_FAULTS.len());
        Plain::ALL.get(drawn).copied().map_or_else(|| Self::Sensor(sensor(random)), Self::Plain)
    }

    /// Its name.
    pub fn name(self) -> String {
        match self {
            Self::Plain(kind) => kind.name().to_owned(),
            Self::Sensor(index) => {
                let fault = SENSOR_FAULTS[index];
                format!("{}-{}", fault.sensor, fault.kind)
            }
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.name())
    }
}

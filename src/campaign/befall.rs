//! What each kind of fault does when it comes.

use super::case::Fault;
use super::host::{Afterwards, Host};
use super::kind::{Kind, Plain};
use crate::device::RETRACT;
use crate::drive::rehearsal::{Device, DeviceInput, Happening, WireDirection, WireFault};
use crate::record::disk::{Call, MemoryDisk, Trouble};
use crate::stream::Command;
use crate::time::{Duration, Instant, ms};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// Bytes of a ledger's record, and how many at its end are left alone by rot.
const RECORD: usize = 64;
const TAIL: usize = 6;

impl Host<'_> {
    /// A fault comes.
    pub(super) fn befall(&mut self, fault: &Fault, device: &mut Device, now: Instant) -> Happening {
        let mut random = fault.random();
        match fault.kind {
            // The world knows of it already: see `Case::scenario`.
            Kind::Sensor(_) => Happening::Nothing,
            Kind::Plain(kind) => self
                .wire(kind, &mut random, device, now)
                .or_else(|| self.device(kind, &mut random, device, now))
                .or_else(|| self.disk(kind, &mut random, now))
                .or_else(|| host(kind, &mut random, device, now))
                .or_else(|| self.operator(kind, &mut random, device, now))
                .unwrap_or(Happening::Nothing),
        }
    }

    /// Something goes on after a fault.
    pub(super) fn goes_on(
        &mut self,
        what: Afterwards,
        device: &mut Device,
        now: Instant,
    ) -> Happening {
        match what {
            Afterwards::Wish(command) => {
                self.pausing &= command != Command::Resume;
                return Happening::Command(command);
            }
            Afterwards::Noise { until, seed } if now < until => {
                let mut random = Pcg64::seed_from_u64(seed);
                device.spoil_wire(now, way(&mut random), spoilt(&mut random));
                let next = now + ms(random.random_range(1..10));
                self.after(next, Afterwards::Noise { until, seed: random.random() });
            }
            Afterwards::Noise { .. } => {}
            Afterwards::PlugIn => device.plug_in(now),
            Afterwards::Release(input) => device.set_input(now, input, false),
        }
        Happening::Nothing
    }

    fn wire(
        &mut self,
        kind: Plain,
        random: &mut Pcg64,
        device: &mut Device,
        now: Instant,
    ) -> Option<Happening> {
        let fault = match kind {
            Plain::WireLoses => WireFault::Drop(random.random_range(1..=40)),
            Plain::WireFlips => WireFault::Flip(random.random_range(0..8)),
            Plain::WireDuplicates => WireFault::Duplicate,
            Plain::WireDelays => WireFault::Delay(random.random_range(5..400) * 1_000_000),
            Plain::WireInserts => WireFault::Insert(random.random()),
            Plain::WireSwaps => WireFault::Swap,
            Plain::WireNoise => {
                let until = now + ms(random.random_range(200..2_000));
                self.after(now, Afterwards::Noise { until, seed: random.random() });
                return Some(Happening::Nothing);
            }
            Plain::WireCut | Plain::WireDumb => {
                device.unplug(now);
                self.after(now + ms(random.random_range(50..3_000)), Afterwards::PlugIn);
                let told = kind == Plain::WireCut;
                return Some(if told { Happening::Unplugged } else { Happening::Nothing });
            }
            _ => return None,
        };
        device.spoil_wire(now, way(random), fault);
        Some(Happening::Nothing)
    }

    fn device(
        &mut self,
        kind: Plain,
        random: &mut Pcg64,
        device: &mut Device,
        now: Instant,
    ) -> Option<Happening> {
        let (input, held) = match kind {
            Plain::DeviceReset => (DeviceInput::Reset, ms(50)),
            // A button that latches: whoever comes lets it go.
            Plain::DeviceEStop => (DeviceInput::EStop, Duration::MAX),
            Plain::DeviceDoor => (DeviceInput::Door, ms(random.random_range(20..5_000))),
            Plain::DeviceHold => (DeviceInput::FeedHold, ms(100)),
            Plain::DeviceLimit => (DeviceInput::Limit(random.random_range(0..3)), ms(50)),
            Plain::DevicePower => {
                self.powerless = true;
                device.power_cycle(now);
                return Some(Happening::Nothing);
            }
            Plain::DeviceForgets => {
                device.lose_counter(now);
                return Some(Happening::Nothing);
            }
            _ => return None,
        };
        self.powerless |= input == DeviceInput::EStop;
        device.set_input(now, input, true);
        self.after(now + held, Afterwards::Release(input));
        Some(Happening::Nothing)
    }

    fn disk(&mut self, kind: Plain, random: &mut Pcg64, now: Instant) -> Option<Happening> {
        let next =
            |disk: &mut MemoryDisk, call, trouble| disk.fail(call, disk.calls(call), trouble);
        let error = if random.random_bool(0.5) { Trouble::Io } else { Trouble::NoSpace };
        match kind {
            Plain::DiskSyncFails => self.disk.with(|disk| next(disk, Call::SyncData, error)),
            Plain::DiskFull => self.disk.with(|disk| next(disk, Call::Write, Trouble::NoSpace)),
            Plain::DiskShortWrite => self.disk.with(|disk| next(disk, Call::Write, Trouble::Short)),
            Plain::DiskSlow => {
                let until = now + ms(random.random_range(500..3_000));
                self.slow = Some((until, ms(random.random_range(50..900))));
            }
            Plain::HostRecordStall => {
                self.slow = Some((now + ms(500), ms(random.random_range(200..5_000))));
            }
            Plain::HostFrontStall => self.hung = now + ms(random.random_range(300..3_000)),
            Plain::DiskTorn => {
                self.disk.with(|disk| disk.crash(&mut |ways| random.random_range(0..ways)));
                return Some(Happening::Killed);
            }
            Plain::DiskRot => {
                self.disk.with(|disk| rot(disk, random));
                return Some(Happening::Killed);
            }
            _ => return None,
        }
        Some(Happening::Nothing)
    }

    fn operator(
        &mut self,
        kind: Plain,
        random: &mut Pcg64,
        device: &mut Device,
        now: Instant,
    ) -> Option<Happening> {
        match kind {
            Plain::OperatorPause => {
                self.pausing = true;
                let resume = now + ms(random.random_range(100..5_000));
                self.after(resume, Afterwards::Wish(Command::Resume));
                Some(Happening::Command(Command::Pause))
            }
            Plain::NeedleSwap => {
                self.pausing = true;
                // By then the tool is lifted.
                let changed = now + ms(4_000);
                self.after(changed, Afterwards::Wish(Command::NewNeedle));
                self.after(changed + ms(1), Afterwards::Wish(Command::Resume));
                Some(Happening::Command(Command::Pause))
            }
            Plain::OperatorStop => Some(Happening::Command(Command::Stop)),
            Plain::OperatorMash => {
                for _ in 0..20 {
                    let wishes = [Command::Pause, Command::Resume, Command::NewNeedle];
                    let wish = wishes[random.random_range(0..wishes.len())];
                    let at = now + ms(random.random_range(0..1_000));
                    self.after(at, Afterwards::Wish(wish));
                }
                Some(Happening::Nothing)
            }
            Plain::OtherProgram => {
                const SAYS: [&[u8]; 7] =
                    [b"?", b"$$\n", b"G0X0Y0\n", b"$X\n", b"~", b"$H\n", b"\x18"];
                device.send(now, SAYS[random.random_range(0..SAYS.len())]);
                Some(Happening::Nothing)
            }
            _ => None,
        }
    }
}

fn host(kind: Plain, random: &mut Pcg64, device: &mut Device, now: Instant) -> Option<Happening> {
    Some(match kind {
        Plain::HostStall => Happening::Busy(now + ms(random.random_range(30..2_000))),
        Plain::HostSuspend => Happening::Busy(now + ms(random.random_range(10_000..60_000))),
        Plain::HostKill => Happening::Killed,
        Plain::HostPanic => {
            device.send(now, &[RETRACT]);
            Happening::Killed
        }
        Plain::ClockJumps => Happening::ClockJumps(ms(random.random_range(5..500))),
        _ => return None,
    })
}

fn way(random: &mut Pcg64) -> WireDirection {
    if random.random_bool(0.5) { WireDirection::ToDevice } else { WireDirection::ToHost }
}

fn spoilt(random: &mut Pcg64) -> WireFault {
    match random.random_range(0..3) {
        0 => WireFault::Drop(1),
        1 => WireFault::Flip(random.random_range(0..8)),
        _ => WireFault::Insert(random.random()),
    }
}

/// A bit of a record turns that others have followed long since; a young ledger is spared.
fn rot(disk: &mut MemoryDisk, random: &mut Pcg64) {
    let written = disk.bytes().chunks(RECORD).take_while(|r| r.iter().any(|b| *b != 0)).count();
    if written > TAIL {
        let mut bytes = disk.bytes().to_vec();
        let at = random.random_range(0..(written - TAIL) * RECORD);
        bytes[at] ^= 1 << random.random_range(0..8);
        *disk = MemoryDisk::holding(&bytes);
    }
}

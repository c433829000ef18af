//! Frames that were damaged on the wire: executed as meant, or not at all.

use crate::fakes::{FakePlant, Host, smp_config};
use proptest::prelude::*;
use smp_sim::{contract::MS, firmware::Dialect};

const POSE: &str = "X200000 Y200000 Z100000 A0 B0";

fn device() -> Host {
    Host::in_session(smp_config(true), FakePlant::with_gap(2.0))
}

fn strike(dot: u32, height: u32, travel: u32) -> String {
    format!("D{dot} {POSE} H{height} T{travel} V300 W10")
}

/// What can happen to the bytes of a frame.
#[derive(Clone, Debug)]
enum Fault {
    Replace(usize, u8),
    Flip(usize, u8),
    Drop(usize),
    Swap(usize, usize),
    Double(usize),
    Cut(usize),
}

fn fault() -> impl Strategy<Value = Fault> {
    let at = || 0..80_usize;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Fault::Replace(at, byte)),
        (at(), 0..8_u8).prop_map(|(at, bit)| Fault::Flip(at, bit)),
        at().prop_map(Fault::Drop),
        (at(), at()).prop_map(|(a, b)| Fault::Swap(a, b)),
        at().prop_map(Fault::Double),
        at().prop_map(Fault::Cut),
    ]
}

fn damaged(frame: &[u8], fault: &Fault) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    let at = |i: usize| i % bytes.len();
    match *fault {
        Fault::Replace(i, byte) => {
            let i = at(i);
            bytes[i] = byte;
        }
        Fault::Flip(i, bit) => {
            let i = at(i);
            bytes[i] ^= 1 << bit;
        }
        Fault::Drop(i) => {
            let i = at(i);
            bytes.remove(i);
        }
        Fault::Swap(a, b) => {
            let (a, b) = (at(a), at(b));
            bytes.swap(a, b);
        }
        Fault::Double(i) => {
            let i = at(i);
            bytes.insert(i, bytes[i]);
        }
        Fault::Cut(i) => {
            let i = at(i);
            bytes.truncate(i);
        }
    }
    bytes
}

proptest! {
    /// One fault in a strike frame: it is executed as it was meant, or not at all.
    #[test]
    fn a_damaged_frame_never_executes(fault in fault(), gap in 0..3_u8) {
        let mut host = device();
        let good = host.seal(1, &strike(3, 2000, 3500));
        let bad = damaged(good.as_bytes(), &fault);
        host.send(&bad);
        host.pass(u64::from(gap) * 10 * MS);
        // Completes whatever line is left open.
        host.say("\n");
        host.pass(300 * MS);
        // Added bytes that are taken out again by the interrupt do no harm to the frame.
        let harmless: Vec<u8> = bad
            .iter()
            .copied()
            .filter(|b| !matches!(b, 0 | 5 | b'?' | b'!' | b'~' | 0x18 | 0x19 | 0x7F..))
            .collect();
        let whole = harmless.starts_with(good.as_bytes())
            || harmless.strip_suffix(b"\n").unwrap_or(&harmless) == good.trim_end().as_bytes();
        let strokes = &host.plant().strokes;
        prop_assert!(strokes.len() <= usize::from(whole), "{:?}", fault);
        for stroke in strokes {
            prop_assert!((stroke.travel - 3.5).abs() < 1e-6 && stroke.dot == Some(3));
        }
    }

    /// No bytes at all bring the device down or move the needle.
    #[test]
    fn noise_neither_strikes_nor_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut host = device();
        host.send(&bytes);
        host.pass(2_000 * MS);
        prop_assert!(host.plant().strokes.is_empty());
    }

    /// The same outside a session, where lines may well move something.
    #[test]
    fn plain_noise_does_not_panic(
        dialect in prop_oneof![
            Just(Dialect::Grbl),
            Just(Dialect::GrblHal),
            Just(Dialect::GrblHalSmp),
        ],
        lines in prop::collection::vec(
            "[ -~]{0,40}|[GMXYZABFPSTN$=.0-9-]{0,30}|G[01] ?[XYZABC]-?[0-9]{1,3}F[0-9]{1,4}",
            0..20,
        ),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut config = smp_config(true);
        config.dialect = dialect;
        config.axes = if dialect == Dialect::Grbl { 3 } else { 6 };
        let mut host = Host::new(config, FakePlant::with_gap(2.0));
        host.pass(20 * MS);
        for (index, line) in lines.iter().enumerate() {
            host.send(line.as_bytes());
            host.say("\n");
            host.pass(5 * MS);
            host.send(&bytes[index.min(bytes.len())..(2 * index).min(bytes.len())]);
        }
        host.pass(500 * MS);
        prop_assert!(dialect != Dialect::GrblHalSmp || !host.plant().interlock_broken);
    }
}

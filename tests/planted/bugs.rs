//! The bugs, in the order of their numbers.

use crate::checks::Check::{self, BadPlan, Calm, Campaign, Plan, Rehearse};

/// A bug.
pub struct Bug {
    /// What it is.
    pub about: &'static str,
    /// The check that catches it, and what it shows then.
    pub check: Check,
    pub sign: &'static str,
    /// Where it is.
    pub places: &'static [Place],
}

/// A place in the sources where an expression is a wrong one.
pub struct Place {
    /// Below `src/`.
    pub file: &'static str,
    /// Text before it, by which it is found.
    pub before: &'static str,
    /// The expression as it is.
    pub right: &'static str,
    /// With the bug.
    pub wrong: &'static str,
}

impl Place {
    /// Where the expression begins in its file's text, in which it must be once.
    pub fn find(&self, text: &str) -> usize {
        let original = format!("{}{}", self.before, self.right);
        let found: Vec<usize> = text.match_indices(&original).map(|(at, _)| at).collect();
        assert_eq!(found.len(), 1, "{}: {original}", self.file);
        found[0] + self.before.len()
    }
}

/// The list as a table, for `docs/planted.md`.
pub fn as_markdown() -> String {
    let mut text = "| | bug | where | caught by | sign |\n|---|---|---|---|---|\n".to_owned();
    for (id, Bug { about, check, sign, places }) in (1..).zip(BUGS) {
        let files: Vec<String> =
            places.iter().map(|place| format!("`src/{}`", place.file)).collect();
        let (files, check) = (files.join(", "), check.name());
        text += &format!("| {id} | {about} | {files} | {check} | {sign} |\n");
    }
    text
}

pub const BUGS: &[Bug] = &[
    Bug {
        about: "the dimple is taken off a stroke and not added",
        check: Rehearse("gantry5", "nominal"),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "aim.first_mm + ",
            right: "s.dimple.mean()",
            wrong: "-s.dimple.mean()",
        }],
    },
    Bug {
        about: "the needle's offset is taken off a stroke and not added",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "s.gap_mm + ",
            right: "s.offset.mean()",
            wrong: "-s.offset.mean()",
        }],
    },
    Bug {
        about: "the head's rotation is taken with the wrong sign",
        check: Rehearse("gantry6", "fidgets"),
        sign: "",
        places: &[Place {
            file: "depth/head/mod.rs",
            before: "",
            right: "Vector3::new(shift[3], shift[4], shift[5])",
            wrong: "-Vector3::new(shift[3], shift[4], shift[5])",
        }],
    },
    Bug {
        about: "the head's motion is taken in the scalp's axes and not in the machine's",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[Place {
            file: "depth/head/mod.rs",
            before: "",
            right: "moved * self.registered.isometry()",
            wrong: "self.registered.isometry() * moved",
        }],
    },
    Bug {
        about: "the head is predicted for the start of a hop and not for the needle's entry",
        check: Rehearse("gantry6", "restless"),
        sign: "",
        places: &[Place {
            file: "stream/travel.rs",
            before: "let entry_s = at_s + ",
            right: "self.until_entry_s(index, at_s, ctx)",
            wrong: "0.0",
        }],
    },
    Bug {
        about: "a height is believed where the tool was one report before",
        check: Rehearse("gantry6", "restless"),
        sign: "",
        places: &[Place {
            file: "stream/measuring.rs",
            before: "",
            right: "us as f64 * 1e-6 - ctx.machine.sensing.height_latency_ms * 1e-3",
            wrong: "us as f64 * 1e-6 + 0.05",
        }],
    },
    Bug {
        about: "the skin's speed is forgotten when its height is predicted",
        check: Rehearse("gantry5", "nominal"),
        sign: "",
        places: &[Place {
            file: "depth/tracker.rs",
            before: "self.offset += ",
            right: "self.speed * SPEED_MEMORY_S * (1.0 - keep)",
            wrong: "0.0",
        }],
    },
    Bug {
        about: "a model that moves outward moves the surface outward once more",
        check: Rehearse("gantry6", "restless"),
        sign: "",
        places: &[Place {
            file: "depth/tracker.rs",
            before: "self.offset -= ",
            right: "model_shift_mm",
            wrong: "-model_shift_mm",
        }],
    },
    Bug {
        about: "every dot goes as deep as the first one is meant to",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[Place {
            file: "stream/deciding.rs",
            before: "target_mm: ",
            right: "dot.target_mm",
            wrong: "ctx.program.dots()[0].target_mm",
        }],
    },
    Bug {
        about: "micrometres of a felt contact are taken for hundredths",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[Place {
            file: "device/report.rs",
            before: "Some((um >= 0).then(|| ",
            right: "f64::from(um) * 1e-3",
            wrong: "f64::from(um) * 1e-2",
        }],
    },
    Bug {
        about: "the head's rotation in mrad is taken for rad",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[Place {
            file: "device/report.rs",
            before: "three()?.map(|mrad| ",
            right: "mrad * 1e-3",
            wrong: "mrad",
        }],
    },
    Bug {
        about: "radians go out as degrees",
        check: Plan,
        sign: "refused",
        places: &[Place {
            file: "machine/joints.rs",
            before: "",
            right: "value.to_degrees()",
            wrong: "value",
        }],
    },
    Bug {
        about: "A and B are exchanged",
        check: Plan,
        sign: "refused",
        places: &[Place {
            file: "machine/kinematics.rs",
            before: "",
            right: "(d.y.atan2(-d.z), (-d.x).clamp(-1.0, 1.0).asin())",
            wrong: "((-d.x).clamp(-1.0, 1.0).asin(), d.y.atan2(-d.z))",
        }],
    },
    Bug {
        about: "a way over the head goes down and not up",
        check: Plan,
        sign: "refused",
        places: &[Place {
            file: "plan/approach.rs",
            before: "let up = |pose: &Pose, by: f64| Via { tip: pose.tip + pose.needle * ",
            right: "-by",
            wrong: "by",
        }],
    },
    Bug {
        about: "a short hop is not raised over the skin between",
        check: Plan,
        sign: "refused",
        places: &[Place {
            file: "plan/approach.rs",
            before: "let missing = ",
            right: "rules.travel_mm + MARGIN_MM - clear.tip_mm",
            wrong: "clear.tip_mm - rules.travel_mm - MARGIN_MM",
        }],
    },
    Bug {
        about: "the verifier does not measure how near the tip comes to the skin",
        check: BadPlan,
        sign: "accepted: hover",
        places: &[Place {
            file: "verify/proof.rs",
            before: "if ",
            right: "tip_mm < limit_mm - WIRE_MM",
            wrong: "false",
        }],
    },
    Bug {
        about: "a permit's check is dropped: age",
        check: Campaign("wire,host", 1, 12),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "reasons.add(Reason::Stale, ",
            right: "!at_most(s.age_ms, rules.age_max_ms)",
            wrong: "false",
        }],
    },
    Bug {
        about: "a permit's check is dropped: speed",
        check: Campaign("head", 1, 12),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "reasons.add(Reason::Moving, ",
            right: "!at_most(s.surface.speed_mm_per_s.abs(), rules.speed_max_mm_per_s)",
            wrong: "false",
        }],
    },
    Bug {
        about: "a permit's check is dropped: sigma",
        check: Campaign("head", 1, 12),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "reasons.add(Reason::Unsure, ",
            right: "!sure || !steady",
            wrong: "false",
        }],
    },
    Bug {
        about: "a permit's check is dropped: gap",
        check: Campaign("head", 1, 12),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "reasons.add(Reason::Gap, ",
            right: "!(rules.gap_mm[0]..=rules.gap_mm[1]).contains(&s.gap_mm)",
            wrong: "false",
        }],
    },
    Bug {
        about: "a permit's check is dropped: ceiling",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "reasons.add(Reason::Ceiling, ",
            right: "!at_most(rules.shallow_mm.min(s.target_mm), aim.end_mm())",
            wrong: "false",
        }],
    },
    Bug {
        about: "a permit's check is dropped: aside",
        check: Campaign("head", 1, 12),
        sign: "",
        places: &[Place {
            file: "depth/decide.rs",
            before: "reasons.add(Reason::Aside, ",
            right: "!at_most(s.aside_mm, rules.aside_max_mm)",
            wrong: "false",
        }],
    },
    Bug {
        about: "the gate does not look at depth, and every stroke is 0.5 mm too long",
        check: Rehearse("gantry6", "nominal"),
        sign: "",
        places: &[
            Place {
                file: "stream/striking.rs",
                before: "travel_um: ",
                right: "um(permit.travel_mm())",
                wrong: "um(permit.travel_mm() + 0.5)",
            },
            Place {
                file: "verify/gate.rs",
                before: "if reach_mm < 0.0 || ",
                right: "!(0.0..=limit_mm).contains(&depth_mm)",
                wrong: "false",
            },
        ],
    },
    Bug {
        about: "a strike leaves before its intent is durable",
        check: Campaign("disk-slow,host-record-stall,disk-torn", 1, 24),
        sign: "NotIntended",
        places: &[Place {
            file: "stream/deciding.rs",
            before: "Decision::Strike(permit) if ",
            right: "visit.intent == Intent::Durable",
            wrong: "true",
        }],
    },
    Bug {
        about: "Done is written when the strike is sent",
        check: Campaign("host-kill,host-panic,disk-torn,device", 1, 12),
        sign: "",
        places: &[Place {
            file: "stream/striking.rs",
            before: "",
            right: "ctx.event(Event::StrikeSent { dot: planned.dot, grounds: *permit.grounds() })",
            wrong: "{ ctx.persist(Entry::Done { dot: planned.dot, count: self.count + 1, estimate: Estimate::UNKNOWN }); ctx.event(Event::StrikeSent { dot: planned.dot, grounds: *permit.grounds() }) }",
        }],
    },
    Bug {
        about: "the strike counter is one ahead",
        check: Calm(6),
        sign: "",
        places: &[Place {
            file: "stream/striking.rs",
            before: "count: ",
            right: "self.count + 1",
            wrong: "self.count + 2",
        }],
    },
    Bug {
        about: "an intent that is taken back is not written",
        check: Campaign("operator,head", 1, 12),
        sign: "",
        places: &[Place {
            file: "stream/travel.rs",
            before: "",
            right: "ctx.persist(Entry::Withdrawn { dot })",
            wrong: "0",
        }],
    },
    Bug {
        about: "an uncertain dot is struck again",
        check: Campaign("device-power,device-forgets,host-kill,disk-torn", 1, 24),
        sign: "",
        places: &[Place {
            file: "stream/job.rs",
            before: "let fate = trusted.map_or(",
            right: "Fate::Uncertain",
            wrong: "Fate::Planned",
        }],
    },
    Bug {
        about: "a counter that does not survive a power cut is believed",
        check: Campaign("device-power,device-forgets,host-kill,disk-torn", 1, 24),
        sign: "",
        places: &[Place {
            file: "stream/job.rs",
            before: "memory.filter(|_| ",
            right: "survives || self.last_boot == Some(boot)",
            wrong: "true",
        }],
    },
    Bug {
        about: "intents are settled against the counter after",
        check: Campaign("device-power,host-kill,host-panic,disk-torn", 1, 24),
        sign: "",
        places: &[Place {
            file: "stream/job.rs",
            before: "open.sort_by_key(|&(_, count)| ",
            right: "count",
            wrong: "u32::MAX - count",
        }],
    },
    Bug {
        about: "the ledger is not synced",
        check: Campaign("disk-torn", 1, 40),
        sign: "",
        places: &[Place {
            file: "record/ledger.rs",
            before: "",
            right: "ledger.disk.sync_data()?",
            wrong: "()",
        }],
    },
    Bug {
        about: "a damaged ledger is read up to the damage",
        check: Campaign("disk-rot", 1, 40),
        sign: "",
        places: &[Place {
            file: "record/ledger/record.rs",
            before: "if ",
            right: "torn || !possible",
            wrong: "false",
        }],
    },
    Bug {
        about: "the stop byte is not sent on a fault",
        check: Campaign("host-front-stall,host-record-stall,operator-stop", 1, 12),
        sign: "",
        places: &[Place {
            file: "stream/mod.rs",
            before: "",
            right: "self.stop = self.stops_by()",
            wrong: "self.stop = None",
        }],
    },
    Bug {
        about: "the heartbeat goes on though a part hangs",
        check: Campaign("host-front-stall", 1, 40),
        sign: "",
        places: &[Place {
            file: "stream/mod.rs",
            before: "if let Some(part) = ",
            right: "self.vitals.stalled(now)",
            wrong: "self.vitals.stalled(now).filter(|_| false)",
        }],
    },
    Bug {
        about: "heartbeats come ten times too seldom",
        check: Calm(6),
        sign: "",
        places: &[Place {
            file: "stream/mod.rs",
            before: "let every = ",
            right: "ms(u64::from(self.ctx.machine.link.heartbeat_ms))",
            wrong: "ms(u64::from(self.ctx.machine.link.heartbeat_ms) * 10)",
        }],
    },
    Bug {
        about: "the pose is not proved before a strike",
        check: Calm(6),
        sign: "",
        places: &[Place {
            file: "stream/visit.rs",
            before: "&& taken\n            && ",
            right: "report.joints.near(&self.target, POSE_MM, POSE_RAD)",
            wrong: "true",
        }],
    },
    Bug {
        about: "a device that is not homed is not refused",
        check: Campaign("device", 1, 16),
        sign: "",
        places: &[Place {
            file: "stream/bringup.rs",
            before: "if ctx.settings.mode.follows() && ",
            right: "!report.homed",
            wrong: "false",
        }],
    },
    Bug {
        about: "the strike counter is not watched",
        check: Campaign("other,device-forgets,host", 1, 16),
        sign: "",
        places: &[Place {
            file: "stream/cycle.rs",
            before: "if ",
            right: "(self.count..=most).contains(&memory.count)",
            wrong: "true",
        }],
    },
    Bug {
        about: "the hop leaves while a pause is wanted",
        check: Campaign("operator", 1, 16),
        sign: "",
        places: &[Place {
            file: "stream/cycle.rs",
            before: "self.pipelined && ",
            right: "!self.pause_wanted",
            wrong: "true",
        }],
    },
    Bug {
        about: "a strike that is broken off counts as never begun",
        check: Campaign("head-startle", 1, 24),
        sign: "",
        places: &[Place {
            file: "stream/waiting.rs",
            before: "let touched = ",
            right: "seen.contact_mm.is_some() || seen.travel_mm + UNTOUCHED_MM > stroke.gap_mm",
            wrong: "false",
        }],
    },
    Bug {
        about: "a frame is sealed with the epoch before",
        check: Calm(6),
        sign: "",
        places: &[Place {
            file: "stream/link.rs",
            before: "device::seal(self.submitted, ",
            right: "epoch",
            wrong: "epoch - 1",
        }],
    },
    Bug {
        about: "what is heard is believed without its checksum",
        check: Campaign("wire", 1, 24),
        sign: "",
        places: &[Place {
            file: "device/frame.rs",
            before: "if ",
            right: "found == computed",
            wrong: "true",
        }],
    },
    Bug {
        about: "a frame is sent again without being asked for",
        check: Calm(6),
        sign: "",
        places: &[Place {
            file: "stream/link.rs",
            before: "|line| ",
            right: "made.since(line.sent) >= STALE",
            wrong: "made.since(line.sent) >= ms(0)",
        }],
    },
    Bug {
        about: "a lost frame is never sent again",
        check: Campaign("wire-loses", 1, 24),
        sign: "",
        places: &[Place {
            file: "stream/link.rs",
            before: "if ",
            right: "self.overdue(made)",
            wrong: "false",
        }],
    },
    Bug {
        about: "an old refusal of a frame counts as one of the oldest",
        check: Campaign("wire", 1, 16),
        sign: "",
        places: &[Place {
            file: "stream/link.rs",
            before: "self.sent > 0 && ",
            right: "seq >= line.seq",
            wrong: "true",
        }],
    },
    Bug {
        about: "the wrong strike's report is taken for ours",
        check: Campaign("wire,host", 1, 16),
        sign: "",
        places: &[Place {
            file: "stream/striking.rs",
            before: "|s: &Stroke| ",
            right: "s.count == seen.count && ctx.program.dots()[s.index].dot.0 == seen.dot",
            wrong: "true",
        }],
    },
];

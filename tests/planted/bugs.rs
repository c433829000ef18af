//! The bugs, in the order of their numbers.

use crate::checks::Check::{self, BadPlan, Beside, Calm, Campaign, Plan, Rehearse, Session};

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
        sign: "/in_band_fraction",
        places: &[Place {
            file: "depth/decide.rs",
            before: "aim.first_mm + ",
            right: "s.dimple.mean()",
            wrong: "-s.dimple.mean()",
        }],
    },
    Bug {
        about: "the head's rotation is taken with the wrong sign",
        check: Rehearse("gantry6", "fidgets"),
        sign: "/lateral_error_mm/rms",
        places: &[Place {
            file: "depth/head/mod.rs",
            before: "",
            right: "Vector3::new(shift[3], shift[4], shift[5])",
            wrong: "-Vector3::new(shift[3], shift[4], shift[5])",
        }],
    },
    Bug {
        about: "the head's motion is taken in the scalp's axes and not in the machine's",
        check: Rehearse("gantry6", "restless"),
        sign: "/lateral_error_mm/rms",
        places: &[Place {
            file: "depth/head/mod.rs",
            before: "",
            right: "moved * self.registered.isometry()",
            wrong: "self.registered.isometry() * moved",
        }],
    },
    Bug {
        about: "a model that moves outward moves the surface outward once more",
        check: Rehearse("gantry6", "restless"),
        sign: "failed",
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
        sign: "/penetration_mm/sigma",
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
        sign: "failed",
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
        sign: "failed",
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
        about: "a way over the head is taken without a look",
        check: Plan,
        sign: "not proved",
        places: &[Place {
            file: "plan/approach.rs",
            before: "",
            right: "sweep.clear_ways(&ends.concat())",
            wrong: "true",
        }],
    },
    Bug {
        about: "the planner does not see the skin under the tip",
        check: Plan,
        sign: "not proved",
        places: &[Place {
            file: "plan/tool.rs",
            before: "",
            right: "self.surface.within(tip, reach_mm).map_or(reach_mm, |foot| foot.distance)",
            wrong: "reach_mm",
        }],
    },
    Bug {
        about: "the verifier does not measure how near the tip comes to the skin",
        check: BadPlan,
        sign: "accepted: hover",
        places: &[Place {
            file: "verify/sweep.rs",
            before: "let spare = ",
            right: "distance_mm - self.needed_mm",
            wrong: "FAR_MM",
        }],
    },
    Bug {
        about: "the last gate does not look at depth, and every stroke is 0.5 mm too long",
        check: Rehearse("gantry6", "nominal"),
        sign: "failed",
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
        about: "Done is written when the strike is sent",
        check: Calm(2),
        sign: "NotIntended",
        places: &[Place {
            file: "stream/striking.rs",
            before: "",
            right: "ctx.event(Event::StrikeSent { dot: planned.dot, grounds: *permit.grounds() })",
            wrong: "{ ctx.persist(Entry::Done { dot: planned.dot, count: self.count + 1, estimate: Estimate::UNKNOWN }); ctx.event(Event::StrikeSent { dot: planned.dot, grounds: *permit.grounds() }) }",
        }],
    },
    Bug {
        about: "the strike counter is one ahead",
        check: Calm(2),
        sign: "/crashes",
        places: &[Place {
            file: "stream/striking.rs",
            before: "count: ",
            right: "self.count + 1",
            wrong: "self.count + 2",
        }],
    },
    Bug {
        about: "the ledger is not synced",
        check: Campaign("disk-torn", 1, 60),
        sign: "Twice",
        places: &[Place {
            file: "record/ledger.rs",
            before: "",
            right: "ledger.disk.sync_data()?",
            wrong: "()",
        }],
    },
    Bug {
        about: "heartbeats come ten times too seldom",
        check: Calm(2),
        sign: "/crashes",
        places: &[Place {
            file: "stream/mod.rs",
            before: "let every = ",
            right: "ms(u64::from(self.ctx.machine.link.heartbeat_ms))",
            wrong: "ms(u64::from(self.ctx.machine.link.heartbeat_ms) * 10)",
        }],
    },
    Bug {
        about: "a frame is sealed with the epoch before",
        check: Calm(2),
        sign: "NotLive",
        places: &[Place {
            file: "stream/link.rs",
            before: "device::seal(self.submitted, ",
            right: "epoch",
            wrong: "epoch - 1",
        }],
    },
    Bug {
        about: "the verifier does not look whether a dot lies on the skin",
        check: BadPlan,
        sign: "accepted: place",
        places: &[Place {
            file: "verify/proof.rs",
            before: "if ",
            right: "off_mm > ON_SKIN_MM",
            wrong: "false",
        }],
    },
    Bug {
        about: "the verifier does not look at tilt",
        check: BadPlan,
        sign: "accepted: tilt",
        places: &[Place {
            file: "verify/proof.rs",
            before: "if ",
            right: "tilt_deg > limit_deg",
            wrong: "false",
        }],
    },
    Bug {
        about: "the verifier does not look at depth",
        check: BadPlan,
        sign: "accepted: depth",
        places: &[Place {
            file: "verify/proof.rs",
            before: "> WIRE_MM || ",
            right: "depth_mm > limit_mm",
            wrong: "false",
        }],
    },
    Bug {
        about: "the dimple counts as depth in what is believed of a strike",
        check: Rehearse("gantry6", "nominal"),
        sign: "/estimate",
        places: &[Place {
            file: "stream/learning.rs",
            before: "reached.unwrap_or(travel) - gap - ",
            right: "dimple",
            wrong: "-dimple",
        }],
    },
    Bug {
        about: "gap and travel of a strike go out in hundredths and not in micrometres",
        check: Rehearse("gantry6", "nominal"),
        sign: "failed",
        places: &[Place {
            file: "stream/striking.rs",
            before: "let um = |mm: f64| (mm * ",
            right: "1e3",
            wrong: "1e2",
        }],
    },
    Bug {
        about: "the first frame of a session has the number 2",
        check: Rehearse("gantry6", "nominal"),
        sign: "failed",
        places: &[Place {
            file: "stream/link.rs",
            before: "(self.submitted, self.taken) = ",
            right: "(0, 0)",
            wrong: "(1, 0)",
        }],
    },
    Bug {
        about: "a height reading is taken with the wrong sign",
        check: Rehearse("gantry6", "nominal"),
        sign: "failed",
        places: &[Place {
            file: "stream/measuring.rs",
            before: "self.tracker.read(at_s, ",
            right: "tip.height_mm - height_mm",
            wrong: "height_mm - tip.height_mm",
        }],
    },
    Bug {
        about: "the head's shift is taken with the wrong sign",
        check: Rehearse("gantry6", "fidgets"),
        sign: "/lateral_error_mm/rms",
        places: &[Place {
            file: "depth/head/mod.rs",
            before: "",
            right: "Translation3::new(shift[0], shift[1], shift[2])",
            wrong: "Translation3::new(-shift[0], -shift[1], -shift[2])",
        }],
    },
    Bug {
        about: "a hover goes the wrong way when the skin is not where the model has it",
        check: Rehearse("gantry6", "nominal"),
        sign: "failed",
        places: &[Place {
            file: "stream/route.rs",
            before: "tip: dot.above(",
            right: "height_mm + head.offset_mm",
            wrong: "height_mm - head.offset_mm",
        }],
    },
    Bug {
        about: "a damaged ledger is read up to the damage and no further",
        check: Campaign("disk-rot", 14, 3),
        sign: "Twice",
        places: &[Place {
            file: "record/ledger/record.rs",
            before: "if ",
            right: "torn || !possible",
            wrong: "false",
        }],
    },
    Bug {
        about: "the planner forgets what is not the head",
        check: Beside,
        sign: "not proved",
        places: &[Place {
            file: "plan/solids.rs",
            before: "",
            right: "self.room(from, to).is_none_or(|room| room.is_kept())",
            wrong: "true",
        }],
    },
    Bug {
        about: "the planner forgets what earlier sessions have struck",
        check: Session,
        sign: "on struck dots",
        places: &[Place {
            file: "record/course.rs",
            before: "impl Iterator<Item = Struck> + 'a {\n        ",
            right: "self.marks.iter()",
            wrong: "[].iter()",
        }],
    },
];

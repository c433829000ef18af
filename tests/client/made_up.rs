//! Made-up clients: a situation in which nothing speaks against a run, and the pages and sessions it is made of.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use smp::client::page::{
    Answered, Began, Cartridge, Client, Consent, Ended, Ending, PatchTest, Pigment, Questionnaire,
    Scan, Statement, Withdrawal,
};
use smp::client::rules::{Asked, PlanAsked, SessionAsked, refusals};
use smp::client::sitting::{Session, Sitting};
use smp::client::words::{Contraindication, Label, Sha256Hex};
use smp::client::{ClientRecord, Refusal};
use smp::record::course::{Course, Part};
use std::collections::BTreeMap;
use std::path::Path;

/// The day of every situation.
pub const TODAY: Date = date(2026, 6, 15);

/// A situation: what the record has, and what is asked for.
pub struct Situation {
    pub today: Date,
    pub statements: Vec<Statement>,
    pub sessions: Vec<Session>,
    pub plan: Option<(Sha256Hex, u32)>,
    /// What the plan says of its place in the treatment.
    pub course: Course,
    pub pigment: Option<&'static str>,
    pub cartridge: Option<&'static str>,
    pub session: SessionAsked,
}

impl Situation {
    /// Session 2 of a client, of whom everything is in order.
    pub fn good() -> Self {
        Self {
            today: TODAY,
            statements: vec![
                Statement::Scan(Scan { name: label("head"), skin_sha256: hash("head") }),
                Statement::Consent(Consent {
                    given_on: date(2026, 5, 1),
                    document_sha256: hash("signed"),
                }),
                questionnaire(TODAY, &[]),
                patch_test(date(2026, 5, 1), date(2026, 5, 3), "3", false),
                pigment("P1", date(2026, 12, 31)),
                cartridge("N1", date(2026, 12, 31), 20_000),
                cartridge("N2", date(2026, 12, 31), 20_000),
            ],
            sessions: vec![session(1, date(2026, 6, 1), "N1", 1_000, 0)],
            plan: Some((hash("head"), 1_000)),
            course: Course {
                part: Part::Session(2),
                least_interval_days: 7,
                after: vec![program(1).as_str().to_owned()],
            },
            pigment: Some("P1"),
            cartridge: Some("N2"),
            session: SessionAsked::New(Some(2)),
        }
    }

    /// Without the pages of a kind.
    pub fn without(&mut self, kind: &str) -> &mut Self {
        self.statements.retain(|statement| statement.kind() != kind);
        self
    }

    pub fn with(&mut self, statement: Statement) -> &mut Self {
        self.statements.push(statement);
        self
    }

    /// What speaks against it.
    pub fn refusals(&self) -> Vec<Refusal> {
        let folder = tempfile::tempdir().unwrap();
        let record = record(folder.path(), &self.statements);
        let plan = self.plan.as_ref();
        let course = Some(&self.course);
        let plan = plan.map(|(skin, dots)| PlanAsked::new(skin, *dots, course));
        let asked = Asked {
            today: self.today,
            plan,
            pigment: self.pigment,
            cartridge: self.cartridge,
            session: self.session,
        };
        refusals(&record, &self.sessions, &asked)
    }
}

/// A record of these pages.
pub fn record(folder: &Path, statements: &[Statement]) -> ClientRecord {
    let at = at(date(2026, 6, 14));
    let mut record = ClientRecord::create(folder, at, client(false)).unwrap();
    for statement in statements {
        record.append(at, statement.clone()).unwrap();
    }
    record
}

pub fn client(allow_free_text: bool) -> Client {
    Client {
        id: "C-1".parse().unwrap(),
        interval_days: 10,
        patch_test_days: 2,
        questionnaire_days: 2,
        retention_days: 730,
        allow_free_text,
    }
}

pub fn questionnaire(answered_on: Date, yes: &[Contraindication]) -> Statement {
    let answer = |what: Contraindication| (what, yes.contains(&what));
    let answers: BTreeMap<_, _> = Contraindication::ALL.map(answer).into_iter().collect();
    Statement::Questionnaire(Questionnaire {
        answered_on,
        document_sha256: hash("answers"),
        note: None,
        answers: answers.try_into().unwrap(),
    })
}

pub fn patch_test(made_on: Date, read_on: Date, shade: &str, reacted: bool) -> Statement {
    let (brand, shade) = (label("Brand"), label(shade));
    Statement::PatchTest(PatchTest { made_on, read_on, brand, shade, reacted, note: None })
}

pub fn withdrawal(on: Date) -> Statement {
    Statement::Withdrawal(Withdrawal { on })
}

pub fn pigment(name: &str, expires_on: Date) -> Statement {
    opened_pigment(name, expires_on, None)
}

pub fn opened_pigment(name: &str, expires_on: Date, opened: Option<(Date, u16)>) -> Statement {
    Statement::Pigment(Pigment {
        name: label(name),
        brand: label("Brand"),
        shade: label("3"),
        lot: label("L-77"),
        expires_on,
        dilution: label("1:8 distilled water"),
        opened_on: opened.map(|(on, _)| on),
        use_within_days: opened.map(|(_, days)| days),
    })
}

pub fn cartridge(name: &str, expires_on: Date, most_strikes: u32) -> Statement {
    let (name, needle, lot) = (label(name), label("3RL"), label("L-5"));
    Statement::Cartridge(Cartridge { name, needle, lot, expires_on, most_strikes })
}

/// A session of one sitting.
pub fn session(number: u32, on: Date, cartridge: &str, strikes: u32, open: u32) -> Session {
    let (folder, sittings) =
        (std::path::PathBuf::new(), vec![sitting(number, on, cartridge, strikes)]);
    let (done, uncertain, needle_changes) = (strikes, 0, 0);
    Session { number, folder, running: false, done, open, uncertain, needle_changes, sittings }
}

pub fn sitting(session: u32, on: Date, cartridge: &str, strikes: u32) -> Sitting {
    Sitting { at: at(on), began: began(session, cartridge), ended: None, strikes }
}

/// The program of a session.
pub fn program(session: u32) -> Sha256Hex {
    hash(&format!("program {session}"))
}

pub fn began(session: u32, cartridge: &str) -> Began {
    Began {
        session,
        operator: label("Ada"),
        pigment: label("P1"),
        cartridge: label(cartridge),
        port: label("sim"),
        device_serial: Some(label("SN 7")),
        program_version: label("0.1.0"),
        design: label("crown"),
        plan_sha256: hash("plan"),
        program_sha256: program(session),
        machine_sha256: hash("machine"),
        skin_sha256: hash("head"),
        consent_sha256: hash("consent"),
        dots: 1_000,
        ledger_before: 0,
        answered: vec![Answered {
            refusal: label("interval_too_short"),
            found: "session 1 was 4 days ago; 10 at least".parse().unwrap(),
            reason: "healed, seen by the physician".parse().unwrap(),
            operator: label("Ada"),
            at: at(date(2026, 6, 1)),
        }],
    }
}

pub fn ended(session: u32) -> Ended {
    Ended {
        session,
        outcome: Ending::Finished,
        fault: None,
        firmware: None,
        dots_done: 1_000,
        dots_open: 0,
        dots_uncertain: 0,
        strikes: 1_000,
        files: Vec::new(),
    }
}

pub fn at(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

pub fn label(text: &str) -> Label {
    text.parse().unwrap()
}

pub fn hash(text: &str) -> Sha256Hex {
    Sha256Hex::of(text.as_bytes())
}

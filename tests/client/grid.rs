//! Every refusal occurs for its cause and for nothing else: a grid of situations against a golden file, and the table
//! in `docs/client.md`.

use crate::made_up::{
    Situation, TODAY, cartridge, opened_pigment, patch_test, pigment, questionnaire, session,
    sitting, withdrawal,
};
use crate::place::repository;
use jiff::civil::{Date, date};
use smp::client::Refusal;
use smp::client::answers::{Answer, Unsettled, settle};
use smp::client::page::{Consent, Scan, Statement};
use smp::client::rules::SessionAsked;
use smp::client::words::Contraindication;
use std::collections::BTreeMap;
use std::fmt::Write as _;

type Change = fn(&mut Situation);

/// A cartridge half used yesterday, in a session with dots left.
fn gone_on_with(s: &mut Situation, on: Date) {
    s.sessions.push(session(2, on, "N2", 400, 600));
    s.session = SessionAsked::GoOn(2);
}

/// In session 1 the key for a new needle was pressed twice, which session 2 was begun with an answer to.
fn changed_and_answered(s: &mut Situation) {
    gone_on_with(s, date(2026, 6, 14));
    s.sessions[0].needle_changes = 2;
    let refusal = Refusal::NeedleUnnamed { session: 1, times: 2 };
    let answered = &mut s.sessions[1].sittings[0].began.answered[0];
    answered.refusal = crate::made_up::label(&refusal.key());
    answered.found = refusal.to_string().parse().unwrap();
}

const CONSENT: [(&str, Change); 9] = [
    ("all in order", |_| {}),
    ("the clock stands before the newest page", |s| s.today = date(2026, 6, 13)),
    ("no consent", |s| {
        s.without("consent");
    }),
    ("consent withdrawn", |s| {
        s.with(withdrawal(TODAY));
    }),
    ("consent withdrawn and given anew", |s| {
        let given = Consent { given_on: TODAY, document_sha256: crate::made_up::hash("again") };
        s.with(withdrawal(TODAY)).with(Statement::Consent(given));
    }),
    ("consent withdrawn, and a consent of before that stated after it", |s| {
        let given = crate::made_up::hash("the first one, again");
        let given = Consent { given_on: date(2026, 6, 1), document_sha256: given };
        s.with(withdrawal(date(2026, 6, 2))).with(Statement::Consent(given));
    }),
    ("consent withdrawn, stated late", |s| {
        s.with(withdrawal(date(2026, 4, 1)));
    }),
    ("a plan on another scan", |s| s.plan = Some((crate::made_up::hash("other head"), 1_000))),
    ("scanned anew since the plan", |s| {
        let (name, skin_sha256) = (crate::made_up::label("head 2"), crate::made_up::hash("head 2"));
        s.with(Statement::Scan(Scan { name, skin_sha256 }));
    }),
];

const HEALTH: [(&str, Change); 12] = [
    ("no questionnaire", |s| {
        s.without("questionnaire");
    }),
    ("a questionnaire of two days", |s| {
        s.without("questionnaire").with(questionnaire(date(2026, 6, 13), &[]));
    }),
    ("a questionnaire of three days", |s| {
        s.without("questionnaire").with(questionnaire(date(2026, 6, 12), &[]));
    }),
    ("every contra-indication", |s| {
        s.with(questionnaire(TODAY, &Contraindication::ALL));
    }),
    ("a contra-indication that has passed", |s| {
        s.without("questionnaire")
            .with(questionnaire(date(2026, 6, 14), &[Contraindication::Alcohol]))
            .with(questionnaire(TODAY, &[]));
    }),
    ("a contra-indication, and answers of the day before stated after it", |s| {
        s.with(questionnaire(TODAY, &[Contraindication::Alcohol]))
            .with(questionnaire(date(2026, 6, 14), &[]));
    }),
    ("no patch test", |s| {
        s.without("patch-test");
    }),
    ("a patch test of another shade", |s| {
        s.without("patch-test").with(patch_test(date(2026, 5, 1), date(2026, 5, 3), "4", false));
    }),
    ("a reaction to another shade", |s| {
        s.with(patch_test(date(2026, 5, 1), date(2026, 5, 3), "4", true));
    }),
    ("a patch test read the day after", |s| {
        s.without("patch-test").with(patch_test(date(2026, 5, 1), date(2026, 5, 2), "3", false));
    }),
    ("a patch test that reacted", |s| {
        s.without("patch-test").with(patch_test(date(2026, 5, 1), date(2026, 5, 3), "3", true));
    }),
    ("a patch test that reacted, and one that did not", |s| {
        s.without("patch-test")
            .with(patch_test(date(2026, 5, 1), date(2026, 5, 3), "3", true))
            .with(patch_test(date(2026, 6, 1), date(2026, 6, 5), "3", false));
    }),
];

const SUPPLIES: [(&str, Change); 18] = [
    ("a pigment that nobody has added", |s| s.pigment = Some("P9")),
    ("a pigment on its last day", |s| {
        s.without("pigment").with(pigment("P1", TODAY));
    }),
    ("a pigment a day after its last", |s| {
        s.without("pigment").with(pigment("P1", date(2026, 6, 14)));
    }),
    ("a pigment opened, on its last day", |s| {
        let opened = Some((date(2026, 5, 16), 30));
        s.without("pigment").with(opened_pigment("P1", date(2026, 12, 31), opened));
    }),
    ("a pigment open for too long", |s| {
        let opened = Some((date(2026, 5, 15), 30));
        s.without("pigment").with(opened_pigment("P1", date(2026, 12, 31), opened));
    }),
    ("a cartridge that nobody has added", |s| s.cartridge = Some("N9")),
    ("a cartridge on its last day", |s| {
        s.without("cartridge").with(cartridge("N2", TODAY, 20_000));
    }),
    ("a cartridge a day after its last", |s| {
        s.without("cartridge").with(cartridge("N2", date(2026, 6, 14), 20_000));
    }),
    ("the cartridge of session 1", |s| s.cartridge = Some("N1")),
    ("a cartridge good for just the plan", |s| {
        s.without("cartridge").with(cartridge("N2", date(2026, 12, 31), 1_000));
    }),
    ("a cartridge good for one dot less", |s| {
        s.without("cartridge").with(cartridge("N2", date(2026, 12, 31), 999));
    }),
    ("gone on with, a cartridge good for what is left", |s| {
        gone_on_with(s, date(2026, 6, 14));
        s.without("cartridge").with(cartridge("N2", date(2026, 12, 31), 1_000));
    }),
    ("gone on with, a cartridge that is short", |s| {
        gone_on_with(s, date(2026, 6, 14));
        s.without("cartridge").with(cartridge("N2", date(2026, 12, 31), 999));
    }),
    ("gone on with, a cartridge that is spent", |s| {
        gone_on_with(s, date(2026, 6, 14));
        s.without("cartridge").with(cartridge("N2", date(2026, 12, 31), 400));
    }),
    ("gone on with, a fresh cartridge", |s| {
        gone_on_with(s, date(2026, 6, 14));
        s.with(cartridge("N3", date(2026, 12, 31), 600)).cartridge = Some("N3");
    }),
    ("the needle was changed in session 1 by the key", |s| s.sessions[0].needle_changes = 2),
    ("the needle was changed in session 1 by the key, and that was answered", changed_and_answered),
    ("the needle was changed in session 1 by the key once more since that was answered", |s| {
        changed_and_answered(s);
        s.sessions[0].needle_changes = 3;
    }),
];

const SESSIONS: [(&str, Change); 19] = [
    ("the first session", |s| {
        s.sessions.clear();
        s.session = SessionAsked::New(Some(1));
    }),
    ("ten days after session 1", |s| s.sessions = vec![session(1, date(2026, 6, 5), "N1", 9, 0)]),
    ("nine days after session 1", |s| s.sessions = vec![session(1, date(2026, 6, 6), "N1", 9, 0)]),
    ("the day of a session in which nothing was struck", |s| {
        s.sessions = vec![session(1, TODAY, "N2", 0, 1_000)];
    }),
    ("nine days after a second sitting of session 1", |s| {
        s.sessions[0].sittings.push(sitting(1, date(2026, 6, 6), "N1", 9));
    }),
    ("a plan for session 3", |s| s.session = SessionAsked::New(Some(3))),
    ("a plan for session 1", |s| s.session = SessionAsked::New(Some(1))),
    ("a plan that names no session", |s| s.session = SessionAsked::New(None)),
    ("a plan that does not know of session 1", |s| s.course.after.clear()),
    ("a plan that does not know of session 1, in which nothing was struck", |s| {
        s.sessions = vec![session(1, date(2026, 6, 1), "N1", 0, 1_000)];
        s.course.after.clear();
    }),
    ("a plan that knows of session 1, but not of session 2", |s| {
        s.sessions.push(session(2, date(2026, 6, 2), "N2", 400, 0));
        (s.session, s.cartridge) = (SessionAsked::New(Some(3)), None);
    }),
    ("session 1 has dots left, and the plan knows", |s| s.sessions[0].open = 40),
    ("session 1 has dots left, and the plan does not know", |s| {
        s.sessions[0].open = 40;
        s.course.after.clear();
    }),
    ("a plan that wants 14 days since session 1", |s| s.course.least_interval_days = 14),
    ("a plan that wants 15 days since session 1", |s| s.course.least_interval_days = 15),
    ("gone on with the day after", |s| gone_on_with(s, date(2026, 6, 14))),
    ("gone on with two days after", |s| gone_on_with(s, date(2026, 6, 13))),
    ("gone on with session 1 when session 2 has begun", |s| {
        gone_on_with(s, date(2026, 6, 14));
        s.session = SessionAsked::GoOn(1);
    }),
    ("a run of session 1 goes on", |s| s.sessions[0].running = true),
];

const TOGETHER: [(&str, Change); 2] = [
    ("nothing is named", |s| {
        (s.plan, s.pigment, s.cartridge) = (None, None, None);
    }),
    ("an empty record", |s| {
        s.statements.clear();
        s.sessions.clear();
    }),
];

fn grid() -> impl Iterator<Item = (&'static str, Situation)> {
    let rows = CONSENT.iter().chain(&HEALTH).chain(&SUPPLIES).chain(&SESSIONS).chain(&TOGETHER);
    rows.map(|(name, change)| {
        let mut situation = Situation::good();
        change(&mut situation);
        (*name, situation)
    })
}

fn keys(refusals: &[Refusal]) -> String {
    let keys: Vec<String> = refusals.iter().map(Refusal::key).collect();
    if keys.is_empty() { "-".to_owned() } else { keys.join(" ") }
}

#[test]
fn every_refusal_occurs_for_its_cause_and_for_nothing_else() {
    let mut table = String::new();
    for (name, situation) in grid() {
        writeln!(table, "{name}: {}", keys(&situation.refusals())).unwrap();
    }
    let path = repository("tests/data/client-refusals.txt");
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == table, "{} is another table than this:\n{table}", path.display());
}

/// Each refusal of the grid by its name, and those that a grid of records cannot have.
fn one_of_each() -> BTreeMap<&'static str, Vec<Refusal>> {
    let mut all: BTreeMap<&'static str, Vec<Refusal>> = BTreeMap::new();
    let elsewhere = [
        Refusal::RecordChanged("records/0001-client.toml".into()),
        Refusal::OtherClient { found: "C-2".parse().unwrap(), id: "C-1".parse().unwrap() },
    ];
    let grid = grid().flat_map(|(_, situation)| situation.refusals());
    for refusal in grid.chain(elsewhere) {
        all.entry(refusal.name()).or_default().push(refusal);
    }
    all
}

fn answer(key: &str) -> Answer {
    format!("{key}=seen by the physician").parse().unwrap()
}

#[test]
fn what_may_be_answered_is_settled_by_its_answer_and_nothing_else_is() {
    for refusal in one_of_each().into_values().flatten() {
        let key = refusal.key();
        let one = || vec![refusal.clone()];
        assert_eq!(settle(one(), &[]), Err(Unsettled::Open(one())));
        let settled = settle(one(), &[answer(&key)]);
        if refusal.answerable() {
            let [(answered, reason)] = &settled.unwrap()[..] else { panic!("{key}") };
            assert_eq!((answered, reason.as_str()), (&refusal, "seen by the physician"));
        } else {
            assert_eq!(settled, Err(Unsettled::NotAnswerable(key.clone())));
        }
        let twice = settle(one(), &[answer(&key), answer(&key)]);
        assert!(twice.is_err(), "{key}");
    }
}

#[test]
fn an_answer_to_what_did_not_occur_is_an_error() {
    let refusals = || vec![Refusal::SessionOrder { asked: 3, due: 2 }];
    let strange = [answer("session_order"), answer("interval_too_short")];
    let error = settle(refusals(), &strange).unwrap_err();
    assert_eq!(error, Unsettled::DidNotOccur("interval_too_short".to_owned()));
    assert!(settle(Vec::new(), &[answer("session_order")]).is_err());
    // The contra-indication that is answered is the one that is there.
    let blood = || vec![Refusal::Contraindication(Contraindication::BloodThinners)];
    assert!(settle(blood(), &[answer("contraindication:psoriasis")]).is_err());
    assert!(settle(blood(), &[answer("contraindication")]).is_err());
    assert!(settle(blood(), &[answer("contraindication:blood_thinners")]).is_ok());
    for none in ["interval_too_short", "interval_too_short=", "interval_too_short= "] {
        assert!(none.parse::<Answer>().is_err(), "{none:?}");
    }
}

#[test]
fn the_table_in_the_docs_is_that_of_the_program() {
    let page = std::fs::read_to_string(repository("docs/client.md")).unwrap();
    let word = |all: &[Refusal]| match all.iter().filter(|r| r.answerable()).count() {
        0 => "no",
        n if n == all.len() => "yes",
        _ => "some",
    };
    let due: BTreeMap<String, &str> =
        one_of_each().iter().map(|(name, all)| (format!("`{name}`"), word(all))).collect();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let told: BTreeMap<String, &str> = rows
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells.len() == 4)
        .map(|cells| (cells[0].to_owned(), cells[2]))
        .collect();
    assert_eq!(told, due);
    for what in Contraindication::ALL {
        let answered = if what.answerable() { "yes" } else { "no" };
        assert!(page.contains(&format!("| `{what}` | {answered} |")), "{what}: {answered}");
    }
}

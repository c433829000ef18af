//! What speaks against a run of a client now. Pure: the record, what its ledgers say, the day, and what is asked for.

use super::page::{Answered, Cartridge, PatchTest, Pigment};
use super::record::ClientRecord;
use super::refusal::Refusal;
use super::sitting::{Session, next_session, strikes_of};
use super::words::{Label, Sha256Hex};
use crate::record::course::Course;
use jiff::ToSpan;
use jiff::civil::Date;

/// Within so many days a session that is gone on with is still the same treatment.
const SAME_TREATMENT_DAYS: i32 = 1;

/// What is asked for. What is `None` is not looked at: only `smp client check` leaves things out.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The day, UTC.
    pub today: Date,
    /// The plan.
    pub plan: Option<PlanAsked<'a>>,
    /// Name of the pigment.
    pub pigment: Option<&'a str>,
    /// Name of the cartridge.
    pub cartridge: Option<&'a str>,
    /// Which session.
    pub session: SessionAsked,
}

/// What a plan says of itself.
#[derive(Clone, Copy, Debug)]
pub struct PlanAsked<'a> {
    /// SHA-256 of its skin.
    pub skin_sha256: &'a Sha256Hex,
    /// Its dots.
    pub dots: u32,
    /// Days since the last strike, at least, as its design has it.
    pub least_interval_days: u32,
    /// Digests of the programs of the runs that it was planned around, hex.
    pub after: &'a [String],
}

impl<'a> PlanAsked<'a> {
    /// Of a plan for a skin, with its place in the treatment.
    pub fn new(skin_sha256: &'a Sha256Hex, dots: u32, course: Option<&'a Course>) -> Self {
        let least_interval_days = course.map_or(0, |course| course.least_interval_days);
        let after = course.map_or(&[][..], |course| &course.after);
        Self { skin_sha256, dots, least_interval_days, after }
    }

    fn knows(&self, session: &Session) -> bool {
        let program = session.sittings.first().map(|first| first.began.program_sha256.as_str());
        self.after.iter().any(|known| Some(known.as_str()) == program)
    }
}

/// Which session is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionAsked {
    /// A new one; which, if the plan is for a certain one.
    New(Option<u32>),
    /// On with this one.
    GoOn(u32),
}

/// All that speaks against it, in a fixed order; `sessions` are those of the record.
pub fn refusals(record: &ClientRecord, sessions: &[Session], asked: &Asked<'_>) -> Vec<Refusal> {
    let case = Case { record, sessions, asked };
    let mut found: Vec<Refusal> = case.clock().into_iter().chain(case.consent()).collect();
    found.extend(case.scan());
    case.health(&mut found);
    case.pigment(&mut found);
    case.cartridge(&mut found);
    found.extend(case.needles());
    case.session(&mut found);
    found
}

struct Case<'a> {
    record: &'a ClientRecord,
    sessions: &'a [Session],
    asked: &'a Asked<'a>,
}

impl Case<'_> {
    fn clock(&self) -> Option<Refusal> {
        let today = self.asked.today;
        let newest = self.record.newest_day()?;
        (today < newest).then_some(Refusal::ClockBehind { today, newest })
    }

    fn consent(&self) -> Option<Refusal> {
        if self.record.consent().is_some() {
            return None;
        }
        let withdrawn = |on| Refusal::ConsentWithdrawn { on };
        Some(self.record.withdrawn_on().map_or(Refusal::ConsentMissing, withdrawn))
    }

    fn scan(&self) -> Option<Refusal> {
        let plan = self.asked.plan?;
        match self.record.scan() {
            Some(scan) if scan.skin_sha256 == *plan.skin_sha256 => None,
            Some(scan) => Some(Refusal::OtherScan { scan: scan.name.clone() }),
            None => Some(Refusal::OtherScan { scan: Label::lossy("none") }),
        }
    }

    fn health(&self, found: &mut Vec<Refusal>) {
        let Some(questionnaire) = self.record.questionnaire() else {
            found.push(Refusal::QuestionnaireMissing);
            return;
        };
        let days = days(questionnaire.answered_on, self.asked.today);
        let most = self.record.client().questionnaire_days;
        if days > i32::from(most) {
            found.push(Refusal::QuestionnaireOld { days, most });
        }
        found.extend(questionnaire.answers.yes().map(Refusal::Contraindication));
    }

    fn pigment(&self, found: &mut Vec<Refusal>) {
        let Some(name) = self.asked.pigment else { return };
        let Some(pigment) = self.record.pigment(name) else {
            found.push(Refusal::PigmentUnknown(name.to_owned()));
            return;
        };
        let until = good_until(pigment);
        if self.asked.today > until {
            found.push(Refusal::PigmentExpired { name: pigment.name.clone(), until });
        }
        self.patch_test(pigment, found);
    }

    /// Of this pigment: another one says nothing.
    fn patch_test(&self, pigment: &Pigment, found: &mut Vec<Refusal>) {
        let Pigment { brand, shade, .. } = pigment;
        let of_this = |test: &&PatchTest| test.brand == *brand && test.shade == *shade;
        let tests: Vec<&PatchTest> = self.record.patch_tests().filter(of_this).collect();
        // One reaction is one too many, whatever came after it.
        if let Some(reacted) = tests.iter().find(|test| test.reacted) {
            found.push(Refusal::PatchTestReacted { on: reacted.read_on });
            return;
        }
        let least = self.record.client().patch_test_days;
        match tests.iter().map(|test| days(test.made_on, test.read_on)).max() {
            None => {
                found.push(Refusal::PatchTestMissing { brand: brand.clone(), shade: shade.clone() })
            }
            Some(days) if days < i32::from(least) => {
                found.push(Refusal::PatchTestTooRecent { days, least });
            }
            Some(_) => {}
        }
    }

    fn cartridge(&self, found: &mut Vec<Refusal>) {
        let Some(asked) = self.asked.cartridge else { return };
        let Some(cartridge) = self.record.cartridge(asked) else {
            found.push(Refusal::CartridgeUnknown(asked.to_owned()));
            return;
        };
        let (name, until) = (cartridge.name.clone(), cartridge.expires_on);
        if self.asked.today > until {
            found.push(Refusal::CartridgeExpired { name: name.clone(), until });
        }
        if let Some((session, on)) = self.used_before(cartridge) {
            found.push(Refusal::CartridgeUsed { name: name.clone(), session, on });
        }
        let (strikes, most) = (strikes_of(self.sessions, asked), cartridge.most_strikes);
        let (left, dots) = (most.saturating_sub(strikes), self.dots_to_strike().unwrap_or(0));
        if left == 0 {
            found.push(Refusal::CartridgeSpent { name, strikes, most });
        } else if left < dots {
            found.push(Refusal::CartridgeShort { name, left, dots });
        }
    }

    /// Needles that came in by the operator's key: the record does not know them. Whoever has answered is asked again
    /// only if it happened again.
    fn needles(&self) -> impl Iterator<Item = Refusal> {
        let sittings = self.sessions.iter().flat_map(|session| &session.sittings);
        let answered: Vec<&Answered> = sittings.flat_map(|s| &s.began.answered).collect();
        let changed = self.sessions.iter().filter(|session| session.needle_changes > 0);
        let refusals = changed.map(|session| {
            let (session, times) = (session.number, session.needle_changes);
            Refusal::NeedleUnnamed { session, times }
        });
        refusals.filter(move |refusal| {
            let (key, found) = (refusal.key(), refusal.to_string());
            let of_this = |a: &&Answered| a.refusal.as_str() == key && a.found.as_str() == found;
            !answered.iter().any(of_this)
        })
    }

    /// Where a cartridge has been in another session, or on another day than the treatment that is gone on with.
    fn used_before(&self, cartridge: &Cartridge) -> Option<(u32, Date)> {
        let same = |session: &Session, on: Date| {
            self.asked.session == SessionAsked::GoOn(session.number)
                && days(on, self.asked.today) <= SAME_TREATMENT_DAYS
        };
        let sittings = self.sessions.iter().flat_map(|s| s.sittings.iter().map(move |t| (s, t)));
        let used = sittings.filter(|(_, t)| t.began.cartridge == cartridge.name && t.strikes > 0);
        let mut used = used.map(|(session, sitting)| (session, sitting.day()));
        used.find(|(session, on)| !same(session, *on)).map(|(session, on)| (session.number, on))
    }

    fn dots_to_strike(&self) -> Option<u32> {
        match self.asked.session {
            SessionAsked::New(_) => self.asked.plan.map(|plan| plan.dots),
            SessionAsked::GoOn(number) => {
                self.sessions.iter().find(|s| s.number == number).map(|s| s.open)
            }
        }
    }

    fn session(&self, found: &mut Vec<Refusal>) {
        let struck = self.sessions.iter().rev().find(|s| s.last_struck_on().is_some());
        let newest = self.sessions.last().map_or(0, |s| s.number);
        let (asked, due) = match self.asked.session {
            SessionAsked::New(asked) => (asked, next_session(self.sessions)),
            SessionAsked::GoOn(number) => (Some(number), newest),
        };
        let goes_on = |s: &&Session| self.asked.session == SessionAsked::GoOn(s.number);
        found.extend(struck.and_then(|session| self.interval(session, goes_on(&session))));
        if let Some(asked) = asked.filter(|asked| *asked != due) {
            found.push(Refusal::SessionOrder { asked, due });
        }
        found.extend(self.unknown_to_plan());
        // A plan that knows of it has its dots again.
        let knows = |session: &&Session| self.asked.plan.is_some_and(|plan| plan.knows(session));
        if let Some(before) = struck.filter(|s| !goes_on(s) && !knows(s) && s.open > 0) {
            let (session, open) = (before.number, before.open);
            found.push(Refusal::SessionUnfinished { session, open });
        }
        let running = self.sessions.iter().find(|session| session.running);
        found.extend(running.map(|s| Refusal::SessionRunning { session: s.number }));
    }

    /// Strikes that a new session's plan does not know of: its dots could fall upon them.
    fn unknown_to_plan(&self) -> Option<Refusal> {
        let plan =
            self.asked.plan.filter(|_| matches!(self.asked.session, SessionAsked::New(_)))?;
        let struck = self.sessions.iter().filter(|session| session.last_struck_on().is_some());
        let unknown = struck.into_iter().find(|session| !plan.knows(session))?;
        Some(Refusal::PlanUnaware { session: unknown.number })
    }

    fn interval(&self, before: &Session, goes_on: bool) -> Option<Refusal> {
        let days = days(before.last_struck_on()?, self.asked.today);
        let planned = self.asked.plan.map_or(0, |plan| plan.least_interval_days);
        let least = self.record.client().interval_days.max(planned as u16);
        let same = goes_on && days <= SAME_TREATMENT_DAYS;
        let session = before.number;
        (!same && days < i32::from(least)).then_some(Refusal::IntervalTooShort {
            session,
            days,
            least,
        })
    }
}

/// The last day of a pigment: what it says, or so long after it was opened.
fn good_until(pigment: &Pigment) -> Date {
    let opened = pigment.opened_on.zip(pigment.use_within_days);
    let opened = opened.and_then(|(on, within)| on.checked_add(i64::from(within).days()).ok());
    opened.map_or(pigment.expires_on, |until| until.min(pigment.expires_on))
}

/// Days from one date to another.
pub fn days(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

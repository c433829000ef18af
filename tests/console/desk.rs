//! One is in control; nothing moves without lease, state, age and enable. The rules stand here a second time, and thousands
//! of random conversations are judged by both.

use proptest::prelude::*;
use smp::console::{Ask, Desk, Epoch, Moment, Refusal, Role, Said, Tab};
use smp::stream::{Outcome, Stage};
use smp::time::{Duration, Instant, ms};
use std::collections::BTreeSet;

const STAGES: [Option<Stage>; 5] = [
    None,
    Some(Stage::Connecting),
    Some(Stage::Running),
    Some(Stage::Paused),
    Some(Stage::Over(Outcome::Stopped)),
];

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Operator, Role::Operator, Role::Operator, Role::Watcher])
}

/// What happens at a desk.
#[derive(Clone, Debug)]
enum Happens {
    Take { tab: u64, role: Role, from: Option<u64> },
    Gone { tab: u64 },
    Says { tab: u64, role: Role, epochs_ago: u64, number: u64, seen: usize, age_ms: i64, ask: Ask },
    Stage(usize),
    Enable(bool),
}

fn happens() -> impl Strategy<Value = Happens> {
    let ask = prop::sample::select(vec![
        Ask::Begin,
        Ask::Survey,
        Ask::Prepare,
        Ask::Resume,
        Ask::Resume,
        Ask::NewNeedle,
        Ask::LookedAfter,
        Ask::Pause,
        Ask::Stop,
    ]);
    // Mostly what a page does, so that much gets as far as the last of the rules.
    let age = prop_oneof![4 => 0..2_000i64, 1 => -500..6_000i64];
    let says = (0..3u64, role(), 0..8u64, 0..40u64, 0..STAGES.len(), age, ask).prop_map(
        |(tab, role, epochs, number, seen, age_ms, ask)| {
            let epochs_ago = epochs.saturating_sub(6);
            Happens::Says { tab, role, epochs_ago, number, seen, age_ms, ask }
        },
    );
    prop_oneof![
        2 => (0..3u64, role(), prop::option::of(0..3u64))
            .prop_map(|(tab, role, from)| Happens::Take { tab, role, from }),
        1 => (0..3u64).prop_map(|tab| Happens::Gone { tab }),
        12 => says,
        3 => (0..STAGES.len()).prop_map(Happens::Stage),
        2 => any::<bool>().prop_map(Happens::Enable),
    ]
}

/// The rules once more.
#[derive(Default)]
struct Rules {
    held_by: Option<u64>,
    taken: u64,
    said: BTreeSet<u64>,
    hushed: Option<Instant>,
}

impl Rules {
    fn may_move(&self, tab: u64, role: Role, epoch: u64, number: u64) -> bool {
        role == Role::Operator
            && self.held_by == Some(tab)
            && epoch == self.taken
            && self.said.iter().all(|said| *said < number)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_moves_without_lease_state_age_and_enable(
        all in prop::collection::vec(happens(), 1..160)
    ) {
        let (mut desk, mut rules) = (Desk::default(), Rules::default());
        let (mut stage, mut is_enabled) = (0, true);
        let mut now = Instant::START + ms(10_000);
        for what in all {
            now = now + ms(20);
            match what {
                Happens::Stage(next) => stage = next,
                Happens::Enable(next) => is_enabled = next,
                Happens::Gone { tab } => {
                    desk.let_go(Tab(tab));
                    rules.held_by = rules.held_by.filter(|held| *held != tab);
                }
                Happens::Take { tab, role, from } => {
                    let taken = desk.take(Tab(tab), role, from.map(Tab));
                    let had = rules.held_by == Some(tab);
                    let may = role == Role::Operator && (had || rules.held_by == from);
                    prop_assert_eq!(taken.is_ok(), may);
                    if may && !had {
                        let hushed = rules.hushed;
                        rules = Rules { held_by: Some(tab), taken: rules.taken + 1, hushed, ..Rules::default() };
                    }
                }
                Happens::Says { tab, role, epochs_ago, number, seen, age_ms, ask } => {
                    let epoch = rules.taken.saturating_sub(epochs_ago);
                    let at = now.0 as i64 - age_ms * 1_000_000;
                    let said = Said {
                        tab: Tab(tab),
                        role,
                        epoch: Epoch(epoch),
                        number,
                        seen: STAGES[seen],
                        seen_at: Some(Instant(at as u64)),
                        ask,
                    };
                    let asked = Moment { now, stage: STAGES[stage], is_enabled };
                    let done = desk.hear(&said, &asked);
                    let is_heard = rules.may_move(tab, role, epoch, number);
                    let fits = match ask {
                        Ask::Prepare | Ask::Begin | Ask::Survey => [0, 4].contains(&stage),
                        Ask::Resume => {
                            let is_hushed = rules.hushed.is_some_and(|hushed| at as u64 <= hushed.0);
                            stage == 3 && is_enabled && !is_hushed
                        }
                        Ask::NewNeedle | Ask::LookedAfter => stage == 3,
                        Ask::Pause | Ask::Stop => true,
                    };
                    let is_fresh = (0..=2_000).contains(&age_ms) && seen == stage;
                    let may = matches!(ask, Ask::Pause | Ask::Stop) || (is_heard && is_fresh && fits);
                    prop_assert_eq!(done, if may { Ok(ask) } else { done });
                    prop_assert_eq!(done.is_ok(), may, "{:?} at {:?}: {:?}", said, asked, done);
                    if matches!(ask, Ask::Pause | Ask::Stop) {
                        rules.hushed = Some(now);
                    } else if is_heard {
                        rules.said.insert(number);
                    }
                }
            }
            prop_assert_eq!(desk.holder(), rules.held_by.map(Tab));
            prop_assert_eq!(desk.epoch(), Epoch(rules.taken));
        }
    }
}

const OPERATOR: Tab = Tab(1);
const OTHER: Tab = Tab(2);

fn resume(epoch: Epoch, number: u64) -> Said {
    let seen_at = Some(Instant::START + ms(100));
    let (tab, role, ask) = (OPERATOR, Role::Operator, Ask::Resume);
    Said { tab, role, epoch, number, seen: Some(Stage::Paused), seen_at, ask }
}

fn paused_at(now: Duration) -> Moment {
    Moment { now: Instant::START + now, stage: Some(Stage::Paused), is_enabled: true }
}

#[test]
fn a_resume_counts_once_and_for_two_seconds() {
    let mut desk = Desk::default();
    let epoch = desk.take(OPERATOR, Role::Operator, None).unwrap();
    assert_eq!(desk.hear(&resume(epoch, 1), &paused_at(ms(2_100))), Ok(Ask::Resume));
    assert_eq!(desk.hear(&resume(epoch, 1), &paused_at(ms(200))), Err(Refusal::SaidBefore));
    assert_eq!(desk.hear(&resume(epoch, 2), &paused_at(ms(2_101))), Err(Refusal::Late));
    // What came too late once is not done when somebody says it again.
    assert_eq!(desk.hear(&resume(epoch, 2), &paused_at(ms(200))), Err(Refusal::SaidBefore));
    assert_eq!(desk.hear(&resume(epoch, 3), &paused_at(ms(50))), Err(Refusal::Late));
}

#[test]
fn who_takes_over_must_know_whom_from_and_the_other_is_not_heard_any_more() {
    let mut desk = Desk::default();
    let first = desk.take(OPERATOR, Role::Operator, None).unwrap();
    assert_eq!(desk.take(OTHER, Role::Operator, None), Err(Refusal::NotInControl));
    assert_eq!(desk.take(OTHER, Role::Watcher, Some(OPERATOR)), Err(Refusal::Watching));
    desk.take(OTHER, Role::Operator, Some(OPERATOR)).unwrap();
    assert_eq!(desk.hear(&resume(first, 1), &paused_at(ms(200))), Err(Refusal::NotInControl));
    let again = desk.take(OPERATOR, Role::Operator, Some(OTHER)).unwrap();
    assert_eq!(desk.hear(&resume(first, 1), &paused_at(ms(200))), Err(Refusal::OldEpoch));
    assert_eq!(desk.hear(&resume(again, 1), &paused_at(ms(200))), Ok(Ask::Resume));
}

#[test]
fn everybody_may_pause_and_stop_at_any_time() {
    let mut desk = Desk::default();
    desk.take(OPERATOR, Role::Operator, None).unwrap();
    for ask in [Ask::Pause, Ask::Stop] {
        let said = Said { tab: OTHER, role: Role::Watcher, ask, ..resume(Epoch(9), 0) };
        for stage in STAGES {
            let asked = Moment { now: Instant::START, stage, is_enabled: false };
            assert_eq!(desk.hear(&said, &asked), Ok(ask));
        }
    }
}

#[test]
fn nothing_goes_on_unless_the_enable_switch_is_held() {
    let mut desk = Desk::default();
    let epoch = desk.take(OPERATOR, Role::Operator, None).unwrap();
    let asked = Moment { is_enabled: false, ..paused_at(ms(200)) };
    assert_eq!(desk.hear(&resume(epoch, 1), &asked), Err(Refusal::NotEnabled));
    let needle = Said { ask: Ask::NewNeedle, ..resume(epoch, 2) };
    assert_eq!(desk.hear(&needle, &asked), Ok(Ask::NewNeedle));
}

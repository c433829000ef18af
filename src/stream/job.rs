//! Which dots are done, and which one is next.

use super::io::{Entry, Fate};
use crate::device::{CounterMemory, Phase};
use crate::plan::DotId;
use std::collections::{BTreeMap, VecDeque};

/// A dot is tried again so often.
const DEFERRALS_MAX: u32 = 3;

/// What a run knows of one dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Planned,
    /// The needle may have gone in; the device's counter stood at this before, in the time of this boot id.
    Intent {
        count: u32,
        boot: Option<u32>,
    },
    Done,
    Uncertain,
}

/// The dots of a program in strike order, each with its standing.
///
/// ```text
///  Planned --intent durable--> Intent --completion--> Done
///     ^                          |
///     +-------- withdrawn -------+---- nobody can say --> Uncertain
/// ```
#[derive(Clone, Debug)]
pub struct Job {
    order: Vec<DotId>,
    standing: Vec<Standing>,
    place: BTreeMap<u32, usize>,
    next: usize,
    /// Dots left for later, in the order of their visits, and how often each was.
    deferred: VecDeque<usize>,
    deferrals: Vec<u32>,
    last_boot: Option<u32>,
    zero: Option<u32>,
    done: usize,
    uncertain: usize,
}

impl Job {
    /// Nothing struck yet.
    pub fn new(order: impl Iterator<Item = DotId>) -> Self {
        let order: Vec<DotId> = order.collect();
        let place = order.iter().enumerate().map(|(i, d)| (d.0, i)).collect();
        let dots = order.len();
        let standing = vec![Standing::Planned; dots];
        Self {
            order,
            standing,
            place,
            next: 0,
            deferred: VecDeque::with_capacity(dots),
            deferrals: vec![0; dots],
            last_boot: None,
            zero: None,
            done: 0,
            uncertain: 0,
        }
    }

    /// Takes an entry of an earlier run's ledger; false if it names a dot that is not planned.
    pub fn replay(&mut self, entry: &Entry) -> bool {
        match *entry {
            Entry::Session { boot, zero, .. } => {
                self.last_boot = Some(boot);
                self.zero = Some(zero).filter(|zero| *zero != 0);
                true
            }
            Entry::Intent { dot, count } => {
                self.set(dot, Standing::Intent { count, boot: self.last_boot })
            }
            Entry::Withdrawn { dot } => self.set(dot, Standing::Planned),
            Entry::Done { dot, .. } => self.set(dot, Standing::Done),
            Entry::Uncertain { dot } => self.set(dot, Standing::Uncertain),
        }
    }

    /// Settles the dots that an earlier run left with an intent, by what the device remembers.
    ///
    /// `memory` is `None` for a device that has none. A counter that does not survive a power loss is
    /// believed only while the boot id is what it was when the intent was written: sessions may have been
    /// opened since that ended before they settled anything.
    pub fn settle(
        &mut self,
        memory: Option<CounterMemory>,
        survives: bool,
        boot: u32,
    ) -> Vec<(DotId, Fate)> {
        self.last_boot = Some(boot);
        let open = self.open_intents();
        let mut settled = Vec::new();
        for (k, &Open { index, count, boot: then }) in open.iter().enumerate() {
            let dot = self.order[index];
            let neighbours = Neighbours {
                before: k.checked_sub(1).map(|k| open[k].count),
                after: open.get(k + 1).map(|next| (self.order[next.index], next.count)),
            };
            let trusted = memory.filter(|_| survives || then == Some(boot));
            let fate = trusted.map_or(Fate::Uncertain, |m| fate(dot, count, neighbours, m));
            self.set(
                dot,
                match fate {
                    Fate::Planned => Standing::Planned,
                    Fate::Done => Standing::Done,
                    Fate::Uncertain => Standing::Uncertain,
                },
            );
            settled.push((dot, fate));
        }
        settled
    }

    /// Dots with an intent and nothing after it, in the order in which they would have been struck.
    fn open_intents(&self) -> Vec<Open> {
        let intent = |(index, standing): (usize, &Standing)| match *standing {
            Standing::Intent { count, boot } => Some(Open { index, count, boot }),
            _ => None,
        };
        let mut open: Vec<_> = self.standing.iter().enumerate().filter_map(intent).collect();
        open.sort_by_key(|open| open.count);
        open
    }

    /// Index of the next dot to visit at or after the last one handed out.
    pub fn next_dot(&mut self) -> Option<usize> {
        while self.next < self.order.len() && !self.is_untried(self.next) {
            self.next += 1;
        }
        if self.next < self.order.len() {
            return Some(self.next);
        }
        let standing = &self.standing;
        self.deferred.retain(|&i| standing[i] == Standing::Planned);
        self.deferred.front().copied()
    }

    /// The dot is left for when all others have been visited; after some times, for another run. How often
    /// it has been.
    pub fn defer(&mut self, index: usize) -> u32 {
        let times = self.deferrals[index] + 1;
        self.deferrals[index] = times;
        self.deferred.retain(|&i| i != index);
        if times <= DEFERRALS_MAX {
            self.deferred.push_back(index);
        }
        times
    }

    /// Whether the dot is still to be struck, and was never left for later.
    pub fn is_untried(&self, index: usize) -> bool {
        self.standing[index] == Standing::Planned && self.deferrals[index] == 0
    }

    /// Whether the needle may be in the dot, or on its way there.
    pub fn is_intended(&self, index: usize) -> bool {
        matches!(self.standing[index], Standing::Intent { .. })
    }

    /// The dot was struck, as far as the device says.
    pub fn done(&mut self, index: usize) {
        self.set(self.order[index], Standing::Done);
    }

    /// Nobody can say whether the dot was struck.
    pub fn uncertain(&mut self, index: usize) {
        self.set(self.order[index], Standing::Uncertain);
    }

    /// The dot is about to be struck.
    pub fn intend(&mut self, index: usize, count: u32) {
        self.set(self.order[index], Standing::Intent { count, boot: self.last_boot });
    }

    /// It was not, after all. What was struck, or may have been, stays so: a tool that only watches over such a dot
    /// takes nothing back.
    pub fn withdraw(&mut self, index: usize) {
        if matches!(self.standing[index], Standing::Done | Standing::Uncertain) {
            return;
        }
        self.set(self.order[index], Standing::Planned);
        if self.deferrals[index] == 0 {
            self.next = self.next.min(index);
        }
    }

    /// Epoch of the session that has made the head tracker's zero, as of the last session of an earlier run.
    pub fn zero(&self) -> Option<u32> {
        self.zero
    }

    /// How many dots are planned in all.
    pub fn total(&self) -> usize {
        self.order.len()
    }

    /// How many are done.
    pub fn done_count(&self) -> usize {
        self.done
    }

    /// How many are uncertain.
    pub fn uncertain_count(&self) -> usize {
        self.uncertain
    }

    fn set(&mut self, dot: DotId, to: Standing) -> bool {
        let Some(&i) = self.place.get(&dot.0) else {
            return false;
        };
        let from = std::mem::replace(&mut self.standing[i], to);
        let count = |s: Standing, what: Standing| usize::from(s == what);
        self.done = self.done + count(to, Standing::Done) - count(from, Standing::Done);
        self.uncertain =
            self.uncertain + count(to, Standing::Uncertain) - count(from, Standing::Uncertain);
        true
    }
}

/// An intent with nothing after it.
#[derive(Clone, Copy, Debug)]
struct Open {
    index: usize,
    count: u32,
    boot: Option<u32>,
}

/// Other open intents: the counter before the one, the dot and the counter after it.
#[derive(Clone, Copy, Debug)]
struct Neighbours {
    before: Option<u32>,
    after: Option<(DotId, u32)>,
}

/// What the device's counter says of an intent written when it stood at `count`.
///
/// A ledger can have two open: versions before wrote an intent while the strike before it was still under
/// way. The later strike leaves only when the earlier one has been seen whole.
fn fate(dot: DotId, count: u32, neighbours: Neighbours, memory: CounterMemory) -> Fate {
    if memory.count == count {
        return Fate::Planned;
    }
    if memory.count + 1 == count && neighbours.before == Some(memory.count) {
        return Fate::Planned;
    }
    if memory.count == count + 2 && neighbours.after == Some((DotId(memory.dot), count + 1)) {
        return Fate::Done;
    }
    let this_one = memory.count == count + 1 && memory.dot == dot.0;
    match memory.phase {
        Phase::Complete if this_one => Fate::Done,
        _ => Fate::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        let mut job = Job::new((0..3).map(DotId));
        job.replay(&Entry::Session { epoch: 1, boot: 7, count: 10, zero: 0 });
        job.replay(&Entry::Intent { dot: DotId(0), count: 10 });
        job
    }

    fn memory(count: u32, dot: u32, phase: Phase) -> Option<CounterMemory> {
        Some(CounterMemory { count, dot, phase })
    }

    #[test]
    fn a_counter_that_did_not_move_means_not_struck() {
        assert_eq!(
            job().settle(memory(10, 99, Phase::Complete), true, 8),
            [(DotId(0), Fate::Planned)]
        );
    }

    #[test]
    fn a_counter_that_moved_by_this_dot_means_struck() {
        assert_eq!(job().settle(memory(11, 0, Phase::Complete), true, 8), [(DotId(0), Fate::Done)]);
    }

    #[test]
    fn a_strike_begun_and_not_seen_to_end_is_uncertain_and_never_next() {
        let mut job = job();
        assert_eq!(job.settle(memory(11, 0, Phase::Begun), true, 8), [(DotId(0), Fate::Uncertain)]);
        assert_eq!(job.next_dot(), Some(1));
    }

    #[test]
    fn a_volatile_counter_is_believed_only_in_the_same_boot() {
        let fate = |boot| job().settle(memory(11, 0, Phase::Complete), false, boot)[0].1;
        assert_eq!(fate(7), Fate::Done);
        assert_eq!(fate(8), Fate::Uncertain);
    }

    #[test]
    fn a_session_that_settled_nothing_does_not_make_a_lost_counter_believed() {
        let mut job = job();
        job.replay(&Entry::Session { epoch: 2, boot: 8, count: 10, zero: 0 });
        let settled = job.settle(memory(10, 99, Phase::Complete), false, 8);
        assert_eq!(settled, [(DotId(0), Fate::Uncertain)]);
    }

    /// The strike of dot 0 and, behind it, the intent for dot 1.
    fn two_open() -> Job {
        let mut job = job();
        job.replay(&Entry::Intent { dot: DotId(1), count: 11 });
        job
    }

    #[test]
    fn of_two_open_intents_the_counter_tells_which_strike_was_the_last() {
        use Fate::{Done, Planned, Uncertain};
        let cases = [
            (memory(10, 99, Phase::Complete), [Planned, Planned]),
            (memory(11, 0, Phase::Begun), [Uncertain, Planned]),
            (memory(11, 0, Phase::Complete), [Done, Planned]),
            (memory(12, 1, Phase::Begun), [Done, Uncertain]),
            (memory(12, 1, Phase::Complete), [Done, Done]),
            // Somebody else has used the device.
            (memory(12, 7, Phase::Complete), [Uncertain, Uncertain]),
            (memory(9, 99, Phase::Complete), [Uncertain, Uncertain]),
            (None, [Uncertain, Uncertain]),
        ];
        for (memory, fates) in cases {
            let settled = two_open().settle(memory, true, 8);
            assert_eq!(settled, [(DotId(0), fates[0]), (DotId(1), fates[1])], "{memory:?}");
        }
    }

    #[test]
    fn what_was_struck_or_may_have_been_is_never_planned_again() {
        let mut job = Job::new((0..2).map(DotId));
        job.done(0);
        job.uncertain(1);
        for index in [0, 1] {
            job.withdraw(index);
            job.defer(index);
        }
        assert_eq!(job.next_dot(), None);
        assert_eq!((job.done_count(), job.uncertain_count()), (1, 1));
    }

    #[test]
    fn a_deferred_dot_comes_after_all_others_and_in_the_end_is_left_for_another_run() {
        let mut job = Job::new((0..3).map(DotId));
        assert_eq!(job.next_dot(), Some(0));
        assert_eq!(job.defer(0), 1);
        for index in [1, 2] {
            assert_eq!(job.next_dot(), Some(index));
            job.done(index);
        }
        for times in 2..=DEFERRALS_MAX {
            assert_eq!(job.next_dot(), Some(0));
            assert_eq!(job.defer(0), times);
        }
        assert_eq!(job.next_dot(), Some(0));
        job.defer(0);
        assert_eq!(job.next_dot(), None);
        assert_eq!((job.done_count(), job.uncertain_count()), (2, 0));
    }
}

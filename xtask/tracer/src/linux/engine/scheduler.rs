//! Whose turn it is, when a turn is over, and when the clock jumps. It knows no process: who could go on, and who waits
//! until when, it is told.

use std::time::Duration;

use crate::linux::choice::Choices;
use crate::linux::clock::ProgramClock;
use events::Clock;

/// So many calls are a turn, if others are ready.
const CALLS_A_TURN: u32 = 64;
/// So many calls without a jump of the clock are waiting too (`waitpid(2)` with `WNOHANG`, a socket that does not block, asked
/// again and again); each further one costs about what it really costs here.
const MOST_CALLS: u32 = 2000;
const CALL_COST: Duration = Duration::from_micros(20);

/// Gives turns, and lets virtual time pass. In real time nobody has the turn.
pub struct Scheduler {
    clock: ProgramClock,
    choices: Choices,
    /// The thread whose turn it is.
    turn: Option<i32>,
    /// Calls that are left of the turn.
    calls_left: u32,
    /// Calls since the clock last jumped.
    calls: u32,
    /// How often it was to be decided who goes on.
    decisions: u64,
}

/// A thread that could go on. Of several the least is the plainest choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ready {
    /// The decision since which it has waited for its turn.
    pub since: u64,
    /// Creation order.
    pub born: u64,
    pub tid: i32,
}

/// A thread that waits until some time at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait {
    /// Until when.
    pub deadline: Duration,
    /// When it began to.
    pub since: Duration,
    /// Creation order.
    pub born: u64,
    pub tid: i32,
}

impl Scheduler {
    /// Nobody has the turn.
    pub fn new(clock: Clock) -> Scheduler {
        let (is_virtual, seed) = match clock {
            Clock::Real => (false, 0),
            Clock::Virtual { seed } => (true, seed),
        };
        Scheduler {
            clock: ProgramClock::new(is_virtual),
            choices: Choices::new(seed),
            turn: None,
            calls_left: 0,
            calls: 0,
            decisions: 0,
        }
    }

    /// Gives the turn to one of those that could go on; `None`: there is nobody.
    pub fn next(&mut self, mut ready: Vec<Ready>) -> Option<i32> {
        ready.sort_unstable();
        let tid = self.choices.pick(&ready)?.tid;
        self.give_turn(tid);
        Some(tid)
    }

    /// How long until the first of them has waited long enough; `None`: nobody waits only for time.
    pub fn time_left(&self, waits: &[Wait]) -> Option<Duration> {
        let first = waits.iter().map(|wait| wait.deadline).min()?;
        Some(first.saturating_sub(self.clock.now()))
    }

    /// The clock jumps to the first deadline: the thread whose time is over. Of those that began at one moment to wait until
    /// one moment it is chosen.
    pub fn jump(&mut self, mut waits: Vec<Wait>) -> Option<i32> {
        waits.sort_unstable();
        let Wait { deadline, since, .. } = *waits.first()?;
        let tied = waits.iter().take_while(|wait| (wait.deadline, wait.since) == (deadline, since));
        let tid = self.choices.pick(&waits[..tied.count()])?.tid;
        self.clock.jump_to(deadline);
        self.calls = 0;
        Some(tid)
    }

    /// The clock that the programs see.
    pub fn clock(&self) -> &ProgramClock {
        &self.clock
    }

    /// To let time pass, and to look at it.
    pub fn clock_mut(&mut self) -> &mut ProgramClock {
        &mut self.clock
    }

    /// Time since tracing began.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// One thread runs at a time, and sleeping costs nothing.
    pub fn is_virtual(&self) -> bool {
        self.clock.is_virtual()
    }

    /// How often there was something to choose; never: every seed whose turns are all long gives the same run.
    pub fn choices(&self) -> u64 {
        self.choices.count()
    }

    /// The number of the present decision, see [`Ready::since`].
    pub fn decision(&self) -> u64 {
        self.decisions
    }

    /// It is to be decided anew who goes on.
    pub fn begin_decision(&mut self) {
        self.turn = None;
        self.decisions += 1;
    }

    /// The thread whose turn it is.
    pub fn turn(&self) -> Option<i32> {
        self.turn
    }

    /// It is this thread's turn.
    pub fn give_turn(&mut self, tid: i32) {
        self.turn = Some(tid);
        self.calls_left = self.choices.turn(CALLS_A_TURN);
    }

    /// It is nobody's turn any more.
    pub fn end_turn(&mut self) {
        self.turn = None;
    }

    /// A thread has no turn any more, if it had one.
    pub fn end_turn_of(&mut self, tid: i32) {
        if self.turn == Some(tid) {
            self.turn = None;
        }
    }

    /// Whoever has the turn has a new number (`execve(2)`).
    pub fn rename_turn(&mut self, tid: i32) {
        self.turn = Some(tid);
    }

    /// The turn goes on as if it had just begun: nobody else is ready.
    pub fn renew_turn(&mut self) {
        self.calls_left = self.choices.turn(CALLS_A_TURN);
    }

    /// Whoever has the turn gives way: others come first now.
    pub fn use_up_turn(&mut self) {
        self.calls_left = 0;
    }

    /// No call is left of the turn.
    pub fn is_turn_used_up(&self) -> bool {
        self.calls_left == 0
    }

    /// A thread has made a call.
    pub fn count_call(&mut self) {
        self.calls_left = self.calls_left.saturating_sub(1);
        self.calls = self.calls.saturating_add(1);
        if self.calls > MOST_CALLS {
            self.clock.pass(CALL_COST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn scheduler(seed: u64) -> Scheduler {
        Scheduler::new(Clock::Virtual { seed })
    }

    fn ready(since: u64, born: u64) -> Ready {
        Ready { since, born, tid: 100 + born as i32 }
    }

    fn wait(deadline: Duration, since: Duration, born: u64) -> Wait {
        Wait { deadline, since, born, tid: 100 + born as i32 }
    }

    /// Threads that sleep and wake without a process: each of them so often, for so many seconds. Who has woken, and when.
    fn play(scheduler: &mut Scheduler, sleeps: &[(u32, u64)]) -> Vec<(i32, u64)> {
        let mut left: Vec<u32> = sleeps.iter().map(|(times, _)| *times).collect();
        let begins = |born: usize, now: Duration| {
            wait(now + SECOND * sleeps[born].1 as u32, now, born as u64)
        };
        let mut asleep: Vec<Wait> =
            (0..sleeps.len()).map(|born| begins(born, Duration::ZERO)).collect();
        let mut woken = Vec::new();
        while let Some(tid) = scheduler.jump(asleep.clone()) {
            let index = asleep.iter().position(|wait| wait.tid == tid).unwrap();
            let born = asleep.remove(index).born as usize;
            scheduler.give_turn(tid);
            woken.push((tid, scheduler.now().as_secs()));
            left[born] -= 1;
            if left[born] > 0 {
                asleep.push(begins(born, scheduler.now()));
            }
        }
        woken
    }

    #[test]
    fn whoever_has_waited_longest_comes_first_then_whoever_is_older() {
        let mut scheduler = scheduler(0);
        let all = vec![ready(3, 1), ready(2, 5), ready(2, 4)];
        assert_eq!(scheduler.next(all), Some(104));
        assert_eq!(scheduler.turn(), Some(104));
        assert_eq!(scheduler.now(), Duration::ZERO, "whoever is ready costs no time");
    }

    #[test]
    fn a_turn_ends_after_so_many_calls_or_when_it_is_given_up() {
        let mut scheduler = scheduler(0);
        scheduler.give_turn(101);
        for _ in 1..CALLS_A_TURN {
            scheduler.count_call();
        }
        assert!(!scheduler.is_turn_used_up());
        scheduler.count_call();
        assert!(scheduler.is_turn_used_up());
        scheduler.renew_turn();
        assert!(!scheduler.is_turn_used_up());
        scheduler.use_up_turn();
        assert!(scheduler.is_turn_used_up());
        assert_eq!(scheduler.turn(), Some(101), "until somebody else gets it");
        scheduler.end_turn_of(102);
        assert_eq!(scheduler.turn(), Some(101));
        scheduler.end_turn_of(101);
        assert_eq!(scheduler.turn(), None);
    }

    #[test]
    fn every_decision_has_a_number_and_ends_the_turn() {
        let mut scheduler = scheduler(0);
        scheduler.give_turn(101);
        let before = scheduler.decision();
        scheduler.begin_decision();
        assert_eq!((scheduler.turn(), scheduler.decision()), (None, before + 1));
    }

    #[test]
    fn time_jumps_to_the_first_deadline_and_a_little_further() {
        let mut scheduler = scheduler(0);
        let waits = vec![wait(SECOND * 7, SECOND, 1), wait(SECOND * 5, SECOND, 2)];
        assert_eq!(scheduler.time_left(&waits), Some(SECOND * 5));
        assert_eq!(scheduler.jump(waits.clone()), Some(102));
        let late = scheduler.now() - SECOND * 5;
        assert!(late > Duration::ZERO && late < Duration::from_millis(1), "{late:?}");
        // one whose time has come already: the clock never runs backwards
        let now = scheduler.now();
        assert_eq!(scheduler.jump(vec![wait(SECOND, SECOND, 3)]), Some(103));
        assert_eq!(
            (scheduler.now(), scheduler.time_left(&waits[1..])),
            (now, Some(Duration::ZERO))
        );
    }

    #[test]
    fn when_nobody_is_ready_and_nobody_waits_for_time_nothing_happens() {
        let mut scheduler = scheduler(1);
        assert_eq!(scheduler.next(Vec::new()), None);
        assert_eq!(scheduler.time_left(&[]), None);
        assert_eq!(scheduler.jump(Vec::new()), None);
        assert_eq!((scheduler.turn(), scheduler.now()), (None, Duration::ZERO));
        assert_eq!(scheduler.choices(), 0);
    }

    #[test]
    fn sleepers_wake_in_the_order_of_their_deadlines() {
        let woken = play(&mut scheduler(0), &[(3, 2), (2, 3)]);
        assert_eq!(woken, [(100, 2), (101, 3), (100, 4), (101, 6), (100, 6)]);
    }

    #[test]
    fn the_same_seed_gives_the_same_order_and_others_give_others() {
        let order = |seed| -> Vec<i32> {
            let woken = play(&mut scheduler(seed), &[(1, 1); 8]);
            woken.into_iter().map(|(tid, _)| tid).collect()
        };
        assert_eq!(order(0), (100..108).collect::<Vec<_>>(), "the plainest");
        assert!((1..6).all(|seed| order(seed) == order(seed)));
        assert!((1..6).any(|seed| order(seed) != order(0)));
        let mut sorted = order(5);
        sorted.sort_unstable();
        assert_eq!(sorted, order(0), "everybody, once");
    }

    #[test]
    fn only_choices_among_several_are_counted() {
        let mut scheduler = scheduler(0);
        scheduler.next(vec![ready(0, 1)]);
        scheduler.jump(vec![wait(SECOND, Duration::ZERO, 1), wait(SECOND, SECOND / 2, 2)]);
        assert_eq!(scheduler.choices(), 0, "they began at different moments");
        scheduler.next(vec![ready(0, 1), ready(0, 2)]);
        scheduler.jump(vec![wait(SECOND, SECOND / 2, 1), wait(SECOND, SECOND / 2, 2)]);
        assert_eq!(scheduler.choices(), 2);
    }

    #[test]
    fn many_calls_without_a_jump_take_time() {
        let mut scheduler = scheduler(0);
        for _ in 0..MOST_CALLS {
            scheduler.count_call();
        }
        assert_eq!(scheduler.now(), Duration::ZERO);
        scheduler.count_call();
        assert_eq!(scheduler.now(), CALL_COST);
        scheduler.jump(vec![wait(SECOND, Duration::ZERO, 1)]);
        let now = scheduler.now();
        scheduler.count_call();
        assert_eq!(scheduler.now(), now, "counted anew after a jump");
    }
}

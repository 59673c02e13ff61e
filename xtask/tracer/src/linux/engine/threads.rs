//! The table of all threads.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit};

use super::parked::Doubts;
use super::scheduler::{Ready, Wait};
use super::thread::{State, Thread, processor_time};
use crate::linux::blocked::{self, Eyes, LetGo};
use crate::linux::objects::Stream;

/// Descriptors that are left for other things than what `/proc` says about threads (three for each).
const OTHER_FILES: u64 = 200;
/// All threads that live, in the order of their numbers.
pub struct Threads {
    alive: BTreeMap<i32, Thread>,
    /// Stops of threads of which no parent has told yet.
    early: BTreeMap<i32, i32>,
    births: u64,
    /// Of so many threads what `/proc` says is kept open.
    most_eyes: usize,
    /// Who may have been woken.
    pub(super) doubts: Doubts,
}

impl Threads {
    /// Nobody yet.
    ///
    /// # Errors
    /// The system does not tell how many files may be open.
    pub fn new() -> io::Result<Threads> {
        let (files, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
        let most_eyes = (files.saturating_sub(OTHER_FILES) / 3) as usize;
        Ok(Threads {
            alive: BTreeMap::new(),
            early: BTreeMap::new(),
            births: 0,
            most_eyes,
            doubts: Doubts::default(),
        })
    }

    /// Somebody was born at this time; it waits for its turn from this decision on.
    pub fn add(&mut self, pid: i32, tid: i32, state: State, now: Duration, decision: u64) {
        self.births += 1;
        let thread = Thread::new(pid, self.births, state, now, decision);
        self.alive.insert(tid, thread);
    }

    /// Somebody of whom no parent has told yet has stopped.
    pub fn add_early(&mut self, tid: i32, status: i32) {
        self.early.insert(tid, status);
    }

    /// The stop of somebody of whom his parent tells now.
    pub fn take_early(&mut self, tid: i32) -> Option<i32> {
        self.early.remove(&tid)
    }

    /// Everybody of whom no parent has told.
    pub fn take_all_early(&mut self) -> BTreeMap<i32, i32> {
        std::mem::take(&mut self.early)
    }

    pub fn get(&self, tid: i32) -> Option<&Thread> {
        self.alive.get(&tid)
    }

    pub fn get_mut(&mut self, tid: i32) -> Option<&mut Thread> {
        self.alive.get_mut(&tid)
    }

    pub fn len(&self) -> usize {
        self.alive.len()
    }

    pub fn is_empty(&self) -> bool {
        self.alive.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (i32, &Thread)> {
        self.alive.iter().map(|(tid, thread)| (*tid, thread))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (i32, &mut Thread)> {
        self.alive.iter_mut().map(|(tid, thread)| (*tid, thread))
    }

    /// The numbers of those that pass a test.
    pub fn those(&self, test: impl Fn(i32, &Thread) -> bool) -> Vec<i32> {
        self.iter().filter(|(tid, thread)| test(*tid, thread)).map(|(tid, _)| tid).collect()
    }

    /// Somebody passes a test.
    pub fn any(&self, test: impl Fn(&Thread) -> bool) -> bool {
        self.alive.values().any(test)
    }

    /// Those that wait for their turn.
    pub fn ready(&self) -> Vec<Ready> {
        let ready = self.iter().filter(|(_, thread)| thread.is_ready());
        ready
            .map(|(tid, thread)| Ready { since: thread.ready_since, born: thread.born, tid })
            .collect()
    }

    /// Those that sleep, or wait until some time at most.
    pub fn waits(&self) -> Vec<Wait> {
        let wait = |(tid, thread): (i32, &Thread)| {
            let Thread { since, born, .. } = *thread;
            Some(Wait { deadline: thread.deadline()?, since, born, tid })
        };
        self.iter().filter_map(wait).collect()
    }

    /// What a thread does from now on.
    pub fn hold(&mut self, tid: i32, state: State) {
        if let Some(thread) = self.alive.get_mut(&tid) {
            thread.state = state;
        }
    }

    /// Somebody has ended; whoever waited for it in `vfork(2)` goes on.
    pub fn remove(&mut self, tid: i32) -> Option<Thread> {
        self.early.remove(&tid);
        let thread = self.alive.remove(&tid);
        self.release(tid);
        thread
    }

    /// Whoever waited for this child in `vfork(2)` goes on.
    pub fn release(&mut self, child: i32) {
        for thread in self.alive.values_mut().filter(|thread| thread.vfork == Some(child)) {
            thread.vfork = None;
        }
    }

    /// All other threads of a process are gone: these.
    pub fn keep_only_first(&mut self, pid: i32) -> Vec<(i32, Thread)> {
        let gone = self.those(|tid, thread| thread.pid == pid && tid != pid);
        gone.into_iter().filter_map(|tid| self.alive.remove_entry(&tid)).collect()
    }

    /// Somebody writes to this output what is not in his memory.
    pub fn write_unseen(&self, output: Stream) -> bool {
        let mut pending = self.alive.values().filter_map(|thread| thread.pending.as_ref());
        pending.any(|pending| pending.unseen == Some(output))
    }

    /// Everybody who is held at a stop is really there; if not, somebody is being killed.
    pub fn are_held(&self) -> bool {
        let held = |thread: &Thread| !matches!(thread.state, State::LetGo | State::Unseen);
        self.iter().filter(|(_, thread)| held(thread)).all(|(tid, _)| blocked::is_held(tid))
    }

    /// Everybody who was let go is blocked in the kernel, but for those that compute; see [`blocked`].
    pub fn are_blocked(&mut self) -> bool {
        self.are_blocked_of(|_| true)
    }

    /// The same in virtual time, where it is known who may have been woken since. First is looked at `likely`: mostly it is
    /// he who runs.
    pub fn are_still_blocked(&mut self, likely: Option<i32>) -> bool {
        if !self.open_eyes() || likely.is_some_and(|tid| !self.may_be_blocked(tid)) {
            return false;
        }
        let let_go = self.iter().filter(|(_, thread)| thread.is_let_go());
        let doubtful = self.doubts.doubtful(let_go.map(|(tid, thread)| (tid, thread.parked())));
        let doubtful = doubtful.iter().filter_map(|tid| self.alive.get_key_value(tid));
        let blocked = self.are_all_blocked(doubtful);
        if blocked {
            self.doubts.end();
        }
        blocked
    }

    /// One of them, at the first look.
    fn may_be_blocked(&self, tid: i32) -> bool {
        let thread = self.alive.get(&tid).filter(|thread| thread.is_let_go() && !thread.unruly);
        thread.and_then(|thread| thread.eyes.as_ref()).is_none_or(Eyes::is_off)
    }

    /// The same of those that pass a test.
    pub fn are_blocked_of(&mut self, test: impl Fn(&Thread) -> bool) -> bool {
        self.open_eyes()
            && self.are_all_blocked(self.alive.iter().filter(|(_, thread)| test(thread)))
    }

    /// `false`: somebody is gone, and that has not been reported yet.
    fn open_eyes(&mut self) -> bool {
        let mut open = self.alive.values().filter(|thread| thread.eyes.is_some()).count();
        for (tid, thread) in self.alive.iter_mut().filter(|(_, thread)| thread.eyes.is_none()) {
            open += 1;
            match Eyes::open(*tid, open <= self.most_eyes) {
                Ok(eyes) => thread.eyes = Some(eyes),
                Err(_) => return false,
            }
        }
        true
    }

    fn are_all_blocked<'a>(&'a self, threads: impl Iterator<Item = (&'a i32, &'a Thread)>) -> bool {
        let let_go = threads.filter(|(_, thread)| thread.is_let_go() && !thread.unruly);
        let has_ended_alone =
            |tid| self.iter().any(|(other, thread)| thread.pid == tid && other != tid);
        let looks = let_go.filter_map(|(_, thread)| {
            Some(LetGo { eyes: thread.eyes.as_ref()?, vfork: thread.vfork.is_some() })
        });
        blocked::all_blocked(looks, has_ended_alone)
    }

    /// Those that compute have used so much processor time since it was last so.
    pub fn have_computed(&mut self, length: Duration) -> bool {
        let unruly = self.alive.iter_mut().filter(|(_, thread)| thread.unruly);
        let marks: Vec<(&mut Thread, Duration)> =
            unruly.map(|(tid, thread)| (thread, processor_time(*tid))).collect();
        let used = |(thread, cpu): &(&mut Thread, Duration)| {
            cpu.saturating_sub(thread.cpu_at_step) >= length
        };
        let is_over = marks.iter().all(used);
        if is_over {
            for (thread, cpu) in marks {
                thread.cpu_at_step = cpu;
            }
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::super::thread::Resume;
    use super::*;
    use crate::linux::calls::{Pending, Sleep};
    use events::Call;

    const SECOND: Duration = Duration::from_secs(1);

    fn threads(states: [State; 3]) -> Threads {
        let mut threads = Threads::new().unwrap();
        for (index, state) in states.into_iter().enumerate() {
            threads.add(100, 100 + index as i32, state, SECOND, 7);
        }
        threads
    }

    fn asleep(deadline: Duration) -> State {
        State::Asleep(Sleep {
            call: Box::new(Call::Sleep { length: SECOND }),
            deadline,
            remainder: None,
        })
    }

    #[test]
    fn whoever_is_at_a_stop_is_ready_and_whoever_sleeps_waits() {
        let held = State::Held(Resume::default());
        let threads = threads([State::Stopped(0x57f), asleep(SECOND * 3), held]);
        let ready: Vec<i32> = threads.ready().iter().map(|ready| ready.tid).collect();
        assert_eq!(ready, [100, 102]);
        let wait = Wait { deadline: SECOND * 3, since: SECOND, born: 2, tid: 101 };
        assert_eq!(threads.waits(), [wait]);
    }

    #[test]
    fn a_wait_whose_time_is_over_has_no_deadline_any_more() {
        let mut threads = threads([State::LetGo, State::LetGo, State::Frozen]);
        let sleep = Sleep {
            call: Box::new(Call::Sleep { length: SECOND }),
            deadline: SECOND,
            remainder: None,
        };
        let thread = threads.get_mut(100).unwrap();
        thread.pend(Box::new(Pending::sleep(sleep)));
        assert_eq!((thread.deadline(), thread.limit()), (None, Some(SECOND)), "held");
        thread.go();
        assert_eq!(thread.deadline(), Some(SECOND));
        thread.pending.as_mut().unwrap().expired = true;
        assert_eq!(thread.deadline(), None);
        assert!(threads.waits().is_empty());
    }

    #[test]
    fn after_execve_there_is_only_the_first_thread() {
        let mut threads = threads([State::LetGo, State::LetGo, State::LetGo]);
        threads.add(200, 200, State::LetGo, SECOND, 0);
        threads.keep_only_first(100);
        assert_eq!(threads.those(|_, _| true), [100, 200]);
    }

    #[test]
    fn a_child_that_is_gone_is_no_longer_waited_for() {
        let mut threads = threads([State::LetGo, State::LetGo, State::LetGo]);
        threads.get_mut(100).unwrap().vfork = Some(102);
        assert!(threads.remove(102).is_some());
        assert_eq!(threads.get(100).unwrap().vfork, None);
    }
}

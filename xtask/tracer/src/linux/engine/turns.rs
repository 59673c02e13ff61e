//! Who goes on: everybody at once in real time, one after the other in virtual time; and when nobody can, the clock.

use std::io;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::{Again, News, Resume, State, Thread, Tracer};
use crate::event::{Outcome, Step, Waiting};
use crate::linux::quiet::{self, Eyes, LetGo};
use crate::linux::regs::Regs;
use crate::linux::signals::{is_called, is_only_stopped};
use crate::linux::sockets::{self, Families, States};
use crate::linux::{memory, stuck};

/// So many calls are a turn, if others are ready.
const CALLS_A_TURN: u32 = 64;
/// In real time: nobody is called stuck before nothing has happened for so long.
const STILLNESS: Duration = Duration::from_millis(30);
/// Something that is on its way in the network for longer than this never arrives.
const LONGEST_WAY: Duration = Duration::from_secs(2);
/// A datagram that was sent has arrived by then (the kernel may hand it to a thread of its own).
const DATAGRAM: Duration = Duration::from_millis(1);

impl Tracer {
    pub(super) fn go_on_at_once(&mut self) -> io::Result<bool> {
        let mut acted = self.outstanding() && self.drain();
        // before those are looked at who waited for them
        if !self.deaths.is_empty() {
            self.mourn();
            acted = true;
        }
        let stopped: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, thread)| matches!(thread.state, State::Stopped(_)))
            .map(|(tid, _)| *tid)
            .collect();
        for tid in stopped {
            acted = true;
            self.look_at(tid)?;
        }
        let held: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, thread)| matches!(thread.state, State::Held(_)))
            .map(|(tid, _)| *tid)
            .collect();
        // whoever hears of what has happened may act before anybody goes on
        if !self.news.is_empty() {
            return Ok(true);
        }
        for tid in held {
            acted = true;
            self.let_go(tid)?;
        }
        if !acted {
            acted = self.drain();
        }
        if !acted && !self.said_stuck && self.last_event.elapsed() > STILLNESS {
            if self.adopt() {
                return Ok(true);
            }
            if self.is_stuck_in_real_time() {
                return Ok(self.say_stuck());
            }
        }
        Ok(acted)
    }

    /// In real time whoever has a deadline will go on by himself, and so will whoever waits in a call that is not known.
    pub(super) fn is_stuck_in_real_time(&mut self) -> bool {
        !self.threads.is_empty()
            && !self.timers_used
            && self.threads.values().all(|thread| match (&thread.state, &thread.pending) {
                (State::LetGo, Some(pending)) => pending.limit.is_none(),
                (State::Frozen, _) => true,
                _ => false,
            })
            && self.nobody_can_run()
            // after that: one that waited because his output was full goes on
            && !self.drain()
            && !self.something_arrives()
    }

    pub(super) fn go_on_by_turns(&mut self) -> io::Result<bool> {
        if let Some(tid) = self.turn {
            let at_a_stop = matches!(
                self.threads.get(&tid).map(|thread| &thread.state),
                Some(State::Stopped(_))
            );
            let others = at_a_stop
                && self.calls_left == 0
                && (self.is_overdue() || self.others_are_ready(tid)?);
            match self.threads.get(&tid).map(|thread| &thread.state) {
                Some(State::Stopped(_)) if others => self.turn = None,
                Some(State::Stopped(_)) => {
                    self.look_at(tid)?;
                    return Ok(true);
                }
                Some(State::Held(_)) => {
                    self.let_go(tid)?;
                    return Ok(true);
                }
                Some(State::LetGo) => {}
                _ => self.turn = None,
            }
        }
        if self.outstanding() && self.drain() {
            return Ok(true);
        }
        if !self.nobody_can_run() {
            return self.watch_the_busy();
        }
        // whoever waits because his output is full goes on
        if self.drain() || self.adopt() {
            return Ok(true);
        }
        self.turn = None;
        self.decisions += 1;
        if !self.deaths.is_empty() {
            self.mourn();
            return Ok(true);
        }
        // whoever only asks never lets the others' time come
        if self.questions > 0 && self.is_overdue() && self.pass_time()? {
            return Ok(true);
        }
        if let Some(tid) = self.next_in_turn() {
            self.give_turn(tid);
            return Ok(true);
        }
        if self.wake_the_signalled()? {
            return Ok(true);
        }
        if self.something_arrives() {
            return Ok(false);
        }
        if self.pass_time()? {
            return Ok(true);
        }
        let somebody_computes = self.threads.values().any(|thread| thread.unruly);
        if somebody_computes {
            return self.watch_the_busy();
        }
        if self.threads.is_empty() || self.said_stuck {
            return Ok(false);
        }
        // a call that we do not know may end by itself
        let all_known = self.threads.iter().all(|(tid, thread)| match thread.state {
            State::LetGo => thread.pending.is_some() || stuck::waits_for_ever(*tid),
            _ => true,
        });
        Ok((all_known || self.last_event.elapsed() > LONGEST_WAY) && self.say_stuck())
    }

    pub(super) fn say_stuck(&mut self) -> bool {
        self.said_stuck = true;
        let waiting = self.waiting();
        self.news.push_back(News::Stuck(waiting));
        true
    }

    /// Every thread with what it waits for.
    pub(super) fn waiting(&mut self) -> Vec<Waiting> {
        let threads: Vec<stuck::Thread> = self
            .threads
            .iter()
            .map(|(tid, thread)| stuck::Thread {
                pid: thread.pid,
                tid: *tid,
                program: self.processes.get(&thread.pid).map_or(0, |process| process.program),
                call: thread.pending.as_ref().map(|pending| pending.waits_in()),
                frozen: matches!(thread.state, State::Frozen),
                since: thread.since,
            })
            .collect();
        stuck::explain(threads, &mut self.decoder.objects)
    }

    pub(super) fn ready(&self) -> impl Iterator<Item = (i32, &Thread)> {
        let ready = |thread: &Thread| matches!(thread.state, State::Stopped(_) | State::Held(_));
        self.threads
            .iter()
            .filter(move |(_, thread)| ready(thread))
            .map(|(tid, thread)| (*tid, thread))
    }

    /// A turn is over: whether somebody else is ready, or has slept long enough by now.
    pub(super) fn others_are_ready(&mut self, tid: i32) -> io::Result<bool> {
        let now = self.clock.now();
        let overdue: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, thread)| thread.deadline().is_some_and(|deadline| deadline <= now))
            .map(|(tid, _)| *tid)
            .collect();
        for tid in &overdue {
            self.time_is_over(*tid)?;
        }
        if !overdue.is_empty() || self.ready().any(|(other, _)| other != tid) {
            return Ok(true);
        }
        self.calls_left = CALLS_A_TURN;
        Ok(false)
    }

    pub(super) fn next_in_turn(&mut self) -> Option<i32> {
        let mut ready: Vec<(u64, u64, i32)> =
            self.ready().map(|(tid, thread)| (thread.ready_since, thread.born, tid)).collect();
        ready.sort_unstable();
        self.choice.pick(&ready).map(|(_, _, tid)| *tid)
    }

    pub(super) fn give_turn(&mut self, tid: i32) {
        self.turn = Some(tid);
        self.calls_left = CALLS_A_TURN;
    }

    pub(super) fn nobody_can_run(&mut self) -> bool {
        if self.threads.values().any(|thread| matches!(thread.state, State::Unseen)) {
            return false;
        }
        let mut ending = self.processes.iter().filter(|(_, process)| process.ends);
        if ending.any(|(pid, _)| self.threads.values().any(|thread| thread.pid == *pid)) {
            return false;
        }
        if self.wary {
            let held = |thread: &Thread| !matches!(thread.state, State::LetGo | State::Unseen);
            if !self
                .threads
                .iter()
                .filter(|(_, thread)| held(thread))
                .all(|(tid, _)| quiet::is_held(*tid))
            {
                return false;
            }
            self.wary = false;
        }
        let mut open = self.threads.values().filter(|thread| thread.eyes.is_some()).count();
        for (tid, thread) in self.threads.iter_mut().filter(|(_, thread)| thread.eyes.is_none()) {
            open += 1;
            match Eyes::open(*tid, open <= self.most_eyes) {
                Ok(eyes) => thread.eyes = Some(eyes),
                // it is gone, and that has not been reported yet
                Err(_) => return false,
            }
        }
        // first whose turn it is: mostly it is he who runs
        let first = self.turn.and_then(|tid| self.threads.get_key_value(&tid));
        let others = self.threads.iter().filter(|(tid, _)| self.turn != Some(**tid));
        let let_go = first
            .into_iter()
            .chain(others)
            .filter(|(_, thread)| matches!(thread.state, State::LetGo) && !thread.unruly);
        let has_ended_alone =
            |tid| self.threads.iter().any(|(other, thread)| thread.pid == tid && *other != tid);
        let looks = let_go.filter_map(|(_, thread)| {
            Some(LetGo { eyes: thread.eyes.as_ref()?, vfork: thread.vfork.is_some() })
        });
        quiet::all_blocked(looks, has_ended_alone)
    }

    /// Something arrives although nobody could run: now, or between the look at the threads and the one at the network.
    pub(super) fn something_arrives(&mut self) -> bool {
        self.network_is_busy() || self.network_used && !self.nobody_can_run()
    }

    /// Something may arrive although nobody runs.
    pub(super) fn network_is_busy(&mut self) -> bool {
        if self.datagrams_used && self.last_event.elapsed() < DATAGRAM {
            return true;
        }
        if !self.network_used {
            return false;
        }
        let families = if self.ipv6_used { Families::Both } else { Families::Ipv4 };
        let all = sockets::in_states(States::ALIVE, families);
        let busy = all.is_ok_and(|all| sockets::under_way(&all));
        if !busy {
            self.on_its_way = None;
            return false;
        }
        self.on_its_way.get_or_insert_with(Instant::now).elapsed() < LONGEST_WAY
    }

    /// A signal ends a sleep: the kernel cannot tell a thread that we hold.
    pub(super) fn wake_the_signalled(&mut self) -> io::Result<bool> {
        if !std::mem::take(&mut self.signals_due) {
            return Ok(false);
        }
        let asleep =
            self.threads.iter().filter(|(_, thread)| matches!(thread.state, State::Asleep(_)));
        let called = asleep.map(|(tid, _)| *tid).find(|tid| is_called(*tid));
        let Some(tid) = called else { return Ok(false) };
        self.signals_due = true;
        self.wake(tid, true)?;
        self.give_turn(tid);
        Ok(true)
    }

    /// Ends a sleep, at its time or before it.
    pub(super) fn wake(&mut self, tid: i32, interrupted: bool) -> io::Result<()> {
        let now = self.clock.now();
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let goes_on = State::Held(Resume { until_exit: false, signal: 0 });
        let State::Asleep(sleep) = std::mem::replace(&mut thread.state, goes_on) else {
            return Ok(());
        };
        if interrupted && is_only_stopped(tid) {
            let regs = self.when_alive(tid, |_| Regs::read(tid).map(Some))?;
            let Some(mut regs) = regs else { return Ok(()) };
            if let Some(thread) = self.threads.get_mut(&tid) {
                let (number, stack) = (regs.number(), regs.stack());
                let deadline = Some(sleep.deadline);
                thread.again = Some(Again { number, stack, deadline, told: false });
            }
            return self.when_alive(tid, |_| regs.make_again(tid));
        }
        if interrupted && let Some(address) = sleep.remainder {
            let _ = memory::write_timespec(tid, address, sleep.deadline.saturating_sub(now));
        }
        let result = if interrupted { -i64::from(libc::EINTR) } else { 0 };
        self.when_alive(tid, |_| Regs::read(tid)?.skip(tid, result))?;
        let outcome = if interrupted { Outcome::Interrupted } else { Outcome::Done(0) };
        self.tell(tid, Step::Leave { call: sleep.call, outcome });
        Ok(())
    }

    /// The time of a sleep or of a wait with a limit is over.
    pub(super) fn time_is_over(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        if matches!(thread.state, State::Asleep(_)) {
            return self.wake(tid, false);
        }
        if let Some(pending) = &mut thread.pending {
            pending.expired = true;
        }
        self.when_alive(tid, |_| {
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0_usize, 0_usize) })?;
            Ok(())
        })
    }

    /// The clock jumps to the next deadline, if there is one.
    pub(super) fn pass_time(&mut self) -> io::Result<bool> {
        let mut waits: Vec<(Duration, Duration, u64, i32)> = Vec::new();
        for (tid, thread) in &self.threads {
            let Some(deadline) = thread.deadline() else { continue };
            waits.push((deadline, thread.since, thread.born, *tid));
        }
        waits.sort_unstable();
        let Some((deadline, since, _, _)) = waits.first().copied() else { return Ok(false) };
        let now = self.clock.now();
        if deadline > now && !self.computing_time_is_over(deadline - now) {
            return Ok(false);
        }
        let tied: Vec<_> =
            waits.into_iter().take_while(|wait| (wait.0, wait.1) == (deadline, since)).collect();
        let Some((_, _, _, tid)) = self.choice.pick(&tied).copied() else { return Ok(false) };
        self.clock.jump_to(deadline);
        self.calls = 0;
        self.time_is_over(tid)?;
        if self.threads.get(&tid).is_some_and(|thread| matches!(thread.state, State::Held(_))) {
            self.give_turn(tid);
        }
        Ok(true)
    }
}

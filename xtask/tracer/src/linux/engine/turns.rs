//! Who goes on: everybody at once in real time, one after the other in virtual time; and when nobody can, the clock.

use std::io;

use super::Tracer;
use super::thread::{State, Thread};
use super::traffic::Arrival;

impl Tracer {
    /// One step in real time; `false`: nothing happened.
    pub(super) fn go_on_at_once(&mut self) -> io::Result<bool> {
        let mut acted = self.outputs.outstanding() && self.outputs.drain();
        // before those are looked at who waited for them
        if !self.deaths.is_empty() {
            self.mourn();
            acted = true;
        }
        for tid in self.threads.those(|_, thread| matches!(thread.state, State::Stopped(_))) {
            acted = true;
            self.look_at(tid)?;
        }
        // whoever hears of what has happened may act before anybody goes on
        if !self.news.is_empty() {
            return Ok(true);
        }
        for tid in self.threads.those(|_, thread| matches!(thread.state, State::Held(_))) {
            if self.waits_for_line(tid) {
                continue;
            }
            acted = true;
            self.let_go(tid)?;
        }
        Ok(acted
            || self.outputs.drain()
            || self.look_for_rest()
            || self.look_for_standstill_in_real_time()
            || self.watch_the_busy_in_real_time())
    }

    /// One step in virtual time; `false`: nothing happened.
    pub(super) fn go_on_by_turns(&mut self) -> io::Result<bool> {
        if let Some(tid) = self.scheduler.turn() {
            // who is woken by what was sent gets that, and not what is sent later in the same turn, however busy the machine is
            if self.threads.get(tid).is_some_and(|thread| thread.has_sent) {
                if !self.nobody_can_run() {
                    return self.watch_the_busy();
                }
                if let Some(thread) = self.threads.get_mut(tid) {
                    thread.has_sent = false;
                }
            }
            if self.use_turn(tid)? {
                return Ok(true);
            }
        }
        if self.outputs.outstanding() && self.outputs.drain() {
            return Ok(true);
        }
        if !self.nobody_can_run() {
            return self.watch_the_busy();
        }
        // whoever waits because his output is full goes on
        if self.outputs.drain() || self.adopt() {
            return Ok(true);
        }
        self.scheduler.begin_decision();
        if !self.deaths.is_empty() {
            self.mourn();
            return Ok(true);
        }
        // whoever only asks never lets the others' time come
        if self.is_overdue() && self.pass_time()? {
            return Ok(true);
        }
        if self.break_off_a_send()? {
            return Ok(true);
        }
        if self.scheduler.next(self.ready()).is_some() {
            return Ok(true);
        }
        if self.wake_the_signalled()? {
            return Ok(true);
        }
        match self.arrival() {
            Arrival::Soon => return Ok(false),
            Arrival::Timed => return self.keep_pace(),
            Arrival::Nothing => self.stillness.end_of_pace(),
        }
        if self.look_for_rest() || self.look_for_idleness() {
            return Ok(true);
        }
        if self.pass_time()? {
            return Ok(true);
        }
        if self.threads.any(|thread| thread.unruly) {
            return self.watch_the_busy();
        }
        Ok(self.look_for_standstill())
    }

    /// Whoever has the turn goes on; `false`: he has used it up, or does not need it now.
    fn use_turn(&mut self, tid: i32) -> io::Result<bool> {
        let is_at_stop = match self.threads.get(tid).map(|thread| &thread.state) {
            Some(State::Stopped(_)) => true,
            Some(State::Held(_)) => false,
            Some(State::LetGo) => return Ok(false),
            _ => {
                self.scheduler.end_turn();
                return Ok(false);
            }
        };
        if !is_at_stop {
            if self.lets_line_go_first(tid) {
                self.scheduler.end_turn();
                return Ok(false);
            }
            self.let_go(tid)?;
            return Ok(true);
        }
        // what was written comes in the order in which it was: a turn does not end between a write and its end
        let writes = |thread: &Thread| thread.writes.is_some();
        if self.scheduler.is_turn_used_up()
            && !self.is_mid_line(tid)
            && !self.threads.get(tid).is_some_and(writes)
            && (self.is_overdue() || self.others_are_ready(tid)?)
        {
            self.scheduler.end_turn();
            return Ok(false);
        }
        self.look_at(tid)?;
        Ok(true)
    }

    /// A turn is over: whether somebody else is ready, or has slept long enough by now.
    fn others_are_ready(&mut self, tid: i32) -> io::Result<bool> {
        let now = self.scheduler.now();
        let overdue = self
            .threads
            .those(|_, thread| thread.deadline().is_some_and(|deadline| deadline <= now));
        for tid in &overdue {
            self.time_is_over(*tid)?;
        }
        let mut others = self.threads.iter().filter(|(other, _)| *other != tid);
        if !overdue.is_empty() || others.any(|(_, thread)| thread.is_ready()) {
            return Ok(true);
        }
        self.scheduler.renew_turn();
        Ok(false)
    }
}

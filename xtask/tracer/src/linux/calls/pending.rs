//! A call under way: what is changed at its entry so that its time is ours, and what is put back at its exit.

use std::io;
use std::time::Duration;

use super::limit::{Limit, TimeArgument, TimeForm};
use super::{Finish, Leaving, Sleep};
use crate::linux::clock::ProgramClock;
use crate::linux::memory;
use crate::linux::objects::Stream;
use crate::linux::regs::Regs;
use events::{Call, CallResult, Withheld};

/// A call under way.
pub struct Pending {
    /// The call, as far as it is known by now.
    pub call: Call,
    /// Somebody should hear of it.
    pub told: bool,
    /// Also that it begins: it may last, or it gives something away.
    pub announced: bool,
    /// It ends by itself then.
    pub limit: Option<Limit>,
    /// It was broken off because its time was over.
    pub expired: bool,
    /// The output of a program to which it writes, and what of that lay in memory at its entry.
    pub writes: Option<(Stream, Vec<u8>)>,
    /// Where it writes bytes that are not in the program's memory.
    pub unseen: Option<Stream>,
    /// What has to be looked at when it has succeeded.
    finish: Option<Finish>,
    /// Memory that was changed for the time of the call.
    restore: Option<(u64, Vec<u8>)>,
    /// It takes bytes from this socket, and there are none yet: another call waits for them first.
    source: Option<i32>,
    /// The call's own number and arguments, while the other one waits.
    own: Option<(i64, [u64; 6])>,
    /// Its time limit was replaced by what is left of it.
    shortened: bool,
    /// Its result is a time (`times(2)`): that of our clock.
    returns_ticks: bool,
    /// Its length was cut to this.
    cut: Option<Cut>,
    /// It waited to send, and was broken off.
    pub broken_off: bool,
    /// What was kept from it, known before it began, if that comes to bear.
    pub withheld: Option<Withheld>,
    /// It waits at this word until a thread of its process wakes whoever came there first (futex(2)).
    pub parked_at: Option<u64>,
}

/// A length that was cut for the time of the call.
struct Cut {
    /// Which argument.
    nth: usize,
    asked: u64,
    given: u64,
}

/// How it comes to be.
impl Pending {
    /// A call that is told when it is over.
    pub fn new(call: Call) -> Pending {
        Pending {
            call,
            told: true,
            announced: false,
            limit: None,
            expired: false,
            writes: None,
            unseen: None,
            finish: None,
            restore: None,
            source: None,
            own: None,
            shortened: false,
            returns_ticks: false,
            cut: None,
            broken_off: false,
            withheld: None,
            parked_at: None,
        }
    }

    /// A call that waits, and of which nothing but that is to be told.
    pub fn of_number(number: i64) -> Pending {
        Pending::new(Call::Other { number })
    }

    /// A call that is only watched because it may wait, or because its result is ours.
    pub fn untold(number: i64) -> Pending {
        Pending { told: false, ..Pending::new(Call::Other { number }) }
    }

    /// Nobody hears of it.
    pub fn silent(self) -> Pending {
        Pending { told: false, ..self }
    }

    /// A sleep in real time: the kernel ends it.
    pub fn sleep(sleep: Sleep) -> Pending {
        Pending::new(*sleep.call).limited(Some(Limit::new(sleep.deadline, 0)))
    }

    /// That it begins is told too.
    pub fn announced(self) -> Pending {
        Pending { announced: true, ..self }
    }

    pub fn limited(self, limit: Option<Limit>) -> Pending {
        Pending { limit, ..self }
    }

    /// What has to be looked at when it has succeeded.
    pub fn then(self, finish: impl Fn(&mut Call, &mut Leaving) + 'static) -> Pending {
        Pending { finish: Some(Box::new(finish)), ..self }
    }

    /// These bytes are put back there when it is over.
    pub fn restoring(self, address: u64, bytes: Vec<u8>) -> Pending {
        Pending { restore: Some((address, bytes)), ..self }
    }

    /// Another call waits first until there are bytes in this socket.
    pub fn waiting_for(mut self, source: i32) -> Pending {
        self.wait_first(source);
        self
    }

    /// Its result is a time of our clock.
    pub fn returning_ticks(self) -> Pending {
        Pending { returns_ticks: true, ..self }
    }
}

/// At its entry.
impl Pending {
    /// Another call waits first until there are bytes in this socket or pipe.
    pub fn wait_first(&mut self, source: i32) {
        self.source = Some(source);
    }

    /// What it waits for first, as a call.
    pub fn waits_in(&self) -> Call {
        match (self.source, &self.own) {
            (Some(fd), Some(_)) => Call::Poll { fds: vec![fd], timeout: None },
            _ => self.call.clone(),
        }
    }

    /// The kernel is to wait for ever, the time limit is ours.
    pub fn take_over(&self, regs: &mut Regs) -> bool {
        let Some(TimeArgument { nth, form, .. }) = self.time_argument() else { return false };
        // a pointer that is none, and a number that means for ever (poll(2))
        let forever = if form == TimeForm::Millis { u64::MAX } else { 0 };
        regs.set_arg(nth, forever);
        true
    }

    /// Made again in real time: the kernel is to wait only for what is left of its time.
    ///
    /// # Errors
    /// The registers cannot be written.
    pub fn shorten(&mut self, tid: i32, regs: &mut Regs, now: Duration) -> io::Result<()> {
        let Some(limit) = &self.limit else { return Ok(()) };
        let left = limit.deadline.saturating_sub(now);
        match (limit.argument, &self.call) {
            (Some(TimeArgument { nth, form: TimeForm::Millis, .. }), _) => {
                regs.set_arg(nth, left.as_micros().div_ceil(1000) as u64);
            }
            (Some(TimeArgument { nth, form, .. }), _) => {
                let address = unused_memory(regs);
                if form.write(tid, address, left).is_err() {
                    return Ok(());
                }
                regs.set_arg(nth, address);
            }
            // SO_RCVTIMEO: the socket has the whole time, and another call waits for it
            (None, Call::Receive { fd, .. } | Call::Accept { fd, .. }) => {
                self.source = Some(*fd);
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.shortened = true;
        regs.write(tid)
    }

    /// `ppoll(2)` is made instead, until the source has bytes; for at most so long, if the kernel is to end it.
    ///
    /// # Errors
    /// The registers cannot be written.
    pub fn wait_for_source(
        &mut self,
        tid: i32,
        regs: &mut Regs,
        most: Option<Duration>,
    ) -> io::Result<()> {
        let Some(fd) = self.source else { return Ok(()) };
        let address = unused_memory(regs);
        let timeout = address + 16;
        // struct pollfd: an int and two shorts, of which the second is for the answer
        let look = u64::from(fd as u32) | (libc::POLLIN as u64) << 32;
        let written = memory::write(tid, address, &look.to_ne_bytes())
            .and_then(|()| most.map_or(Ok(()), |most| memory::write_timespec(tid, timeout, most)));
        if written.is_err() {
            // nothing can be written there: then the call waits itself
            return Ok(());
        }
        self.own = Some((regs.number(), [0, 1, 2, 3, 4, 5].map(|nth| regs.arg(nth))));
        let instead = [address, 1, most.map_or(0, |_| timeout), 0, 0];
        for (nth, value) in instead.into_iter().enumerate() {
            regs.set_arg(nth, value);
        }
        regs.become_call(tid, libc::SYS_ppoll)
    }
}

/// While it is under way.
impl Pending {
    /// It carries at most so many bytes; argument `nth` says how many.
    ///
    /// # Errors
    /// The registers cannot be written.
    pub fn cut(&mut self, tid: i32, regs: &mut Regs, nth: usize, given: u64) -> io::Result<()> {
        self.cut = Some(Cut { nth, asked: regs.arg(nth), given });
        regs.set_arg(nth, given);
        regs.write(tid)
    }

    /// To how many bytes it was cut.
    pub fn cut_to(&self) -> Option<u64> {
        self.cut.as_ref().map(|cut| cut.given)
    }
}

/// At its exit.
impl Pending {
    /// At the exit of the call that was made instead: it looks as if the call itself had been made. `true`: its source has
    /// bytes now, and it is still to be made.
    ///
    /// # Errors
    /// The registers cannot be written.
    pub fn end_of_wait(&mut self, tid: i32, regs: &mut Regs) -> io::Result<bool> {
        let Some((number, args)) = self.own.take() else { return Ok(false) };
        let result = regs.result();
        for (nth, value) in args.into_iter().enumerate() {
            regs.set_arg(nth, value);
        }
        if result > 0 {
            regs.become_call(tid, number)?;
            return Ok(true);
        }
        let result = match (result, &self.limit) {
            (0, _) => (-libc::EAGAIN).into(),
            // as `tcp_splice_read` does (`sock_intr_errno` in net/sock.h)
            (result, None) if is_restart(result) => WITH_HANDLER,
            (result, Some(_)) if is_restart(result) => (-libc::EINTR).into(),
            (result, _) => result,
        };
        regs.set_result(result);
        regs.become_call(tid, number)?;
        Ok(false)
    }

    /// The argument is what it was: a system call keeps its arguments. `true`: the registers have changed.
    pub fn give_back(&self, regs: &mut Regs, is_virtual: bool) -> bool {
        if let Some(Cut { nth, asked, .. }) = self.cut {
            regs.set_arg(nth, asked);
        }
        let limit = self.time_argument().filter(|_| is_virtual || self.shortened);
        if let Some(TimeArgument { nth, value, .. }) = limit {
            regs.set_arg(nth, value);
        }
        self.cut.is_some() || limit.is_some()
    }

    /// What it returns is a time of our clock, and what it writes is what is left of its time; its time is over, or a signal
    /// has broken it off. `true`: the registers have changed.
    pub fn end_in_virtual_time(&self, tid: i32, regs: &mut Regs, clock: &mut ProgramClock) -> bool {
        let mut changed = false;
        if self.returns_ticks
            && let Some(ticks) = clock.ticks()
        {
            regs.set_result(ticks);
            changed = true;
        }
        self.say_what_is_left(tid, clock.now());
        changed | (self.expire(tid, regs) || self.break_off(regs))
    }

    /// `select(2)` writes how much of its time is left, and so does `ppoll(2)` to the kernel's copy of it; it is ours that
    /// counts.
    fn say_what_is_left(&self, tid: i32, now: Duration) {
        let Some(Limit { argument: Some(argument), deadline, .. }) = &self.limit else { return };
        if argument.form.is_written_back() {
            let _ = argument.form.write(tid, argument.value, deadline.saturating_sub(now));
        }
    }

    /// Its time was over: it returns what a call returns whose time is over. `false`: something else has ended it in the
    /// same moment.
    fn expire(&self, tid: i32, regs: &mut Regs) -> bool {
        let Some(limit) = self.limit.as_ref().filter(|_| self.expired) else { return false };
        let broken_off = is_restart(regs.result()) || is_interrupted(regs.result());
        if broken_off {
            regs.set_result(limit.result);
            for (set, length) in &limit.sets {
                let _ = memory::write(tid, *set, &vec![0; *length]);
            }
        }
        broken_off
    }

    /// Broken off by a signal: a wait with a limit ends with `EINTR` if a handler runs, also where one without a limit is made
    /// again (`signal(7)`, `SA_RESTART`).
    fn break_off(&self, regs: &mut Regs) -> bool {
        let broken_off = |limit: &&Limit| !limit.restarts && regs.result() == WITH_HANDLER;
        let Some(limit) = self.limit.as_ref().filter(broken_off) else { return false };
        // SO_RCVTIMEO: never made again (signal(7))
        let never = -i64::from(libc::EINTR);
        regs.set_result(if limit.argument.is_some() { WITHOUT_HANDLER } else { never });
        true
    }

    /// Memory that was changed for the time of the call is what it was.
    pub fn restore_memory(&mut self, tid: i32) {
        if let Some((address, bytes)) = self.restore.take() {
            // the memory was there a moment ago
            let _ = memory::write(tid, address, &bytes);
        }
    }

    /// It has succeeded: fills in what it has brought.
    pub fn finish(&mut self, leaving: &mut Leaving) {
        if let Some(finish) = &self.finish {
            finish(&mut self.call, leaving);
        }
    }

    fn time_argument(&self) -> Option<TimeArgument> {
        self.limit.as_ref()?.argument
    }
}

/// `ERESTARTSYS` (linux/errno.h): made again, with a handler too if that has `SA_RESTART`.
const WITH_HANDLER: i64 = -512;
/// `ERESTARTNOHAND`: made again if there is no handler.
const WITHOUT_HANDLER: i64 = -514;

/// How a call has ended, from what it returned.
pub fn outcome_of(result: i64) -> CallResult {
    match result {
        _ if is_restart(result) => CallResult::Interrupted,
        -4095..=-1 => CallResult::Failed(-result as i32),
        _ => CallResult::Done(result),
    }
}

/// Whether a result asks the kernel to make the call again (linux/errno.h; never seen by a program).
pub fn is_restart(result: i64) -> bool {
    /// `ERESTARTNOINTR`, `ERESTART_RESTARTBLOCK`.
    const OTHERS: [i64; 2] = [-513, -516];
    [WITH_HANDLER, WITHOUT_HANDLER].contains(&result) || OTHERS.contains(&result)
}

/// Whether a signal has ended the call, and it is not made again.
pub fn is_interrupted(result: i64) -> bool {
    result == -i64::from(libc::EINTR)
}

/// Memory that nobody uses: below the stack, and below what a function may use there without saying so (the "red zone" of
/// the x86-64 psABI).
fn unused_memory(regs: &Regs) -> u64 {
    const BELOW: u64 = 128 + 64;
    (regs.stack() - BELOW) & !15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_say_how_a_call_has_ended() {
        assert_eq!(outcome_of(7), CallResult::Done(7));
        assert_eq!(outcome_of(-i64::from(libc::EINTR)), CallResult::Failed(libc::EINTR));
        for result in [-512, -513, -514, -516] {
            assert_eq!(outcome_of(result), CallResult::Interrupted);
        }
        // an address high up is no error (syscalls(2))
        assert_eq!(outcome_of(-4096), CallResult::Done(-4096));
    }
}

//! An unkind kernel, in virtual time: what [`Unkind`] decides is done to a call.
//!
//! A receive, or a send that does not block, has its length cut in the register for the time of the call. A receive that would
//! wait may wait outside (`ppoll(2)`), and begins when it has the turn again: so whoever sends goes on first. A send that waits for room is interrupted, and the kernel itself says how much it took.

use std::io;

use nix::errno::Errno;

use super::Tracer;
use super::thread::{State, Thread};
use crate::linux::calls::Pending;
use crate::linux::regs::Regs;
use crate::linux::streams::Stream;
use crate::linux::unkind::{Fate, Unkind};
use events::{Call, CallResult, Object, Withheld};
use limits::PIPE_RECORD;

/// Where the four calls have how many bytes they are about.
const LENGTH: usize = 2;
/// Others may be in no hurry: a send of no more than this has room in any buffer.
const SMALL: u64 = 64 * 1024;

/// The flags of a call that may be cut (recv(2), send(2)): with any other, somebody relies on its length.
const HARMLESS: i32 = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL | libc::MSG_CMSG_CLOEXEC;

impl Tracer {
    /// From now on the kernel is as unkind as it may be, in virtual time; `seed` decides when. `trusting`: programs that take
    /// the first receive of each of their streams for the whole, and say so: that one is left alone, and what others send first.
    pub fn be_harsh(&mut self, seed: u64, trusting: impl IntoIterator<Item = usize>) {
        self.unkind = Some(Unkind::new(seed, trusting));
    }

    /// At the entry of a call, made `again` after it has waited outside: what is kept from it.
    pub(super) fn be_unkind(
        &mut self,
        tid: i32,
        pending: &mut Pending,
        regs: &mut Regs,
        again: bool,
    ) -> io::Result<()> {
        if !self.scheduler.is_virtual() {
            return Ok(());
        }
        let (Some(unkind), Some(thread)) = (self.unkind.as_mut(), self.threads.get(tid)) else {
            return Ok(());
        };
        let Some(stream) = stream_of(thread.pid, pending, regs) else { return Ok(()) };
        let asked = regs.arg(LENGTH);
        let at_once = stream.nonblocking || flags(regs) & libc::MSG_DONTWAIT != 0;
        if matches!(pending.call, Call::Receive { .. }) {
            let program = self.processes.program_of(thread.pid);
            let is_record = stream.is_pipe && asked < PIPE_RECORD;
            if is_record || program.is_none_or(|program| unkind.trusts(stream.number, program)) {
                return Ok(());
            }
            if asked > 0 && !at_once && stream.would_wait() {
                if let Call::Receive { fd, .. } = pending.call
                    && unkind.comes_late(stream.number)
                {
                    pending.wait_first(fd);
                    return Ok(());
                }
            } else if unkind.has_come_late(stream.number) && again {
                pending.withheld = Some(Withheld::Turn);
            }
            return cut(unkind, &stream, tid, pending, regs);
        }
        if stream.is_pipe {
            // blocking: up to PIPE_BUF bytes stay together (pipe(7)), and more are waited for
        } else if at_once {
            let program = self.processes.program_of(thread.pid);
            let spared = program.is_some_and(|program| unkind.is_trusted(stream.number, program));
            if !spared && let Some(part) = unkind.send(stream.number, asked) {
                pending.cut(tid, regs, LENGTH, part)?;
            }
        } else if asked > SMALL {
            stream.make_small();
            unkind.made_small(stream.number);
        }
        Ok(())
    }

    /// At the entry of a send, whatever call that is: the buffer that it goes into was made small.
    pub(super) fn note_small_buffer(&self, tid: i32, pending: &mut Pending) {
        let Some(unkind) = self.unkind.as_ref().filter(|unkind| unkind.has_small_ones()) else {
            return;
        };
        let (Call::Send { fd, object, data }, Some(thread)) =
            (&mut pending.call, self.threads.get(tid))
        else {
            return;
        };
        let is_socket = matches!(object, Object::Connection { .. } | Object::Socket { .. });
        let stream = is_socket.then(|| Stream::of(thread.pid, *fd)).flatten();
        if stream.is_some_and(|stream| unkind.is_small(stream.number)) {
            data.withheld = Some(Withheld::Room);
            pending.withheld = Some(Withheld::Room);
        }
    }

    /// Nobody can run: a send that waits for room is broken off.
    pub(super) fn break_off_a_send(&mut self) -> io::Result<bool> {
        if self.unkind.is_none() {
            return Ok(false);
        }
        for tid in self.threads.those(|_, thread| waits_to_send(thread)) {
            let Some(thread) = self.threads.get_mut(tid) else { continue };
            let pid = thread.pid;
            let Some(Call::Send { fd, .. }) = thread.pending.as_ref().map(|it| &it.call) else {
                continue;
            };
            let Some(stream) = Stream::of(pid, *fd).filter(|stream| !stream.is_pipe) else {
                continue;
            };
            let Some(unkind) = self.unkind.as_mut() else { continue };
            if unkind.breaks_off(stream.number) {
                if let Some(pending) = &mut thread.pending {
                    pending.broken_off = true;
                }
                self.when_alive(tid, |_| {
                    // SAFETY: plain system call.
                    Errno::result(unsafe {
                        libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0_usize, 0_usize)
                    })?;
                    Ok(())
                })?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// At the exit of a call: what was kept from it.
    pub(super) fn note_withheld(pending: &mut Pending, outcome: CallResult) {
        let (done, is_again) = match outcome {
            CallResult::Done(done) => (done, false),
            CallResult::Failed(errno) => (0, errno == libc::EAGAIN),
            CallResult::Interrupted => return,
        };
        let cut = pending.cut_to().is_some_and(|given| given == done as u64);
        let small = pending.withheld == Some(Withheld::Room);
        let kept = match &pending.call {
            Call::Receive { .. } if cut => Some(Withheld::Rest),
            Call::Send { data, .. } if cut || pending.broken_off || small => {
                (done > 0 && (done as u64) < data.asked).then_some(Withheld::Part)
            }
            _ => None,
        };
        // also what came late and was the end; a send that has failed for another reason lacked no room
        let bears = matches!(outcome, CallResult::Done(_)) || small && is_again;
        let kept = kept.or(pending.withheld.filter(|_| bears));
        if let Call::Receive { data, .. } | Call::Send { data, .. } = &mut pending.call {
            data.withheld = kept;
        }
    }
}

/// The stream of a call that may be cut.
fn stream_of(pid: i32, pending: &Pending, regs: &Regs) -> Option<Stream> {
    let known = [libc::SYS_read, libc::SYS_recvfrom, libc::SYS_write, libc::SYS_sendto];
    if !known.contains(&regs.number()) || flags(regs) & !HARMLESS != 0 {
        return None;
    }
    let (Call::Receive { fd, object, .. } | Call::Send { fd, object, .. }) = &pending.call else {
        return None;
    };
    let carries = matches!(
        object,
        Object::Connection { .. }
            | Object::Socket { .. }
            | Object::Pipe { .. }
            | Object::File { .. }
    );
    carries.then(|| Stream::of(pid, *fd)).flatten()
}

/// A receive that begins now gets at most what was decided of that which lies there.
fn cut(
    unkind: &mut Unkind,
    stream: &Stream,
    tid: i32,
    pending: &mut Pending,
    regs: &mut Regs,
) -> io::Result<()> {
    let most = stream.lies().min(regs.arg(LENGTH));
    // a look at nothing would take the error that the program has still to be told (SO_ERROR of socket(7))
    let beginning = if most > 0 { stream.beginning() } else { Vec::new() };
    match unkind.receive(stream.number, most, &beginning) {
        Fate::Spared => Ok(()),
        Fate::AtMost(given) => pending.cut(tid, regs, LENGTH, given),
    }
}

/// It is blocked in a send that has not been broken off.
fn waits_to_send(thread: &Thread) -> bool {
    let sends = |pending: &Pending| {
        let Call::Send { object, .. } = &pending.call else { return false };
        !pending.broken_off && matches!(object, Object::Connection { .. } | Object::Socket { .. })
    };
    matches!(thread.state, State::LetGo) && thread.pending.as_deref().is_some_and(sends)
}

/// The flags of a call on a socket.
fn flags(regs: &Regs) -> i32 {
    let number = regs.number();
    let has_flags = [libc::SYS_recvfrom, libc::SYS_sendto].contains(&number);
    if has_flags { regs.arg(3) as i32 } else { 0 }
}

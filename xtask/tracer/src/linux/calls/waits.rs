//! Calls that wait: for a descriptor, a child, another thread, a semaphore, a message.

use std::time::Duration;

use super::{Entering, Entry, Limit, Pending, TimeArgument, TimeForm, ended_by};
use crate::linux::memory;
use events::{Call, Exit};

/// `poll(2)`.
#[cfg(target_arch = "x86_64")]
pub fn poll(entering: &mut Entering) -> Option<Entry> {
    let timeout = millis(entering.arg(2));
    polls(entering, poll_fds(entering), timeout, 2, TimeForm::Millis)
}

/// `ppoll(2)`.
pub fn ppoll(entering: &mut Entering) -> Option<Entry> {
    // pause(2), as the C library makes it where the kernel has none
    if cfg!(target_arch = "aarch64") && entering.arg(1) == 0 && entering.arg(2) == 0 {
        return super::signals::pause(entering);
    }
    let timeout = entering.timespec(2)?;
    polls(entering, poll_fds(entering), timeout, 2, TimeForm::TimespecLeft)
}

/// `epoll_wait(2)`, `epoll_pwait(2)`.
pub fn epoll_wait(entering: &mut Entering) -> Option<Entry> {
    let timeout = millis(entering.arg(3));
    polls(entering, vec![entering.int(0)], timeout, 3, TimeForm::Millis)
}

/// `epoll_pwait2(2)`.
pub fn epoll_pwait2(entering: &mut Entering) -> Option<Entry> {
    let timeout = entering.timespec(3)?;
    polls(entering, vec![entering.int(0)], timeout, 3, TimeForm::Timespec)
}

/// `select(2)`.
#[cfg(target_arch = "x86_64")]
pub fn select(entering: &mut Entering) -> Option<Entry> {
    let timeout = match entering.arg(4) {
        0 => None,
        address => Some(memory::read_timeval(entering.tid(), address).ok()?),
    };
    selects(entering, timeout, TimeForm::TimevalLeft)
}

/// `pselect6(2)`.
pub fn pselect6(entering: &mut Entering) -> Option<Entry> {
    let timeout = entering.timespec(4)?;
    selects(entering, timeout, TimeForm::TimespecLeft)
}

/// `futex(2)`: the operations that wait.
pub fn futex(entering: &mut Entering) -> Option<Entry> {
    let operation = entering.int(1);
    let now = entering.now();
    let deadline = entering.timespec(3)?.map(|time| match operation & 0x7f {
        libc::FUTEX_WAIT => now + time,
        // always that clock (futex(2))
        libc::FUTEX_LOCK_PI => entering.clock.since_began(libc::CLOCK_REALTIME, time),
        _ if operation & libc::FUTEX_CLOCK_REALTIME != 0 => {
            entering.clock.since_began(libc::CLOCK_REALTIME, time)
        }
        _ => entering.clock.since_began(libc::CLOCK_MONOTONIC, time),
    });
    let timeout = deadline.map(|deadline| deadline.saturating_sub(now));
    let argument = entering.time_argument(3, TimeForm::Timespec);
    let limit =
        deadline.map(|deadline| Limit::new(deadline, (-libc::ETIMEDOUT).into()).given_by(argument));
    let call = Call::Futex { word: entering.arg(0), value: entering.arg(2) as u32, timeout };
    let mut pending = Pending::new(call).announced().limited(limit);
    pending.parked_at = word_of_process(entering);
    pending.watched()
}

/// The word at which a thread waits, if nobody but a thread that has the same memory can wake it there
/// (`FUTEX_PRIVATE_FLAG`), and any of those who wake somebody there may.
fn word_of_process(entering: &Entering) -> Option<u64> {
    let operation = entering.int(1);
    let by_any = match operation & 0x7f {
        libc::FUTEX_WAIT => true,
        libc::FUTEX_WAIT_BITSET => entering.arg(5) as i32 == libc::FUTEX_BITSET_MATCH_ANY,
        _ => false,
    };
    (by_any && operation & libc::FUTEX_PRIVATE_FLAG != 0).then(|| entering.arg(0))
}

/// `futex_waitv(2)`.
pub fn futex_waitv(entering: &mut Entering) -> Option<Entry> {
    let clock = entering.int(4);
    until(entering, 3, clock)
}

/// `mq_timedsend(2)`, `mq_timedreceive(2)`.
pub fn message_queue(entering: &mut Entering) -> Option<Entry> {
    until(entering, 4, libc::CLOCK_REALTIME)
}

/// `semop(2)`.
pub fn semop(entering: &mut Entering) -> Option<Entry> {
    Pending::of_number(entering.regs.number()).announced().watched()
}

/// `semtimedop(2)`.
pub fn semtimedop(entering: &mut Entering) -> Option<Entry> {
    let timeout = entering.timespec(3)?;
    let argument = entering.time_argument(3, TimeForm::Timespec);
    let limit = limit(entering.now(), timeout, argument, (-libc::EAGAIN).into());
    Pending::of_number(entering.regs.number()).announced().limited(limit).watched()
}

/// `wait4(2)`.
pub fn wait4(entering: &mut Entering) -> Option<Entry> {
    let child = entering.int(0);
    let address = entering.arg(1);
    let call = Call::Wait { child: (child > 0).then_some(child), ended: None };
    let pending = Pending::new(call).announced().then(move |call, leaving| {
        if let Call::Wait { ended, .. } = call
            && leaving.value > 0
            && address != 0
        {
            let status = memory::read_u32(leaving.tid(), address).ok().map(|status| status as i32);
            *ended = status.and_then(ended_by);
        }
    });
    pending.watched()
}

/// `waitid(2)`.
pub fn waitid(entering: &mut Entering) -> Option<Entry> {
    let child = (entering.arg(0) as u32 == libc::P_PID).then_some(entering.int(1));
    let address = entering.arg(2);
    let call = Call::Wait { child, ended: None };
    let pending = Pending::new(call).announced().then(move |call, leaving| {
        let Call::Wait { ended, .. } = call else { return };
        if address == 0 {
            return;
        }
        let tid = leaving.tid();
        let field = |offset| memory::read_u32(tid, address + offset).unwrap_or(0) as i32;
        // siginfo_t: si_code, si_pid, si_status
        let (code, child, status) = (field(8), field(16), field(24));
        *ended = match code {
            libc::CLD_EXITED => Some(Exit::Code(status)),
            libc::CLD_KILLED | libc::CLD_DUMPED => Some(Exit::Signal(status)),
            _ => None,
        };
        leaving.value = child.into();
    });
    pending.watched()
}

/// `flock(2)`; to give a lock back is no wait.
pub fn flock(entering: &mut Entering) -> Option<Entry> {
    if entering.int(1) & libc::LOCK_UN != 0 {
        return None;
    }
    let fd = entering.int(0);
    let object = entering.object(fd)?;
    Pending::new(Call::LockFile { fd, object, record: false }).announced().watched()
}

/// `fcntl(2)`: the commands that wait for a lock on a part of a file. A `struct flock` begins with `l_type`; to give a lock
/// back is no wait.
pub fn lock_record(entering: &mut Entering) -> Option<Entry> {
    let kind = memory::read(entering.tid(), entering.arg(2), 2).ok()?;
    if i32::from(i16::from_ne_bytes([kind[0], kind[1]])) == libc::F_UNLCK {
        return None;
    }
    let fd = entering.int(0);
    let object = entering.object(fd)?;
    Pending::new(Call::LockFile { fd, object, record: true }).announced().watched()
}

fn polls(
    entering: &Entering,
    fds: Vec<i32>,
    timeout: Option<Duration>,
    nth: usize,
    form: TimeForm,
) -> Option<Entry> {
    if timeout == Some(Duration::ZERO) {
        return asks(fds);
    }
    let limit = limit(entering.now(), timeout, entering.time_argument(nth, form), 0);
    Pending::new(Call::Poll { fds, timeout }).announced().limited(limit).watched()
}

/// It does not wait, and nobody hears of it.
fn asks(fds: Vec<i32>) -> Option<Entry> {
    Pending::new(Call::Poll { fds, timeout: Some(Duration::ZERO) }).silent().watched()
}

fn selects(entering: &Entering, timeout: Option<Duration>, form: TimeForm) -> Option<Entry> {
    if timeout == Some(Duration::ZERO) {
        return asks(Vec::new());
    }
    let bits = (entering.arg(0) as usize).min(1024);
    let bytes = bits.div_ceil(64) * 8;
    let sets = [1, 2, 3].map(|nth| entering.arg(nth)).into_iter().filter(|set| *set != 0);
    let sets: Vec<(u64, usize)> = sets.map(|set| (set, bytes)).collect();
    let is_in = |fd: usize| {
        sets.iter().any(|(set, _)| {
            let byte = memory::read(entering.tid(), set + fd as u64 / 8, 1);
            byte.is_ok_and(|byte| byte[0] >> (fd % 8) & 1 == 1)
        })
    };
    let fds = (0..bits).filter(|fd| is_in(*fd)).map(|fd| fd as i32).collect();
    let limit = limit(entering.now(), timeout, entering.time_argument(4, form), 0);
    let limit = limit.map(|limit| limit.emptying(sets));
    Pending::new(Call::Poll { fds, timeout }).announced().limited(limit).watched()
}

/// A call that waits until some time of one of the programs' clocks, which is its argument `nth`. A signal does not end it:
/// it is made again until the same time, with a limit as without one.
fn until(entering: &Entering, nth: usize, clock: i32) -> Option<Entry> {
    let timeout = entering.timespec(nth)?;
    let limit = timeout.map(|time| {
        let deadline = entering.clock.since_began(clock, time);
        Limit::new(deadline, (-libc::ETIMEDOUT).into())
            .given_by(entering.time_argument(nth, TimeForm::Timespec))
            .restarting()
    });
    Pending::of_number(entering.regs.number()).announced().limited(limit).watched()
}

/// The limit of a call that waits for so long from now on.
pub fn limit(
    now: Duration,
    timeout: Option<Duration>,
    argument: TimeArgument,
    result: i64,
) -> Option<Limit> {
    Some(Limit::new(now + timeout?, result).given_by(argument))
}

/// A timeout in milliseconds; negative: for ever.
fn millis(value: u64) -> Option<Duration> {
    u64::try_from(value as i32).ok().map(Duration::from_millis)
}

/// The descriptors of a `struct pollfd` array in the first and second argument.
fn poll_fds(entering: &Entering) -> Vec<i32> {
    /// `struct pollfd`: an int and two shorts.
    const SIZE: usize = 8;
    let length = (entering.arg(1) as usize).min(256) * SIZE;
    let bytes = memory::read_some(entering.tid(), entering.arg(0), length).unwrap_or_default();
    bytes
        .chunks_exact(SIZE)
        .map(|one| i32::from_ne_bytes([one[0], one[1], one[2], one[3]]))
        .collect()
}

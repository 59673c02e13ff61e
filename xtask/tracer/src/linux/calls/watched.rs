//! Which system calls stop a traced program, and who reads each of them: the one place where a new one is entered.
//!
//! The filter of [`filter`](crate::linux::filter) is made from it, and so is what [`Decoder::enter`](super::Decoder::enter)
//! does at a stop.

use super::{
    Entering, Entry, Firing, Pending, Refusal, bytes, clocks, files, memory, network, signals,
    waits,
};
use crate::linux::regs::Regs;

/// One system call.
pub struct Row {
    /// Its number on this machine.
    pub number: libc::c_long,
    /// Which of its calls stop the program.
    pub stops: Stops,
    /// Reads it at its entry. `None`: there is nothing to see, or an argument points nowhere, and the kernel will say so.
    pub decode: fn(&mut Entering) -> Option<Entry>,
}

/// Which calls of a system call stop the program.
#[derive(Debug, Clone, Copy)]
pub enum Stops {
    /// All.
    Always,
    /// Those of which the lower half of an argument, masked, is one of these values.
    If {
        /// Which argument, from 0.
        argument: u32,
        /// The bits that count.
        mask: u32,
        /// The values.
        values: &'static [u32],
    },
}

/// The operations of futex(2) that wait: `FUTEX_WAIT`, `FUTEX_LOCK_PI`, `FUTEX_WAIT_BITSET`, `FUTEX_WAIT_REQUEUE_PI`,
/// `FUTEX_LOCK_PI2` (linux/futex.h), without `FUTEX_PRIVATE_FLAG` and `FUTEX_CLOCK_REALTIME`.
const FUTEX_WAITS: Stops = Stops::If { argument: 1, mask: 0x7f, values: &[0, 6, 9, 11, 13] };

/// `futex_wake(2)` and `futex_requeue(2)` of linux/futex.h: the same on all machines.
const FUTEX_WAKE: libc::c_long = 454;
const FUTEX_REQUEUE: libc::c_long = 456;

/// Calls that wake those who wait at a word of futex(2), and which of them: `FUTEX_WAKE`, `FUTEX_REQUEUE`,
/// `FUTEX_CMP_REQUEUE`, `FUTEX_WAKE_OP`, `FUTEX_WAKE_BITSET`, `FUTEX_CMP_REQUEUE_PI`. Nothing is told of them: see
/// [`Wakes`].
pub const WAKERS: [(libc::c_long, Stops); 3] = [
    (libc::SYS_futex, Stops::If { argument: 1, mask: 0x7f, values: &[1, 3, 4, 5, 10, 12] }),
    (FUTEX_WAKE, Stops::Always),
    (FUTEX_REQUEUE, Stops::Always),
];

/// What one of [`WAKERS`] may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wakes {
    /// It wakes some of those who wait at this word, the first ones.
    At(u64),
    /// It wakes somebody.
    Anywhere,
    /// It also has somebody wait at another word than before.
    AndMoves,
}

impl Wakes {
    /// Of the call that a thread is about to make.
    pub fn of(regs: &Regs) -> Wakes {
        if regs.number() == FUTEX_WAKE {
            return Wakes::At(regs.arg(0));
        }
        match regs.arg(1) as i32 & 0x7f {
            _ if regs.number() != libc::SYS_futex => Wakes::AndMoves,
            libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET => Wakes::At(regs.arg(0)),
            libc::FUTEX_WAKE_OP => Wakes::Anywhere,
            _ => Wakes::AndMoves,
        }
    }
}

/// The commands of fcntl(2) that wait for a lock: `F_SETLKW`, `F_OFD_SETLKW` (asm-generic/fcntl.h, the same on both machines).
const LOCK_WAITS: Stops = Stops::If { argument: 1, mask: u32::MAX, values: &[7, 38] };

type Decode = fn(&mut Entering) -> Option<Entry>;

const fn row(number: libc::c_long, decode: Decode) -> Row {
    Row { number, stops: Stops::Always, decode }
}

const GIVES_WAY: Decode = |_| Some(Entry::Yield);
const ENDS: Decode = |_| Some(Entry::ExitGroup);
const GOES_ON: Decode = |_| Some(Entry::Restart);
const TRACES: Decode = |_| Some(Entry::Refuse(Refusal::Ptrace));
const SHARES_RINGS: Decode = |_| Some(Entry::Refuse(Refusal::IoUring));
/// `SECCOMP_FILTER_FLAG_NEW_LISTENER` of linux/seccomp.h, among the flags of seccomp(2).
const NEW_LISTENER: Stops = Stops::If { argument: 1, mask: 8, values: &[8] };
const ASKS_OTHERS: Decode = |_| Some(Entry::Refuse(Refusal::Listener));
/// `CLONE_UNTRACED` of linux/sched.h: whoever is made is not handed to the tracer.
const UNTRACED: u32 = 0x0080_0000;
const MAKES_UNTRACED: Stops = Stops::If { argument: 0, mask: UNTRACED, values: &[UNTRACED] };
const ESCAPES: Decode = |_| Some(Entry::Refuse(Refusal::Untraced));
/// `clone3(2)` has its flags in memory, where they come first.
const MAY_ESCAPE: Decode = |entering| {
    let flags = memory::read_u64(entering.tid(), entering.arg(0)).ok()?;
    (flags & u64::from(UNTRACED) != 0).then_some(Entry::Refuse(Refusal::Untraced))
};
/// `PR_SET_DUMPABLE` of prctl(2).
const CHANGES_WHO_LOOKS: Stops =
    Stops::If { argument: 0, mask: u32::MAX, values: &[libc::PR_SET_DUMPABLE as u32] };
/// What comes of it is looked at when it is over: whoever has the right to it looks all the same ("ptrace access mode
/// checking" of ptrace(2)).
const HIDES: Decode = |entering| {
    let hides = entering.int(1) != 1;
    hides.then(|| Pending::untold(entering.regs.number()).watched()).flatten()
};
const SETS_TIMER: Decode = |_| Some(Entry::Refuse(Refusal::Timer(Firing::Unknown)));
/// `setitimer(2)`.
const SETS_INTERVAL: Decode =
    |entering| Some(Entry::Refuse(Refusal::Timer(clocks::firing(entering))));
/// `alarm(2)`: 0 takes back an alarm.
#[cfg(target_arch = "x86_64")]
const SETS_ALARM: Decode = |entering| {
    // the kernel takes an `unsigned int`
    let seconds = entering.arg(0) & u64::from(u32::MAX);
    let once = Firing::Once(std::time::Duration::from_secs(seconds));
    (seconds != 0).then_some(Entry::Refuse(Refusal::Timer(once)))
};

/// `io_pgetevents(2)` (asm/unistd.h); the `libc` crate does not have it everywhere.
const SYS_IO_PGETEVENTS: libc::c_long = if cfg!(target_arch = "aarch64") { 292 } else { 333 };
/// `io_getevents(2)`: the kernel itself keeps the limit of this wait.
const AWAITS_TRANSFERS: Decode = |entering| {
    let limit = entering.timespec(4)??;
    (!limit.is_zero()).then_some(Entry::Refuse(Refusal::Timer(Firing::Once(limit))))
};

/// Every call that is watched. Those that only one kind of machine has are older forms of others.
pub static TABLE: &[Row] = &[
    // sockets
    row(libc::SYS_socket, network::socket),
    row(libc::SYS_setsockopt, network::set_option),
    row(libc::SYS_getsockopt, network::ask_option),
    row(libc::SYS_bind, network::bind),
    row(libc::SYS_listen, network::listen),
    row(libc::SYS_accept, network::accept),
    row(libc::SYS_accept4, network::accept),
    row(libc::SYS_connect, network::connect),
    row(libc::SYS_shutdown, network::shutdown),
    // bytes
    row(libc::SYS_read, bytes::read),
    row(libc::SYS_readv, bytes::readv),
    row(libc::SYS_recvfrom, bytes::recvfrom),
    row(libc::SYS_recvmsg, bytes::recvmsg),
    row(libc::SYS_recvmmsg, bytes::recvmmsg),
    row(libc::SYS_write, bytes::write),
    row(libc::SYS_writev, bytes::writev),
    row(libc::SYS_pwritev2, bytes::pwritev2),
    row(libc::SYS_sendto, bytes::sendto),
    row(libc::SYS_sendmsg, bytes::sendmsg),
    row(libc::SYS_sendmmsg, bytes::sendmmsg),
    row(libc::SYS_sendfile, bytes::sendfile),
    row(libc::SYS_splice, bytes::splice),
    row(libc::SYS_tee, bytes::tee),
    row(libc::SYS_vmsplice, bytes::vmsplice),
    row(libc::SYS_copy_file_range, bytes::copy_file_range),
    // descriptors and files
    row(libc::SYS_close, files::close),
    row(libc::SYS_pipe2, files::pipe),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_pipe, files::pipe),
    row(libc::SYS_renameat, files::renameat),
    row(libc::SYS_renameat2, files::renameat),
    row(libc::SYS_linkat, files::renameat),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_rename, files::rename),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_link, files::rename),
    // time
    row(libc::SYS_nanosleep, clocks::nanosleep),
    row(libc::SYS_clock_nanosleep, clocks::clock_nanosleep),
    row(libc::SYS_clock_gettime, clocks::clock_gettime),
    row(libc::SYS_gettimeofday, clocks::gettimeofday),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_time, clocks::time),
    row(libc::SYS_times, clocks::times),
    row(libc::SYS_setitimer, SETS_INTERVAL),
    row(libc::SYS_timer_settime, SETS_TIMER),
    row(libc::SYS_timerfd_settime, SETS_TIMER),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_alarm, SETS_ALARM),
    row(libc::SYS_io_getevents, AWAITS_TRANSFERS),
    row(SYS_IO_PGETEVENTS, AWAITS_TRANSFERS),
    // waits
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_poll, waits::poll),
    row(libc::SYS_ppoll, waits::ppoll),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_select, waits::select),
    row(libc::SYS_pselect6, waits::pselect6),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_epoll_wait, waits::epoll_wait),
    row(libc::SYS_epoll_pwait, waits::epoll_wait),
    row(libc::SYS_epoll_pwait2, waits::epoll_pwait2),
    Row { number: libc::SYS_futex, stops: FUTEX_WAITS, decode: waits::futex },
    row(libc::SYS_futex_waitv, waits::futex_waitv),
    row(libc::SYS_semop, waits::semop),
    row(libc::SYS_semtimedop, waits::semtimedop),
    row(libc::SYS_mq_timedsend, waits::message_queue),
    row(libc::SYS_mq_timedreceive, waits::message_queue),
    row(libc::SYS_wait4, waits::wait4),
    row(libc::SYS_waitid, waits::waitid),
    row(libc::SYS_flock, waits::flock),
    Row { number: libc::SYS_fcntl, stops: LOCK_WAITS, decode: waits::lock_record },
    // signals
    row(libc::SYS_kill, signals::kill),
    row(libc::SYS_tkill, signals::tkill),
    row(libc::SYS_tgkill, signals::tgkill),
    row(libc::SYS_rt_sigqueueinfo, signals::tkill),
    row(libc::SYS_rt_tgsigqueueinfo, signals::tgkill),
    row(libc::SYS_pidfd_send_signal, signals::pidfd_send_signal),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_pause, signals::pause),
    row(libc::SYS_rt_sigsuspend, signals::pause),
    row(libc::SYS_rt_sigtimedwait, signals::sigtimedwait),
    // who runs, and how it is traced
    row(libc::SYS_sched_yield, GIVES_WAY),
    row(libc::SYS_exit_group, ENDS),
    row(libc::SYS_restart_syscall, GOES_ON),
    row(libc::SYS_ptrace, TRACES),
    row(libc::SYS_io_uring_setup, SHARES_RINGS),
    Row { number: libc::SYS_clone, stops: MAKES_UNTRACED, decode: ESCAPES },
    row(libc::SYS_clone3, MAY_ESCAPE),
    Row { number: libc::SYS_prctl, stops: CHANGES_WHO_LOOKS, decode: HIDES },
    Row { number: libc::SYS_seccomp, stops: NEW_LISTENER, decode: ASKS_OTHERS },
];

/// The row of a system call; `None`: it is not watched.
pub fn row_of(number: i64) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_row() {
        for (index, row) in TABLE.iter().enumerate() {
            let first = TABLE.iter().position(|other| other.number == row.number);
            assert_eq!(first, Some(index), "{}", row.number);
        }
        assert!(row_of(libc::SYS_getppid).is_none());
    }
}

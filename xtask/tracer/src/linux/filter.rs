//! Which system calls stop a traced program: a classic BPF program for `seccomp(2)`. All others cost nothing.

use std::io;

/// Audit value of this machine's own kind of system calls (linux/audit.h).
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

/// Calls that every machine has.
const EVERYWHERE: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_setsockopt,
    libc::SYS_getsockopt,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_connect,
    libc::SYS_shutdown,
    libc::SYS_close,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendfile,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_vmsplice,
    libc::SYS_pwritev2,
    libc::SYS_copy_file_range,
    libc::SYS_pipe2,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_gettimeofday,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_send_signal,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_flock,
    libc::SYS_sched_yield,
    libc::SYS_exit_group,
    libc::SYS_setitimer,
    libc::SYS_timer_settime,
    libc::SYS_timerfd_settime,
    libc::SYS_ptrace,
    libc::SYS_restart_syscall,
    libc::SYS_recvmmsg,
    libc::SYS_sendmmsg,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_mq_timedsend,
    libc::SYS_mq_timedreceive,
    libc::SYS_futex_waitv,
    libc::SYS_times,
    libc::SYS_io_uring_setup,
];

/// Older forms that only this machine has.
#[cfg(target_arch = "x86_64")]
const HERE: &[libc::c_long] = &[
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_wait,
    libc::SYS_pause,
    libc::SYS_time,
    libc::SYS_alarm,
    libc::SYS_rename,
    libc::SYS_link,
];
#[cfg(target_arch = "aarch64")]
const HERE: &[libc::c_long] = &[];

/// `FUTEX_WAIT`, `FUTEX_LOCK_PI`, `FUTEX_WAIT_BITSET`, `FUTEX_WAIT_REQUEUE_PI`, `FUTEX_LOCK_PI2` (linux/futex.h): the
/// operations that wait.
pub const FUTEX_WAITS: [u32; 5] = [0, 6, 9, 11, 13];
/// Without `FUTEX_PRIVATE_FLAG` and `FUTEX_CLOCK_REALTIME`.
pub const FUTEX_OPERATION: u32 = 0x7f;

// linux/bpf_common.h, linux/seccomp.h
const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
const IF_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN: u16 = 0x06; // BPF_RET | BPF_K
const ALLOW: u32 = 0x7fff_0000;
const TRACE: u32 = 0x7ff0_0000;
/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const SECOND_ARGUMENT: u32 = 24;

/// The filter's instructions.
pub fn program() -> Vec<libc::sock_filter> {
    let op = |code, k| libc::sock_filter { code, jt: 0, jf: 0, k };
    let if_equal =
        |k, then, otherwise| libc::sock_filter { code: IF_EQUAL, jt: then, jf: otherwise, k };
    let calls: Vec<u32> = EVERYWHERE.iter().chain(HERE).map(|number| *number as u32).collect();
    // the end: futex's own test (3, and one for each operation), allow (1), trace (1)
    let waits = FUTEX_WAITS.len() as u8;
    let end = waits + 5;
    let mut program =
        vec![op(LOAD, ARCH), if_equal(ARCHITECTURE, 1, 0), op(RETURN, ALLOW), op(LOAD, NUMBER)];
    for (index, number) in calls.iter().enumerate() {
        let behind = (calls.len() - index - 1) as u8;
        program.push(if_equal(*number, behind + end - 1, 0));
    }
    // a call that is no futex is allowed: over load, and, the tests
    program.push(if_equal(libc::SYS_futex as u32, 0, waits + 2));
    program.push(op(LOAD, SECOND_ARGUMENT));
    program.push(op(AND, FUTEX_OPERATION));
    for (index, operation) in FUTEX_WAITS.iter().enumerate() {
        program.push(if_equal(*operation, waits - index as u8, 0));
    }
    program.push(op(RETURN, ALLOW));
    program.push(op(RETURN, TRACE));
    program
}

/// Between fork and exec: from now on the listed calls stop this process. Only system calls, no memory is taken.
pub fn install(program: &[libc::sock_filter]) -> io::Result<()> {
    let filter =
        libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
    // SAFETY: plain system calls; the kernel only reads `filter`, which lives through them.
    let done = unsafe {
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter)
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter says about a call: the little machine of bpf(4), as far as the filter uses it.
    fn verdict(arch: u32, number: u32, second: u32) -> u32 {
        let program = program();
        let (mut at, mut value) = (0, 0);
        loop {
            let step = program[at];
            at += 1;
            match (step.code, step.k) {
                (LOAD, NUMBER) => value = number,
                (LOAD, ARCH) => value = arch,
                (LOAD, SECOND_ARGUMENT) => value = second,
                (AND, k) => value &= k,
                (IF_EQUAL, k) => at += usize::from(if value == k { step.jt } else { step.jf }),
                (RETURN, k) => return k,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn listed_calls_stop_and_others_do_not() {
        for number in EVERYWHERE.iter().chain(HERE) {
            assert_eq!(verdict(ARCHITECTURE, *number as u32, 0), TRACE, "{number}");
            assert_eq!(verdict(1, *number as u32, 0), ALLOW, "another kind of call");
        }
        for number in [libc::SYS_getppid, libc::SYS_mmap, libc::SYS_openat, libc::SYS_clone] {
            assert_eq!(verdict(ARCHITECTURE, number as u32, 0), ALLOW);
        }
    }

    #[test]
    fn only_a_futex_that_waits_stops() {
        let futex = |operation| verdict(ARCHITECTURE, libc::SYS_futex as u32, operation);
        let flags = 128 | 256;
        assert_eq!((futex(0), futex(9 | flags), futex(128)), (TRACE, TRACE, TRACE));
        assert_eq!((futex(6 | 128), futex(11), futex(13 | flags)), (TRACE, TRACE, TRACE));
        assert_eq!((futex(1), futex(1 | flags), futex(10)), (ALLOW, ALLOW, ALLOW));
    }
}

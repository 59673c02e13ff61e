//! Which system calls stop a traced program: a classic BPF program for `seccomp(2)`, made from the table of the calls that
//! are watched. All others cost nothing.

use std::io;

use super::calls::watched::{Stops, TABLE, WAKERS};

/// Audit value of this machine's own kind of system calls (linux/audit.h).
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

// linux/bpf_common.h, linux/seccomp.h
const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
const IF_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN: u16 = 0x06; // BPF_RET | BPF_K
const ALLOW: u32 = 0x7fff_0000;
const TRACE: u32 = 0x7ff0_0000;
/// The same; what `PTRACE_GETEVENTMSG` says then is [`WAKES`].
const TRACE_WAKER: u32 = TRACE | WAKES;
/// The call is not made; the thread gets a SIGSYS, which the tracer sees first.
const TRAP: u32 = 0x0003_0000;
/// `__X32_SYSCALL_BIT` of asm/unistd.h: set in the numbers of x32, a third kind of call of x86-64. No other number is so
/// great.
const X32: u32 = 0x4000_0000;
/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENTS: u32 = 16;

/// The message of a stop by one of [`WAKERS`] (`SECCOMP_RET_DATA` of seccomp(2)).
pub const WAKES: u32 = 1;

/// The filter's instructions. `wakers`: those who wake others stop, too.
pub fn program(wakers: bool) -> Vec<libc::sock_filter> {
    // a call of another kind of machine has other numbers: it cannot be followed
    let begin = [
        op(LOAD, ARCH),
        if_equal(ARCHITECTURE, 1, 0),
        op(RETURN, TRAP),
        op(LOAD, NUMBER),
        op(AND, X32),
        if_equal(X32, 0, 1),
        op(RETURN, TRAP),
        op(LOAD, NUMBER),
    ];
    let wakers = WAKERS.iter().filter(|_| wakers);
    // other calls of the same number may be in the table
    let wakers = wakers
        .flat_map(|(number, stops)| instructions(*number, *stops, TRACE_WAKER, op(LOAD, NUMBER)));
    let rows =
        TABLE.iter().flat_map(|row| instructions(row.number, row.stops, TRACE, op(RETURN, ALLOW)));
    begin.into_iter().chain(wakers).chain(rows).chain([op(RETURN, ALLOW)]).collect()
}

/// Whether a call belongs to another kind of machine.
pub fn is_foreign(arch: u32, number: u32) -> bool {
    arch != ARCHITECTURE || number & X32 != 0
}

/// Those of one system call: they stop it, or do something else with those of its calls that do not stop, or leave the
/// number where it is for the next one.
fn instructions(
    number: libc::c_long,
    stops: Stops,
    stop: u32,
    otherwise: libc::sock_filter,
) -> Vec<libc::sock_filter> {
    let number = number as u32;
    match stops {
        Stops::Always => vec![if_equal(number, 0, 1), op(RETURN, stop)],
        Stops::If { argument, mask, values } => {
            let mut tests = vec![op(LOAD, ARGUMENTS + 8 * argument), op(AND, mask)];
            for value in values {
                tests.extend([if_equal(*value, 0, 1), op(RETURN, stop)]);
            }
            tests.push(otherwise);
            tests.insert(0, if_equal(number, 0, tests.len() as u8));
            tests
        }
    }
}

fn op(code: u16, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt: 0, jf: 0, k }
}

/// So many instructions are left out if the value is `k`, and so many if it is not.
fn if_equal(k: u32, then: u8, otherwise: u8) -> libc::sock_filter {
    libc::sock_filter { code: IF_EQUAL, jt: then, jf: otherwise, k }
}

/// Between fork and exec: from now on the listed calls stop this process. Only system calls, no memory is taken.
///
/// # Errors
/// The kernel takes no filter.
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
    use super::super::calls::watched::row_of;
    use super::*;

    /// What the filter says about a call: the little machine of bpf(4), as far as the filter uses it.
    fn verdict(program: &[libc::sock_filter], arch: u32, number: u32, args: [u32; 6]) -> u32 {
        let (mut at, mut value) = (0, 0);
        loop {
            let step = program[at];
            at += 1;
            match (step.code, step.k) {
                (LOAD, NUMBER) => value = number,
                (LOAD, ARCH) => value = arch,
                (LOAD, at) if at >= ARGUMENTS => value = args[(at - ARGUMENTS) as usize / 8],
                (AND, k) => value &= k,
                (IF_EQUAL, k) => at += usize::from(if value == k { step.jt } else { step.jf }),
                (RETURN, k) => return k,
                other => panic!("{other:?}"),
            }
        }
    }

    /// What the table says about it.
    fn stops(number: u32, args: [u32; 6]) -> bool {
        row_of(number.into()).is_some_and(|row| match row.stops {
            Stops::Always => true,
            Stops::If { argument, mask, values } => {
                values.contains(&(args[argument as usize] & mask))
            }
        })
    }

    #[test]
    fn the_filter_stops_exactly_the_calls_of_the_table() {
        let program = program(false);
        // more than any machine has
        for number in 0..1024 {
            for value in 0..512 {
                let args = [value; 6];
                let expected = if stops(number, args) { TRACE } else { ALLOW };
                assert_eq!(verdict(&program, ARCHITECTURE, number, args), expected, "{number}");
            }
            assert_eq!(verdict(&program, 1, number, [0; 6]), TRAP, "another kind of call");
            assert_eq!(verdict(&program, ARCHITECTURE, number | X32, [0; 6]), TRAP, "x32");
        }
        assert!(TABLE.iter().all(|row| (0..1024).contains(&row.number)));
    }

    #[test]
    fn calls_that_tell_nothing_do_not_stop() {
        for number in [libc::SYS_getppid, libc::SYS_mmap, libc::SYS_openat, libc::SYS_clone] {
            assert_eq!(verdict(&program(false), ARCHITECTURE, number as u32, [0; 6]), ALLOW);
        }
        assert_eq!(verdict(&program(false), ARCHITECTURE, libc::SYS_socket as u32, [0; 6]), TRACE);
    }

    #[test]
    fn only_a_futex_that_waits_stops_and_one_that_wakes_where_it_matters() {
        let futex_of = |wakers, operation| {
            let args = [0, operation, 0, 0, 0, 0];
            verdict(&program(wakers), ARCHITECTURE, libc::SYS_futex as u32, args)
        };
        let futex = |operation| futex_of(false, operation);
        let flags = 128 | 256;
        assert_eq!((futex(0), futex(9 | flags), futex(128)), (TRACE, TRACE, TRACE));
        assert_eq!((futex(6 | 128), futex(11), futex(13 | flags)), (TRACE, TRACE, TRACE));
        assert_eq!((futex(1), futex(1 | flags), futex(10)), (ALLOW, ALLOW, ALLOW));
        let futex = |operation| futex_of(true, operation);
        assert_eq!((futex(0), futex(9 | flags), futex(7)), (TRACE, TRACE, ALLOW));
        for wakes in [1, 3, 4, 5, 10, 12, 1 | 128] {
            assert_eq!(futex(wakes), TRACE_WAKER, "{wakes}");
        }
        let other =
            |number: libc::c_long| verdict(&program(true), ARCHITECTURE, number as u32, [1; 6]);
        assert_eq!((other(454), other(455), other(456)), (TRACE_WAKER, ALLOW, TRACE_WAKER));
        assert_eq!((other(libc::SYS_socket), other(libc::SYS_getppid)), (TRACE, ALLOW));
    }
}

//! What cannot be traced, or not in virtual time.

use std::time::Instant;

use super::waits::tenths;

pub fn act(name: &str, _args: &[String]) -> bool {
    match name {
        // SAFETY: plain system calls; everything lives through them.
        "traces" => unsafe {
            println!("{}", libc::ptrace(libc::PTRACE_TRACEME, 0, 0_usize, 0_usize));
        },
        "io-uring" => {
            let mut parameters = [0_u64; 15];
            // SAFETY: the kernel writes at most the 120 bytes of `struct io_uring_params`.
            unsafe { libc::syscall(libc::SYS_io_uring_setup, 4, parameters.as_mut_ptr()) };
            println!("tried");
        }
        "setitimer" => {
            let tenth = libc::timeval { tv_sec: 0, tv_usec: 100_000 };
            let none = libc::timeval { tv_sec: 0, tv_usec: 0 };
            let timer = libc::itimerval { it_interval: none, it_value: tenth };
            // SAFETY: `timer` lives through the call; the default of SIGALRM ends this program.
            unsafe {
                libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut());
                libc::pause();
            }
        }
        // a tenth of a second for a transfer that nobody has begun
        "io-getevents" => {
            let began = Instant::now();
            let (mut context, mut event) = (0_u64, [0_u64; 4]);
            let tenth = libc::timespec { tv_sec: 0, tv_nsec: 100_000_000 };
            // SAFETY: everything lives through the calls; `struct io_event` is 32 bytes.
            unsafe {
                libc::syscall(libc::SYS_io_setup, 1, &raw mut context);
                let (event, tenth) = (event.as_mut_ptr(), &raw const tenth);
                libc::syscall(libc::SYS_io_getevents, context, 1, 1, event, tenth);
            }
            println!("@{}", tenths(began));
        }
        "timerfd" => {
            let began = Instant::now();
            let tenth = libc::timespec { tv_sec: 0, tv_nsec: 200_000_000 };
            let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            let timer = libc::itimerspec { it_interval: none, it_value: tenth };
            let mut count = 0_u64;
            // SAFETY: everything lives through the calls; a count is eight bytes.
            unsafe {
                let fd = libc::timerfd_create(libc::CLOCK_MONOTONIC, 0);
                libc::timerfd_settime(fd, 0, &raw const timer, std::ptr::null_mut());
                libc::read(fd, (&raw mut count).cast(), 8);
            }
            println!("{count} @{}", tenths(began));
        }
        _ => return false,
    }
    true
}

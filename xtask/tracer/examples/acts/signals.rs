//! Signals, stops and ends.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::process::exit;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, raise, sigaction};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, alarm, getpid, getppid, pause};

use super::waits::{in_child, millis, tenths};

/// How often the handler has run.
static CAUGHT: AtomicU32 = AtomicU32::new(0);

extern "C" fn note(_signal: i32) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

pub fn catch(signal: Signal, flags: SaFlags) {
    let action = SigAction::new(SigHandler::Handler(note), flags, SigSet::empty());
    // SAFETY: the handler only counts.
    unsafe { sigaction(signal, &action) }.unwrap();
}

/// A child that sends each of the signals to its parent, so many milliseconds after the last one.
pub fn sender(signals: &[(u64, Signal)]) -> Pid {
    let parent = getpid();
    in_child(|| {
        for (wait, signal) in signals {
            thread::sleep(millis(*wait));
            kill(parent, *signal).unwrap();
        }
    })
}

pub fn act(name: &str, args: &[String]) -> bool {
    match name {
        "blocked-signals" => {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            println!("{}", status.lines().find(|line| line.starts_with("SigBlk")).unwrap());
        }
        "odd-targets" => odd_targets(),
        "sigwait" => sigwait(args.iter().any(|arg| arg == "blocked")),
        "interrupted-sleep" => {
            interrupted_sleep(args.first().map_or(1, |length| length.parse().unwrap()));
        }
        "interrupted-waits" => interrupted_waits(),
        "ignored-signals" => ignored_signals(),
        "restarted-read" => restarted_read(),
        "stopped-sleeper" => stopped_sleeper(),
        "killed-sleeper" => killed_sleeper(),
        "stops-itself" => drop(raise(Signal::SIGSTOP)),
        "ignores-term" => {
            // SAFETY: nothing runs in a handler.
            unsafe { nix::sys::signal::signal(Signal::SIGTERM, SigHandler::SigIgn) }.unwrap();
            println!("ready");
            loop {
                thread::sleep(millis(1000));
            }
        }
        "killed-writers" => killed_writers(),
        "segv" => {
            // SAFETY: it is not: the kernel ends this program, which is what the test wants to see.
            unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
        }
        "abort" => std::process::abort(),
        "fork-storm" => fork_storm(),
        "alarm-and-pause" => {
            catch(Signal::SIGALRM, SaFlags::empty());
            let began = Instant::now();
            alarm::set(1);
            pause();
            println!("@{}", tenths(began));
        }
        _ => return false,
    }
    true
}

/// Signals to whom there cannot be, and by way of a descriptor.
fn odd_targets() {
    let error = |done: libc::c_long| (done, std::io::Error::last_os_error().raw_os_error());
    let nothing = std::ptr::null::<libc::siginfo_t>();
    let own = getpid().as_raw();
    // SAFETY: plain system calls; nobody gets a signal but our own children.
    unsafe {
        println!("{:?}", error(libc::kill(i32::MIN, libc::SIGURG).into()));
        println!("{:?}", error(libc::syscall(libc::SYS_tgkill, own, -1, libc::SIGURG)));
        println!(
            "{:?}",
            error(libc::syscall(libc::SYS_rt_sigqueueinfo, -1, libc::SIGURG, nothing))
        );
        for in_proc in [false, true] {
            catch(Signal::SIGUSR1, SaFlags::empty());
            let child = in_child(|| {
                let began = Instant::now();
                let length = libc::timespec { tv_sec: 100, tv_nsec: 0 };
                libc::nanosleep(&raw const length, std::ptr::null_mut());
                println!("woken early: {}", began.elapsed().as_secs() < 90);
            });
            let folder = std::fs::File::open(format!("/proc/{child}")).unwrap();
            let fd = match in_proc {
                true => std::os::fd::AsRawFd::as_raw_fd(&folder),
                false => libc::syscall(libc::SYS_pidfd_open, child.as_raw(), 0) as i32,
            };
            let send = || libc::syscall(libc::SYS_pidfd_send_signal, fd, libc::SIGUSR1, nothing, 0);
            thread::sleep(millis(1000));
            let sent = error(send()).0;
            waitpid(child, None).unwrap();
            println!("{sent} {:?}", error(send()));
        }
    }
}

/// A signal that is waited for is received if it is blocked; if not, it kills, although somebody waits for it.
fn sigwait(blocked: bool) {
    let signals: SigSet = [Signal::SIGTERM].into_iter().collect();
    if blocked {
        signals.thread_block().unwrap();
    }
    thread::spawn(|| thread::sleep(millis(10_000)));
    sender(&[(500, Signal::SIGTERM)]);
    println!("{:?}", signals.wait().unwrap());
}

/// Signals that are caught cut a sleep short, and say how much was left; one that is ignored does not. The first comes after
/// `length` seconds. Printed are tenths of that: how long it slept, and that together with what was left.
fn interrupted_sleep(length: u32) {
    catch(Signal::SIGUSR1, SaFlags::SA_RESTART);
    let second = 1000 * u64::from(length);
    let child = sender(&[(second, Signal::SIGWINCH), (second, Signal::SIGUSR1)]);
    let began = Instant::now();
    let whole = libc::timespec { tv_sec: 5 * libc::time_t::from(length), tv_nsec: 0 };
    let mut left = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both live through the call.
    let done = unsafe { libc::nanosleep(&raw const whole, &raw mut left) };
    let slept = began.elapsed();
    let left = std::time::Duration::new(left.tv_sec as u64, left.tv_nsec as u32);
    let tenths = |time: std::time::Duration| time.as_millis() / u128::from(100 * length);
    let caught = CAUGHT.load(Ordering::Relaxed);
    println!("{done} slept @{} of @{} caught {caught}", tenths(slept), tenths(slept + left));
    let began = Instant::now();
    waitpid(child, None).unwrap();
    thread::sleep(millis(second));
    println!("@{}", tenths(began.elapsed()));
}

/// A signal that is caught, with `SA_RESTART`, ends waits with a time limit all the same (signal(7)).
fn interrupted_waits() {
    catch(Signal::SIGUSR1, SaFlags::SA_RESTART);
    let began = Instant::now();
    let error = || std::io::Error::last_os_error().raw_os_error();
    // SAFETY: everything lives through the calls.
    unsafe {
        let child = sender(&[(500, Signal::SIGUSR1)]);
        let word = 0_u32;
        let limit = libc::timespec { tv_sec: 100, tv_nsec: 0 };
        let done =
            libc::syscall(libc::SYS_futex, &raw const word, libc::FUTEX_WAIT, 0, &raw const limit);
        println!("futex {done} {:?} @{}", error(), tenths(began));
        waitpid(child, None).unwrap();
        let child = sender(&[(500, Signal::SIGUSR1)]);
        let done = libc::poll(std::ptr::null_mut(), 0, 100_000);
        println!("poll {done} {:?} @{}", error(), tenths(began));
        waitpid(child, None).unwrap();
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(millis(100_000))).unwrap();
        let child = sender(&[(500, Signal::SIGUSR1)]);
        let got = socket.recv(&mut [0]).unwrap_err().raw_os_error();
        println!("recv {got:?} @{}", tenths(began));
        waitpid(child, None).unwrap();
    }
}

/// A read without a time limit goes on after a signal with `SA_RESTART`.
fn restarted_read() {
    catch(Signal::SIGUSR1, SaFlags::SA_RESTART);
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    let parent = getpid();
    let child = in_child(|| {
        thread::sleep(millis(500));
        kill(parent, Signal::SIGUSR1).unwrap();
        thread::sleep(millis(500));
        std::io::Write::write_all(&mut writer, b"x").unwrap();
    });
    println!("{} caught {}", reader.read(&mut [0]).unwrap(), CAUGHT.load(Ordering::Relaxed));
    waitpid(child, None).unwrap();
}

/// Stopped and let go on, a sleeper or a waiter with a limit notices nothing but the time.
fn stopped_sleeper() {
    let began = Instant::now();
    for waits in [false, true] {
        let child = in_child(|| {
            if waits {
                // SAFETY: no descriptors.
                unsafe { libc::poll(std::ptr::null_mut(), 0, 3000) };
            } else {
                thread::sleep(millis(3000));
            }
            println!("child @{}", tenths(began));
        });
        thread::sleep(millis(200));
        kill(child, Signal::SIGSTOP).unwrap();
        let status = waitpid(child, Some(WaitPidFlag::WUNTRACED)).unwrap();
        println!("{}", matches!(status, WaitStatus::Stopped(_, Signal::SIGSTOP)));
        thread::sleep(millis(300));
        kill(child, Signal::SIGCONT).unwrap();
        waitpid(child, None).unwrap();
        println!("parent @{}", tenths(began));
    }
}

fn killed_sleeper() {
    let began = Instant::now();
    let child = in_child(|| {
        let threads: Vec<_> =
            (0..3).map(|_| thread::spawn(|| thread::sleep(millis(7000)))).collect();
        thread::sleep(millis(5000));
        drop(threads);
    });
    thread::sleep(millis(1000));
    kill(child, Signal::SIGKILL).unwrap();
    let status = waitpid(child, None).unwrap();
    println!("{} {}", matches!(status, WaitStatus::Signaled(_, Signal::SIGKILL, _)), tenths(began));
}

/// Kills children that do nothing but print, wherever they happen to be.
fn killed_writers() {
    for round in 0..200 {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        let child = in_child(|| {
            writer.write_all(b"!").unwrap();
            loop {
                std::io::stdout().write_all(b"a whole line\n").unwrap();
            }
        });
        reader.read_exact(&mut [0]).unwrap();
        for _ in 0..round * 1000 {
            std::hint::spin_loop();
        }
        kill(child, Signal::SIGKILL).unwrap();
        waitpid(child, None).unwrap();
    }
}

/// Kills children that do nothing but fork, wherever they happen to be.
fn fork_storm() {
    for round in 0..30_u64 {
        let child = in_child(|| {
            nix::unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0)).unwrap();
            for _ in 0..100 {
                let _ = in_child(|| exit(0));
            }
            pause();
        });
        for _ in 0..round % 10 {
            thread::yield_now();
        }
        let _ = nix::sys::signal::kill(child, Signal::SIGKILL);
        waitpid(child, None).unwrap();
    }
    println!("{}", getppid() != getpid());
}

/// Children that end, and other signals that do nothing, cut nothing short, and make nothing last longer.
fn ignored_signals() {
    let began = Instant::now();
    let second = libc::timespec { tv_sec: 1, tv_nsec: 0 };
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(millis(1000))).unwrap();
    // SAFETY: everything lives through the calls.
    unsafe {
        let mut event: libc::epoll_event = std::mem::zeroed();
        let set = libc::epoll_create1(0);
        let both = children();
        let done = libc::epoll_wait(set, &raw mut event, 1, 1000);
        report(began, "epoll", done.into(), both);
        let both = children();
        let (none, length) = (std::ptr::null::<libc::sigset_t>(), 8);
        let done = libc::syscall(
            libc::SYS_epoll_pwait2,
            set,
            &raw mut event,
            1,
            &raw const second,
            none,
            length,
        );
        report(began, "epoll", done, both);
        let both = children();
        let done = libc::recv(socket.as_raw_fd(), std::ptr::null_mut(), 0, 0);
        report(began, "recv", done as i64, both);
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::sigaddset(&raw mut signals, libc::SIGUSR1);
        let both = children();
        let done = libc::sigtimedwait(&raw const signals, std::ptr::null_mut(), &raw const second);
        report(began, "sigtimedwait", done.into(), both);
    }
    ignored_at_semaphore(began);
}

/// The same at a semaphore of the kernel, with a time limit and without.
fn ignored_at_semaphore(began: Instant) {
    let second = libc::timespec { tv_sec: 1, tv_nsec: 0 };
    // SAFETY: everything lives through the calls.
    unsafe {
        let semaphore = libc::semget(libc::IPC_PRIVATE, 1, 0o600);
        let mut take = libc::sembuf { sem_num: 0, sem_op: -1, sem_flg: 0 };
        let both = children();
        let done =
            libc::syscall(libc::SYS_semtimedop, semaphore, &raw mut take, 1, &raw const second);
        report(began, "semaphore", done, both);
        let both = children();
        let giver = in_child(|| {
            thread::sleep(millis(1000));
            let mut give = libc::sembuf { sem_num: 0, sem_op: 1, sem_flg: 0 };
            libc::semop(semaphore, &raw mut give, 1);
        });
        let done = libc::semop(semaphore, &raw mut take, 1);
        report(began, "semaphore", done.into(), both);
        waitpid(giver, None).unwrap();
        libc::semctl(semaphore, 0, libc::IPC_RMID);
    }
}

/// One that ends, and one that sends; a stop of the kernel has no part in it.
fn children() -> [Pid; 2] {
    [sender(&[(300, Signal::SIGWINCH)]), in_child(|| thread::sleep(millis(600)))]
}

/// What came of a wait, and when.
fn report(began: Instant, name: &str, done: i64, children: [Pid; 2]) {
    let error = (done < 0).then(std::io::Error::last_os_error);
    let error = error.and_then(|one| one.raw_os_error());
    println!("{name} {done} {error:?} @{}", tenths(began) / 5);
    for child in children {
        waitpid(child, None).unwrap();
    }
}

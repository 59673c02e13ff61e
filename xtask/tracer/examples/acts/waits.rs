//! Sleeping, and waiting with a time limit.

use std::ffi::CString;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::exit;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid};

pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Tenths of a second since then, without the little that computing and waking take. Printed behind an `@`: in real time,
/// on a busy machine, it may be more.
pub fn tenths(since: Instant) -> u128 {
    since.elapsed().as_millis() / 100
}

/// Runs `child` in a process of its own.
pub fn in_child(child: impl FnOnce()) -> nix::unistd::Pid {
    // SAFETY: the acts fork before they have threads.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            child();
            exit(0);
        }
        ForkResult::Parent { child } => child,
    }
}

pub fn act(name: &str, args: &[String]) -> bool {
    match name {
        "hello" => println!("hello"),
        "sleep" => thread::sleep(millis(args[0].parse().unwrap())),
        "two-sleepers" => two_sleepers(),
        "ties" => ties(),
        "short-sleeps" => {
            let began = Instant::now();
            for _ in 0..4000 {
                thread::sleep(std::time::Duration::from_nanos(1));
            }
            println!("@{}", tenths(began));
        }
        "five-lines" => five_lines(),
        "limits" => limits(),
        "unix-poll" => poll_family(),
        "loop-until" => {
            let began = Instant::now();
            while began.elapsed() < millis(200) {}
            println!("over");
        }
        "loop-clock-and-flag" => loop_clock_and_flag(),
        "busy-flag" => busy_flag(),
        "yield-flag" => yield_flag(),
        "try-wait" => try_wait(),
        "nonblocking" => nonblocking(),
        "datagrams" => datagrams(),
        "inherited-timeout" => inherited_timeout(),
        "invalid" => invalid(),
        "rarer-limits" => rarer_limits(args.first().map_or(1, |length| length.parse().unwrap())),
        "ticks" => ticks(),
        _ => return false,
    }
    true
}

/// Two children, each of which prints and sleeps nineteen times.
fn two_sleepers() {
    let sleeper = |name: &str| {
        for round in 0..19 {
            println!("{name} {round}");
            thread::sleep(millis(100));
        }
    };
    let children = [in_child(|| sleeper("a")), in_child(|| sleeper("b"))];
    for child in children {
        waitpid(child, None).unwrap();
    }
}

/// Six children wake at one moment, having begun to sleep at one moment.
fn ties() {
    let children: Vec<_> = (0..6)
        .map(|name| {
            in_child(|| {
                thread::sleep(millis(100));
                println!("{name}");
            })
        })
        .collect();
    for child in children {
        waitpid(child, None).unwrap();
    }
}

/// A child that prints every 0.2 s is ended after 1 s, having printed five lines.
fn five_lines() {
    let child = in_child(|| {
        loop {
            println!("line");
            thread::sleep(millis(200));
        }
    });
    thread::sleep(millis(1000));
    nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGTERM).unwrap();
    println!("{:?}", waitpid(child, None).unwrap().pid() == Some(child));
}

fn limits() {
    let began = Instant::now();
    let (send, receive) = mpsc::channel();
    println!("{:?} @{}", receive.recv_timeout(millis(500)), tenths(began));
    thread::spawn(move || {
        thread::sleep(millis(200));
        send.send(7).unwrap();
        thread::sleep(millis(300_000));
    });
    println!("{:?} @{}", receive.recv_timeout(millis(100_000)), tenths(began));
    let pair = (Mutex::new(()), Condvar::new());
    let guard = pair.0.lock().unwrap();
    let (_guard, waited) = pair.1.wait_timeout(guard, millis(1500)).unwrap();
    println!("{} @{}", waited.timed_out(), tenths(began));
    thread::park_timeout(millis(800));
    println!("parked @{}", tenths(began));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut there, _) = listener.accept().unwrap();
    here.set_read_timeout(Some(millis(2000))).unwrap();
    println!("{:?}", here.read_timeout().unwrap());
    println!("{:?} @{}", here.read(&mut [0]).unwrap_err().kind(), tenths(began));
    there.write_all(b"x").unwrap();
    println!("{:?} @{}", here.read(&mut [0]).unwrap(), tenths(began));
}

/// poll, select and epoll with time limits, on a pipe into which something comes after a second.
fn poll_family() {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    thread::spawn(move || {
        for _ in 0..3 {
            thread::sleep(millis(1000));
            writer.write_all(b"x").unwrap();
        }
        thread::sleep(millis(100_000));
    });
    let fd = reader.as_raw_fd();
    let began = Instant::now();
    // SAFETY: everything lives through the calls.
    unsafe {
        for limit in [300, 5000] {
            let mut one = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            println!("poll {} {}", libc::poll(&raw mut one, 1, limit), tenths(began));
        }
        reader.read_exact(&mut [0]).unwrap();
        for limit in [300_000, 5_000_000] {
            let mut set: libc::fd_set = std::mem::zeroed();
            libc::FD_SET(fd, &raw mut set);
            let mut limit = libc::timeval { tv_sec: limit / 1_000_000, tv_usec: limit % 1_000_000 };
            let none = std::ptr::null_mut;
            let ready = libc::select(fd + 1, &raw mut set, none(), none(), &raw mut limit);
            let left = limit.tv_sec * 10 + (limit.tv_usec + 50_000) / 100_000;
            println!("select {ready} {} left {left}", tenths(began));
        }
        reader.read_exact(&mut [0]).unwrap();
        let epoll = libc::epoll_create1(0);
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: 0 };
        libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event);
        for limit in [300, 5000] {
            println!(
                "epoll {} {}",
                libc::epoll_wait(epoll, &raw mut event, 1, limit),
                tenths(began)
            );
        }
    }
}

/// A loop that looks at the clock must not keep the sleeper from waking.
fn loop_clock_and_flag() {
    let flag = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let sleeper = thread::spawn({
        let flag = Arc::clone(&flag);
        move || {
            thread::sleep(millis(50));
            flag.store(true, Ordering::Relaxed);
        }
    });
    while !flag.load(Ordering::Relaxed) && began.elapsed() < millis(10_000) {}
    println!("{}", began.elapsed() < millis(5000));
    sleeper.join().unwrap();
}

fn busy_flag() {
    let stop = Arc::new(AtomicBool::new(false));
    let worker = thread::spawn({
        let stop = Arc::clone(&stop);
        move || while !stop.load(Ordering::Relaxed) {}
    });
    thread::sleep(millis(300));
    stop.store(true, Ordering::Relaxed);
    worker.join().unwrap();
    println!("stopped");
}

fn yield_flag() {
    let stop = Arc::new(AtomicBool::new(false));
    let worker = thread::spawn({
        let stop = Arc::clone(&stop);
        move || {
            while !stop.load(Ordering::Relaxed) {
                thread::yield_now();
            }
        }
    });
    thread::sleep(millis(300));
    stop.store(true, Ordering::Relaxed);
    worker.join().unwrap();
    println!("stopped");
}

/// A parent that asks again and again whether its child has ended.
fn try_wait() {
    let child = in_child(|| thread::sleep(millis(300)));
    let flags = Some(nix::sys::wait::WaitPidFlag::WNOHANG);
    while waitpid(child, flags).unwrap() == nix::sys::wait::WaitStatus::StillAlive {}
    println!("ended");
}

/// A reader that asks a socket again and again.
fn nonblocking() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let child = in_child(|| {
        let mut stream = TcpStream::connect(address).unwrap();
        thread::sleep(millis(300));
        stream.write_all(b"x").unwrap();
    });
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    while stream.read(&mut [0]).is_err() {}
    println!("read");
    waitpid(child, None).unwrap();
}

fn datagrams() {
    let here = UdpSocket::bind("127.0.0.1:0").unwrap();
    let there = UdpSocket::bind("127.0.0.1:0").unwrap();
    here.set_read_timeout(Some(millis(1000))).unwrap();
    let began = Instant::now();
    println!("{:?} @{}", here.recv(&mut [0]).unwrap_err().kind(), tenths(began));
    here.set_read_timeout(Some(millis(100_000))).unwrap();
    let to = here.local_addr().unwrap();
    let child = in_child(|| {
        thread::sleep(millis(500));
        there.send_to(b"x", to).unwrap();
    });
    println!("{:?} @{}", here.recv(&mut [0]).unwrap(), tenths(began));
    waitpid(child, None).unwrap();
}

/// An accepted socket has the time limit of the one that listened (`sk_clone` of the kernel copies it).
fn inherited_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let limit = libc::timeval { tv_sec: 1, tv_usec: 0 };
    let length = size_of::<libc::timeval>() as libc::socklen_t;
    // SAFETY: `limit` lives through the call.
    let done = unsafe {
        let fd = listener.as_raw_fd();
        let value = (&raw const limit).cast();
        libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_RCVTIMEO, value, length)
    };
    assert_eq!(done, 0);
    let began = Instant::now();
    println!("{:?} @{}", listener.accept().unwrap_err().kind(), tenths(began));
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    println!("{:?} @{}", stream.read(&mut [0]).unwrap_err().kind(), tenths(began));
}

/// Time limits that are none: the kernel says so.
fn invalid() {
    let times = [(0, 1_000_000_000), (-1, 0), (0, -1)];
    for (tv_sec, tv_nsec) in times {
        let time = libc::timespec { tv_sec, tv_nsec };
        // SAFETY: `time` lives through the call.
        let done = unsafe { libc::nanosleep(&raw const time, std::ptr::null_mut()) };
        println!("{done} {:?}", std::io::Error::last_os_error().raw_os_error());
    }
    println!("{}", getpid() != nix::unistd::getppid());
}

/// Waits of other kinds with a limit: semaphores and message queues of the kernel, locks that lend priority, several words,
/// several messages. Each lasts so many seconds; all go on before the thread that holds the lock has slept. Printed are
/// halves of that length.
fn rarer_limits(length: u32) {
    let halves = |since: Instant| tenths(since) / u128::from(5 * length);
    static WORD: AtomicU32 = AtomicU32::new(0);
    let began = Instant::now();
    let (locked, lock) = mpsc::channel();
    thread::spawn(move || {
        // SAFETY: plain system call.
        WORD.store(unsafe { libc::gettid() } as u32, Ordering::Relaxed);
        locked.send(()).unwrap();
        thread::sleep(millis(60_000) * length);
    });
    lock.recv().unwrap();
    thread::sleep(millis(100));
    let word = WORD.as_ptr();
    // SAFETY: everything lives through the calls.
    unsafe {
        let until = later(libc::CLOCK_REALTIME, length);
        let operation = libc::FUTEX_LOCK_PI;
        let done = libc::syscall(libc::SYS_futex, word, operation, 0, &raw const until);
        println!("lock {:?} @{}", error(done), halves(began));

        let value = u64::from(WORD.load(Ordering::Relaxed));
        /// `FUTEX2_SIZE_U32` of linux/futex.h.
        const SIZE: u64 = 2;
        let words = [value, word as u64, SIZE];
        let until = later(libc::CLOCK_MONOTONIC, length);
        let clock = libc::CLOCK_MONOTONIC;
        let done =
            libc::syscall(libc::SYS_futex_waitv, words.as_ptr(), 1, 0, &raw const until, clock);
        println!("words {:?} @{}", error(done), halves(began));
    }
    kernel_limits(began, length);
}

/// The same for semaphores, message queues and several messages.
fn kernel_limits(began: Instant, length: u32) {
    let halves = |since: Instant| tenths(since) / u128::from(5 * length);
    // SAFETY: everything lives through the calls.
    unsafe {
        let semaphore = libc::semget(libc::IPC_PRIVATE, 1, 0o600);
        let mut take = libc::sembuf { sem_num: 0, sem_op: -1, sem_flg: 0 };
        let limit = libc::timespec { tv_sec: length.into(), tv_nsec: 0 };
        let done =
            libc::syscall(libc::SYS_semtimedop, semaphore, &raw mut take, 1, &raw const limit);
        println!("semaphore {:?} @{}", error(done), halves(began));
        libc::semctl(semaphore, 0, libc::IPC_RMID);

        let name = CString::new(format!("/acts-{}", std::process::id())).unwrap();
        let mut queue: libc::mq_attr = std::mem::zeroed();
        (queue.mq_maxmsg, queue.mq_msgsize) = (1, 8);
        let flags = libc::O_CREAT | libc::O_RDWR;
        let queue = libc::mq_open(name.as_ptr(), flags, 0o600, &raw mut queue);
        libc::mq_unlink(name.as_ptr());
        let mut message = [0; 8];
        let until = later(libc::CLOCK_REALTIME, length);
        let none = std::ptr::null_mut();
        let done = libc::mq_timedreceive(queue, message.as_mut_ptr(), 8, none, &raw const until);
        println!("queue {:?} @{}", error(done as i64), halves(began));

        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(millis(1000) * length)).unwrap();
        let mut messages: [libc::mmsghdr; 2] = std::mem::zeroed();
        let before = Instant::now();
        let descriptor = socket.as_raw_fd();
        let done = libc::recvmmsg(descriptor, messages.as_mut_ptr(), 2, 0, std::ptr::null_mut());
        println!("messages {:?} @{}", error(done.into()), halves(before));
    }
}

/// The error of a call that has failed.
fn error(done: i64) -> Option<i32> {
    let error = (done < 0).then(std::io::Error::last_os_error);
    error.and_then(|error| error.raw_os_error())
}

/// What `clock` says in `length` seconds.
fn later(clock: libc::clockid_t, length: u32) -> libc::timespec {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` lives through the call.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec += libc::time_t::from(length);
    time
}

/// `times(2)` has a clock too.
fn ticks() {
    // SAFETY: `times` lives through the call.
    let now = || unsafe {
        let mut times: libc::tms = std::mem::zeroed();
        libc::times(&raw mut times)
    };
    let before = now();
    thread::sleep(millis(2000));
    println!("@{}", (now() - before) / 100);
}

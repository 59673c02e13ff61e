//! From registers and memory to [`Call`]s: what a thread is about to do, and what came of it.

use std::io;
use std::time::Duration;

use super::clock::ProgramClock;
use super::memory;
use super::objects::{Objects, would_wait};
use super::procfs;
use super::regs::Regs;
use crate::event::{Call, Data, Ended, Family, Half, Object, Outcome, SocketKind};

/// What a call that stopped a thread asks of the tracer.
pub enum Entry {
    /// Let it go: it tells nothing, and it is over at once.
    Pass,
    /// Let it go, and look at it again when it is over.
    Watch(Box<Pending>),
    /// It sleeps.
    Sleep(Sleep),
    /// It looks at a clock.
    Clock(ClockLook),
    /// It gives way to others (`sched_yield(2)`).
    Yield,
    /// Its process ends, with all its threads.
    ExitGroup,
    /// A call that a signal interrupted goes on (`restart_syscall(2)`).
    Restart,
    /// Something that cannot be traced.
    Refuse(Refusal),
}

/// What keeps a program from being traced, or from having its time made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It traces others itself (`ptrace(2)`).
    Ptrace,
    /// It makes its calls by way of shared memory (`io_uring(7)`).
    IoUring,
    /// It has a timer made by the kernel, which knows nothing of virtual time.
    Timer,
}

/// A sleep: held here until its time has come.
pub struct Sleep {
    pub call: Call,
    pub deadline: Duration,
    /// Where to write what was left when a signal cuts it short.
    pub remainder: Option<u64>,
}

/// Where a look at the clock is to be answered.
pub enum ClockLook {
    Timespec {
        clock: i32,
        address: u64,
    },
    Timeval {
        address: u64,
    },
    /// `time(2)`, with an address that may be 0.
    #[cfg(target_arch = "x86_64")]
    Seconds {
        address: u64,
    },
}

/// A call under way.
pub struct Pending {
    pub call: Call,
    /// Somebody should hear of it.
    pub told: bool,
    /// It ends by itself then.
    pub limit: Option<Limit>,
    /// It was broken off because its time was over.
    pub expired: bool,
    finish: Finish,
    /// Memory that was changed for the time of the call.
    restore: Option<(u64, Vec<u8>)>,
    /// It takes bytes from this socket, and there are none yet: another call waits for them first.
    source: Option<i32>,
    /// The call's own number and arguments, while the other one waits.
    own: Option<(i64, [u64; 6])>,
    /// Its time limit was replaced by what is left of it.
    shortened: bool,
}

/// The time limit of a call.
pub struct Limit {
    pub deadline: Duration,
    /// The argument that held it, and its value: replaced by "for ever" while the call lasts.
    argument: Option<(usize, u64)>,
    /// What the call returns when the time is over.
    pub result: i64,
    /// Bit sets that are empty then (`select(2)`): address and length.
    sets: Vec<(u64, usize)>,
}

/// What has to be looked at when the call is over.
enum Finish {
    Nothing,
    /// The bytes that were sent or received.
    Bytes(Vec<(u64, u64)>),
    Accept,
    Connect,
    Pipe(u64),
    /// `wait4(2)`: address of the status.
    Status(u64),
    /// `waitid(2)`: address of the siginfo.
    SigInfo(u64),
    /// `setsockopt(2)` of a timeout: which, of which socket, how long.
    Timeout {
        receive: bool,
        socket: Object,
        length: Duration,
    },
    /// `getsockopt(2)` of a timeout: where the answer is.
    AskTimeout {
        address: u64,
        length: Option<Duration>,
    },
}

/// What is known about the caller.
pub struct Caller<'a> {
    pub pid: i32,
    pub tid: i32,
    /// Its working directory: only files below it tell something about the lesson.
    pub folder: &'a str,
}

/// Timeouts that programs have set on sockets (`SO_RCVTIMEO`, `SO_SNDTIMEO`); the kernel does not know of them.
#[derive(Debug, Default)]
pub struct Timeouts {
    receive: Vec<(Object, Duration)>,
    send: Vec<(Object, Duration)>,
}

impl Timeouts {
    fn of(&self, receive: bool, socket: &Object) -> Option<Duration> {
        let all = if receive { &self.receive } else { &self.send };
        let length = all.iter().find(|(one, _)| one == socket)?.1;
        (!length.is_zero()).then_some(length)
    }

    /// An accepted socket begins with the limits of the one that listened.
    fn inherit(&mut self, listener: &Object, socket: &Object) {
        for receive in [true, false] {
            if let Some(length) = self.of(receive, listener) {
                self.set(receive, socket.clone(), length);
            }
        }
    }

    fn set(&mut self, receive: bool, socket: Object, length: Duration) {
        let all = if receive { &mut self.receive } else { &mut self.send };
        all.retain(|(one, _)| *one != socket);
        all.push((socket, length));
    }
}

/// So much of one write to an output is looked at; nobody wants to know more.
const MOST_OUTPUT: usize = 128 << 20;

// socket(7), tcp(7), ip(7): those that the course speaks of
const OPTIONS: &[(i32, i32, &str)] = &[
    (libc::SOL_SOCKET, libc::SO_REUSEADDR, "SO_REUSEADDR"),
    (libc::SOL_SOCKET, libc::SO_REUSEPORT, "SO_REUSEPORT"),
    (libc::SOL_SOCKET, libc::SO_RCVTIMEO, "SO_RCVTIMEO"),
    (libc::SOL_SOCKET, libc::SO_SNDTIMEO, "SO_SNDTIMEO"),
    (libc::SOL_SOCKET, libc::SO_LINGER, "SO_LINGER"),
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE, "SO_KEEPALIVE"),
    (libc::SOL_SOCKET, libc::SO_BROADCAST, "SO_BROADCAST"),
    (libc::SOL_SOCKET, libc::SO_SNDBUF, "SO_SNDBUF"),
    (libc::SOL_SOCKET, libc::SO_RCVBUF, "SO_RCVBUF"),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY, "TCP_NODELAY"),
    (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, "IPV6_V6ONLY"),
];

/// Everything that decoding needs besides the registers.
pub struct Decoder<'a> {
    pub objects: &'a mut Objects,
    pub timeouts: &'a mut Timeouts,
    pub clock: &'a ProgramClock,
}

impl Decoder<'_> {
    /// Reads the call that a thread is about to make.
    pub fn enter(&mut self, caller: &Caller, regs: &Regs) -> Entry {
        self.try_enter(caller, regs).unwrap_or(Entry::Pass)
    }

    /// `None`: an argument points nowhere; the kernel will say so.
    fn try_enter(&mut self, caller: &Caller, regs: &Regs) -> Option<Entry> {
        let Caller { pid, tid, .. } = *caller;
        let arg = |nth| regs.arg(nth);
        let fd = arg(0) as i32;
        let now = self.clock.now();
        let entry = match regs.number() {
            libc::SYS_socket => {
                let family = match fd {
                    libc::AF_INET => Family::Ipv4,
                    libc::AF_INET6 => Family::Ipv6,
                    libc::AF_UNIX => Family::Unix,
                    other => Family::Other(other),
                };
                let kind = match arg(1) as i32 & 0xf {
                    libc::SOCK_STREAM => SocketKind::Stream,
                    libc::SOCK_DGRAM => SocketKind::Datagram,
                    other => SocketKind::Other(other),
                };
                watch(Call::Socket { family, kind }, Finish::Nothing)
            }
            libc::SYS_setsockopt => self.set_option(caller, regs)?,
            libc::SYS_getsockopt => self.ask_option(caller, regs)?,
            libc::SYS_bind => {
                let addr = memory::read_address(tid, arg(1), arg(2) as usize);
                watch(Call::Bind { fd, addr }, Finish::Nothing)
            }
            libc::SYS_listen => {
                let call = Call::Listen { fd, addr: None, backlog: arg(1) as i32 };
                watch(call, Finish::Nothing)
            }
            libc::SYS_accept | libc::SYS_accept4 => {
                let object = self.objects.of(pid, tid, fd)?;
                let local = match object {
                    Object::Listener { local } => Some(local),
                    _ => None,
                };
                let limit = self.timeout_of(tid, fd, &object, true);
                let call = Call::Accept { fd, local, peer: None };
                limited(call, Finish::Accept, limit)
            }
            libc::SYS_connect => {
                let peer = memory::read_address(tid, arg(1), arg(2) as usize);
                let object = self.objects.of(pid, tid, fd)?;
                let limit = self.timeout_of(tid, fd, &object, false);
                let limit =
                    limit.map(|limit| Limit { result: (-libc::EINPROGRESS).into(), ..limit });
                limited(Call::Connect { fd, peer, local: None }, Finish::Connect, limit)
            }
            libc::SYS_shutdown => {
                let how = match arg(1) as i32 {
                    libc::SHUT_RD => Half::Read,
                    libc::SHUT_WR => Half::Write,
                    _ => Half::Both,
                };
                let object = self.objects.of(pid, tid, fd)?;
                watch(Call::Shutdown { fd, object, how }, Finish::Nothing)
            }
            libc::SYS_close => match self.objects.of(pid, tid, fd)? {
                Object::File { .. } | Object::Other => Entry::Pass,
                object => watch(Call::Close { fd, object }, Finish::Nothing),
            },
            libc::SYS_read | libc::SYS_recvfrom => {
                self.receive(caller, fd, vec![(arg(1), arg(2))])?
            }
            libc::SYS_readv => {
                let parts = memory::read_parts(tid, arg(1), arg(2) as usize).ok()?;
                self.receive(caller, fd, parts)?
            }
            libc::SYS_recvmsg => self.receive(caller, fd, message_parts(tid, arg(1))?)?,
            libc::SYS_write | libc::SYS_sendto => {
                self.send(caller, fd, Some(vec![(arg(1), arg(2))]), arg(2))?
            }
            libc::SYS_writev => {
                let parts = memory::read_parts(tid, arg(1), arg(2) as usize).ok()?;
                self.send(caller, fd, Some(parts), 0)?
            }
            libc::SYS_sendmsg => self.send(caller, fd, Some(message_parts(tid, arg(1))?), 0)?,
            libc::SYS_sendfile => self.send(caller, fd, None, arg(3))?,
            libc::SYS_splice => self.splice(caller, regs)?,
            libc::SYS_tee => self.send(caller, arg(1) as i32, None, arg(2))?,
            // of the end of a pipe that is read it takes bytes
            libc::SYS_vmsplice if procfs::is_writable(pid, fd) => {
                let parts = memory::read_parts(tid, arg(1), arg(2) as usize).ok()?;
                self.send(caller, fd, Some(parts), 0)?
            }
            // at the present place, which is the only one that a pipe has
            libc::SYS_pwritev2 if arg(3) as i64 == -1 => {
                let parts = memory::read_parts(tid, arg(1), arg(2) as usize).ok()?;
                self.send(caller, fd, Some(parts), 0)?
            }
            libc::SYS_copy_file_range => self.send(caller, arg(2) as i32, None, arg(4))?,
            libc::SYS_pipe2 => pipe(arg(0)),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_pipe => pipe(arg(0)),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_rename | libc::SYS_link => rename(tid, arg(0), arg(1))?,
            libc::SYS_renameat | libc::SYS_renameat2 | libc::SYS_linkat => {
                rename(tid, arg(1), arg(3))?
            }
            libc::SYS_nanosleep => {
                let length = memory::read_timespec(tid, arg(0)).ok()?;
                sleep(length, now + length, arg(1))
            }
            libc::SYS_clock_nanosleep => {
                let time = memory::read_timespec(tid, arg(2)).ok()?;
                if arg(1) as i32 & libc::TIMER_ABSTIME == 0 {
                    sleep(time, now + time, arg(3))
                } else {
                    let deadline = self.clock.since_began(arg(0) as i32, time);
                    sleep(deadline.saturating_sub(now), deadline, 0)
                }
            }
            libc::SYS_clock_gettime => {
                Entry::Clock(ClockLook::Timespec { clock: arg(0) as i32, address: arg(1) })
            }
            libc::SYS_gettimeofday => Entry::Clock(ClockLook::Timeval { address: arg(0) }),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_time => Entry::Clock(ClockLook::Seconds { address: arg(0) }),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll => {
                let timeout = millis(arg(2));
                let fds = poll_fds(tid, arg(0), arg(1));
                self.poll(fds, timeout, (2, arg(2)))
            }
            // pause(2), as the C library makes it where the kernel has none
            #[cfg(target_arch = "aarch64")]
            libc::SYS_ppoll if arg(1) == 0 && arg(2) == 0 => {
                watch(Call::AwaitSignal { timeout: None }, Finish::Nothing)
            }
            libc::SYS_ppoll => {
                let timeout = timespec(tid, arg(2))?;
                let fds = poll_fds(tid, arg(0), arg(1));
                self.poll(fds, timeout, (2, arg(2)))
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_epoll_wait => self.poll(vec![fd], millis(arg(3)), (3, arg(3))),
            libc::SYS_epoll_pwait => self.poll(vec![fd], millis(arg(3)), (3, arg(3))),
            libc::SYS_epoll_pwait2 => self.poll(vec![fd], timespec(tid, arg(3))?, (3, arg(3))),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_select => {
                let timeout = match arg(4) {
                    0 => None,
                    address => Some(memory::read_timeval(tid, address).ok()?),
                };
                self.select(tid, regs, timeout)
            }
            libc::SYS_pselect6 => {
                let timeout = timespec(tid, arg(4))?;
                self.select(tid, regs, timeout)
            }
            libc::SYS_futex => {
                let operation = arg(1) as i32;
                let timeout = timespec(tid, arg(3))?;
                let deadline = timeout.map(|time| match operation & 0x7f {
                    libc::FUTEX_WAIT => now + time,
                    // always that clock (futex(2))
                    libc::FUTEX_LOCK_PI => self.clock.since_began(libc::CLOCK_REALTIME, time),
                    _ if operation & libc::FUTEX_CLOCK_REALTIME != 0 => {
                        self.clock.since_began(libc::CLOCK_REALTIME, time)
                    }
                    _ => self.clock.since_began(libc::CLOCK_MONOTONIC, time),
                });
                let timeout = deadline.map(|deadline| deadline.saturating_sub(now));
                let limit = deadline.map(|deadline| Limit {
                    deadline,
                    argument: Some((3, arg(3))),
                    result: (-libc::ETIMEDOUT).into(),
                    sets: Vec::new(),
                });
                let value = arg(2) as u32;
                limited(Call::Futex { word: arg(0), value, timeout }, Finish::Nothing, limit)
            }
            libc::SYS_futex_waitv => {
                let timeout = timespec(tid, arg(3))?;
                self.until(regs, 3, timeout, arg(4) as i32)
            }
            libc::SYS_mq_timedsend | libc::SYS_mq_timedreceive => {
                let timeout = timespec(tid, arg(4))?;
                self.until(regs, 4, timeout, libc::CLOCK_REALTIME)
            }
            libc::SYS_semop => self.unnamed(regs, None),
            libc::SYS_semtimedop => {
                let timeout = timespec(tid, arg(3))?;
                let limit = limit(now, timeout, (3, arg(3)), (-libc::EAGAIN).into());
                self.unnamed(regs, limit)
            }
            // several messages: what they say is not looked at. recvmmsg(2) looks at its own time limit only when one has come
            libc::SYS_recvmmsg | libc::SYS_sendmmsg => {
                let object = self.objects.of(pid, tid, fd)?;
                let receive = regs.number() == libc::SYS_recvmmsg;
                let limit = self.timeout_of(tid, fd, &object, receive);
                self.unnamed(regs, limit)
            }
            libc::SYS_times if self.clock.is_virtual() => self.unnamed(regs, None),
            libc::SYS_wait4 => {
                let child = (fd > 0).then_some(fd);
                watch(Call::Wait { child, ended: None }, Finish::Status(arg(1)))
            }
            libc::SYS_waitid => {
                let child = (arg(0) as u32 == libc::P_PID).then_some(arg(1) as i32);
                watch(Call::Wait { child, ended: None }, Finish::SigInfo(arg(2)))
            }
            libc::SYS_kill if arg(1) != 0 => {
                watch(Call::Kill { target: fd, signal: arg(1) as i32 }, Finish::Nothing)
            }
            // here 0 and less do not mean a group: the kernel refuses them
            libc::SYS_tkill | libc::SYS_rt_sigqueueinfo if arg(1) != 0 && fd > 0 => {
                watch(Call::Kill { target: fd, signal: arg(1) as i32 }, Finish::Nothing)
            }
            libc::SYS_pidfd_send_signal if arg(1) != 0 => {
                let target = procfs::process_behind(tid, fd)?;
                watch(Call::Kill { target, signal: arg(1) as i32 }, Finish::Nothing)
            }
            libc::SYS_tgkill | libc::SYS_rt_tgsigqueueinfo if arg(2) != 0 && arg(1) as i32 > 0 => {
                let call = Call::Kill { target: arg(1) as i32, signal: arg(2) as i32 };
                watch(call, Finish::Nothing)
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_pause => watch(Call::AwaitSignal { timeout: None }, Finish::Nothing),
            libc::SYS_rt_sigsuspend => watch(Call::AwaitSignal { timeout: None }, Finish::Nothing),
            libc::SYS_rt_sigtimedwait => {
                let timeout = timespec(tid, arg(2))?;
                let limit = limit(now, timeout, (2, arg(2)), (-libc::EAGAIN).into());
                limited(Call::AwaitSignal { timeout }, Finish::Nothing, limit)
            }
            libc::SYS_flock => {
                let object = self.objects.of(pid, tid, fd)?;
                watch(Call::LockFile { fd, object }, Finish::Nothing)
            }
            libc::SYS_sched_yield => Entry::Yield,
            libc::SYS_exit_group => Entry::ExitGroup,
            libc::SYS_restart_syscall => Entry::Restart,
            libc::SYS_ptrace => Entry::Refuse(Refusal::Ptrace),
            libc::SYS_io_uring_setup => Entry::Refuse(Refusal::IoUring),
            libc::SYS_setitimer | libc::SYS_timer_settime | libc::SYS_timerfd_settime => {
                Entry::Refuse(Refusal::Timer)
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_alarm if arg(0) != 0 => Entry::Refuse(Refusal::Timer),
            _ => Entry::Pass,
        };
        Some(entry)
    }

    fn set_option(&mut self, caller: &Caller, regs: &Regs) -> Option<Entry> {
        let tid = caller.tid;
        let (fd, level, name) = (regs.arg(0) as i32, regs.arg(1) as i32, regs.arg(2) as i32);
        let (_, _, text) = OPTIONS.iter().find(|one| (one.0, one.1) == (level, name))?;
        let timeout =
            [libc::SO_RCVTIMEO, libc::SO_SNDTIMEO].contains(&name) && level == libc::SOL_SOCKET;
        let value = memory::read_u32(tid, regs.arg(3)).ok().map(|value| value as i32);
        let call = Call::SetOption {
            fd,
            option: (*text).to_owned(),
            value: value.filter(|_| !timeout && name != libc::SO_LINGER),
        };
        if !timeout {
            return Some(watch(call, Finish::Nothing));
        }
        let length = memory::read_timeval(tid, regs.arg(3)).ok()?;
        let socket = self.identity(tid, fd)?;
        let finish = Finish::Timeout { receive: name == libc::SO_RCVTIMEO, socket, length };
        let mut pending = Pending::new(call, finish);
        if self.clock.is_virtual() {
            // the kernel must not know: its clock is another one. For the time of the call the value is "for ever"
            let before = memory::read(tid, regs.arg(3), 16).ok()?;
            memory::write(tid, regs.arg(3), &[0; 16]).ok()?;
            pending.restore = Some((regs.arg(3), before));
        }
        Some(Entry::Watch(Box::new(pending)))
    }

    fn ask_option(&mut self, caller: &Caller, regs: &Regs) -> Option<Entry> {
        let (fd, level, name) = (regs.arg(0) as i32, regs.arg(1) as i32, regs.arg(2) as i32);
        let timeout =
            [libc::SO_RCVTIMEO, libc::SO_SNDTIMEO].contains(&name) && level == libc::SOL_SOCKET;
        if !timeout || !self.clock.is_virtual() {
            return None;
        }
        let socket = self.identity(caller.tid, fd)?;
        let length = self.timeouts.of(name == libc::SO_RCVTIMEO, &socket);
        let call = Call::Other { number: regs.number() };
        let mut pending = Pending::new(call, Finish::AskTimeout { address: regs.arg(3), length });
        pending.told = false;
        Some(Entry::Watch(Box::new(pending)))
    }

    /// A socket by its number, which it keeps however its addresses change.
    fn identity(&self, tid: i32, fd: i32) -> Option<Object> {
        let target = super::procfs::descriptor(tid, fd)?;
        Some(Object::Socket { id: super::procfs::number_of(&target, "socket")? })
    }

    fn receive(&mut self, caller: &Caller, fd: i32, parts: Vec<(u64, u64)>) -> Option<Entry> {
        let object = self.objects.of(caller.pid, caller.tid, fd)?;
        let is_told = match &object {
            Object::File { path } => path.starts_with(caller.folder),
            Object::Other => false,
            _ => true,
        };
        if !is_told && matches!(object, Object::File { .. }) {
            return None;
        }
        let limit = self.timeout_of(caller.tid, fd, &object, true);
        let call = Call::Receive { fd, object, data: Data::default() };
        let mut pending = Pending::new(call, Finish::Bytes(parts));
        pending.told = is_told;
        pending.limit = limit;
        Some(Entry::Watch(Box::new(pending)))
    }

    fn send(
        &mut self,
        caller: &Caller,
        fd: i32,
        parts: Option<Vec<(u64, u64)>>,
        total: u64,
    ) -> Option<Entry> {
        let object = self.objects.of(caller.pid, caller.tid, fd)?;
        let is_told = match &object {
            Object::File { path } => path.starts_with(caller.folder),
            Object::Other => false,
            _ => true,
        };
        if !is_told && matches!(object, Object::File { .. }) {
            return None;
        }
        let limit = self.timeout_of(caller.tid, fd, &object, false);
        let data = match &parts {
            Some(parts) => {
                let total = parts.iter().map(|(_, size)| size).sum();
                Data::new(&memory::gather(caller.tid, parts, Data::MOST), total)
            }
            None => Data { bytes: total, cut: true, ..Data::default() },
        };
        let call = Call::Send { fd, object, data };
        let mut pending = Pending::new(call, Finish::Bytes(parts.unwrap_or_default()));
        pending.told = is_told;
        pending.limit = limit;
        Some(Entry::Watch(Box::new(pending)))
    }

    /// `splice(2)`. While it waits for bytes of a socket, the kernel has the pipe locked (`splice_file_to_pipe` in
    /// fs/splice.c): whoever reads that pipe then, we too, waits without an end, and no signal helps. So the bytes are
    /// waited for before.
    fn splice(&mut self, caller: &Caller, regs: &Regs) -> Option<Entry> {
        let (fd, flags) = (regs.arg(0) as i32, regs.arg(5) as u32);
        let source = self.objects.of(caller.pid, caller.tid, fd)?;
        let mut entry = self.send(caller, regs.arg(2) as i32, None, regs.arg(4))?;
        let is_socket = matches!(source, Object::Connection { .. } | Object::Socket { .. });
        if is_socket
            && flags & libc::SPLICE_F_NONBLOCK == 0
            && would_wait(caller.pid, fd)
            && let Entry::Watch(pending) = &mut entry
        {
            pending.limit = self.timeout_of(caller.tid, fd, &source, true);
            pending.source = Some(fd);
        }
        Some(entry)
    }

    fn timeout_of(&self, tid: i32, fd: i32, object: &Object, receive: bool) -> Option<Limit> {
        let nobody = self.timeouts.receive.is_empty() && self.timeouts.send.is_empty();
        let socket = matches!(
            object,
            Object::Connection { .. } | Object::Listener { .. } | Object::Socket { .. }
        );
        if nobody || !socket {
            return None;
        }
        let length = self.timeouts.of(receive, &self.identity(tid, fd)?)?;
        let result = (-libc::EAGAIN).into();
        Some(Limit {
            deadline: self.clock.now() + length,
            argument: None,
            result,
            sets: Vec::new(),
        })
    }

    /// A call that is watched only because it may wait.
    fn unnamed(&self, regs: &Regs, limit: Option<Limit>) -> Entry {
        let call = Call::Other { number: regs.number() };
        let pending = Pending { limit, told: false, ..Pending::new(call, Finish::Nothing) };
        Entry::Watch(Box::new(pending))
    }

    /// Such a call that waits until some time of one of the programs' clocks, which is its argument `nth`.
    fn until(&self, regs: &Regs, nth: usize, timeout: Option<Duration>, clock: i32) -> Entry {
        let limit = timeout.map(|time| Limit {
            deadline: self.clock.since_began(clock, time),
            argument: Some((nth, regs.arg(nth))),
            result: (-libc::ETIMEDOUT).into(),
            sets: Vec::new(),
        });
        self.unnamed(regs, limit)
    }

    fn poll(&self, fds: Vec<i32>, timeout: Option<Duration>, argument: (usize, u64)) -> Entry {
        if timeout == Some(Duration::ZERO) {
            return Entry::Pass;
        }
        let limit = limit(self.clock.now(), timeout, argument, 0);
        limited(Call::Poll { fds, timeout }, Finish::Nothing, limit)
    }

    fn select(&self, tid: i32, regs: &Regs, timeout: Option<Duration>) -> Entry {
        let bits = (regs.arg(0) as usize).min(1024);
        let bytes = bits.div_ceil(64) * 8;
        let sets = [1, 2, 3].map(|nth| regs.arg(nth)).into_iter().filter(|set| *set != 0);
        let sets: Vec<(u64, usize)> = sets.map(|set| (set, bytes)).collect();
        let is_in = |fd: usize| {
            sets.iter().any(|(set, _)| {
                let byte = memory::read(tid, set + fd as u64 / 8, 1);
                byte.is_ok_and(|byte| byte[0] >> (fd % 8) & 1 == 1)
            })
        };
        let fds = (0..bits).filter(|fd| is_in(*fd)).map(|fd| fd as i32).collect();
        if timeout == Some(Duration::ZERO) {
            return Entry::Pass;
        }
        let mut limit = limit(self.clock.now(), timeout, (4, regs.arg(4)), 0);
        if let Some(limit) = &mut limit {
            limit.sets = sets;
        }
        limited(Call::Poll { fds, timeout }, Finish::Nothing, limit)
    }

    /// Fills in what a call has brought; `regs` are those at its end. The bytes are those of its data, whole, where
    /// they went into the output of a program.
    pub fn leave(
        &mut self,
        caller: &Caller,
        pending: &mut Pending,
        regs: &Regs,
    ) -> (Outcome, Vec<u8>) {
        let Caller { pid, tid, .. } = *caller;
        if let Some((address, bytes)) = pending.restore.take() {
            // the memory was there a moment ago
            let _ = memory::write(tid, address, &bytes);
        }
        let result = regs.result();
        let outcome = match result {
            _ if is_restart(result) => Outcome::Interrupted,
            -4095..=-1 => Outcome::Failed(-result as i32),
            _ => Outcome::Done(result),
        };
        let mut whole = Vec::new();
        let Outcome::Done(value) = outcome else {
            if let Call::Receive { data, .. } | Call::Send { data, .. } = &mut pending.call {
                *data = Data::default();
            }
            return (outcome, whole);
        };
        let mut outcome = outcome;
        match (&mut pending.call, &pending.finish) {
            (Call::Listen { fd, addr, .. }, _) => {
                if let Some(Object::Listener { local }) = self.objects.of(pid, tid, *fd) {
                    *addr = Some(local);
                }
            }
            (Call::Bind { .. }, _) => {}
            (Call::Accept { fd, peer, .. }, Finish::Accept) => {
                if let (Some(listener), Some(socket)) =
                    (self.identity(tid, *fd), self.identity(tid, value as i32))
                {
                    self.timeouts.inherit(&listener, &socket);
                }
                if let Some(Object::Connection { peer: real, .. }) =
                    self.objects.of(pid, tid, value as i32)
                {
                    *peer = Some(real);
                }
            }
            (Call::Connect { fd, local, .. }, Finish::Connect) => {
                if let Some(Object::Connection { local: real, .. }) = self.objects.of(pid, tid, *fd)
                {
                    *local = Some(real);
                }
            }
            (
                Call::Send { object, data, .. } | Call::Receive { object, data, .. },
                Finish::Bytes(parts),
            ) => {
                let bytes = value as u64;
                let output = matches!(object, Object::Output { .. } | Object::Errors { .. });
                if parts.is_empty() {
                    *data = Data { bytes, cut: bytes > 0, ..Data::default() };
                } else {
                    let most = if output { MOST_OUTPUT } else { Data::MOST };
                    let wanted = most.min(bytes as usize);
                    let head = memory::gather(tid, parts, wanted);
                    *data = Data::new(&head, bytes);
                    if output {
                        whole = head;
                    }
                }
            }
            (Call::Pipe { id, read, write }, Finish::Pipe(address)) => {
                if let Ok(ends) = memory::read_u64(tid, *address) {
                    (*read, *write) = (ends as u32 as i32, (ends >> 32) as i32);
                }
                if let Some(Object::Pipe { id: number }) = self.objects.of(pid, tid, *read) {
                    *id = number;
                }
            }
            (Call::Wait { ended, .. }, Finish::Status(address)) if value > 0 && *address != 0 => {
                let status = memory::read_u32(tid, *address).ok().map(|status| status as i32);
                *ended = status.and_then(ended_by);
            }
            (Call::Wait { ended, .. }, Finish::SigInfo(address)) if *address != 0 => {
                let field = |offset| memory::read_u32(tid, address + offset).unwrap_or(0) as i32;
                // siginfo_t: si_code, si_pid, si_status
                let (code, child, status) = (field(8), field(16), field(24));
                *ended = match code {
                    libc::CLD_EXITED => Some(Ended::Code(status)),
                    libc::CLD_KILLED | libc::CLD_DUMPED => Some(Ended::Signal(status)),
                    _ => None,
                };
                outcome = Outcome::Done(child.into());
            }
            (_, Finish::Timeout { receive, socket, length }) => {
                self.timeouts.set(*receive, socket.clone(), *length);
            }
            (_, Finish::AskTimeout { address, length: Some(length) }) => {
                let _ = memory::write_timeval(tid, *address, *length);
            }
            _ => {}
        }
        (outcome, whole)
    }
}

impl Pending {
    fn new(call: Call, finish: Finish) -> Pending {
        Pending {
            call,
            told: true,
            limit: None,
            expired: false,
            finish,
            restore: None,
            source: None,
            own: None,
            shortened: false,
        }
    }

    /// What it waits for first, as a call.
    pub fn waits_in(&self) -> Call {
        match (self.source, &self.own) {
            (Some(fd), Some(_)) => Call::Poll { fds: vec![fd], timeout: None },
            _ => self.call.clone(),
        }
    }

    /// At its entry: `ppoll(2)` is made instead, until the source has bytes; for at most so long, if the kernel is to end it.
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

    /// At the exit of the call that was made instead: it looks as if the call itself had been made. `true`: its source has
    /// bytes now, and it is still to be made.
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
            (result, None) if is_restart(result) => -512,
            (result, Some(_)) if is_restart(result) => (-libc::EINTR).into(),
            (result, _) => result,
        };
        regs.set_result(result);
        regs.become_call(tid, number)?;
        Ok(false)
    }

    /// The output of a program, and whether it is that for errors, if it writes there bytes that are not in its memory.
    pub fn unseen(&self) -> Option<(usize, bool)> {
        match (&self.call, &self.finish) {
            (Call::Send { object, .. }, Finish::Bytes(parts)) if parts.is_empty() => {
                output_of(object)
            }
            _ => None,
        }
    }

    /// At its entry: the kernel is to wait for ever, the time limit is ours.
    pub fn take_over(&self, regs: &mut Regs) -> bool {
        let Some(Limit { argument: Some((nth, _)), .. }) = &self.limit else { return false };
        // a pointer that is none, and a number that means for ever (poll(2))
        let forever = match self.call {
            Call::Poll { .. } if is_number_of_millis(regs.number()) => u64::MAX,
            _ => 0,
        };
        regs.set_arg(*nth, forever);
        true
    }

    /// At its entry, made again in real time: the kernel is to wait only for what is left of its time.
    pub fn shorten(&mut self, tid: i32, regs: &mut Regs, now: Duration) -> io::Result<()> {
        let Some(limit) = &self.limit else { return Ok(()) };
        let left = limit.deadline.saturating_sub(now);
        match (limit.argument, &self.call) {
            (Some((nth, _)), _) if is_number_of_millis(regs.number()) => {
                regs.set_arg(nth, left.as_micros().div_ceil(1000) as u64);
            }
            (Some((nth, _)), _) => {
                let address = unused_memory(regs);
                if memory::write_timespec(tid, address, left).is_err() {
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

    /// At its exit: the argument is what it was; a system call keeps its arguments.
    pub fn give_back(&self, regs: &mut Regs, is_virtual: bool) -> bool {
        if !is_virtual && !self.shortened {
            return false;
        }
        let Some(Limit { argument: Some((nth, value)), .. }) = &self.limit else { return false };
        regs.set_arg(*nth, *value);
        true
    }

    /// At its exit: `select(2)` writes how much of its time is left, and so does `ppoll(2)` to the kernel's copy of it; it is
    /// ours that counts.
    pub fn say_what_is_left(&self, tid: i32, regs: &Regs, now: Duration) {
        let Some(Limit { argument: Some((_, address)), deadline, .. }) = &self.limit else {
            return;
        };
        let left = deadline.saturating_sub(now);
        match regs.number() {
            #[cfg(target_arch = "x86_64")]
            libc::SYS_select => {
                let _ = memory::write_timeval(tid, *address, left);
            }
            libc::SYS_pselect6 | libc::SYS_ppoll => {
                let _ = memory::write_timespec(tid, *address, left);
            }
            _ => {}
        }
    }

    /// At its exit, broken off by a signal: a wait with a limit ends with `EINTR` if a handler runs, also where one without a
    /// limit is made again (`signal(7)`, `SA_RESTART`).
    pub fn break_off(&self, regs: &mut Regs) -> bool {
        /// `ERESTARTSYS`: made again, with a handler too if that has `SA_RESTART`.
        const WITH_HANDLER: i64 = -512;
        /// `ERESTARTNOHAND`: made again if there is no handler.
        const WITHOUT_HANDLER: i64 = -514;
        let Some(limit) = self.limit.as_ref().filter(|_| regs.result() == WITH_HANDLER) else {
            return false;
        };
        // made again until the same time, with a limit as without one
        if [libc::SYS_mq_timedsend, libc::SYS_mq_timedreceive, libc::SYS_futex_waitv]
            .contains(&regs.number())
        {
            return false;
        }
        // SO_RCVTIMEO: never made again (signal(7))
        let result =
            if limit.argument.is_some() { WITHOUT_HANDLER } else { -i64::from(libc::EINTR) };
        regs.set_result(result);
        true
    }

    /// At its exit, when its time was over: it returns what a call returns whose time is over. `false`: something else
    /// has ended it in the same moment.
    pub fn expire(&self, tid: i32, regs: &mut Regs) -> bool {
        let Some(limit) = self.limit.as_ref().filter(|_| self.expired) else { return false };
        let broken_off = is_restart(regs.result()) || regs.result() == i64::from(-libc::EINTR);
        if broken_off {
            regs.set_result(limit.result);
            for (set, length) in &limit.sets {
                let _ = memory::write(tid, *set, &vec![0; *length]);
            }
        }
        broken_off
    }
}

/// Which program a standard output belongs to, and whether it is that for errors.
pub fn output_of(object: &Object) -> Option<(usize, bool)> {
    match object {
        Object::Output { program } => Some((*program, false)),
        Object::Errors { program } => Some((*program, true)),
        _ => None,
    }
}

/// Whether a result asks the kernel to make the call again (linux/errno.h; never seen by a program).
pub fn is_restart(result: i64) -> bool {
    /// `ERESTARTSYS`, `ERESTARTNOINTR`, `ERESTARTNOHAND`, `ERESTART_RESTARTBLOCK`.
    const RESTARTS: [i64; 4] = [-512, -513, -514, -516];
    RESTARTS.contains(&result)
}

/// Memory that nobody uses: below the stack, and below what a function may use there without saying so (the "red zone" of
/// the x86-64 psABI).
fn unused_memory(regs: &Regs) -> u64 {
    const BELOW: u64 = 128 + 64;
    (regs.stack() - BELOW) & !15
}

/// Calls whose timeout is a number, not a pointer.
fn is_number_of_millis(number: i64) -> bool {
    #[cfg(target_arch = "x86_64")]
    if [libc::SYS_poll, libc::SYS_epoll_wait].contains(&number) {
        return true;
    }
    number == libc::SYS_epoll_pwait
}

/// A status as `wait(2)` gives it.
pub fn ended_by(status: i32) -> Option<Ended> {
    if libc::WIFEXITED(status) {
        Some(Ended::Code(libc::WEXITSTATUS(status)))
    } else if libc::WIFSIGNALED(status) {
        Some(Ended::Signal(libc::WTERMSIG(status)))
    } else {
        None
    }
}

/// Whether it is worth telling that such a call has begun: it may last, or it gives something away.
pub fn is_announced(call: &Call) -> bool {
    match call {
        Call::Send { object, .. } | Call::Receive { object, .. } => {
            !matches!(object, Object::Output { .. } | Object::Errors { .. } | Object::File { .. })
        }
        Call::Accept { .. }
        | Call::Connect { .. }
        | Call::Shutdown { .. }
        | Call::Close { .. }
        | Call::Sleep { .. }
        | Call::Poll { .. }
        | Call::Wait { .. }
        | Call::Futex { .. }
        | Call::Kill { .. }
        | Call::AwaitSignal { .. }
        | Call::LockFile { .. } => true,
        _ => false,
    }
}

fn watch(call: Call, finish: Finish) -> Entry {
    Entry::Watch(Box::new(Pending::new(call, finish)))
}

fn limited(call: Call, finish: Finish, limit: Option<Limit>) -> Entry {
    Entry::Watch(Box::new(Pending { limit, ..Pending::new(call, finish) }))
}

fn limit(
    now: Duration,
    timeout: Option<Duration>,
    argument: (usize, u64),
    result: i64,
) -> Option<Limit> {
    let deadline = now + timeout?;
    Some(Limit { deadline, argument: Some(argument), result, sets: Vec::new() })
}

fn sleep(length: Duration, deadline: Duration, remainder: u64) -> Entry {
    let remainder = (remainder != 0).then_some(remainder);
    Entry::Sleep(Sleep { call: Call::Sleep { length }, deadline, remainder })
}

fn pipe(address: u64) -> Entry {
    watch(Call::Pipe { id: 0, read: -1, write: -1 }, Finish::Pipe(address))
}

fn rename(tid: i32, from: u64, to: u64) -> Option<Entry> {
    let from = memory::read_text(tid, from).ok()?;
    let to = memory::read_text(tid, to).ok()?;
    Some(watch(Call::Rename { from, to }, Finish::Nothing))
}

/// A `struct timespec` behind a pointer that may be none; `None`: it points nowhere.
fn timespec(tid: i32, address: u64) -> Option<Option<Duration>> {
    match address {
        0 => Some(None),
        address => memory::read_timespec(tid, address).ok().map(Some),
    }
}

/// A timeout in milliseconds; negative: for ever.
fn millis(value: u64) -> Option<Duration> {
    u64::try_from(value as i32).ok().map(Duration::from_millis)
}

fn poll_fds(tid: i32, address: u64, count: u64) -> Vec<i32> {
    /// `struct pollfd`: an int and two shorts.
    const SIZE: usize = 8;
    let bytes =
        memory::read_some(tid, address, (count as usize).min(256) * SIZE).unwrap_or_default();
    bytes
        .chunks_exact(SIZE)
        .map(|one| i32::from_ne_bytes([one[0], one[1], one[2], one[3]]))
        .collect()
}

/// The buffers of a `struct msghdr`.
fn message_parts(tid: i32, address: u64) -> Option<Vec<(u64, u64)>> {
    let parts = memory::read_u64(tid, address + 16).ok()?;
    let count = memory::read_u64(tid, address + 24).ok()?;
    memory::read_parts(tid, parts, count as usize).ok()
}

impl Pending {
    /// A sleep in real time: the kernel ends it.
    pub fn sleep(sleep: Sleep) -> Pending {
        let limit = Limit { deadline: sleep.deadline, argument: None, result: 0, sets: Vec::new() };
        Pending { limit: Some(limit), ..Pending::new(sleep.call, Finish::Nothing) }
    }
}

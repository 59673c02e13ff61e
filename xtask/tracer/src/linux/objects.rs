//! What a descriptor of a traced process leads to.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use sockdiag::sockets;

use super::{memory, procfs};
use events::{Ends, Object};

/// The pipes that the user of the tracer has given the programs, by their number in the kernel; and what is known
/// about sockets.
#[derive(Debug, Default)]
pub struct Objects {
    ours: HashMap<u64, Object>,
    /// A connection keeps its two addresses for ever.
    connections: HashMap<u64, Object>,
    /// Sockets whose object does not tell between which ends bytes go.
    others: HashMap<u64, Kind>,
    /// Of Unix sockets that are connected: the other end. It is asked while both ends live.
    peers: HashMap<u64, u64>,
    /// Who has connected to which local name (`unix(7)`) and is not known to have been accepted, first come first served.
    queues: HashMap<Vec<u8>, VecDeque<u64>>,
}

/// What kind of socket it is, where it is no connection of TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Datagram,
    Unix,
}

impl Objects {
    /// From now on this pipe is known by a name of its own.
    pub fn name_pipe(&mut self, number: u64, object: Object) {
        self.ours.insert(number, object);
    }

    /// What a descriptor leads to; `None`: it is not open.
    pub fn of(&mut self, pid: i32, tid: i32, fd: i32) -> Option<Object> {
        let target = procfs::descriptor(tid, fd)?;
        Some(self.named(pid, fd, target))
    }

    fn named(&mut self, pid: i32, fd: i32, target: String) -> Object {
        if let Some(number) = procfs::number_of(&target, "pipe") {
            return self.ours.get(&number).cloned().unwrap_or(Object::Pipe { id: number });
        }
        if let Some(number) = procfs::number_of(&target, "socket") {
            return self.socket(pid, fd, number);
        }
        match target.as_str() {
            "/dev/null" => Object::Other,
            path if path.starts_with('/') => Object::File { path: target },
            _ => Object::Other,
        }
    }

    fn socket(&mut self, pid: i32, fd: i32, number: u64) -> Object {
        if let Some(connection) = self.connections.get(&number) {
            return connection.clone();
        }
        let object = match borrow(pid, fd) {
            Some(socket) => {
                if let Some(kind) = kind_of(&socket) {
                    self.others.insert(number, kind);
                }
                ask(&socket, number)
            }
            None => search(number),
        };
        if matches!(object, Object::Connection { .. }) {
            self.connections.insert(number, object.clone());
        }
        object
    }
}

impl Objects {
    /// Between which ends a call carried bytes; `None`: its object tells that, or nobody knows. `number` is that of its
    /// socket, if it is known already; `given`: the address that the call gave or got.
    pub fn ends(
        &mut self,
        (pid, tid): (i32, i32),
        fd: i32,
        number: Option<u64>,
        given: Option<SocketAddr>,
    ) -> Option<Ends> {
        if self.others.is_empty() {
            return None;
        }
        let ask = || procfs::number_of(&procfs::descriptor(tid, fd)?, "socket");
        let number = number.or_else(ask)?;
        match self.others.get(&number)? {
            Kind::Unix => Some(Ends::Unix { own: number, other: self.unix_peer(number)? }),
            Kind::Datagram => {
                let socket = borrow(pid, fd)?;
                let own = address_of(&socket, libc::getsockname)?;
                let other = given.or_else(|| address_of(&socket, libc::getpeername));
                Some(Ends::Datagram { own, other })
            }
        }
    }

    /// A socket has been between these ends, and cannot say so any more.
    pub fn was_connected(&mut self, number: u64, local: SocketAddr, peer: SocketAddr) {
        self.connections.insert(number, Object::Connection { local, peer });
    }

    /// A Unix socket has connected to this name.
    pub fn unix_connected(&mut self, name: Vec<u8>, client: u64) {
        // its accept may have been over first
        if !self.peers.contains_key(&client) {
            self.queues.entry(name).or_default().push_back(client);
        }
    }

    /// The client of a Unix socket that was accepted just now. One that has closed its end already, the kernel does not know
    /// any more: it was the next in the queue of the name.
    pub fn unix_client(&mut self, pid: i32, fd: i32, accepted: u64) -> Option<u64> {
        let name = unix_name(pid, fd);
        let queue = name.and_then(|name| self.queues.get_mut(&name));
        let next = queue.as_ref().and_then(|queue| queue.front().copied());
        let known = self.unix_peer(accepted);
        let client = known.or(next)?;
        for queue in self.queues.values_mut() {
            queue.retain(|one| *one != client);
        }
        self.peers.insert(accepted, client);
        self.peers.insert(client, accepted);
        Some(client)
    }

    /// The socket that a Unix socket is connected with.
    pub fn unix_peer(&mut self, number: u64) -> Option<u64> {
        if let Some(peer) = self.peers.get(&number) {
            return Some(*peer);
        }
        let all = sockdiag::unix::all().ok()?;
        let peer = all.into_iter().find(|socket| socket.inode == number)?.peer?;
        self.peers.insert(number, peer);
        self.peers.insert(peer, number);
        Some(peer)
    }
}

/// The name that a Unix socket of a process has; without an end, as its length tells.
fn unix_name(pid: i32, fd: i32) -> Option<Vec<u8>> {
    let socket = borrow(pid, fd)?;
    let mut bytes = [0_u8; 128];
    let mut length = bytes.len() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes into `bytes`.
    let done = unsafe {
        libc::getsockname(socket.as_raw_fd(), bytes.as_mut_ptr().cast(), &raw mut length)
    };
    if done != 0 {
        return None;
    }
    memory::local_name(bytes.get(..length as usize)?)
}

/// The address that a socket of a process has.
pub fn own_address(pid: i32, fd: i32) -> Option<SocketAddr> {
    address_of(&borrow(pid, fd)?, libc::getsockname)
}

/// An option of socket(7) that is an integer.
pub fn option_of(socket: &OwnedFd, name: i32) -> Option<i32> {
    let mut value: libc::c_int = 0;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `size` bytes into `value`; both live through the call.
    let done = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            name,
            (&raw mut value).cast(),
            &raw mut size,
        )
    };
    (done == 0).then_some(value)
}

/// `SO_DOMAIN` and `SO_TYPE` of socket(7).
fn kind_of(socket: &OwnedFd) -> Option<Kind> {
    let option = |name| option_of(socket, name);
    match (option(libc::SO_DOMAIN)?, option(libc::SO_TYPE)?) {
        (libc::AF_UNIX, _) => Some(Kind::Unix),
        (libc::AF_INET | libc::AF_INET6, libc::SOCK_DGRAM) => Some(Kind::Datagram),
        _ => None,
    }
}

/// One of the two outputs of a program that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// Which program, as given to [`Tracer::start`](super::Tracer::start).
    pub program: usize,
    /// Its standard error, not its standard output.
    pub errors: bool,
}

impl Stream {
    /// That which an object is, if it is one.
    pub fn of(object: &Object) -> Option<Stream> {
        match *object {
            Object::Output { program } => Some(Stream { program, errors: false }),
            Object::Errors { program } => Some(Stream { program, errors: true }),
            _ => None,
        }
    }

    /// The same as an object.
    pub fn object(self) -> Object {
        let Stream { program, errors } = self;
        if errors { Object::Errors { program } } else { Object::Output { program } }
    }
}

/// A copy of another process's descriptor (`pidfd_getfd(2)`); containers may forbid it.
pub fn borrow(pid: i32, fd: i32) -> Option<OwnedFd> {
    // SAFETY: plain system calls; the descriptors are owned at once.
    unsafe {
        let process = libc::syscall(libc::SYS_pidfd_open, pid, 0);
        if process < 0 {
            return None;
        }
        let process = OwnedFd::from_raw_fd(process as i32);
        let copy = libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), fd, 0);
        (copy >= 0).then(|| OwnedFd::from_raw_fd(copy as i32))
    }
}

/// Whether a call that takes bytes out of a socket would wait for them. Of one that cannot be asked nobody knows.
pub fn would_wait(pid: i32, fd: i32) -> bool {
    let Some(socket) = borrow(pid, fd) else { return false };
    let mut look = libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: plain system calls; `look` lives through them.
    unsafe {
        libc::fcntl(socket.as_raw_fd(), libc::F_GETFL) & libc::O_NONBLOCK == 0
            && libc::poll(&raw mut look, 1, 0) == 0
    }
}

/// Whether a connection is given up when what was sent is not confirmed in time (`TCP_USER_TIMEOUT` of tcp(7)).
pub fn gives_up(pid: i32, fd: i32) -> bool {
    let Some(socket) = borrow(pid, fd) else { return false };
    let mut millis: libc::c_uint = 0;
    let mut size = size_of::<libc::c_uint>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `size` bytes into `millis`; both live through the call.
    let done = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_USER_TIMEOUT,
            (&raw mut millis).cast(),
            &raw mut size,
        )
    };
    done == 0 && millis > 0
}

/// `getsockname(2)` or `getpeername(2)`.
type Question = unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut libc::socklen_t) -> i32;

/// One of the two addresses of a socket.
fn address_of(socket: &OwnedFd, question: Question) -> Option<SocketAddr> {
    let mut bytes = [0_u8; 128];
    let mut length = bytes.len() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes into `bytes`.
    let done = unsafe { question(socket.as_raw_fd(), bytes.as_mut_ptr().cast(), &raw mut length) };
    (done == 0).then(|| memory::decode_address(&bytes[..(length as usize).min(128)])).flatten()
}

/// Asks the socket itself.
fn ask(socket: &OwnedFd, number: u64) -> Object {
    let local = address_of(socket, libc::getsockname);
    let peer = address_of(socket, libc::getpeername);
    match (local, peer) {
        (Some(local), Some(peer)) => Object::Connection { local, peer },
        (Some(local), None) if listens(socket) => Object::Listener { local },
        _ => Object::Socket { id: number },
    }
}

/// `SO_ACCEPTCONN` of socket(7).
fn listens(socket: &OwnedFd) -> bool {
    use nix::sys::socket::{getsockopt, sockopt::AcceptConn};
    getsockopt(socket, AcceptConn).unwrap_or(false)
}

/// Looks the socket up among all of this network.
fn search(number: u64) -> Object {
    let all =
        sockets::in_states(sockets::States::ALIVE, sockets::Families::Both).unwrap_or_default();
    match all.into_iter().find(|socket| socket.inode == number) {
        Some(socket) if socket.state == sockets::LISTEN => Object::Listener { local: socket.local },
        Some(socket) => Object::Connection { local: socket.local, peer: socket.peer },
        None => Object::Socket { id: number },
    }
}

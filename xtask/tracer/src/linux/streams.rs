//! Sockets and pipes that carry a stream of bytes: whether an unkind kernel may deal with one, and what lies in it.

use std::os::fd::{AsRawFd, OwnedFd};

use super::objects::{borrow, option_of};
use super::procfs;

/// So much of what lies in a socket is looked at.
const LOOK: usize = 1024;
/// The port of name servers (`resolv.conf(5)`): the C library talks to them.
const NAMES: u16 = 53;

/// A stream of bytes that a program has.
#[derive(Debug)]
pub struct Stream {
    /// Its number in the kernel.
    pub number: u64,
    pub is_pipe: bool,
    /// A call returns at once, whatever there is (`O_NONBLOCK`).
    pub nonblocking: bool,
    socket: OwnedFd,
}

impl Stream {
    /// That to which a descriptor leads. `None`: it carries no stream, or somebody relies on how many bytes a call carries.
    pub fn of(pid: i32, fd: i32) -> Option<Stream> {
        let socket = borrow(pid, fd)?;
        let status = nix::sys::stat::fstat(&socket).ok()?;
        let is_pipe = match status.st_mode & libc::S_IFMT {
            libc::S_IFIFO => true,
            libc::S_IFSOCK if is_stream(&socket) => false,
            _ => return None,
        };
        // SAFETY: plain system call.
        let flags = unsafe { libc::fcntl(socket.as_raw_fd(), libc::F_GETFL) };
        // packets (pipe2(2)): what a read does not take is lost
        let in_packets = is_pipe && flags & libc::O_DIRECT != 0;
        // epoll(7): with EPOLLET a short read or write means that there is nothing more
        if in_packets || procfs::is_watched_for_changes(pid, fd) {
            return None;
        }
        let nonblocking = flags & libc::O_NONBLOCK != 0;
        Some(Stream { number: status.st_ino, is_pipe, nonblocking, socket })
    }

    /// How many bytes can be read.
    pub fn lies(&self) -> u64 {
        let mut count: libc::c_int = 0;
        // SAFETY: the kernel writes one int, which lives through the call (ioctl_tty(2), FIONREAD; the same of sockets: tcp(7)).
        let done = unsafe { libc::ioctl(self.socket.as_raw_fd(), libc::FIONREAD, &raw mut count) };
        if done == 0 { count as u64 } else { 0 }
    }

    /// The beginning of what lies in a socket; nothing of a pipe, which cannot be asked.
    pub fn beginning(&self) -> Vec<u8> {
        // where nothing lies, this would be told of a reset in the program's place, and the program of an end (tcp(7))
        if self.lies() == 0 {
            return Vec::new();
        }
        let mut bytes = vec![0; LOOK];
        let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
        // SAFETY: the kernel writes at most so many bytes there.
        let count = unsafe {
            libc::recv(self.socket.as_raw_fd(), bytes.as_mut_ptr().cast(), bytes.len(), flags)
        };
        bytes.truncate(count.max(0) as usize);
        bytes
    }

    /// A call that takes bytes out of it would wait for them.
    pub fn would_wait(&self) -> bool {
        let mut look =
            libc::pollfd { fd: self.socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: plain system call; `look` lives through it.
        !self.nonblocking && unsafe { libc::poll(&raw mut look, 1, 0) == 0 }
    }

    /// Its buffer for what is sent holds little from now on.
    pub fn make_small(&self) {
        /// As a machine could be set up (`tcp_wmem` of tcp(7): at least one page).
        static SMALL: libc::c_int = 64 * 1024;
        let size = size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: the kernel reads one int, which lives through the call.
        unsafe {
            libc::setsockopt(
                self.socket.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_SNDBUF,
                (&raw const SMALL).cast(),
                size,
            );
        }
    }
}

/// A stream socket of the internet or of this machine that has a partner, and not the C library's.
fn is_stream(socket: &OwnedFd) -> bool {
    let option = |name| option_of(socket, name);
    let domain = option(libc::SO_DOMAIN);
    option(libc::SO_TYPE) == Some(libc::SOCK_STREAM)
        && [libc::AF_INET, libc::AF_INET6, libc::AF_UNIX].map(Some).contains(&domain)
        && option(libc::SO_ACCEPTCONN) == Some(0)
        // socket(7): a receive does not return before so many bytes have come
        && option(libc::SO_RCVLOWAT) == Some(1)
        && !is_of_the_library(socket)
}

/// The other side answers questions of the C library: a name server, or a daemon of the machine (nscd(8)).
fn is_of_the_library(socket: &OwnedFd) -> bool {
    let Ok(peer) =
        nix::sys::socket::getpeername::<nix::sys::socket::SockaddrStorage>(socket.as_raw_fd())
    else {
        return false;
    };
    if let Some(peer) = peer.as_unix_addr() {
        let daemons = ["/run", "/var/run"];
        return peer.path().is_some_and(|path| daemons.iter().any(|one| path.starts_with(one)));
    }
    let port = peer.as_sockaddr_in().map(nix::sys::socket::SockaddrIn::port);
    port.or_else(|| peer.as_sockaddr_in6().map(nix::sys::socket::SockaddrIn6::port)) == Some(NAMES)
}

//! TCP sockets of this network, asked from the kernel by `sock_diag(7)`: nothing is connected, nothing consumed.

use std::fs;
use std::io;
use std::mem;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;

use super::netlink;

/// A TCP socket of this network namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket {
    pub local: SocketAddrV4,
    /// `0.0.0.0:0` for one that listens.
    pub peer: SocketAddrV4,
    /// Appears as `socket:[inode]` in `/proc/PID/fd`.
    pub inode: u64,
}

// linux/inet_diag.h and linux/sock_diag.h, which libc does not carry
const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// Sets of states of TCP sockets: one bit each, numbered as in the kernel's net/tcp_states.h.
#[derive(Debug, Clone, Copy)]
pub struct States(u32);

impl States {
    /// `TCP_LISTEN`.
    pub const LISTENING: States = States(1 << 10);
    /// Once connected, whichever side has closed since: `TCP_ESTABLISHED`, `FIN_WAIT1`, `FIN_WAIT2`,
    /// `CLOSE_WAIT`, `LAST_ACK`, `CLOSING`.
    pub const CONNECTED: States = States(1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11);
}

#[repr(C)]
#[derive(Clone, Copy)]
struct InetDiagSockId {
    source_port: u16,
    destination_port: u16,
    source: [u32; 4],
    destination: [u32; 4],
    interface: u32,
    cookie: [u32; 2],
}

#[repr(C)]
struct Request {
    header: libc::nlmsghdr,
    family: u8,
    protocol: u8,
    extensions: u8,
    pad: u8,
    states: u32,
    id: InetDiagSockId,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Reply {
    family: u8,
    state: u8,
    timer: u8,
    retransmits: u8,
    id: InetDiagSockId,
    expires: u32,
    receive_queue: u32,
    write_queue: u32,
    uid: u32,
    inode: u32,
}

/// All IPv4 sockets in one of the states.
pub fn in_states(states: States) -> io::Result<Vec<Socket>> {
    // SAFETY: all-zero bytes are a valid request.
    let mut request: Request = unsafe { mem::zeroed() };
    request.header.nlmsg_len = mem::size_of::<Request>() as u32;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    request.family = libc::AF_INET as u8;
    request.protocol = libc::IPPROTO_TCP as u8;
    request.states = states.0;
    // SAFETY: a `repr(C)` struct of integers without gaps is as many bytes as it is long.
    let bytes = unsafe {
        std::slice::from_raw_parts((&raw const request).cast::<u8>(), mem::size_of::<Request>())
    };
    let mut found = Vec::new();
    netlink::ask(libc::NETLINK_SOCK_DIAG, bytes, |body| {
        if body.len() < mem::size_of::<Reply>() {
            return;
        }
        // SAFETY: enough bytes are there, and any bytes are a valid reply.
        let reply: Reply = unsafe { body.as_ptr().cast::<Reply>().read_unaligned() };
        let addr = |ip: u32, port: u16| {
            SocketAddrV4::new(Ipv4Addr::from(u32::from_be(ip)), u16::from_be(port))
        };
        let id = reply.id;
        found.push(Socket {
            local: addr(id.source[0], id.source_port),
            peer: addr(id.destination[0], id.destination_port),
            inode: reply.inode.into(),
        });
    })?;
    Ok(found)
}

/// Whether a process, or one that it has forked, has the socket open (`proc_pid_fd(5)`).
pub fn holds(pid: i32, inode: u64) -> bool {
    let wanted = format!("socket:[{inode}]");
    let mut pids = vec![pid];
    while let Some(pid) = pids.pop() {
        let process = Path::new("/proc").join(pid.to_string());
        let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        for descriptor in descriptors {
            let target = fs::read_link(descriptor.path());
            if target.is_ok_and(|target| target.as_os_str() == wanted.as_str()) {
                return true;
            }
        }
        pids.extend(super::containment::children_of(pid));
    }
    false
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_listening_socket_is_seen_with_its_address_and_its_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let socket = in_states(States::LISTENING)
            .unwrap()
            .into_iter()
            .find(|socket| std::net::SocketAddr::V4(socket.local) == addr)
            .expect("our socket listens");
        assert!(holds(std::process::id() as i32, socket.inode));
        // standard library sockets are closed on exec: a child does not have it
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        assert!(!holds(child.id() as i32, socket.inode));
        drop(child.stdin.take());
        child.wait().unwrap();
        drop(listener);
        let gone =
            in_states(States::LISTENING).unwrap().iter().all(|one| one.inode != socket.inode);
        assert!(gone);
    }

    #[test]
    fn a_connection_is_seen_from_the_client_s_side() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let client = std::net::TcpStream::connect(addr).unwrap();
        let seen = |socket: &Socket| {
            std::net::SocketAddr::V4(socket.peer) == addr
                && std::net::SocketAddr::V4(socket.local) == client.local_addr().unwrap()
        };
        assert!(in_states(States::CONNECTED).unwrap().iter().any(seen));
    }

    #[test]
    fn a_bound_socket_that_does_not_listen_is_not_ready() {
        let bound = nix::sys::socket::socket(
            nix::sys::socket::AddressFamily::Inet,
            nix::sys::socket::SockType::Stream,
            nix::sys::socket::SockFlag::SOCK_CLOEXEC,
            None,
        )
        .unwrap();
        let any = nix::sys::socket::SockaddrIn::new(127, 0, 0, 1, 0);
        nix::sys::socket::bind(bound.as_raw_fd(), &any).unwrap();
        let name: nix::sys::socket::SockaddrIn =
            nix::sys::socket::getsockname(bound.as_raw_fd()).unwrap();
        assert!(
            in_states(States::LISTENING).unwrap().iter().all(|one| one.local.port() != name.port())
        );
    }
}

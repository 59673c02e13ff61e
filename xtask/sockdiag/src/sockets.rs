//! TCP sockets of this network, asked from the kernel by `sock_diag(7)`: nothing is connected, nothing consumed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::{io, mem};

use crate::netlink;

/// A TCP socket of this network namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// This side.
    pub local: SocketAddr,
    /// The other side; port 0 for one that listens.
    pub peer: SocketAddr,
    /// Appears as `socket:[inode]` in `/proc/PID/fd`; 0: nobody has it (not accepted yet, or closed already).
    pub inode: u64,
    /// As numbered in the kernel's net/tcp_states.h.
    pub state: u8,
    /// Bytes that have arrived and have not been read; of a listener: connections that wait to be accepted.
    pub unread: u64,
    /// Bytes that the other side has not confirmed.
    pub unsent: u64,
    /// 4: the other side's buffer is full, and we ask it from time to time.
    pub timer: u8,
    /// Bytes sent so far, without repetitions; `None`: an old kernel.
    pub sent: Option<u64>,
    /// Bytes received so far.
    pub received: Option<u64>,
    /// Bytes that have not even been sent: the kernel collects small pieces (Nagle's algorithm, `TCP_NODELAY` of tcp(7)).
    pub held_back: u32,
}

// states of a socket, as numbered in the kernel's net/tcp_states.h
/// Connected.
pub const ESTABLISHED: u8 = 1;
/// `connect` waits for the other side.
pub const SYN_SENT: u8 = 2;
/// A client has come, and the last packet of the handshake has not.
pub const SYN_RECEIVED: u8 = 3;
/// This side has closed, which the other has not confirmed.
pub const FIN_WAIT1: u8 = 4;
/// This side has closed, which the other has confirmed.
pub const FIN_WAIT2: u8 = 5;
/// The other side has closed, this one has not.
pub const CLOSE_WAIT: u8 = 8;
/// Both sides have closed, this one last, which the other has not confirmed.
pub const LAST_ACK: u8 = 9;
/// It listens.
pub const LISTEN: u8 = 10;
/// Both sides have closed at once.
pub const CLOSING: u8 = 11;
/// The timer of a sender whose receiver's buffer is full.
const PROBING: u8 = 4;

// linux/inet_diag.h and linux/sock_diag.h, which libc does not carry
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const INET_DIAG_INFO: u16 = 2;

/// Sets of states of TCP sockets: one bit each, numbered as in the kernel's net/tcp_states.h.
#[derive(Debug, Clone, Copy)]
pub struct States(u32);

impl States {
    /// `TCP_LISTEN`.
    pub const LISTENING: States = States(1 << LISTEN);
    /// Once connected, whichever side has closed since: `TCP_ESTABLISHED`, `FIN_WAIT1`, `FIN_WAIT2`,
    /// `CLOSE_WAIT`, `LAST_ACK`, `CLOSING`.
    pub const CONNECTED: States = States(
        1 << ESTABLISHED
            | 1 << FIN_WAIT1
            | 1 << FIN_WAIT2
            | 1 << CLOSE_WAIT
            | 1 << LAST_ACK
            | 1 << CLOSING,
    );
    /// All but those that wait for old packets to die out (`TIME_WAIT`) and those that never were connected (`CLOSE`).
    pub const ALIVE: States =
        States(States::CONNECTED.0 | States::LISTENING.0 | 1 << SYN_SENT | 1 << SYN_RECEIVED);
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

/// Which sockets are asked for. Each question makes the kernel walk through all connections of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Families {
    /// `AF_INET` only.
    Ipv4,
    /// `AF_INET` and `AF_INET6`.
    Both,
}

/// All sockets in one of the states.
///
/// # Errors
/// The kernel refuses the question.
pub fn in_states(states: States, families: Families) -> io::Result<Vec<Socket>> {
    let mut found = Vec::new();
    ask(libc::AF_INET, states, &mut found)?;
    if families == Families::Both {
        // a kernel without IPv6 answers with an error
        let _ = ask(libc::AF_INET6, states, &mut found);
    }
    Ok(found)
}

fn ask(family: i32, states: States, found: &mut Vec<Socket>) -> io::Result<()> {
    // SAFETY: all-zero bytes are a valid request.
    let mut request: Request = unsafe { mem::zeroed() };
    request.header.nlmsg_len = mem::size_of::<Request>() as u32;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    request.family = family as u8;
    request.protocol = libc::IPPROTO_TCP as u8;
    request.extensions = 1 << (INET_DIAG_INFO - 1);
    request.states = states.0;
    // SAFETY: a `repr(C)` struct of integers without gaps is as many bytes as it is long.
    let bytes = unsafe {
        std::slice::from_raw_parts((&raw const request).cast::<u8>(), mem::size_of::<Request>())
    };
    netlink::ask(libc::NETLINK_SOCK_DIAG, bytes, |body| {
        if body.len() >= mem::size_of::<Reply>() {
            found.push(read_socket(body));
        }
    })
}

/// `body` is at least as long as a [`Reply`].
fn read_socket(body: &[u8]) -> Socket {
    // SAFETY: enough bytes are there, and any bytes are a valid reply.
    let reply: Reply = unsafe { body.as_ptr().cast::<Reply>().read_unaligned() };
    let addr = |ip: [u32; 4], port: u16| {
        let ip: IpAddr = if i32::from(reply.family) == libc::AF_INET {
            Ipv4Addr::from(u32::from_be(ip[0])).into()
        } else {
            let words = ip.map(u32::from_be);
            let bits = words.iter().fold(0_u128, |bits, word| bits << 32 | u128::from(*word));
            Ipv6Addr::from(bits).into()
        };
        SocketAddr::new(ip, u16::from_be(port))
    };
    let info = info_of(&body[mem::size_of::<Reply>()..]);
    let number = |offset: usize| {
        let bytes = info?.get(offset..offset + 8)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    };
    let id = reply.id;
    Socket {
        local: addr(id.source, id.source_port),
        peer: addr(id.destination, id.destination_port),
        inode: reply.inode.into(),
        state: reply.state,
        unread: reply.receive_queue.into(),
        unsent: reply.write_queue.into(),
        timer: reply.timer,
        // offsets in `struct tcp_info` (linux/tcp.h): tcpi_bytes_sent - tcpi_bytes_retrans, tcpi_bytes_received
        sent: number(200).zip(number(208)).map(|(sent, again)| sent.saturating_sub(again)),
        received: number(128),
        // tcpi_notsent_bytes
        held_back: info
            .and_then(|info| info.get(144..148)?.try_into().ok())
            .map_or(0, u32::from_ne_bytes),
    }
}

/// The `struct tcp_info` among the attributes behind a reply.
fn info_of(mut bytes: &[u8]) -> Option<&[u8]> {
    while bytes.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([bytes[0], bytes[1]]));
        let kind = u16::from_ne_bytes([bytes[2], bytes[3]]);
        if length < 4 || length > bytes.len() {
            return None;
        }
        if kind == INET_DIAG_INFO {
            return Some(&bytes[4..length]);
        }
        bytes = &bytes[length.next_multiple_of(4).min(bytes.len())..];
    }
    None
}

/// Something is on its way between two ends that are both here: bytes, a connection, an end. Then somebody may wake
/// up although nobody runs.
pub fn under_way(sockets: &[Socket]) -> bool {
    sockets.iter().any(|one| match one.state {
        LISTEN => false,
        SYN_RECEIVED => true,
        SYN_SENT => sockets
            .iter()
            .any(|other| other.state == LISTEN && other.local.port() == one.peer.port()),
        // the receiver's buffer is full: nothing moves until somebody reads
        _ if one.timer == PROBING => false,
        _ => {
            let other =
                sockets.iter().find(|other| other.local == one.peer && other.peer == one.local);
            // what is held back is sent when the other side has confirmed the rest, which takes it up to 40 ms
            let bytes = other.is_some() && one.held_back > 0
                || other.and_then(|other| Some(one.sent? > other.received?)).unwrap_or(false);
            let end =
                one.state == FIN_WAIT1 && other.is_some_and(|other| other.state == ESTABLISHED);
            bytes || end
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{Shutdown, TcpListener, TcpStream};

    use super::*;

    fn of(local: SocketAddr, peer: SocketAddr) -> Option<Socket> {
        let all = in_states(States::ALIVE, Families::Both).unwrap();
        all.into_iter().find(|socket| socket.local == local && socket.peer == peer)
    }

    #[test]
    fn a_bound_socket_that_does_not_listen_is_not_ready() {
        use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn};
        use nix::sys::socket::{bind, getsockname, socket};
        use std::os::fd::AsRawFd;

        let bound =
            socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
        bind(bound.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0)).unwrap();
        let name: SockaddrIn = getsockname(bound.as_raw_fd()).unwrap();
        let listening = in_states(States::LISTENING, Families::Ipv4).unwrap();
        assert!(listening.iter().all(|one| one.local.port() != name.port()));
    }

    #[test]
    fn a_connection_is_seen_from_both_sides_with_what_lies_unread() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(addr).unwrap();
        let here = client.local_addr().unwrap();
        assert_eq!(of(addr, here).unwrap().inode, 0, "nobody has accepted it");
        let (_server, _) = listener.accept().unwrap();
        client.write_all(b"hello").unwrap();
        let server_side = of(addr, here).unwrap();
        assert!(server_side.inode != 0);
        assert_eq!((server_side.state, server_side.unread), (ESTABLISHED, 5));
        assert_eq!((of(here, addr).unwrap().sent, server_side.received), (Some(5), Some(5)));
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(of(addr, here).unwrap().state, CLOSE_WAIT);
        // the confirmation of the end may be delayed (tcp(7), TCP_QUICKACK)
        assert!([FIN_WAIT1, FIN_WAIT2].contains(&of(here, addr).unwrap().state));
        assert!(!under_way(&[of(here, addr).unwrap(), of(addr, here).unwrap()]));
        assert_eq!(of(addr, here).unwrap().sent, Some(0));
    }
}

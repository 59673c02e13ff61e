//! TCP and UDP sockets of this network, asked from the kernel by `sock_diag(7)`: nothing is connected, nothing consumed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use std::{io, mem};

use crate::netlink;

/// A TCP or UDP socket of this network namespace.
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
    /// What the kernel will do by itself: [`SENDS_AGAIN`], [`PROBES`], ...; 0: nothing.
    pub timer: u8,
    /// When it will do so.
    pub expires: Duration,
    /// How many bytes the other side still takes; `None`: an old kernel.
    pub window: Option<u32>,
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
/// Both sides have closed; the port stays taken for a minute, in case old packets come (`TIME_WAIT`).
pub const TIME_WAIT: u8 = 6;
/// A UDP socket that has no other side.
pub const UNCONNECTED: u8 = 7;
/// A timer: what was not confirmed is sent once more.
pub const SENDS_AGAIN: u8 = 1;
/// A timer: bytes wait to be sent, and nothing is on its way. The receiver's buffer is full, or they were held back
/// (`TCP_CORK`).
pub const PROBES: u8 = 4;

// linux/inet_diag.h and linux/sock_diag.h, which libc does not carry
pub(crate) const SOCK_DIAG_BY_FAMILY: u16 = 20;
const SOCK_DESTROY: u16 = 21;
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
    /// The same, with `TIME_WAIT`.
    pub const ALIVE_OR_REMNANT: States = States(States::ALIVE.0 | 1 << TIME_WAIT);
    const TIME_WAIT: States = States(1 << TIME_WAIT);
    const ANY: States = States(u32::MAX);
}

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Reply {
    fn local(&self) -> SocketAddr {
        self.address(self.id.source, self.id.source_port)
    }

    fn peer(&self) -> SocketAddr {
        self.address(self.id.destination, self.id.destination_port)
    }

    fn address(&self, ip: [u32; 4], port: u16) -> SocketAddr {
        let ip: IpAddr = if i32::from(self.family) == libc::AF_INET {
            Ipv4Addr::from(u32::from_be(ip[0])).into()
        } else {
            let words = ip.map(u32::from_be);
            let bits = words.iter().fold(0_u128, |bits, word| bits << 32 | u128::from(*word));
            Ipv6Addr::from(bits).into()
        };
        SocketAddr::new(ip, u16::from_be(port))
    }
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
    let mut add = |body: &[u8]| found.extend(read_socket(body));
    dump(libc::AF_INET, libc::IPPROTO_TCP, states, &mut add)?;
    if families == Families::Both {
        // a kernel without IPv6 answers with an error
        let _ = dump(libc::AF_INET6, libc::IPPROTO_TCP, states, &mut add);
    }
    Ok(found)
}

/// All UDP sockets: [`UNCONNECTED`] or [`ESTABLISHED`].
///
/// # Errors
/// The kernel refuses the question.
pub fn datagrams() -> io::Result<Vec<Socket>> {
    let mut found = Vec::new();
    let mut add = |body: &[u8]| found.extend(read_socket(body));
    dump(libc::AF_INET, libc::IPPROTO_UDP, States::ANY, &mut add)?;
    let _ = dump(libc::AF_INET6, libc::IPPROTO_UDP, States::ANY, &mut add);
    Ok(found)
}

/// A connection that is over and whose port is still taken ([`TIME_WAIT`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remnant {
    family: u8,
    id: InetDiagSockId,
    /// This side.
    pub local: SocketAddr,
    /// The other side.
    pub peer: SocketAddr,
    /// How long until the kernel forgets it.
    pub left: Duration,
}

impl Remnant {
    /// So long the kernel remembers each (`TCP_TIMEWAIT_LEN` in net/tcp.h).
    pub const LENGTH: Duration = Duration::from_secs(60);

    /// The kernel forgets it now.
    ///
    /// # Errors
    /// Not here: it is forbidden (`CAP_NET_ADMIN`), or this kernel cannot do it.
    pub fn forget(&self) -> io::Result<()> {
        let mut request = request(self.family, libc::IPPROTO_TCP, States::TIME_WAIT);
        request.header.nlmsg_type = SOCK_DESTROY;
        request.header.nlmsg_flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK) as u16;
        request.id = self.id;
        netlink::ask(libc::NETLINK_SOCK_DIAG, bytes_of(&request), |_| {})
    }
}

/// Every connection that is over and whose port is still taken.
///
/// # Errors
/// The kernel refuses the question.
pub fn remnants() -> io::Result<Vec<Remnant>> {
    let mut found = Vec::new();
    let mut add = |body: &[u8]| {
        found.extend(read_reply(body).map(|reply| Remnant {
            family: reply.family,
            id: reply.id,
            local: reply.local(),
            peer: reply.peer(),
            left: Duration::from_millis(reply.expires.into()),
        }));
    };
    dump(libc::AF_INET, libc::IPPROTO_TCP, States::TIME_WAIT, &mut add)?;
    let _ = dump(libc::AF_INET6, libc::IPPROTO_TCP, States::TIME_WAIT, &mut add);
    Ok(found)
}

fn dump(
    family: i32,
    protocol: i32,
    states: States,
    each: &mut impl FnMut(&[u8]),
) -> io::Result<()> {
    let request = request(family as u8, protocol, states);
    netlink::ask(libc::NETLINK_SOCK_DIAG, bytes_of(&request), each)
}

/// For all sockets of a kind.
fn request(family: u8, protocol: i32, states: States) -> Request {
    // SAFETY: all-zero bytes are a valid request.
    let mut request: Request = unsafe { mem::zeroed() };
    request.header.nlmsg_len = mem::size_of::<Request>() as u32;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    request.family = family;
    request.protocol = protocol as u8;
    request.extensions = 1 << (INET_DIAG_INFO - 1);
    request.states = states.0;
    request
}

fn bytes_of(request: &Request) -> &[u8] {
    // SAFETY: a `repr(C)` struct of integers without gaps is as many bytes as it is long.
    unsafe {
        std::slice::from_raw_parts((&raw const *request).cast::<u8>(), mem::size_of::<Request>())
    }
}

fn read_reply(body: &[u8]) -> Option<Reply> {
    // SAFETY: enough bytes are there, and any bytes are a valid reply.
    (body.len() >= mem::size_of::<Reply>())
        .then(|| unsafe { body.as_ptr().cast::<Reply>().read_unaligned() })
}

fn read_socket(body: &[u8]) -> Option<Socket> {
    let reply = read_reply(body)?;
    let info = netlink::attribute(&body[mem::size_of::<Reply>()..], INET_DIAG_INFO);
    let number = |offset: usize| {
        let bytes = info?.get(offset..offset + 8)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    };
    let small = |offset: usize| {
        let bytes = info?.get(offset..offset + 4)?;
        Some(u32::from_ne_bytes(bytes.try_into().ok()?))
    };
    Some(Socket {
        local: reply.local(),
        peer: reply.peer(),
        inode: reply.inode.into(),
        state: reply.state,
        unread: reply.receive_queue.into(),
        unsent: reply.write_queue.into(),
        timer: reply.timer,
        expires: Duration::from_millis(reply.expires.into()),
        // tcpi_snd_wnd
        window: small(228),
        // offsets in `struct tcp_info` (linux/tcp.h): tcpi_bytes_sent - tcpi_bytes_retrans, tcpi_bytes_received
        sent: number(200).zip(number(208)).map(|(sent, again)| sent.saturating_sub(again)),
        received: number(128),
        // tcpi_notsent_bytes
        held_back: small(144).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{Shutdown, TcpListener, TcpStream};

    use super::*;
    use crate::way;

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
        let both = [of(here, addr).unwrap(), of(addr, here).unwrap()];
        assert!(!both.iter().any(|one| way::of(one, &both).is_some()));
        assert_eq!(of(addr, here).unwrap().sent, Some(0));
    }
}

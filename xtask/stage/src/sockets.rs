//! Which process has a socket: who listens where, who takes datagrams where, who is connected to whom. Nothing is connected,
//! nothing consumed.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use events::{Endpoint, Transport};
use sockdiag::sockets::{ESTABLISHED, Families, States, UNCONNECTED, datagrams, in_states};

/// Where a process or one of its descendants listens; of UDP: where it has a socket that is bound and has no other side.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`).
pub fn listening(pid: i32, transport: Transport) -> io::Result<Vec<Endpoint>> {
    let mut all = match transport {
        Transport::Tcp => in_states(States::LISTENING, Families::Both)?,
        Transport::Udp => datagrams()?,
    };
    all.retain(|socket| transport == Transport::Tcp || socket.state == UNCONNECTED);
    let here = all.into_iter().filter(|socket| holds(pid, socket.inode));
    Ok(here.map(|socket| Endpoint { transport, addr: socket.local }).collect())
}

/// Whether one of these processes listens for TCP connections, whichever version of IP it uses.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`).
pub fn serves(pids: &[i32]) -> io::Result<bool> {
    let all = in_states(States::LISTENING, Families::Both)?;
    let open: BTreeSet<u64> = pids.iter().flat_map(|pid| sockets_of(*pid)).collect();
    Ok(all.iter().any(|socket| open.contains(&socket.inode)))
}

/// Whether a process or one of its descendants has a connection to `peer`; of UDP: a socket that has it as its other side.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`).
pub fn is_connected(pid: i32, peer: Endpoint) -> io::Result<bool> {
    let families = if peer.addr.is_ipv4() { Families::Ipv4 } else { Families::Both };
    let mut all = match peer.transport {
        Transport::Tcp => in_states(States::CONNECTED, families)?,
        Transport::Udp => datagrams()?,
    };
    all.retain(|socket| peer.transport == Transport::Tcp || socket.state == ESTABLISHED);
    Ok(all.iter().any(|socket| socket.peer == peer.addr && holds(pid, socket.inode)))
}

/// Whether a process, or one that it has forked, has the socket open (`proc_pid_fd(5)`).
fn holds(pid: i32, inode: u64) -> bool {
    let mut pids = vec![pid];
    while let Some(pid) = pids.pop() {
        if sockets_of(pid).any(|one| one == inode) {
            return true;
        }
        pids.extend(super::containment::children_of(pid));
    }
    false
}

/// The sockets that a process has open, by their numbers.
fn sockets_of(pid: i32) -> impl Iterator<Item = u64> {
    let descriptors = fs::read_dir(Path::new("/proc").join(pid.to_string()).join("fd"));
    descriptors.into_iter().flatten().flatten().filter_map(|descriptor| {
        let target = fs::read_link(descriptor.path()).ok()?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::process::{Command, Stdio};

    use super::*;

    const BOTH: [&str; 2] = ["127.0.0.1:0", "[::1]:0"];

    #[test]
    fn a_listening_socket_is_seen_with_its_address_and_its_process() {
        let own = std::process::id() as i32;
        let seen = |pid| listening(pid, Transport::Tcp).unwrap();
        // a kernel without IPv6 has nothing to show
        for listener in BOTH.into_iter().filter_map(|addr| TcpListener::bind(addr).ok()) {
            let addr = Endpoint::tcp(listener.local_addr().unwrap());
            assert!(seen(own).contains(&addr));
            // standard library sockets are closed on exec: a child does not have it
            let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
            assert!(!seen(child.id() as i32).contains(&addr));
            drop(child.stdin.take());
            child.wait().unwrap();
            drop(listener);
            assert!(!seen(own).contains(&addr));
        }
    }

    #[test]
    fn a_datagram_socket_is_seen_where_it_is_bound_until_it_has_another_side() {
        let own = std::process::id() as i32;
        let seen = || listening(own, Transport::Udp).unwrap();
        for socket in BOTH.into_iter().filter_map(|addr| UdpSocket::bind(addr).ok()) {
            let addr = Endpoint::udp(socket.local_addr().unwrap());
            assert!(seen().contains(&addr));
            assert!(!listening(own, Transport::Tcp).unwrap().contains(&addr));
            let client = UdpSocket::bind((addr.addr.ip(), 0)).unwrap();
            assert!(!is_connected(own, addr).unwrap());
            client.connect(addr.addr).unwrap();
            assert!(is_connected(own, addr).unwrap());
            assert!(!is_connected(own, Endpoint::tcp(addr.addr)).unwrap());
            assert!(!seen().contains(&Endpoint::udp(client.local_addr().unwrap())));
            drop(socket);
            assert!(!seen().contains(&addr));
        }
    }

    #[test]
    fn a_connection_is_seen_from_the_client_s_side() {
        let own = std::process::id() as i32;
        for listener in BOTH.into_iter().filter_map(|addr| TcpListener::bind(addr).ok()) {
            let addr = listener.local_addr().unwrap();
            assert!(!is_connected(own, Endpoint::tcp(addr)).unwrap());
            let _client = TcpStream::connect(addr).unwrap();
            assert!(is_connected(own, Endpoint::tcp(addr)).unwrap());
        }
    }
}

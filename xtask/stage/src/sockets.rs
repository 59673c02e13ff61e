//! Which process has a socket: who listens where, who is connected to whom. Nothing is connected, nothing consumed.

use std::collections::BTreeSet;
use std::net::{SocketAddr, SocketAddrV4};
use std::path::Path;
use std::{fs, io};

use sockdiag::sockets::{Families, States, in_states};

/// The IPv4 addresses on which a process or one of its descendants listens.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`).
pub fn listening(pid: i32) -> io::Result<Vec<SocketAddrV4>> {
    let all = in_states(States::LISTENING, Families::Ipv4)?;
    let here = all.into_iter().filter_map(|socket| match socket.local {
        SocketAddr::V4(local) => holds(pid, socket.inode).then_some(local),
        SocketAddr::V6(_) => None,
    });
    Ok(here.collect())
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

/// Whether a process or one of its descendants has a connection to `peer`.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`).
pub fn is_connected(pid: i32, peer: SocketAddrV4) -> io::Result<bool> {
    let all = in_states(States::CONNECTED, Families::Ipv4)?;
    Ok(all.iter().any(|socket| socket.peer == peer.into() && holds(pid, socket.inode)))
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
    use std::net::{TcpListener, TcpStream};
    use std::process::{Command, Stdio};

    use super::*;

    fn v4(addr: SocketAddr) -> SocketAddrV4 {
        match addr {
            SocketAddr::V4(addr) => addr,
            SocketAddr::V6(_) => panic!("{addr}"),
        }
    }

    #[test]
    fn a_listening_socket_is_seen_with_its_address_and_its_process() {
        let own = std::process::id() as i32;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = v4(listener.local_addr().unwrap());
        assert!(listening(own).unwrap().contains(&addr));
        // standard library sockets are closed on exec: a child does not have it
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(!listening(child.id() as i32).unwrap().contains(&addr));
        drop(child.stdin.take());
        child.wait().unwrap();
        drop(listener);
        assert!(!listening(own).unwrap().contains(&addr));
    }

    #[test]
    fn a_connection_is_seen_from_the_client_s_side() {
        let own = std::process::id() as i32;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = v4(listener.local_addr().unwrap());
        assert!(!is_connected(own, addr).unwrap());
        let _client = TcpStream::connect(addr).unwrap();
        assert!(is_connected(own, addr).unwrap());
    }
}

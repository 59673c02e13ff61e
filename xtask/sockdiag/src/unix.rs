//! Unix sockets of this network, asked from the kernel by `sock_diag(7)`. Those with a path belong to the file system: the
//! other end may be in another network.

use std::{io, mem};

use crate::netlink;
use crate::sockets::SOCK_DIAG_BY_FAMILY;

/// A Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// Appears as `socket:[inode]` in `/proc/PID/fd`.
    pub inode: u64,
    /// The other end; `None`: there is none, or nobody has it any more.
    pub peer: Option<u64>,
    /// It waits for clients.
    pub listens: bool,
    /// It has a name to which others may connect or send: a path, or an abstract one that begins with a zero byte.
    pub name: Option<Vec<u8>>,
    /// What has arrived: of a listener, clients that wait to be accepted.
    pub unread: u64,
}

// linux/unix_diag.h and net/tcp_states.h, which libc does not carry
const SHOW_NAME: u32 = 1 << 0;
const SHOW_PEER: u32 = 1 << 2;
const SHOW_QUEUE: u32 = 1 << 4;
const NAME: u16 = 0;
const PEER: u16 = 2;
const QUEUE: u16 = 4;
const LISTEN: u8 = 10;

#[repr(C)]
struct Request {
    header: libc::nlmsghdr,
    family: u8,
    protocol: u8,
    pad: u16,
    states: u32,
    inode: u32,
    show: u32,
    cookie: [u32; 2],
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Reply {
    family: u8,
    kind: u8,
    state: u8,
    pad: u8,
    inode: u32,
    cookie: [u32; 2],
}

/// All of them.
///
/// # Errors
/// The kernel refuses the question.
pub fn all() -> io::Result<Vec<Socket>> {
    // SAFETY: all-zero bytes are a valid request.
    let mut request: Request = unsafe { mem::zeroed() };
    request.header.nlmsg_len = mem::size_of::<Request>() as u32;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    request.family = libc::AF_UNIX as u8;
    request.states = u32::MAX;
    request.show = SHOW_NAME | SHOW_PEER | SHOW_QUEUE;
    // SAFETY: a `repr(C)` struct of integers without gaps is as many bytes as it is long.
    let bytes = unsafe {
        std::slice::from_raw_parts((&raw const request).cast::<u8>(), mem::size_of::<Request>())
    };
    let mut found = Vec::new();
    netlink::ask(libc::NETLINK_SOCK_DIAG, bytes, |body| found.extend(read(body)))?;
    Ok(found)
}

fn read(body: &[u8]) -> Option<Socket> {
    let size = mem::size_of::<Reply>();
    // SAFETY: enough bytes are there, and any bytes are a valid reply.
    let reply =
        (body.len() >= size).then(|| unsafe { body.as_ptr().cast::<Reply>().read_unaligned() })?;
    let attribute = |kind| netlink::attribute(&body[size..], kind);
    let number = |kind| {
        let bytes = attribute(kind)?.get(..4)?;
        Some(u32::from_ne_bytes(bytes.try_into().ok()?))
    };
    Some(Socket {
        inode: reply.inode.into(),
        peer: number(PEER).map(u64::from).filter(|inode| *inode != 0),
        listens: reply.state == LISTEN,
        name: attribute(NAME).map(<[u8]>::to_vec),
        unread: number(QUEUE).unwrap_or(0).into(),
    })
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;

    fn inode(socket: &impl AsRawFd) -> u64 {
        let target = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap();
        let target = target.to_string_lossy().into_owned();
        target["socket:[".len()..target.len() - 1].parse().unwrap()
    }

    #[test]
    fn a_listener_has_a_name_and_a_pair_has_two_ends() {
        let path = std::env::temp_dir().join(format!("sockdiag-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        let (one, other) = UnixStream::pair().unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let all = all().unwrap();
        std::fs::remove_file(&path).unwrap();
        let of = |number| all.iter().find(|socket| socket.inode == number).unwrap();
        let seen = of(inode(&listener));
        assert!(seen.listens && seen.unread == 1, "{seen:?}");
        assert!(seen.name.as_ref().unwrap().starts_with(path.to_str().unwrap().as_bytes()));
        assert_eq!(of(inode(&one)).peer, Some(inode(&other)));
        assert!(!of(inode(&one)).listens && of(inode(&one)).name.is_none());
        drop(client);
    }
}

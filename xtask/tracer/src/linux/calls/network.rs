//! Calls about sockets: how they come to be, and how they find each other.

use super::{Entering, Entry, Limit, Pending};
use crate::linux::memory;
use events::{Call, Family, Half, Object, SocketKind};

/// `socket(2)`.
pub fn socket(entering: &mut Entering) -> Option<Entry> {
    let family = match entering.int(0) {
        libc::AF_INET => Family::Ipv4,
        libc::AF_INET6 => Family::Ipv6,
        libc::AF_UNIX => Family::Unix,
        other => Family::Other(other),
    };
    let kind = match entering.int(1) & 0xf {
        libc::SOCK_STREAM => SocketKind::Stream,
        libc::SOCK_DGRAM => SocketKind::Datagram,
        other => SocketKind::Other(other),
    };
    Pending::new(Call::Socket { family, kind }).watched()
}

/// `bind(2)`.
pub fn bind(entering: &mut Entering) -> Option<Entry> {
    let addr = memory::read_address(entering.tid(), entering.arg(1), entering.arg(2) as usize);
    Pending::new(Call::Bind { fd: entering.int(0), addr }).watched()
}

/// `listen(2)`.
pub fn listen(entering: &mut Entering) -> Option<Entry> {
    let fd = entering.int(0);
    let call = Call::Listen { fd, addr: None, backlog: entering.int(1) };
    let pending = Pending::new(call).then(move |call, leaving| {
        if let Call::Listen { addr, .. } = call
            && let Some(Object::Listener { local }) = leaving.object(fd)
        {
            *addr = Some(local);
        }
    });
    pending.watched()
}

/// `accept(2)`, `accept4(2)`.
pub fn accept(entering: &mut Entering) -> Option<Entry> {
    let fd = entering.int(0);
    // of one that is not open it is told that it failed
    let object = entering.object(fd).unwrap_or(Object::Other);
    let local = match object {
        Object::Listener { local } => Some(local),
        _ => None,
    };
    let limit = entering.timeout_of(fd, &object, true);
    let (pid, tid, address) = (entering.caller.pid, entering.tid(), entering.arg(1));
    let room = memory::read_some(tid, entering.arg(2), size_of::<u32>()).ok();
    let room = room.and_then(|bytes| Some(u32::from_ne_bytes(bytes.try_into().ok()?)));
    let room = room.unwrap_or(0) as usize;
    let call = Call::Accept { fd, local, peer: None, client: None };
    let pending = Pending::new(call).announced().limited(limit).then(move |call, leaving| {
        let accepted = leaving.value as i32;
        leaving.inherit_timeouts(fd, accepted);
        let Call::Accept { peer, client, .. } = call else { return };
        match leaving.object(accepted) {
            Some(Object::Connection { peer: real, .. }) => *peer = Some(real),
            Some(Object::Socket { id }) => match memory::read_address(tid, address, room) {
                // reset while it stood in the queue: who it was, only this call says
                Some(was) if local.is_some() && accepted >= 0 => {
                    *peer = Some(was);
                    if let Some(own) = leaving.own_address(accepted).or(local) {
                        leaving.objects.was_connected(id, own, was);
                    }
                }
                _ => *client = leaving.objects.unix_client(pid, fd, id),
            },
            _ => {}
        }
    });
    pending.watched()
}

/// `connect(2)`.
pub fn connect(entering: &mut Entering) -> Option<Entry> {
    let fd = entering.int(0);
    let peer = memory::read_address(entering.tid(), entering.arg(1), entering.arg(2) as usize);
    if peer.is_none() && is_name_cache(entering) {
        return None;
    }
    let object = entering.object(fd).unwrap_or(Object::Other);
    let limit = entering.timeout_of(fd, &object, false);
    let limit = limit.map(|limit: Limit| limit.returning((-libc::EINPROGRESS).into()));
    let name = memory::read_local_name(entering.tid(), entering.arg(1), entering.arg(2) as usize);
    if let (Some(peer), Some(socket)) = (peer, entering.identity(fd)) {
        entering.timeouts.connects(socket, peer);
    }
    let call = Call::Connect { fd, peer, local: None, socket: None };
    let pending = Pending::new(call).announced().limited(limit).then(move |call, leaving| {
        let Call::Connect { local, socket, .. } = call else { return };
        match leaving.object(fd) {
            Some(Object::Connection { local: real, .. }) => *local = Some(real),
            // the connection is still being made (EINPROGRESS): its address it has already
            Some(Object::Socket { .. }) if peer.is_some() => *local = leaving.own_address(fd),
            Some(Object::Socket { id }) => {
                *socket = Some(id);
                if let Some(name) = name.clone() {
                    leaving.objects.unix_connected(name, id);
                }
            }
            _ => {}
        }
    });
    pending.watched()
}

/// The C library asks whether a cache of names runs (`nscd(8)`) before it looks names up itself: no deed of the program.
fn is_name_cache(entering: &Entering) -> bool {
    const PATH: &[u8] = b"/var/run/nscd/socket";
    // struct sockaddr_un: the family, then the path
    let path = memory::read(entering.tid(), entering.arg(1).saturating_add(2), PATH.len());
    path.is_ok_and(|path| path == PATH)
}

/// `shutdown(2)`.
pub fn shutdown(entering: &mut Entering) -> Option<Entry> {
    let how = match entering.int(1) {
        libc::SHUT_RD => Half::Read,
        libc::SHUT_WR => Half::Write,
        _ => Half::Both,
    };
    let fd = entering.int(0);
    let object = entering.object(fd)?;
    Pending::new(Call::Shutdown { fd, object, how }).announced().watched()
}

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

/// `setsockopt(2)`.
pub fn set_option(entering: &mut Entering) -> Option<Entry> {
    let tid = entering.tid();
    let (fd, level, name) = (entering.int(0), entering.int(1), entering.int(2));
    let (_, _, text) = OPTIONS.iter().find(|one| (one.0, one.1) == (level, name))?;
    let is_timeout = is_timeout(level, name);
    let address = entering.arg(3);
    let value = memory::read_u32(tid, address).ok().map(|value| value as i32);
    let call = Call::SetOption {
        fd,
        option: (*text).to_owned(),
        value: match name {
            _ if is_timeout => None,
            // struct linger: whether, and how many seconds
            libc::SO_LINGER if level == libc::SOL_SOCKET => {
                value.filter(|on| *on != 0).and_then(|_| {
                    memory::read_u32(tid, address + 4).ok().map(|seconds| seconds as i32)
                })
            }
            _ => value,
        },
    };
    if !is_timeout {
        return Pending::new(call).watched();
    }
    let length = memory::read_timeval(tid, address).ok()?;
    let socket = entering.identity(fd)?;
    let receive = name == libc::SO_RCVTIMEO;
    let mut pending = Pending::new(call).then(move |_, leaving| {
        leaving.timeouts.set(receive, socket.clone(), length);
    });
    if entering.clock.is_virtual() {
        // the kernel must not know: its clock is another one. For the time of the call the value is "for ever"
        let before = memory::read(tid, address, 16).ok()?;
        memory::write(tid, address, &[0; 16]).ok()?;
        pending = pending.restoring(address, before);
    }
    pending.watched()
}

/// `SO_ERROR`: of a `connect(2)` that did not wait, this says that it has failed (`connect(2)`, `EINPROGRESS`). Told as its
/// failure.
fn what_became_of_connecting(entering: &mut Entering, fd: i32) -> Option<Entry> {
    let peer = entering.timeouts.connecting(&entering.identity(fd)?)?;
    let address = entering.arg(3);
    let call = Call::Connect { fd, peer: Some(peer), local: None, socket: None };
    let pending = Pending::new(call).then(move |_, leaving| {
        let error = memory::read_u32(leaving.tid(), address).unwrap_or(0);
        leaving.became = Some(error as i32);
    });
    pending.watched()
}

/// `getsockopt(2)`: in virtual time the kernel does not know the time limits.
pub fn ask_option(entering: &mut Entering) -> Option<Entry> {
    let (fd, level, name) = (entering.int(0), entering.int(1), entering.int(2));
    if (level, name) == (libc::SOL_SOCKET, libc::SO_ERROR) {
        return what_became_of_connecting(entering, fd);
    }
    if !is_timeout(level, name) || !entering.clock.is_virtual() {
        return None;
    }
    let socket = entering.identity(fd)?;
    let length = entering.timeouts.of(name == libc::SO_RCVTIMEO, &socket);
    let address = entering.arg(3);
    let pending = Pending::untold(entering.regs.number()).then(move |_, leaving| {
        if let Some(length) = length {
            let _ = memory::write_timeval(leaving.tid(), address, length);
        }
    });
    pending.watched()
}

fn is_timeout(level: i32, name: i32) -> bool {
    level == libc::SOL_SOCKET && [libc::SO_RCVTIMEO, libc::SO_SNDTIMEO].contains(&name)
}

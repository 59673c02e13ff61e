//! Calls that carry bytes: into a descriptor, out of one, or from one to another.

use std::net::SocketAddr;

use super::{Entering, Entry, Pending};
use crate::linux::objects::{Stream, would_wait};
use crate::linux::{memory, procfs};
use events::{Call, Data, Object};

/// Parts of memory that hold the bytes: address and length.
type Parts = Vec<(u64, u64)>;

/// `read(2)`.
pub fn read(entering: &mut Entering) -> Option<Entry> {
    let parts = vec![(entering.arg(1), entering.arg(2))];
    receive(entering, parts, Name::None, false)
}

/// `recvfrom(2)`.
pub fn recvfrom(entering: &mut Entering) -> Option<Entry> {
    let parts = vec![(entering.arg(1), entering.arg(2))];
    let name = Name::Got(entering.arg(4));
    receive(entering, parts, name, entering.int(3) & libc::MSG_PEEK != 0)
}

/// `readv(2)`.
pub fn readv(entering: &mut Entering) -> Option<Entry> {
    let parts = vector(entering)?;
    receive(entering, parts, Name::None, false)
}

/// `recvmsg(2)`.
pub fn recvmsg(entering: &mut Entering) -> Option<Entry> {
    let (parts, (address, _)) = message(entering)?;
    receive(entering, parts, Name::Got(address), entering.int(2) & libc::MSG_PEEK != 0)
}

/// `write(2)`.
pub fn write(entering: &mut Entering) -> Option<Entry> {
    let parts = vec![(entering.arg(1), entering.arg(2))];
    send(entering, parts, Name::None)
}

/// `sendto(2)`.
pub fn sendto(entering: &mut Entering) -> Option<Entry> {
    let parts = vec![(entering.arg(1), entering.arg(2))];
    let to = memory::read_address(entering.tid(), entering.arg(4), entering.arg(5) as usize);
    send(entering, parts, Name::given(to))
}

/// `writev(2)`.
pub fn writev(entering: &mut Entering) -> Option<Entry> {
    let parts = vector(entering)?;
    send(entering, parts, Name::None)
}

/// `sendmsg(2)`.
pub fn sendmsg(entering: &mut Entering) -> Option<Entry> {
    let (parts, (address, length)) = message(entering)?;
    let to = memory::read_address(entering.tid(), address, length);
    send(entering, parts, Name::given(to))
}

/// `vmsplice(2)`: of the end of a pipe that is read it takes bytes.
pub fn vmsplice(entering: &mut Entering) -> Option<Entry> {
    if procfs::is_writable(entering.caller.pid, entering.int(0)) { writev(entering) } else { None }
}

/// `pwritev2(2)` at the present place, which is the only one that a pipe has.
pub fn pwritev2(entering: &mut Entering) -> Option<Entry> {
    if entering.arg(3) as i64 == -1 { writev(entering) } else { None }
}

/// `sendfile(2)`.
pub fn sendfile(entering: &mut Entering) -> Option<Entry> {
    let (to, total) = (entering.int(0), entering.arg(3));
    send_unseen(entering, to, total)?.watched()
}

/// `tee(2)`.
pub fn tee(entering: &mut Entering) -> Option<Entry> {
    let (to, total) = (entering.int(1), entering.arg(2));
    send_unseen(entering, to, total)?.watched()
}

/// `copy_file_range(2)`.
pub fn copy_file_range(entering: &mut Entering) -> Option<Entry> {
    let (to, total) = (entering.int(2), entering.arg(4));
    send_unseen(entering, to, total)?.watched()
}

/// `splice(2)`. While it waits for bytes of a socket, the kernel has the pipe locked (`splice_file_to_pipe` in fs/splice.c):
/// whoever reads that pipe then, we too, waits without an end, and no signal helps. So the bytes are waited for before.
pub fn splice(entering: &mut Entering) -> Option<Entry> {
    let (fd, flags) = (entering.int(0), entering.arg(5) as u32);
    let source = entering.object(fd)?;
    let (to, total) = (entering.int(2), entering.arg(4));
    let mut pending = send_unseen(entering, to, total)?;
    let is_socket = matches!(source, Object::Connection { .. } | Object::Socket { .. });
    if is_socket && flags & libc::SPLICE_F_NONBLOCK == 0 && would_wait(entering.caller.pid, fd) {
        let limit = entering.timeout_of(fd, &source, true);
        pending = pending.limited(limit).waiting_for(fd);
    }
    pending.watched()
}

/// `recvmmsg(2)`: several messages; what they say is not looked at. It looks at its own time limit only when one has come.
pub fn recvmmsg(entering: &mut Entering) -> Option<Entry> {
    messages(entering, true)
}

/// `sendmmsg(2)`: several messages; what they say is not looked at.
pub fn sendmmsg(entering: &mut Entering) -> Option<Entry> {
    messages(entering, false)
}

fn messages(entering: &mut Entering, receive: bool) -> Option<Entry> {
    let fd = entering.int(0);
    let object = entering.object(fd)?;
    let limit = entering.timeout_of(fd, &object, receive);
    Pending::untold(entering.regs.number()).limited(limit).watched()
}

fn receive(entering: &mut Entering, parts: Parts, from: Name, peeked: bool) -> Option<Entry> {
    let fd = entering.int(0);
    let object = interesting(entering, fd)?;
    let asked = length_of(&parts);
    let call = Call::Receive { fd, object, data: Data { peeked, ..Data::default() }.asking(asked) };
    carries(entering, call, parts, from)?.watched()
}

/// Its bytes are in memory.
fn send(entering: &mut Entering, parts: Parts, to: Name) -> Option<Entry> {
    let fd = entering.int(0);
    let object = interesting(entering, fd)?;
    let total = length_of(&parts);
    // of one that is told only when it is over, they are read then
    let data = match is_announced(&object) {
        true => look(entering.tid(), &parts, Data::MOST, total).0,
        false => Data::default(),
    };
    let data = data.asking(total);
    carries(entering, Call::Send { fd, object, data }, parts, to)?.watched()
}

/// Its bytes are in no memory of the program.
fn send_unseen(entering: &mut Entering, fd: i32, total: u64) -> Option<Pending> {
    let object = interesting(entering, fd)?;
    let data = Data { bytes: total, cut: true, ..Data::default() }.asking(total);
    carries(entering, Call::Send { fd, object, data }, Vec::new(), Name::None)
}

/// What a descriptor leads to. `None`: to a file that has nothing to do with the program's folder.
fn interesting(entering: &mut Entering, fd: i32) -> Option<Object> {
    match entering.object(fd)? {
        Object::File { path } if !path.starts_with(entering.caller.folder) => None,
        object => Some(object),
    }
}

/// A call that carries bytes; they come to lie, or lie, in these parts of memory.
fn carries(entering: &Entering, call: Call, parts: Parts, name: Name) -> Option<Pending> {
    let (Call::Send { fd, ref object, .. } | Call::Receive { fd, ref object, .. }) = call else {
        return None;
    };
    let receive = matches!(call, Call::Receive { .. });
    let output = Stream::of(object);
    let is_socket = matches!(object, Object::Connection { .. } | Object::Socket { .. });
    let number = match object {
        Object::Socket { id } => Some(*id),
        _ => None,
    };
    let is_told = *object != Object::Other;
    let announced = is_announced(object);
    let limit = entering.timeout_of(fd, object, receive);
    let mut pending = Pending::new(call).limited(limit);
    pending.told = is_told;
    pending.announced = announced;
    pending.unseen = output.filter(|_| !receive && parts.is_empty());
    pending.writes = output.filter(|_| !receive).map(|output| {
        let most = limits::WRITTEN_BEFORE_DEATH;
        (output, memory::gather(entering.tid(), &parts, most))
    });
    let is_output = output.is_some();
    Some(pending.then(move |call, leaving| {
        let (Call::Send { data, .. } | Call::Receive { data, .. }) = call else { return };
        let (bytes, asked, peeked) = (leaving.value as u64, data.asked, data.peeked);
        let from = is_socket.then(|| name.address(leaving.tid()));
        let ends = from.and_then(|from| leaving.ends(fd, number, from));
        if parts.is_empty() {
            *data = Data { bytes, cut: bytes > 0, peeked, ends, ..Data::default() };
            data.asked = asked;
            return;
        }
        let most = if is_output { limits::WRITTEN_AT_ONCE } else { Data::MOST };
        let (seen, head) = look(leaving.tid(), &parts, most, bytes);
        *data = Data { peeked, ends, ..seen }.asking(asked);
        if is_output {
            leaving.output = head;
        }
    }))
}

/// That bytes go there, or come from there, is told when that begins.
fn is_announced(object: &Object) -> bool {
    Stream::of(object).is_none() && !matches!(object, Object::File { .. })
}

/// How many bytes they hold together. The program gives the sizes: they may be anything.
fn length_of(parts: &Parts) -> u64 {
    parts.iter().fold(0, |total, (_, size)| total.saturating_add(*size))
}

/// The first `total` bytes of these parts of memory, of which at most `most` are read, and their end.
fn look(tid: i32, parts: &Parts, most: usize, total: u64) -> (Data, Vec<u8>) {
    let head = memory::gather(tid, parts, most.min(total as usize));
    let mut data = Data::new(&head, total);
    if data.cut {
        data.tail = last_of(tid, parts, total);
    }
    (data, head)
}

/// The last of the first `total` bytes of these parts of memory.
fn last_of(tid: i32, parts: &Parts, total: u64) -> Vec<u8> {
    let (mut left, mut end) = (total, None);
    for (address, size) in parts {
        let inside = left.min(*size);
        if inside > 0 {
            end = Some((address + inside, inside));
        }
        left -= inside;
    }
    // those of the last part that has any
    let Some((end, inside)) = end.filter(|_| left == 0) else { return Vec::new() };
    let length = inside.min(Data::TAIL as u64);
    memory::read(tid, end - length, length as usize).unwrap_or_default()
}

/// The buffers of a `struct iovec` array in the second and third argument.
fn vector(entering: &Entering) -> Option<Parts> {
    memory::read_parts(entering.tid(), entering.arg(1), entering.arg(2) as usize).ok()
}

/// The buffers of a `struct msghdr` in the second argument, and where its address stands, with its length.
fn message(entering: &Entering) -> Option<(Parts, (u64, usize))> {
    let (tid, address) = (entering.tid(), entering.arg(1));
    let name = memory::read_u64(tid, address).ok()?;
    let length = memory::read_u32(tid, address + 8).ok()?;
    let parts = memory::read_u64(tid, address + 16).ok()?;
    let count = memory::read_u64(tid, address + 24).ok()?;
    Some((memory::read_parts(tid, parts, count as usize).ok()?, (name, length as usize)))
}

/// The address of the other side of a socket without a connection.
#[derive(Debug, Clone, Copy)]
enum Name {
    /// The call has none.
    None,
    /// The call says where the bytes go.
    Given(SocketAddr),
    /// The kernel writes there where they came from; 0: nobody wants to know.
    Got(u64),
}

impl Name {
    fn given(address: Option<SocketAddr>) -> Name {
        address.map_or(Name::None, Name::Given)
    }

    /// When the call is over.
    fn address(self, tid: i32) -> Option<SocketAddr> {
        match self {
            Name::None => None,
            Name::Given(address) => Some(address),
            Name::Got(pointer) => {
                memory::read_address(tid, pointer, size_of::<libc::sockaddr_in6>())
            }
        }
    }
}

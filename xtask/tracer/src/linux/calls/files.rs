//! Calls about descriptors and names of files.

use super::{Entering, Entry, Pending};
use crate::linux::memory;
use events::{Call, Object};

/// `close(2)`.
pub fn close(entering: &mut Entering) -> Option<Entry> {
    let fd = entering.int(0);
    match entering.object(fd)? {
        Object::File { .. } | Object::Other => None,
        object => Pending::new(Call::Close { fd, object }).announced().watched(),
    }
}

/// `pipe(2)`, `pipe2(2)`.
pub fn pipe(entering: &mut Entering) -> Option<Entry> {
    let address = entering.arg(0);
    let call = Call::Pipe { id: 0, read: -1, write: -1 };
    let pending = Pending::new(call).then(move |call, leaving| {
        let Call::Pipe { id, read, write } = call else { return };
        if let Ok(ends) = memory::read_u64(leaving.tid(), address) {
            (*read, *write) = (ends as u32 as i32, (ends >> 32) as i32);
        }
        if let Some(Object::Pipe { id: number }) = leaving.object(*read) {
            *id = number;
        }
    });
    pending.watched()
}

/// `rename(2)`, `link(2)`.
#[cfg(target_arch = "x86_64")]
pub fn rename(entering: &mut Entering) -> Option<Entry> {
    renames(entering, 0, 1)
}

/// `renameat(2)`, `renameat2(2)`, `linkat(2)`.
pub fn renameat(entering: &mut Entering) -> Option<Entry> {
    renames(entering, 1, 3)
}

/// From one path to another, which are these arguments.
fn renames(entering: &Entering, from: usize, to: usize) -> Option<Entry> {
    let path = |nth| memory::read_text(entering.tid(), entering.arg(nth)).ok();
    Pending::new(Call::Rename { from: path(from)?, to: path(to)? }).watched()
}

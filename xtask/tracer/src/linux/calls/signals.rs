//! Calls about signals: sending one, waiting for one.

use super::waits::limit;
use super::{Entering, Entry, Pending, TimeForm};
use crate::linux::procfs;
use events::Call;

/// `kill(2)`.
pub fn kill(entering: &mut Entering) -> Option<Entry> {
    sends(entering.int(0), entering.int(1))
}

/// `tkill(2)`, `rt_sigqueueinfo(2)`: here 0 and less do not mean a group; the kernel refuses them.
pub fn tkill(entering: &mut Entering) -> Option<Entry> {
    let target = entering.int(0);
    if target > 0 { sends(target, entering.int(1)) } else { None }
}

/// `tgkill(2)`, `rt_tgsigqueueinfo(2)`.
pub fn tgkill(entering: &mut Entering) -> Option<Entry> {
    let target = entering.int(1);
    if target > 0 { sends(target, entering.int(2)) } else { None }
}

/// `pidfd_send_signal(2)`.
pub fn pidfd_send_signal(entering: &mut Entering) -> Option<Entry> {
    sends(procfs::process_behind(entering.tid(), entering.int(0))?, entering.int(1))
}

fn sends(target: i32, signal: i32) -> Option<Entry> {
    let pending = Pending::new(Call::Kill { target, signal });
    // signal 0 gives nothing away: it only asks whether there is somebody (kill(2))
    if signal == 0 { pending.watched() } else { pending.announced().watched() }
}

/// `pause(2)`, `rt_sigsuspend(2)`.
pub fn pause(_: &mut Entering) -> Option<Entry> {
    Pending::new(Call::AwaitSignal { timeout: None }).announced().watched()
}

/// `rt_sigtimedwait(2)`.
pub fn sigtimedwait(entering: &mut Entering) -> Option<Entry> {
    let timeout = entering.timespec(2)?;
    let argument = entering.time_argument(2, TimeForm::Timespec);
    let limit = limit(entering.now(), timeout, argument, (-libc::EAGAIN).into());
    Pending::new(Call::AwaitSignal { timeout }).announced().limited(limit).watched()
}

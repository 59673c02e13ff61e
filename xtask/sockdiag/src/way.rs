//! What is on its way between two ends that are both here: bytes, a connection, an end. Then somebody may wake up although
//! nobody runs.

use crate::sockets::{
    ESTABLISHED, FIN_WAIT1, LISTEN, PROBES, SENDS_AGAIN, SYN_RECEIVED, SYN_SENT, Socket, TIME_WAIT,
    UNCONNECTED,
};

/// How it comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The other side will have it at once, or never.
    Goes,
    /// One of the kernel's timers sends it, once more or at last: it may take seconds.
    Timed,
}

/// What is on its way from one of the sockets, of `all` that are here; `None`: nothing.
pub fn of(one: &Socket, all: &[Socket]) -> Option<Way> {
    let other = || all.iter().find(|other| other.local == one.peer && other.peer == one.local);
    match one.state {
        LISTEN | TIME_WAIT | UNCONNECTED => None,
        // the kernel asks again after 1, 2, 4, ... seconds (since Linux 6.5 first some times each second) while the queue of the listener is full
        SYN_SENT | SYN_RECEIVED => Some(Way::Timed),
        // the receiver's buffer is full: nothing moves until somebody reads. Unless it is the sender's kernel that waits for
        // more (TCP_CORK of tcp(7))
        _ if one.timer == PROBES => {
            let has_room = |other: &Socket| other.unread == 0 && other.state == ESTABLISHED;
            let corked =
                one.window.is_some_and(|window| window > 0) && other().is_some_and(has_room);
            corked.then_some(Way::Timed)
        }
        _ => {
            let Some(other) = other() else {
                // the queue of the listener was full, and what this side sent was thrown away: it is sent again
                let again = one.timer == SENDS_AGAIN && one.unsent > 0 && one.inode != 0;
                return again.then_some(Way::Timed);
            };
            // what is held back is sent when the other side has confirmed the rest, which takes it up to 40 ms
            let bytes = one.held_back > 0
                || one.sent.zip(other.received).is_some_and(|(sent, received)| sent > received);
            if bytes && one.timer == SENDS_AGAIN {
                return Some(Way::Timed);
            }
            let end = one.state == FIN_WAIT1 && other.state == ESTABLISHED;
            (bytes || end).then_some(Way::Goes)
        }
    }
}

//! What is on its way in the network: nobody is called stuck while something may still arrive.

use std::time::{Duration, Instant};

use events::{Call, Family, SocketKind};
use sockdiag::sockets::{self, Families, States};

/// Something that is on its way in the network for longer than this never arrives.
pub const LONGEST_WAY: Duration = Duration::from_secs(2);
/// A datagram that was sent has arrived by then (the kernel may hand it to a thread of its own).
const DATAGRAM: Duration = Duration::from_millis(1);

/// Which kinds of sockets the programs have, and since when something has been on its way.
#[derive(Debug, Default)]
pub struct Traffic {
    sockets: bool,
    ipv6: bool,
    datagrams: bool,
    on_its_way: Option<Instant>,
}

impl Traffic {
    /// A program makes this call.
    pub fn notice(&mut self, call: &Call) {
        let Call::Socket { family, kind } = call else { return };
        self.sockets = true;
        self.ipv6 |= *family == Family::Ipv6;
        self.datagrams |=
            matches!(family, Family::Ipv4 | Family::Ipv6) && *kind == SocketKind::Datagram;
    }

    /// Some program has a socket.
    pub fn is_possible(&self) -> bool {
        self.sockets
    }

    /// What was on its way has arrived.
    pub fn arrived(&mut self) {
        self.on_its_way = None;
    }

    /// Something may arrive although nobody runs, and nothing has happened for `still`.
    pub fn is_busy(&mut self, still: Duration) -> bool {
        if self.datagrams && still < DATAGRAM {
            return true;
        }
        if !self.sockets {
            return false;
        }
        let families = if self.ipv6 { Families::Both } else { Families::Ipv4 };
        let all = sockets::in_states(States::ALIVE, families);
        let busy = all.is_ok_and(|all| sockets::under_way(&all));
        if !busy {
            self.on_its_way = None;
            return false;
        }
        self.on_its_way.get_or_insert_with(Instant::now).elapsed() < LONGEST_WAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_has_a_moment_to_arrive() {
        let mut traffic = Traffic::default();
        assert!(!traffic.is_busy(Duration::ZERO) && !traffic.is_possible());
        let (family, kind) = (Family::Unix, SocketKind::Datagram);
        traffic.notice(&Call::Socket { family, kind });
        assert!(traffic.is_possible() && !traffic.datagrams, "of one machine");
        traffic.notice(&Call::Socket { family: Family::Ipv4, kind });
        assert!(traffic.is_busy(Duration::ZERO));
    }
}

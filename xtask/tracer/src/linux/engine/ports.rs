//! Who has a port.

use sockdiag::sockets::{self, Families, LISTEN, Socket, States, TIME_WAIT};

use crate::linux::procfs;
use events::{PortState, PortUser};

/// The TCP sockets that have this port, those that listen first; `pids`: the processes that are followed.
pub fn users(port: u16, pids: &[i32]) -> Vec<PortUser> {
    let all = sockets::in_states(States::ALIVE_OR_REMNANT, Families::Both).unwrap_or_default();
    let mut found: Vec<PortUser> = all
        .iter()
        .filter(|one| one.local.port() == port)
        .map(|one| PortUser {
            local: one.local,
            peer: (one.state != LISTEN).then_some(one.peer),
            state: state_of(one),
            holders: holders(one.inode, pids),
        })
        .collect();
    found.sort_by_key(|one| one.state != PortState::Listens);
    found
}

fn state_of(one: &Socket) -> PortState {
    match one.state {
        LISTEN => PortState::Listens,
        TIME_WAIT => PortState::Remains { left: one.expires },
        _ => PortState::Connected,
    }
}

fn holders(inode: u64, pids: &[i32]) -> Vec<i32> {
    let has = |pid: &i32| {
        procfs::descriptors(*pid)
            .iter()
            .any(|(_, target)| procfs::number_of(target, "socket") == Some(inode))
    };
    pids.iter().copied().filter(|pid| inode != 0 && has(pid)).collect()
}

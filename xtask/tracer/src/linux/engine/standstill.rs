//! Whether nobody can run, and whether nothing will ever wake anybody.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use sockdiag::sockets::{self, ESTABLISHED};

use super::thread::{State, Thread};
use super::traffic::{Arrival, LONGEST_WAY};
use super::{News, Tracer};
use crate::linux::clients::{self, Scope};
use crate::linux::{objects, procfs, stuck};
use events::{Call, Object, Waiting};

/// In real time: nobody is called stuck before nothing has happened for so long.
pub(super) const STILLNESS: Duration = Duration::from_millis(30);

impl Tracer {
    /// Nobody can run at this moment: those who were let go are blocked in the kernel, and nobody is about to begin or to
    /// end.
    pub(super) fn nobody_can_run(&mut self) -> bool {
        if self.threads.any(|thread| matches!(thread.state, State::Unseen)) {
            return false;
        }
        let mut ending = self.processes.ending();
        if ending.any(|pid| self.threads.any(|thread| thread.pid == pid)) {
            return false;
        }
        if self.signalling.is_anybody_killed() {
            if !self.threads.are_held() {
                return false;
            }
            self.signalling.killed_nobody();
        }
        if !self.scheduler.is_virtual() {
            return self.threads.are_blocked();
        }
        if self.signalling.take_woken() {
            self.threads.doubts.doubt_all();
        }
        self.threads.are_still_blocked(self.scheduler.turn())
    }

    /// Whether something arrives although nobody could run: now, or between the look at the threads and the one at the
    /// network.
    pub(super) fn arrival(&mut self) -> Arrival {
        let now = self.scheduler.now();
        let Tracer { traffic, threads, stillness, .. } = self;
        let still = stillness.length();
        let arrival = traffic.look(still, now, || sockets_of(threads.iter()));
        match arrival {
            Arrival::Nothing if self.threads.any(waits_for_kernel) => Arrival::Timed,
            Arrival::Nothing if still < LONGEST_WAY && self.waits_for_confirmation() => {
                Arrival::Soon
            }
            Arrival::Nothing if self.traffic.is_possible() && !self.nobody_can_run() => {
                Arrival::Soon
            }
            // whoever is there has real time
            Arrival::Nothing if self.scheduler.is_virtual() && self.may_hear_from_outside() => {
                Arrival::Timed
            }
            arrival => arrival,
        }
    }

    /// Somebody waits for room to send, and the other side has read everything: that it has, it says up to 40 ms later
    /// (delayed acknowledgements, RFC 1122), and so long the bytes take up the room.
    fn waits_for_confirmation(&self) -> bool {
        let sends = |(_, thread): (i32, &Thread)| match &thread.pending.as_ref()?.call {
            Call::Send { object: Object::Connection { local, peer }, .. } if thread.is_let_go() => {
                Some((*local, *peer))
            }
            _ => None,
        };
        let ends: Vec<_> = self.threads.iter().filter_map(sends).collect();
        if ends.is_empty() {
            return false;
        }
        let all = sockets::in_states(sockets::States::ALIVE, sockets::Families::Both);
        let all = all.unwrap_or_default();
        let find = |ends: (SocketAddr, SocketAddr)| {
            all.iter().find(|one| (one.local, one.peer) == ends && one.state == ESTABLISHED)
        };
        ends.into_iter().any(|(local, peer)| {
            find((local, peer)).is_some_and(|one| one.unsent > 0)
                && find((peer, local)).is_some_and(|other| other.unread == 0)
        })
    }

    /// A connection leads to somebody who is not followed.
    fn may_hear_from_outside(&self) -> bool {
        self.traffic.is_shared()
            && self.traffic.is_possible()
            && clients::is_connected_to_others(&sockets_of(self.threads.iter()))
    }

    /// In virtual time, when nobody can run, nobody is ready and nobody waits for time: tells that everybody is stuck.
    pub(super) fn look_for_standstill(&mut self) -> bool {
        if self.threads.is_empty() || self.stillness.is_told() {
            return false;
        }
        self.threads.doubts.doubt_all();
        self.are_known() && self.nobody_can_run() && self.tell_standstill(true)
    }

    /// In real time, when nothing has happened just now: the same, if it has been so for a while.
    pub(super) fn look_for_standstill_in_real_time(&mut self) -> bool {
        if self.look_for_idleness() {
            return true;
        }
        if self.stillness.is_told() || self.stillness.length() <= STILLNESS {
            return false;
        }
        self.adopt() || self.is_stuck_in_real_time() && self.tell_standstill(true)
    }

    /// In real time whoever has a deadline will go on by himself.
    fn is_stuck_in_real_time(&mut self) -> bool {
        !self.threads.is_empty()
            && !self.stillness.may_end_by_timer()
            && self.threads.iter().all(|(_, thread)| match thread.state {
                State::LetGo => thread.limit().is_none(),
                State::Frozen => true,
                _ => false,
            })
            && self.nothing_goes_on_in_real_time()
            && self.are_known()
    }

    /// In real time, nobody runs, and nothing arrives but what takes its time.
    pub(super) fn nothing_goes_on_in_real_time(&mut self) -> bool {
        self.nobody_can_run()
            // after that: one that waited because his output was full goes on
            && !self.outputs.drain()
            && self.arrival() == Arrival::Nothing
    }

    /// A call that we do not know may end by itself.
    fn are_known(&self) -> bool {
        self.scheduler.is_virtual() && self.stillness.length() > LONGEST_WAY
            || self.threads.iter().all(|(tid, thread)| waits_for_ever(tid, thread))
    }

    /// Nobody goes on by himself, or only to wait again (then not `for_ever`).
    pub(super) fn tell_standstill(&mut self, for_ever: bool) -> bool {
        if for_ever {
            self.stillness.tell();
        }
        let waiting = self.waiting();
        let scope = Scope { shared: self.traffic.is_shared(), visited: self.visitors };
        if clients::may_come_from_outside(&waiting, scope) {
            return false;
        }
        let idle = clients::only_clients_are_awaited(&waiting, |inode| self.has_asked(inode));
        match (idle, for_ever) {
            (true, _) => self.news.push_back(News::Idle { waiting, for_ever }),
            (false, true) => self.news.push_back(News::Stuck(waiting)),
            (false, false) => return false,
        }
        true
    }

    /// Somebody who is not followed may come or answer, or they only wait for clients.
    pub(super) fn may_get_on_by_others(&self, waiting: &[Waiting]) -> bool {
        let scope = Scope { shared: self.traffic.is_shared(), visited: self.visitors };
        clients::may_come_from_outside(waiting, scope)
            || clients::only_clients_are_awaited(waiting, |inode| self.has_asked(inode))
    }

    /// Every thread with what it waits for.
    pub(super) fn waiting(&mut self) -> Vec<Waiting> {
        let threads = self.threads.iter().map(|(tid, thread)| stuck::Thread {
            pid: thread.pid,
            tid,
            program: self.processes.program_of(thread.pid).unwrap_or_default(),
            call: match &thread.state {
                State::Asleep(sleep) => Some(sleep.call.as_ref().clone()),
                _ => thread.pending.as_ref().map(|pending| pending.waits_in()),
            },
            entered: thread.entered.filter(|_| thread.pending.is_some()),
            frozen: matches!(thread.state, State::Frozen),
            since: thread.since,
        });
        stuck::explain(threads.collect(), &mut self.decoder.objects)
    }
}

/// A thread that was let go waits in a call that does not end by itself.
pub(super) fn waits_for_ever(tid: i32, thread: &Thread) -> bool {
    match thread.state {
        State::LetGo => match &thread.pending {
            Some(pending) => pending.limit.is_none(),
            None => thread.vfork.is_some() || stuck::waits_for_ever(tid),
        },
        State::Frozen => true,
        _ => false,
    }
}

/// A thread waits for the kernel, which will let it go on when a time is over that we do not know: until what was sent
/// before the socket was closed has arrived (`SO_LINGER` of socket(7)), or is given up (`TCP_USER_TIMEOUT` of tcp(7)).
fn waits_for_kernel(thread: &Thread) -> bool {
    let State::LetGo = thread.state else { return false };
    match thread.pending.as_ref().map(|pending| &pending.call) {
        Some(Call::Close { .. }) => true,
        Some(Call::Send { fd, object: Object::Connection { .. }, .. }) => {
            objects::gives_up(thread.pid, *fd)
        }
        _ => false,
    }
}

/// The sockets that the processes of these threads have, by their numbers.
fn sockets_of<'a>(threads: impl Iterator<Item = (i32, &'a Thread)>) -> BTreeSet<u64> {
    let pids: BTreeSet<i32> = threads.map(|(_, thread)| thread.pid).collect();
    let descriptors = pids.into_iter().flat_map(procfs::descriptors);
    descriptors.filter_map(|(_, target)| procfs::number_of(&target, "socket")).collect()
}

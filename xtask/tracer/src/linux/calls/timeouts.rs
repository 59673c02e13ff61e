//! What is remembered of sockets: time limits (`SO_RCVTIMEO`, `SO_SNDTIMEO` of socket(7)) that the programs have set, and
//! where they were to be connected to.

use std::net::SocketAddr;
use std::time::Duration;

use events::Object;

/// What programs have set, by socket; in virtual time the kernel does not know of it.
#[derive(Debug, Default)]
pub struct Timeouts {
    receive: Vec<(Object, Duration)>,
    send: Vec<(Object, Duration)>,
    /// Where sockets were last to be connected to: who does not wait for that asks later what became of it.
    connecting: Vec<(Object, SocketAddr)>,
}

/// So many of them are remembered.
const CONNECTING: usize = 1_000;

impl Timeouts {
    /// Nobody has set any.
    pub fn is_empty(&self) -> bool {
        self.receive.is_empty() && self.send.is_empty()
    }

    /// That of a socket, for taking bytes out of it or for giving it some; `None`: for ever.
    pub fn of(&self, receive: bool, socket: &Object) -> Option<Duration> {
        let all = if receive { &self.receive } else { &self.send };
        let length = all.iter().find(|(one, _)| one == socket)?.1;
        (!length.is_zero()).then_some(length)
    }

    /// A program has set one; zero: for ever.
    pub fn set(&mut self, receive: bool, socket: Object, length: Duration) {
        let all = if receive { &mut self.receive } else { &mut self.send };
        all.retain(|(one, _)| *one != socket);
        all.push((socket, length));
    }

    /// A program connects a socket.
    pub fn connects(&mut self, socket: Object, to: SocketAddr) {
        self.connecting.retain(|(one, _)| *one != socket);
        if self.connecting.len() >= CONNECTING {
            self.connecting.remove(0);
        }
        self.connecting.push((socket, to));
    }

    /// Where a socket was to be connected to.
    pub fn connecting(&self, socket: &Object) -> Option<SocketAddr> {
        self.connecting.iter().find(|(one, _)| one == socket).map(|(_, to)| *to)
    }

    /// An accepted socket begins with the limits of the one that listened.
    pub fn inherit(&mut self, listener: &Object, socket: &Object) {
        for receive in [true, false] {
            if let Some(length) = self.of(receive, listener) {
                self.set(receive, socket.clone(), length);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_socket_has_the_limits_of_its_listener() {
        let (listener, accepted) = (Object::Socket { id: 1 }, Object::Socket { id: 2 });
        let mut timeouts = Timeouts::default();
        assert!(timeouts.is_empty());
        let second = Duration::from_secs(1);
        timeouts.set(true, listener.clone(), second);
        timeouts.inherit(&listener, &accepted);
        assert_eq!(
            (timeouts.of(true, &accepted), timeouts.of(false, &accepted)),
            (Some(second), None)
        );
        timeouts.set(true, accepted.clone(), Duration::ZERO);
        assert_eq!(
            (timeouts.of(true, &accepted), timeouts.of(true, &listener)),
            (None, Some(second))
        );
    }
}

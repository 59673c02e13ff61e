//! Whether the addresses of clients are printed.

use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Object};

use super::{Deed, Deeds, Shown};

impl Deeds<'_> {
    /// Of each connection that was accepted, received from and closed, a line has the port of its other end.
    pub(super) fn hides_client_ports(&self) -> Shown {
        let first = self.deeds.iter().find(|deed| accepts(deed).is_some())?.event;
        let mut received: Vec<(SocketAddr, SocketAddr)> = Vec::new();
        self.deeds.iter().find_map(|deed| {
            let (call, bytes) = match deed.activity {
                Activity::Leave { call, outcome: CallResult::Done(bytes) } => (call, *bytes),
                Activity::Enter(call @ Call::Close { .. }) => (call, 0),
                _ => return None,
            };
            match call {
                Call::Receive { object: Object::Connection { local, peer }, .. } if bytes > 0 => {
                    received.push((*local, *peer));
                    None
                }
                Call::Close { object: Object::Connection { local, peer }, .. }
                    if received.contains(&(*local, *peer)) && self.was_accepted(*peer) =>
                {
                    self.hidden(*local, *peer, first, deed.event)
                }
                _ => None,
            }
        })
    }

    fn was_accepted(&self, client: SocketAddr) -> bool {
        self.deeds.iter().any(|deed| accepts(deed) == Some(client))
    }

    /// No line has the port of this client. `first`: the first client was accepted; what was said before it is about none.
    /// `closed`: this one's connection was closed.
    fn hidden(&self, own: SocketAddr, client: SocketAddr, first: usize, closed: usize) -> Shown {
        let has = |text: &str, port: u16| {
            let mut numbers = text.split(|c: char| !c.is_ascii_digit());
            numbers.any(|number| number == port.to_string())
        };
        if self.lines.is_empty()
            || self.lines.iter().any(|(_, line)| has(&line.text, client.port()))
        {
            return None;
        }
        let later = || self.lines.iter().rev().filter(|(event, _)| *event > first);
        let with_own = later().find(|(_, line)| has(&line.text, own.port()));
        let event = with_own.or(later().next()).map_or(closed, |(event, _)| *event);
        let got = format!("客户端的地址是 {client}，哪一行里都没有端口 {}", client.port());
        // it may be another number that is the same
        let detail = with_own.map_or(String::new(), |(_, line)| {
            format!("「{}」里的 {} 和服务器端自己的端口一样", line.text, own.port())
        });
        Some((got, detail, event))
    }
}

/// The client that this accepts.
fn accepts(deed: &Deed) -> Option<SocketAddr> {
    match deed.activity {
        Activity::Leave { call: Call::Accept { peer, .. }, outcome: CallResult::Done(_) } => *peer,
        _ => None,
    }
}

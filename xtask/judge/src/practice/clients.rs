//! Whether the addresses of clients are printed.

use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Object};

use super::{Deeds, Shown};

impl Deeds<'_> {
    /// Of each connection that was accepted, received from and closed, a line has the port of its other end.
    pub(super) fn hides_client_ports(&self) -> Shown {
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
                    self.hidden(*local, *peer)
                }
                _ => None,
            }
        })
    }

    fn was_accepted(&self, client: SocketAddr) -> bool {
        self.deeds.iter().any(|deed| {
            let Activity::Leave { call: Call::Accept { peer, .. }, outcome } = deed.activity else {
                return false;
            };
            *peer == Some(client) && matches!(outcome, CallResult::Done(_))
        })
    }

    /// No line has the port of this client.
    fn hidden(&self, own: SocketAddr, client: SocketAddr) -> Shown {
        let has = |text: &str, port: u16| {
            let mut numbers = text.split(|c: char| !c.is_ascii_digit());
            numbers.any(|number| number == port.to_string())
        };
        if self.lines.iter().any(|(_, line)| has(&line.text, client.port())) {
            return None;
        }
        // where it listens it may say, too
        let with_own = self.lines.iter().rev().find(|(_, line)| has(&line.text, own.port()));
        let (event, line) = with_own.or(self.lines.last())?;
        let got = format!("客户端的地址是 {client}，哪一行里都没有端口 {}", client.port());
        let detail = match has(&line.text, own.port()) {
            true => format!("「{}」里的 {} 是服务器端自己的端口", line.text, own.port()),
            false => String::new(),
        };
        Some((got, detail, *event))
    }
}

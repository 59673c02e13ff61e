//! Where programs wait for clients, or for datagrams: TCP or UDP, and an address of IPv4 or IPv6.

use std::fmt;
use std::net::{AddrParseError, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What carries the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Transport {
    /// Connections: `tcp(7)`.
    Tcp,
    /// Datagrams: `udp(7)`.
    Udp,
}

/// An end that others can reach.
///
/// Written `127.0.0.1:8888` or `[::1]:8888` for TCP; `UDP 127.0.0.1:8888` for UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Endpoint {
    /// TCP or UDP.
    pub transport: Transport,
    /// The address, of either version of IP.
    pub addr: SocketAddr,
}

impl Endpoint {
    /// How the written form of one of UDP begins.
    pub const UDP: &str = "UDP";

    /// One of TCP.
    pub fn tcp(addr: SocketAddr) -> Endpoint {
        Endpoint { transport: Transport::Tcp, addr }
    }

    /// One of UDP.
    pub fn udp(addr: SocketAddr) -> Endpoint {
        Endpoint { transport: Transport::Udp, addr }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.transport {
            Transport::Tcp => write!(f, "{}", self.addr),
            Transport::Udp => write!(f, "{} {}", Endpoint::UDP, self.addr),
        }
    }
}

impl FromStr for Endpoint {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Endpoint, AddrParseError> {
        match text.strip_prefix(Endpoint::UDP) {
            Some(addr) => addr.trim_start().parse().map(Endpoint::udp),
            None => text.parse().map(Endpoint::tcp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_read_as_it_is_written() {
        for text in ["127.0.0.1:8888", "[::1]:8888", "UDP 127.0.0.1:8888", "UDP [::1]:8888"] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), text);
        }
        for wrong in ["", "UDP", "8888", "udp 127.0.0.1:1", "UDP 127.0.0.1"] {
            assert!(wrong.parse::<Endpoint>().is_err(), "{wrong}");
        }
    }
}

//! Without a network of its own, a scene must not touch the real ports: a server gets port 0, and every
//! program, argument and line of the script that names the script's address gets the real one.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use course::script::{Action, Pattern, Scene, partner};
use events::{Endpoint, Transport};

/// Which address of the script stands for which real one. Empty in a network of its own.
#[derive(Debug, Default)]
pub struct Addresses {
    real: BTreeMap<SocketAddr, SocketAddr>,
    /// What the server that was found there speaks.
    transports: BTreeMap<SocketAddr, Transport>,
    /// Bound, but not listening: ports at which nobody is.
    nobody: Vec<std::os::fd::OwnedFd>,
    shared: bool,
}

impl Addresses {
    /// `shared`: the network is not the scene's own.
    pub fn new(shared: bool) -> Addresses {
        Addresses { shared, ..Addresses::default() }
    }

    /// Whether a server at `real` is the one that the script wants at `addr`: without a network of its own, any port
    /// will do.
    pub fn suits(&self, wanted: Endpoint, real: Endpoint) -> bool {
        let same_port = self.shared || real.addr.port() == wanted.addr.port();
        real.transport == wanted.transport && real.addr.ip() == wanted.addr.ip() && same_port
    }

    /// The real address of a server that was found at the script's `wanted`.
    pub fn real(&self, wanted: Endpoint) -> Endpoint {
        Endpoint { addr: self.real.get(&wanted.addr).copied().unwrap_or(wanted.addr), ..wanted }
    }

    /// A server of the script's `wanted` was found at `real`.
    pub fn found(&mut self, wanted: Endpoint, real: Endpoint) {
        if self.shared {
            self.real.insert(wanted.addr, real.addr);
            self.transports.insert(wanted.addr, wanted.transport);
        }
    }

    /// The arguments for a program whose `--addr` is `default` unless its arguments say otherwise.
    pub fn arguments(
        &mut self,
        scene: &Scene,
        terminal: usize,
        default: Option<SocketAddr>,
        mut args: Vec<String>,
    ) -> Vec<String> {
        if !self.shared {
            return args;
        }
        let Some(default) = default else { return args };
        let place = args.iter().position(|arg| arg == "--addr").map(|option| option + 1);
        let written = place.and_then(|place| args.get(place)?.parse().ok());
        if place.is_some() && written.is_none() {
            return args; // a mistake on purpose: leave it
        }
        let addr = written.unwrap_or(default);
        let serves = scene.directions.iter().find_map(|direction| match direction.action {
            Action::Listen(at) if direction.terminal == terminal && at.addr == addr => {
                Some(at.transport)
            }
            _ => None,
        });
        let real = match serves {
            Some(transport) => SocketAddr::new(addr.ip(), self.port_for_server(addr, transport)),
            None => self.of(addr),
        };
        match place {
            Some(place) => args[place] = real.to_string(),
            None => args.extend(["--addr".to_owned(), real.to_string()]),
        }
        args
    }

    /// The words of a partner that goes where the programs of the scene really are.
    pub fn words(&mut self, mut words: Vec<String>) -> Vec<String> {
        if !self.shared {
            return words;
        }
        for at in 0..words.len() {
            let Ok(addr) = words[at].parse::<SocketAddr>() else { continue };
            let real = match partner::listens_at(&words, at) {
                true => SocketAddr::new(addr.ip(), self.port_for_server(addr, Transport::Tcp)),
                false => self.of(addr),
            };
            words[at] = real.to_string();
        }
        words
    }

    /// Any port, but that of a server of the other transport that the script has at the same address.
    fn port_for_server(&self, addr: SocketAddr, transport: Transport) -> u16 {
        let other = self.transports.get(&addr).is_some_and(|known| *known != transport);
        self.real.get(&addr).filter(|_| other).map_or(0, SocketAddr::port)
    }

    /// The real address for one of the script; if no server has it, one where nobody listens.
    fn of(&mut self, addr: SocketAddr) -> SocketAddr {
        let same_port = |known: &&SocketAddr| known.port() == addr.port();
        if let Some(known) = self.real.keys().find(same_port) {
            return SocketAddr::new(addr.ip(), self.real[known].port());
        }
        // the port stays taken (bound) but closed as long as the scene lasts; a port of UDP that is taken is not closed, so
        // for datagrams it is only one that nobody has now
        let Some(port) = free_port(addr) else { return addr };
        if let Ok(socket) = bound(loopback(addr, port)) {
            self.nobody.push(socket);
        }
        let real = SocketAddr::new(addr.ip(), port);
        self.real.insert(addr, real);
        real
    }

    /// A line with the script's addresses instead of the real ones.
    pub fn in_script(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (script, real) in &self.real {
            text = text.replace(&real.to_string(), &script.to_string());
        }
        text
    }

    /// The pairs: address in the script, real address.
    pub fn pairs(&self) -> Vec<(SocketAddr, SocketAddr)> {
        self.real.iter().map(|(script, real)| (*script, *real)).collect()
    }

    /// The scene as it was really played: its lines name the real addresses.
    pub fn in_scene(mut scene: Scene, pairs: &[(SocketAddr, SocketAddr)]) -> Scene {
        let replace = |pattern: &Pattern| {
            pairs.iter().fold(pattern.clone(), |pattern, (from, to)| {
                pattern.with_text_replaced(&from.to_string(), &to.to_string())
            })
        };
        for line in scene.lines.iter_mut().chain(&mut scene.stderr_lines) {
            line.pattern = replace(&line.pattern);
        }
        for line in &mut scene.forbidden {
            line.pattern = replace(&line.pattern);
        }
        scene
    }
}

/// The loopback address of the same version of IP.
fn loopback(addr: SocketAddr, port: u16) -> SocketAddr {
    match addr {
        SocketAddr::V4(_) => (Ipv4Addr::LOCALHOST, port).into(),
        SocketAddr::V6(_) => (Ipv6Addr::LOCALHOST, port).into(),
    }
}

/// A port that neither TCP nor UDP has taken on the loopback address.
fn free_port(addr: SocketAddr) -> Option<u16> {
    /// So many are tried: the kernel chooses each for TCP alone.
    const TRIES: usize = 20;
    (0..TRIES).find_map(|_| {
        let tcp = TcpListener::bind(loopback(addr, 0)).ok()?;
        let port = tcp.local_addr().ok()?.port();
        UdpSocket::bind(loopback(addr, port)).is_ok().then_some(port)
    })
}

/// A TCP socket that is bound to this address and does not listen.
fn bound(addr: SocketAddr) -> nix::Result<std::os::fd::OwnedFd> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, socket};
    use std::os::fd::AsRawFd;
    // in two steps: macOS has no SOCK_CLOEXEC
    let family = if addr.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let socket = socket(family, SockType::Stream, SockFlag::empty(), None)?;
    fcntl(&socket, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    bind(socket.as_raw_fd(), &SockaddrStorage::from(addr))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::script::parse;

    fn scene() -> Scene {
        let text = "场景 甲\n服 $ lesson-s\n服 监听 127.0.0.1:8888\n服 ! 正在监听 127.0.0.1:8888\n客 $ lesson-c\n";
        parse(text).unwrap().scenes.remove(0)
    }

    fn addr(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_server_gets_port_zero_and_its_client_the_port_that_was_found() {
        let default = Some(addr("127.0.0.1:8888"));
        let mut addresses = Addresses::new(true);
        let server = addresses.arguments(&scene(), 0, default, vec![]);
        assert_eq!(server, ["--addr", "127.0.0.1:0"]);
        let endpoint = |text: &str| text.parse().unwrap();
        addresses.found(endpoint("127.0.0.1:8888"), endpoint("127.0.0.1:40001"));
        let client = addresses.arguments(&scene(), 1, default, vec!["x".into()]);
        assert_eq!(client, ["x", "--addr", "127.0.0.1:40001"]);
        let played = Addresses::in_scene(scene(), &addresses.pairs());
        let line = played.stderr_lines[0].pattern.render(None, &Default::default());
        assert_eq!(line, "正在监听 127.0.0.1:40001");
    }

    #[test]
    fn servers_of_tcp_and_of_udp_have_the_same_port_where_the_script_says_so() {
        let text = "场景 甲\n服 $ lesson-s\n服 监听 UDP 127.0.0.1:8888\n乙 $ lesson-t\n乙 监听 127.0.0.1:8888\n";
        let scene = parse(text).unwrap().scenes.remove(0);
        let default = Some(addr("127.0.0.1:8888"));
        let mut addresses = Addresses::new(true);
        assert_eq!(addresses.arguments(&scene, 0, default, vec![])[1], "127.0.0.1:0");
        let real = "UDP 127.0.0.1:40001".parse().unwrap();
        addresses.found("UDP 127.0.0.1:8888".parse().unwrap(), real);
        assert_eq!(addresses.arguments(&scene, 1, default, vec![])[1], "127.0.0.1:40001");
        assert_eq!(addresses.arguments(&scene, 0, default, vec![])[1], "127.0.0.1:0");
    }

    #[test]
    fn a_partner_listens_at_any_port_and_connects_to_the_one_that_was_found() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let mut addresses = Addresses::new(true);
        let both = "监听 127.0.0.1:9999 ， 连接 127.0.0.1:8888";
        addresses.found("127.0.0.1:8888".parse().unwrap(), "127.0.0.1:40001".parse().unwrap());
        let real = addresses.words(words(both));
        assert_eq!(real, words("监听 127.0.0.1:0 ， 连接 127.0.0.1:40001"));
        assert_eq!(Addresses::new(false).words(words(both)), words(both));
    }

    #[test]
    fn a_client_without_a_server_finds_nobody() {
        let mut addresses = Addresses::new(true);
        let args = addresses.arguments(&scene(), 1, Some(addr("127.0.0.1:9999")), vec![]);
        assert!(std::net::TcpStream::connect(&args[1]).is_err());
        let six = addresses.arguments(&scene(), 1, Some(addr("[::1]:9999")), vec![]);
        assert!(six[1].starts_with("[::1]:"), "{six:?}");
    }

    #[test]
    fn in_a_network_of_its_own_nothing_changes() {
        let mut addresses = Addresses::new(false);
        let args = addresses.arguments(&scene(), 0, Some(addr("127.0.0.1:8888")), vec![]);
        assert!(args.is_empty());
        let suits = |wanted: &str, real: &str| {
            addresses.suits(wanted.parse().unwrap(), real.parse().unwrap())
        };
        assert!(suits("127.0.0.1:8888", "127.0.0.1:8888"));
        assert!(!suits("127.0.0.1:8888", "127.0.0.1:8889"));
        assert!(!suits("127.0.0.1:8888", "0.0.0.0:8888"));
        assert!(!suits("UDP 127.0.0.1:8888", "127.0.0.1:8888"));
        assert!(suits("UDP [::1]:8888", "UDP [::1]:8888"));
    }
}

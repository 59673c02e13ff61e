//! Without a network of its own, a scene must not touch the real ports: a server gets port 0, and every
//! program, argument and line of the script that names the script's address gets the real one.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};

use course::script::{Action, Pattern, Scene};

/// Which address of the script stands for which real one. Empty in a network of its own.
#[derive(Debug, Default)]
pub struct Addresses {
    real: BTreeMap<SocketAddrV4, SocketAddrV4>,
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
    pub fn suits(&self, addr: SocketAddrV4, real: SocketAddrV4) -> bool {
        real.ip() == addr.ip() && (self.shared || real.port() == addr.port())
    }

    /// The real address of a server that was found at the script's `addr`.
    pub fn real(&self, addr: SocketAddrV4) -> SocketAddrV4 {
        self.real.get(&addr).copied().unwrap_or(addr)
    }

    /// A server of the script's `addr` was found at `real`.
    pub fn found(&mut self, addr: SocketAddrV4, real: SocketAddrV4) {
        if self.shared {
            self.real.insert(addr, real);
        }
    }

    /// The arguments for a program whose `--addr` is `default` unless its arguments say otherwise.
    pub fn arguments(
        &mut self,
        scene: &Scene,
        terminal: usize,
        default: Option<SocketAddrV4>,
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
        let serves = scene.directions.iter().any(|direction| {
            direction.terminal == terminal
                && matches!(direction.action, Action::Listen(at) if at == addr)
        });
        let real = match serves {
            true => SocketAddrV4::new(*addr.ip(), 0),
            false => self.of(addr),
        };
        match place {
            Some(place) => args[place] = real.to_string(),
            None => args.extend(["--addr".to_owned(), real.to_string()]),
        }
        args
    }

    /// The real address for one of the script; if no server has it, one where nobody listens.
    fn of(&mut self, addr: SocketAddrV4) -> SocketAddrV4 {
        let same_port = |known: &&SocketAddrV4| known.port() == addr.port();
        if let Some(known) = self.real.keys().find(same_port) {
            return SocketAddrV4::new(*addr.ip(), self.real[known].port());
        }
        // the port stays taken (bound) but closed as long as the scene lasts
        let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)) else { return addr };
        let port = listener.local_addr().map_or(addr.port(), |addr| addr.port());
        drop(listener);
        if let Ok(socket) = bound(port) {
            self.nobody.push(socket);
        }
        let real = SocketAddrV4::new(*addr.ip(), port);
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
    pub fn pairs(&self) -> Vec<(SocketAddrV4, SocketAddrV4)> {
        self.real.iter().map(|(script, real)| (*script, *real)).collect()
    }

    /// The scene as it was really played: its lines name the real addresses.
    pub fn in_scene(mut scene: Scene, pairs: &[(SocketAddrV4, SocketAddrV4)]) -> Scene {
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

/// A TCP socket that is bound to a loopback port and does not listen.
fn bound(port: u16) -> nix::Result<std::os::fd::OwnedFd> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, socket};
    use std::os::fd::AsRawFd;
    // in two steps: macOS has no SOCK_CLOEXEC
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    fcntl(&socket, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, port))?;
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

    fn addr(text: &str) -> SocketAddrV4 {
        text.parse().unwrap()
    }

    #[test]
    fn a_server_gets_port_zero_and_its_client_the_port_that_was_found() {
        let default = Some(addr("127.0.0.1:8888"));
        let mut addresses = Addresses::new(true);
        let server = addresses.arguments(&scene(), 0, default, vec![]);
        assert_eq!(server, ["--addr", "127.0.0.1:0"]);
        addresses.found(addr("127.0.0.1:8888"), addr("127.0.0.1:40001"));
        let client = addresses.arguments(&scene(), 1, default, vec!["x".into()]);
        assert_eq!(client, ["x", "--addr", "127.0.0.1:40001"]);
        let played = Addresses::in_scene(scene(), &addresses.pairs());
        let line = played.stderr_lines[0].pattern.render(None, &Default::default());
        assert_eq!(line, "正在监听 127.0.0.1:40001");
    }

    #[test]
    fn a_client_without_a_server_finds_nobody() {
        let mut addresses = Addresses::new(true);
        let args = addresses.arguments(&scene(), 1, Some(addr("127.0.0.1:9999")), vec![]);
        assert!(std::net::TcpStream::connect(&args[1]).is_err());
    }

    #[test]
    fn in_a_network_of_its_own_nothing_changes() {
        let mut addresses = Addresses::new(false);
        let args = addresses.arguments(&scene(), 0, Some(addr("127.0.0.1:8888")), vec![]);
        assert!(args.is_empty());
        assert!(addresses.suits(addr("127.0.0.1:8888"), addr("127.0.0.1:8888")));
        assert!(!addresses.suits(addr("127.0.0.1:8888"), addr("127.0.0.1:8889")));
        assert!(!addresses.suits(addr("127.0.0.1:8888"), addr("0.0.0.0:8888")));
    }
}

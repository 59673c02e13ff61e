//! A second network interface for a scene that asks for one (网卡): with it a server on `0.0.0.0` has an address that
//! other machines could type.

use std::fs::File;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use limits::CARRIER_TIME;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use sockdiag::netlink;

/// An address that no machine has: reserved for documentation (RFC 5737).
pub const EXAMPLE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// Its name, and that of the other end of its cable if it has one.
const NAMES: (&str, &str) = ("lan0", "lan1");

/// An interface; those that a program stands for (`tun`) vanish with this.
#[derive(Debug)]
pub struct Interface {
    _device: Option<File>,
}

/// The kinds of interface that will do, in the order in which they are tried: no kernel is sure to have all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Swallows what is sent to it (`ip-link(8)`).
    Dummy,
    /// One of two with a cable between them (`veth(4)`).
    Veth,
    /// Its cable is a file descriptor of this process (the kernel's `networking/tuntap`).
    Tun,
}

impl Device {
    /// All of them.
    pub const ALL: [Device; 3] = [Device::Dummy, Device::Veth, Device::Tun];

    fn name(self) -> &'static str {
        match self {
            Device::Dummy => "dummy",
            Device::Veth => "veth",
            Device::Tun => "tun",
        }
    }

    /// Makes one in the network of this process, without an address.
    ///
    /// # Errors
    /// The kernel does not have it or refuses.
    pub fn make(self) -> io::Result<Interface> {
        let device = match self {
            Device::Dummy => dummy().map(|()| None),
            Device::Veth => veth().map(|()| None),
            Device::Tun => tun().map(Some),
        };
        Ok(Interface { _device: device? })
    }
}

/// Adds an interface with this address to the network of this process, which must be its own, and waits until it runs.
///
/// # Errors
/// In Chinese, with what each [`Device`] answered.
pub fn add(address: Ipv4Addr) -> Result<Interface, String> {
    let mut refused = Vec::new();
    for device in Device::ALL {
        match device.make().and_then(|made| set_running(address).map(|()| made)) {
            Ok(made) => return Ok(made),
            Err(error) => refused.push(format!("{}：{}", device.name(), in_words(&error))),
        }
    }
    Err(format!("建不了第二张网卡（{}）", refused.join("；")))
}

fn in_words(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EOPNOTSUPP) => "内核没有这一种".to_owned(),
        Some(libc::EPERM) => "不允许（EPERM）".to_owned(),
        Some(libc::EACCES) => "没有权限打开 /dev/net/tun".to_owned(),
        Some(libc::ENOENT) => "没有 /dev/net/tun".to_owned(),
        _ => error.to_string(),
    }
}

fn dummy() -> io::Result<()> {
    let mut message = Message::new_link();
    message.text(libc::IFLA_IFNAME, NAMES.0);
    message.nested(libc::IFLA_LINKINFO, |info| info.text(libc::IFLA_INFO_KIND, "dummy"));
    message.send()
}

/// The second one has no address and only keeps the first one running.
fn veth() -> io::Result<()> {
    /// `VETH_INFO_PEER` of linux/veth.h, which libc does not carry.
    const PEER: u16 = 1;
    let mut message = Message::new_link();
    message.text(libc::IFLA_IFNAME, NAMES.0);
    message.nested(libc::IFLA_LINKINFO, |info| {
        info.text(libc::IFLA_INFO_KIND, "veth");
        info.nested(libc::IFLA_INFO_DATA, |data| {
            data.nested(PEER, |peer| {
                peer.0.extend([0; size_of::<IfInfo>()]);
                peer.text(libc::IFLA_IFNAME, NAMES.1);
            });
        });
    });
    message.send()?;
    set_up(NAMES.1)
}

fn tun() -> io::Result<File> {
    let device = File::options().read(true).write(true).open("/dev/net/tun")?;
    let mut request = request_for(NAMES.0);
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: TUNSETIFF reads and writes an ifreq, which lives through the call.
    let done = unsafe { libc::ioctl(device.as_raw_fd(), libc::TUNSETIFF as _, &raw mut request) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(device) }
}

/// `ip address add ADDRESS/24 dev lan0`, `ip link set lan0 up`, and until it runs (`netdevice(7)`): with the flags
/// `IFF_UP` and `IFF_RUNNING`, by which a program knows that a cable is plugged in.
///
/// # Errors
/// The kernel refuses, or it never runs.
pub fn set_running(address: Ipv4Addr) -> io::Result<()> {
    for (number, address) in
        [(libc::SIOCSIFADDR, address), (libc::SIOCSIFNETMASK, Ipv4Addr::new(255, 255, 255, 0))]
    {
        let mut request = request_for(NAMES.0);
        // SAFETY: all-zero bytes are a valid sockaddr_in.
        let mut name: libc::sockaddr_in = unsafe { std::mem::zeroed() };
        name.sin_family = libc::AF_INET as libc::sa_family_t;
        name.sin_addr.s_addr = u32::from(address).to_be();
        // SAFETY: both are socket addresses of the same size, the second one in its general form.
        request.ifr_ifru.ifru_addr =
            unsafe { std::mem::transmute::<libc::sockaddr_in, libc::sockaddr>(name) };
        ioctl(number, &mut request)?;
    }
    set_up(NAMES.0)?;
    let deadline = Instant::now() + CARRIER_TIME;
    while flags(NAMES.0)? & libc::IFF_RUNNING == 0 {
        if Instant::now() > deadline {
            return Err(io::Error::other("一直没有进入运行状态"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// `ip link set NAME up`.
pub fn set_up(name: &str) -> io::Result<()> {
    let mut request = request_for(name);
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    ioctl(libc::SIOCSIFFLAGS, &mut request)
}

fn flags(name: &str) -> io::Result<libc::c_int> {
    let mut request = request_for(name);
    ioctl(libc::SIOCGIFFLAGS, &mut request)?;
    // SAFETY: SIOCGIFFLAGS has filled in this field of the union.
    Ok(unsafe { request.ifr_ifru.ifru_flags }.into())
}

fn request_for(name: &str) -> libc::ifreq {
    // SAFETY: all-zero bytes are a valid ifreq.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    request
}

/// A request about an interface (`netdevice(7)`); any IPv4 socket carries it.
fn ioctl(number: libc::Ioctl, request: &mut libc::ifreq) -> io::Result<()> {
    let socket = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // SAFETY: these requests read or write an ifreq, which lives through the call.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), number as _, &raw mut *request) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// `struct ifinfomsg` of `rtnetlink(7)`, which libc does not carry; all zero: an interface that is still to be made.
#[repr(C)]
struct IfInfo {
    family: u8,
    pad: u8,
    kind: u16,
    index: i32,
    flags: u32,
    change: u32,
}

/// A netlink message while it is being written: header, fixed part, attributes (`rtnetlink(7)`).
struct Message(Vec<u8>);

impl Message {
    /// `RTM_NEWLINK`: makes an interface, and says when that is done.
    fn new_link() -> Message {
        let flags = libc::NLM_F_REQUEST | libc::NLM_F_CREATE | libc::NLM_F_EXCL | libc::NLM_F_ACK;
        // struct nlmsghdr: the length, filled in at the end; type, flags, number and sender
        let mut bytes = vec![0; 4];
        bytes.extend(libc::RTM_NEWLINK.to_ne_bytes());
        bytes.extend((flags as u16).to_ne_bytes());
        bytes.extend([0; 8]);
        bytes.extend([0; size_of::<IfInfo>()]);
        Message(bytes)
    }

    /// An attribute with a text that ends in a zero byte.
    fn text(&mut self, kind: u16, text: &str) {
        self.nested(kind, |attribute| {
            attribute.0.extend(text.bytes());
            attribute.0.push(0);
        });
    }

    /// An attribute whose content `write` appends: length, type, content, filled up to four bytes.
    fn nested(&mut self, kind: u16, write: impl FnOnce(&mut Message)) {
        let start = self.0.len();
        self.0.extend([0; 2]);
        self.0.extend(kind.to_ne_bytes());
        write(self);
        let length = (self.0.len() - start) as u16;
        self.0[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    fn send(mut self) -> io::Result<()> {
        let length = self.0.len() as u32;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        netlink::ask(libc::NETLINK_ROUTE, &self.0, |_| {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_padded_but_its_length_is_not() {
        let mut message = Message(Vec::new());
        message.nested(7, |outer| outer.text(3, "ab"));
        let length = |bytes: &[u8]| u16::from_ne_bytes([bytes[0], bytes[1]]);
        // the inner one is 4 bytes of header, "ab" and a zero byte
        assert_eq!((length(&message.0), length(&message.0[4..])), (12, 7));
        assert_eq!(message.0.len(), 12);
    }
}

use std::io::IoSliceMut;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;

use anyhow::{Context, Result};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, SockaddrIn, bind, recvmsg, sendto, socket,
};

fn main() -> Result<()> {
    let fd = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::empty(), None)?;
    let [a, b, c, d] = Ipv4Addr::LOCALHOST.octets();
    bind(fd.as_raw_fd(), &SockaddrIn::new(a, b, c, d, 8888))?;
    loop {
        let mut room = vec![0; 65536];
        let mut parts = [IoSliceMut::new(&mut room)];
        let got = recvmsg::<SockaddrIn>(fd.as_raw_fd(), &mut parts, None, MsgFlags::empty())?;
        let (count, from) = (got.bytes, got.address.context("没有来处")?);
        let Ok(number) = std::str::from_utf8(&room[..count])?.parse::<i64>() else { continue };
        let answer = format!("{}", number + number);
        sendto(fd.as_raw_fd(), answer.as_bytes(), &from, MsgFlags::empty())?;
    }
}

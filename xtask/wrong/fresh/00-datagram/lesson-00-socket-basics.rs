// 错误: 套接字的类型写成了数据报（Datagram），以为 TCP 是一个包一个包地传，就该选它
// 看到: 两行都是 type=2，而不是 type=1

use std::os::fd::AsRawFd;
use std::process::ExitCode;

use nix::sys::socket::sockopt::SockType as TypeOf;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrLike, getsockname, getsockopt, socket,
};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 00 课：看一看套接字", lesson)
}

fn lesson(args: Args) -> anyhow::Result<()> {
    args.finish()?;
    for title in ["", "关闭后再创建："] {
        // 每一圈创建一个，圈的末尾它就关闭了
        let phone = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::empty(), None)?;
        let number = phone.as_raw_fd();
        let kind = getsockopt(&phone, TypeOf)? as i32;
        let me = getsockname::<SockaddrIn>(number)?;
        let family = me.family().map(|f| f as i32).unwrap_or_default();
        println!("{title}<socket fd={number}, family={family}, type={kind}, proto=0, laddr={me}>");
    }
    Ok(())
}

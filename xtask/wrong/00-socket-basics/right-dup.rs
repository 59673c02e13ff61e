// Right: asks the kernel for everything, and holds a copy of the descriptor for a while.

use std::mem::size_of;
use std::net::{Ipv4Addr, SocketAddrV4};

use crate::support::kernel;

extern "C" {
    fn dup(fd: i32) -> i32;
    fn getsockname(fd: i32, addr: *mut kernel::Addr, length: *mut u32) -> i32;
    fn getsockopt(fd: i32, level: i32, name: i32, value: *mut i32, length: *mut u32) -> i32;
}

pub fn main() {
    let first = unsafe { kernel::socket(2, 1, 0) };
    let copy = unsafe { dup(first) };
    println!("{}", describe(first));
    unsafe { kernel::close(first) };
    unsafe { kernel::close(copy) };
    let second = unsafe { kernel::socket(2, 1, 0) };
    println!("关闭后再创建：{}", describe(second));
    unsafe { kernel::close(second) };
}

fn describe(fd: i32) -> String {
    let mut addr = kernel::addr([9; 4], 9);
    let mut length = size_of::<kernel::Addr>() as u32;
    assert_eq!(unsafe { getsockname(fd, &mut addr, &mut length) }, 0);
    let local = SocketAddrV4::new(Ipv4Addr::from(addr.ip), u16::from_be(addr.port));
    let (family, kind) = (option(fd, 39), option(fd, 3));
    format!("<socket fd={fd}, family={family}, type={kind}, proto=0, laddr={local}>")
}

fn option(fd: i32, name: i32) -> i32 {
    let (mut value, mut length) = (0, 4);
    assert_eq!(unsafe { getsockopt(fd, 1, name, &mut value, &mut length) }, 0);
    value
}

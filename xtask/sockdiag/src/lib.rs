//! What the kernel knows about TCP sockets (`sock_diag(7)`), and how to ask it anything (`netlink(7)`). Linux only;
//! elsewhere there is nothing in it.

#![cfg(target_os = "linux")]

pub mod netlink;
pub mod sockets;

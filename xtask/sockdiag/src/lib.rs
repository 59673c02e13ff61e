//! What the kernel knows about sockets (`sock_diag(7)`), and how to ask it anything (`netlink(7)`). Linux only;
//! elsewhere there is nothing in it.
//!
//! | file | task |
//! | --- | --- |
//! | `netlink` | one question and its answers |
//! | `sockets` | TCP and UDP: who is connected, what lies unread, what the kernel's timers will do |
//! | `way` | what is on its way |
//! | `unix` | Unix sockets |

#![cfg(target_os = "linux")]

pub mod netlink;
pub mod sockets;
pub mod unix;
pub mod way;

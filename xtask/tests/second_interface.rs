//! Every kind of second interface that this kernel has. A test program of its own: it forks, and whatever another test
//! had open at that moment would stay open in the child.

#![cfg(target_os = "linux")]

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

use stage::interface::{Device, EXAMPLE, set_running};
use stage::network;

const USABLE: i32 = 0;
const REFUSED: i32 = 1;
const BROKEN: i32 = 2;

/// In a network of its own.
fn try_out(device: Device) -> i32 {
    if network::enter().is_err() {
        return REFUSED;
    }
    let Ok(_made) = device.make() else { return REFUSED };
    let reached = || -> io::Result<bool> {
        set_running(EXAMPLE)?;
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 8888))?;
        TcpStream::connect((EXAMPLE, 8888))?;
        Ok(listener.accept()?.1.ip() == EXAMPLE)
    };
    if reached().unwrap_or(false) { USABLE } else { BROKEN }
}

#[test]
fn every_kind_that_the_kernel_grants_can_be_used() {
    for device in Device::ALL {
        // a process that has entered a namespace cannot leave it
        // SAFETY: the child makes system calls, allocates (which glibc keeps possible after a fork) and ends.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                let code = try_out(device);
                // SAFETY: ends this process at once.
                unsafe { nix::libc::_exit(code) }
            }
            ForkResult::Parent { child } => {
                let status = waitpid(child, None).unwrap();
                eprintln!("{device:?}: {status:?}");
                assert!(
                    matches!(status, WaitStatus::Exited(_, USABLE | REFUSED)),
                    "{device:?}: {status:?}"
                );
            }
        }
    }
}

//! Programs whose output is right and that did not do it the way they say.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Command;
use std::thread;
use std::time::Duration;

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, listen, setsockopt, socket,
    sockopt,
};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, getpid, getppid, gettid};

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    match mode {
        "lies-about-itself" => println!("pid 7"),
        "tells-the-truth" => {
            println!("pid {} {}", std::process::id(), getppid());
            wait_for(in_a_child(|| println!("pid {} {}", std::process::id(), getppid())));
        }
        "two-children" => {
            let (one, two) = (in_a_child(|| work("p1")), in_a_child(|| work("p2")));
            wait_for(one);
            wait_for(two);
        }
        "two-children-and-a-helper" => {
            let (one, two) = (in_a_child(|| work("p1")), in_a_child(|| work("p2")));
            wait_for(one);
            wait_for(two);
            Command::new("true").status().ok()?;
        }
        "no-children" => {
            work("p1");
            work("p2");
        }
        "two-threads" => {
            let threads = ["p1", "p2"].map(|name| thread::spawn(move || work(name)));
            threads.into_iter().for_each(|thread| drop(thread.join()));
        }
        "one-child-does-both" => {
            let child = in_a_child(|| {
                work("p1");
                work("p2");
            });
            let idle = in_a_child(|| {});
            wait_for(child);
            wait_for(idle);
        }
        "parent-helps" => {
            let (one, two) = (in_a_child(|| work("p1")), in_a_child(|| {}));
            work("p2");
            wait_for(one);
            wait_for(two);
        }
        "child-speaks-for-its-parent" => {
            wait_for(in_a_child(|| {
                println!("main");
                work("p1");
            }));
            wait_for(in_a_child(|| work("p2")));
        }
        "does-not-wait" => {
            let (one, _two) = (in_a_child(|| work("p1")), in_a_child(|| work("p2")));
            thread::sleep(Duration::from_secs(1));
            wait_for(one);
        }
        "pid-of-the-sibling" => {
            let one = in_a_child(|| println!("p1 {}", getpid()));
            let two = in_a_child(|| println!("p2 {one}"));
            wait_for(one);
            wait_for(two);
        }
        "false-parent" => {
            println!("main {}", getpid());
            wait_for(in_a_child(|| println!("p1 {}", getpid())));
        }
        "thread-prints-its-process" => {
            println!("main {}", gettid());
            let _ = thread::spawn(|| println!("t1 {}", getpid())).join();
        }
        "one-thread-does-both" => {
            let both = thread::spawn(|| {
                work("p1");
                work("p2");
            });
            let idle = thread::spawn(|| {});
            [both, idle].into_iter().for_each(|thread| drop(thread.join()));
        }
        "reuses-too-late" => {
            return Some(binds(|socket| setsockopt(socket, sockopt::ReuseAddr, &true)));
        }
        "never-reuses" => return Some(binds(|_| Ok(()))),
        _ => return None,
    }
    Some(Ok(()))
}

fn work(name: &str) {
    println!("{name}");
}

/// Begins it in a child.
fn in_a_child(work: impl FnOnce()) -> Pid {
    // SAFETY: there is only one thread.
    match unsafe { fork() } {
        Ok(ForkResult::Child) => {
            work();
            std::process::exit(0);
        }
        Ok(ForkResult::Parent { child }) => child,
        Err(_) => Pid::from_raw(0),
    }
}

fn wait_for(child: Pid) {
    let _ = waitpid(child, None);
}

/// Does `after` when the address is bound already.
fn binds(after: impl FnOnce(&OwnedFd) -> nix::Result<()>) -> io::Result<()> {
    let listener = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    bind(listener.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    after(&listener)?;
    listen(&listener, Backlog::new(5)?)?;
    Ok(())
}

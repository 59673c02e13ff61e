//! Servers with every bad habit, for `tests/hostile_servers.rs`, and one that takes memory without end, for
//! `tests/wrong_programs.rs`. An example, so that `cargo build` leaves it out.
//!
//! Usage: `hostile MODE`; it should be a server of lesson 01 on 127.0.0.1:8888.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};

const ADDR: &str = "127.0.0.1:8888";

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let mode = args.get(1).map_or("", String::as_str);
    let addr = args.iter().position(|arg| arg == "--addr").map(|option| args[option + 1].as_str());
    let addr = addr.unwrap_or(ADDR);
    if mode == "never-listens" {
        loop {
            sleep(Duration::from_secs(1000));
        }
    }
    #[cfg(target_os = "linux")]
    if mode == "takes-memory" {
        return take_memory();
    }
    if mode == "listens-late" {
        sleep(Duration::from_millis(400));
    }
    let listener = TcpListener::bind(addr)?;
    if mode == "never-accepts" {
        loop {
            sleep(Duration::from_secs(1000));
        }
    }
    let (mut client, from) = listener.accept()?;
    match mode {
        "resets" => {
            let at_once = nix::libc::linger { l_onoff: 1, l_linger: 0 };
            setsockopt(&client.as_fd(), sockopt::Linger, &at_once)?;
            return Ok(());
        }
        "silent" => return Ok(()),
        "answers-half" => client.write_all(b"welcome")?,
        "answers-in-pieces" => {
            for byte in b"welcome to socket" {
                client.write_all(&[*byte])?;
                sleep(Duration::from_millis(5));
            }
        }
        "half-a-line" => {
            client.write_all(b"welcome to socket")?;
            print!("服务器端收到来自{from}的信息:");
            std::io::stdout().flush()?;
            return Ok(());
        }
        _ => client.write_all(b"welcome to socket")?,
    }
    let mut text = String::new();
    if mode != "deaf" {
        client.read_to_string(&mut text)?;
        println!("服务器端收到来自{from}的信息:{text}");
    }
    match mode {
        "never-closes" => loop {
            sleep(Duration::from_secs(1000));
        },
        "leaves-the-port-open" => leave_a_listener(listener, client),
        _ => client.shutdown(Shutdown::Both).or(Ok(())),
    }
}

/// A child keeps the listening socket after the server has ended.
fn leave_a_listener(listener: TcpListener, client: TcpStream) -> std::io::Result<()> {
    drop(client);
    // SAFETY: no thread was created; the child only sleeps.
    if let nix::unistd::ForkResult::Child = unsafe { nix::unistd::fork() }? {
        let _kept = listener;
        sleep(Duration::from_secs(1000));
    }
    Ok(())
}

/// Takes more and more. All of it is the same 64 MiB, mapped again and again: what is counted as resident grows as if it
/// were not, and no machine is too small for it.
#[cfg(target_os = "linux")]
fn take_memory() -> std::io::Result<()> {
    const BLOCK: usize = 64 << 20;
    // SAFETY: a new file, which nobody else has.
    let file = unsafe { nix::libc::memfd_create(c"block".as_ptr(), 0) };
    // SAFETY: plain system calls; nobody looks at the memory, wherever it is.
    unsafe { nix::libc::ftruncate(file, BLOCK as nix::libc::off_t) };
    loop {
        let (access, how) = (nix::libc::PROT_READ, nix::libc::MAP_SHARED | nix::libc::MAP_POPULATE);
        // SAFETY: see above.
        let block = unsafe { nix::libc::mmap(std::ptr::null_mut(), BLOCK, access, how, file, 0) };
        if block == nix::libc::MAP_FAILED {
            return Err(std::io::Error::last_os_error());
        }
        sleep(Duration::from_millis(1));
    }
}

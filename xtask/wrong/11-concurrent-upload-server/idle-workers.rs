// There are workers, but whoever accepts serves the clients himself, whichever has something.

use std::io::Read;
use std::os::fd::AsRawFd;
use std::sync::mpsc;
use std::thread;

use crate::support::{end_at_ctrl_c, kernel, listen, store_bytes};

pub fn main() {
    end_at_ctrl_c();
    let listener = listen("127.0.0.1:9999");
    let (_queue, waiting) = mpsc::channel::<()>();
    thread::spawn(move || waiting.recv());
    let mut clients: Vec<(std::net::TcpStream, std::net::SocketAddr, Vec<u8>)> = Vec::new();
    loop {
        let door = kernel::Ready::of(listener.as_raw_fd());
        let all = clients.iter().map(|(client, ..)| kernel::Ready::of(client.as_raw_fd()));
        let mut all: Vec<kernel::Ready> = [door].into_iter().chain(all).collect();
        unsafe { kernel::poll(all.as_mut_ptr(), all.len() as u64, -1) };
        for nth in (0..clients.len()).rev().filter(|nth| all[nth + 1].revents != 0) {
            let mut block = [0; 1024];
            let count = clients[nth].0.read(&mut block).unwrap();
            clients[nth].2.extend(&block[..count]);
            if count == 0 {
                let (client, from, bytes) = clients.remove(nth);
                store_bytes(client, from, &bytes);
            }
        }
        if all[0].revents != 0 {
            let (client, from) = listener.accept().unwrap();
            clients.push((client, from, Vec::new()));
        }
    }
}

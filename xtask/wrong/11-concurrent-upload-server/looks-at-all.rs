// One thread looks at every client in turn, and never waits for one.

use std::io::{ErrorKind, Read};

use crate::support::{end_at_ctrl_c, listen, sleep, store_bytes};

pub fn main() {
    end_at_ctrl_c();
    let listener = listen("127.0.0.1:9999");
    listener.set_nonblocking(true).unwrap();
    let mut clients = Vec::new();
    loop {
        if let Ok((client, from)) = listener.accept() {
            client.set_nonblocking(true).unwrap();
            clients.push((client, from, Vec::new()));
        }
        let mut done = Vec::new();
        for (nth, (client, _, bytes)) in clients.iter_mut().enumerate() {
            let mut block = [0; 1024];
            match client.read(&mut block) {
                Ok(0) => done.push(nth),
                Ok(count) => bytes.extend(&block[..count]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        for nth in done.into_iter().rev() {
            let (client, from, bytes) = clients.remove(nth);
            store_bytes(client, from, &bytes);
        }
        sleep(5);
    }
}

// Right: a thread for each client, and as many of them at work as there are places; a place is given back before the connection
// is closed.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{end_at_ctrl_c, listen, option, sleep, store_bytes};

pub fn main() {
    end_at_ctrl_c();
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let places: usize = option("--workers", "8").parse().unwrap();
    let places = Arc::new((Mutex::new(places), Condvar::new()));
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        let places = places.clone();
        thread::spawn(move || {
            let (free, changed) = &*places;
            *changed.wait_while(free.lock().unwrap(), |free| *free == 0).unwrap() -= 1;
            client.set_read_timeout(Some(Duration::from_secs_f64(limit))).unwrap();
            let mut bytes = Vec::new();
            match (&client).read_to_end(&mut bytes) {
                Ok(_) => store_bytes(client.try_clone().unwrap(), from, &bytes),
                Err(error) => eprintln!("客户端 {from} 失败：等待超时：{error}"),
            }
            *free.lock().unwrap() += 1;
            changed.notify_one();
            sleep(50);
            drop(client);
        });
    }
}

// A thread for each client, a list of those who are here: only who has failed is taken off it.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{listen, option, store_bytes};

static HERE: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());
static GONE: Condvar = Condvar::new();

unsafe extern "C" {
    fn sigemptyset(set: *mut [u64; 16]) -> i32;
    fn sigaddset(set: *mut [u64; 16], signal: i32) -> i32;
    fn pthread_sigmask(how: i32, set: *const [u64; 16], old: *mut [u64; 16]) -> i32;
    fn sigwait(set: *const [u64; 16], signal: *mut i32) -> i32;
}

fn serve(mut client: TcpStream, from: SocketAddr, limit: f64) {
    client.set_read_timeout(Some(Duration::from_secs_f64(limit))).unwrap();
    HERE.lock().unwrap().push(from);
    let mut bytes = Vec::new();
    if let Err(error) = client.read_to_end(&mut bytes) {
        eprintln!("客户端 {from} 失败：等待超时：{error}");
        HERE.lock().unwrap().retain(|one| *one != from);
        GONE.notify_all();
        return;
    }
    store_bytes(client, from, &bytes);
}

pub fn main() -> ExitCode {
    let (mut set, mut signal) = ([0; 16], 0);
    unsafe {
        sigemptyset(&mut set);
        sigaddset(&mut set, 2);
        pthread_sigmask(0, &set, std::ptr::null_mut());
    }
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    thread::spawn(move || {
        loop {
            let (client, from) = listener.accept().unwrap();
            thread::spawn(move || serve(client, from, limit));
        }
    });
    unsafe { sigwait(&set, &mut signal) };
    let here = HERE.lock().unwrap();
    eprintln!("收工：等 {} 个上传传完", here.len());
    let ten = Duration::from_secs(10);
    let (here, _) = GONE.wait_timeout_while(here, ten, |here| !here.is_empty()).unwrap();
    if here.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

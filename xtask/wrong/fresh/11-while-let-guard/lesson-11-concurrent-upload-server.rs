// 错误: while let 里的 lock() 得到的守卫一直活到循环体的末尾，接待客户端时还拿着队列的锁
// 看到: 慢客户端占住了锁，别的工人领不到人，快客户端一直等

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::{ExitCode, exit};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{Shutdown, shutdown};
use shared::error::Operation;
use shared::incoming::receive_upload;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

fn main() -> ExitCode {
    shared::run("第 11 课 · 并发上传：--addr --dir --timeout --workers", run)
}

type Guest = (TcpStream, SocketAddr);

/// 正在传的有几个
#[derive(Default)]
struct Busy {
    count: Mutex<usize>,
    less: Condvar,
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    let workers = args.count("--workers", 64, 1024)?;
    args.finish()?;
    drop(IncomingFile::numbered(&dir)?);

    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    signals.thread_block().context("屏蔽信号")?;

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    let (sender, receiver) = mpsc::sync_channel::<Guest>(256);
    let line = Arc::new(Mutex::new(receiver));
    let busy = Arc::new(Busy::default());
    for _ in 0..workers {
        let (line, busy, dir) = (line.clone(), busy.clone(), dir.clone());
        thread::Builder::new()
            .spawn(move || worker(&line, &busy, dir, timeout))
            .context(Operation::SpawnThread("创建工人".into()))?;
    }
    announce(&listener, "lesson-04-upload-client")?;

    let door = listener.try_clone()?;
    thread::spawn(move || {
        while let Ok(guest) = accepted(door.accept()) {
            if let Some(guest) = guest {
                let _ = sender.send(guest);
            }
        }
    });

    signals.wait().context("等信号")?;
    thread::spawn(move || signals.wait().map(|_| exit(130)));
    let _ = shutdown(listener.as_raw_fd(), Shutdown::Both);
    let count = busy.count.lock().unwrap();
    eprintln!("收工：等 {} 个上传传完，最多等 10 秒", *count);
    let (count, _) = busy
        .less
        .wait_timeout_while(count, Duration::from_secs(10), |count| *count > 0)
        .unwrap();
    ensure!(*count == 0, "还有 {} 个没有传完", *count);
    Ok(())
}

fn worker(line: &Mutex<Receiver<Guest>>, busy: &Busy, dir: PathBuf, timeout: Duration) {
    while let Ok((client, from)) = line.lock().unwrap().recv() {
        *busy.count.lock().unwrap() += 1;
        match receive_upload(&client, &dir, timeout) {
            Ok(saved) => received(from, &saved),
            Err(error) => client_failed(from, &error),
        }
        *busy.count.lock().unwrap() -= 1;
        busy.less.notify_one();
    }
}

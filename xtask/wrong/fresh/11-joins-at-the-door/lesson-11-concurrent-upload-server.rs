// 错误: 在门口创建接待的线程以后立刻 join，等这个客户端传完才接下一个
// 看到: 慢客户端没有传完，快客户端谁也轮不到，和没有线程一样

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::{ExitCode, exit};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{Shutdown, shutdown};
use parking_lot::{Condvar, Mutex};
use shared::error::Operation;
use shared::incoming::receive_upload;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

fn main() -> ExitCode {
    shared::run("第 11 课 · 并发上传服务器端", run)
}

struct State {
    dir: PathBuf,
    timeout: Duration,
    /// 还能再接待几个
    free: Mutex<usize>,
    workers: usize,
    changed: Condvar,
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    let workers = args.count("--workers", 64, 1024)?;
    args.finish()?;
    drop(IncomingFile::numbered(&dir)?);
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
    signals.thread_block().context("屏蔽信号")?;

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-04-upload-client")?;
    let changed = Condvar::new();
    let state = Arc::new(State { dir, timeout, free: Mutex::new(workers), workers, changed });

    let door = listener.try_clone()?;
    let at_door = state.clone();
    thread::spawn(move || open_door(door, at_door));

    signals.wait().context("等信号")?;
    thread::spawn(move || signals.wait().map(|_| exit(130)));
    let _ = shutdown(listener.as_raw_fd(), Shutdown::Both);
    let mut free = state.free.lock();
    eprintln!("收工：等 {} 个上传传完", state.workers - *free);
    let all = state.workers;
    state.changed.wait_while_for(&mut free, |free| *free < all, Duration::from_secs(10));
    ensure!(*free == all, "还有 {} 个没有传完", all - *free);
    Ok(())
}

fn open_door(door: TcpListener, state: Arc<State>) {
    while let Ok(client) = accepted(door.accept()) {
        let Some((client, from)) = client else { continue };
        // 满了就等有人传完
        let mut free = state.free.lock();
        state.changed.wait_while(&mut free, |free| *free == 0);
        *free -= 1;
        drop(free);

        let mine = state.clone();
        let t = thread::spawn(move || reception(&mine, client, from));
        let _ = t.join();
    }
}

fn reception(state: &State, client: TcpStream, from: SocketAddr) {
    match receive_upload(&client, &state.dir, state.timeout) {
        Ok(saved) => received(from, &saved),
        Err(error) => client_failed(from, &error),
    }
    *state.free.lock() += 1;
    state.changed.notify_all();
}

// 错误: 来一个客户端就开一个线程，--workers 取出来没有用
// 看到: 客户端有多少，线程就有多少；写了 --workers 4 也没有限制

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::AsRawFd;
use std::process::{ExitCode, exit};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{Shutdown, shutdown};
use parking_lot::{Condvar, Mutex};
use shared::error::{Operation, tell};
use shared::incoming::receive_upload;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

static NOW: Mutex<Option<HashSet<SocketAddr>>> = Mutex::new(None);
static DONE: Condvar = Condvar::new();

fn main() -> ExitCode {
    shared::run("第 11 课 · 并发的上传服务器端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    let _workers = args.count("--workers", 64, 1024)?;
    args.finish()?;
    drop(IncomingFile::numbered(&dir)?);

    let ctrl_c: SigSet = [Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
    ctrl_c.thread_block().context("屏蔽信号")?;

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-04-upload-client")?;
    *NOW.lock() = Some(HashSet::new());

    let door = listener.try_clone()?;
    thread::spawn(move || {
        loop {
            let (client, from) = match accepted(door.accept()) {
                Ok(Some(client)) => client,
                Ok(None) => continue,
                Err(_) => break,
            };
            NOW.lock().get_or_insert_default().insert(from);
            let dir = dir.clone();
            thread::spawn(move || {
                match receive_upload(&client, &dir, timeout) {
                    Ok(saved) => received(from, &saved),
                    Err(error) => client_failed(from, &error),
                }
                NOW.lock().get_or_insert_default().remove(&from);
                DONE.notify_all();
            });
        }
    });

    ctrl_c.wait().context("等待 Ctrl-C")?;
    thread::spawn(move || ctrl_c.wait().map(|_| exit(130)));
    let _ = shutdown(listener.as_raw_fd(), Shutdown::Both);

    let mut now = NOW.lock();
    let count = now.get_or_insert_default().len();
    tell(format_args!("收工：等 {count} 个上传传完，最多 10 秒"));
    let nobody = |now: &mut Option<HashSet<SocketAddr>>| !now.get_or_insert_default().is_empty();
    let end = DONE.wait_while_for(&mut now, nobody, Duration::from_secs(10));
    if end.timed_out() {
        bail!("10 秒到了，还有人没有传完");
    }
    Ok(())
}

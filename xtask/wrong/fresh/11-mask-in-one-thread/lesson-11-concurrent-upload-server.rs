// 错误: 只在等信号的那个线程里屏蔽了 SIGINT 和 SIGTERM，main 和工人们都没有屏蔽
// 看到: 按 Ctrl-C，整个程序当场被信号终止，没有收工，正在传的也断了

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use crossbeam::channel::{Receiver, bounded};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{Shutdown, shutdown};
use parking_lot::{Condvar, Mutex};
use shared::error::{Operation, tell};
use shared::incoming::receive_upload;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

fn main() -> ExitCode {
    shared::run("第 11 课 · 并发上传", run)
}

struct Shop {
    dir: PathBuf,
    timeout: Duration,
    uploading: Mutex<Vec<SocketAddr>>,
    changed: Condvar,
}

impl Shop {
    fn work(&self, waiting: Receiver<(TcpStream, SocketAddr)>) {
        for (client, from) in waiting {
            self.uploading.lock().push(from);
            self.serve(&client, from, &self.dir);
            self.uploading.lock().retain(|a| a != &from);
            self.changed.notify_all();
        }
    }

    fn serve(&self, client: &TcpStream, from: SocketAddr, dir: &Path) {
        match receive_upload(client, dir, self.timeout) {
            Ok(saved) => received(from, &saved),
            Err(error) => client_failed(from, &error),
        }
    }
}

/// 等 Ctrl-C：第一次关门，第二次立刻结束
fn wait_for_ctrl_c(door: TcpListener) -> Result<()> {
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
    signals.thread_block().context("屏蔽信号")?;
    signals.wait().context("等待信号")?;
    let _ = shutdown(door.as_raw_fd(), Shutdown::Both);
    signals.wait().context("等待信号")?;
    exit(130)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    let workers = args.count("--workers", 64, 1024)?;
    args.finish()?;
    drop(IncomingFile::numbered(&dir)?);

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    let door = listener.try_clone().context("复制监听套接字")?;
    thread::spawn(move || wait_for_ctrl_c(door));

    let uploading = Mutex::new(Vec::new());
    let shop = Arc::new(Shop { dir, timeout, uploading, changed: Condvar::new() });
    let (queue, waiting) = bounded(256);
    for _ in 0..workers {
        let shop = Arc::clone(&shop);
        let waiting = waiting.clone();
        thread::Builder::new()
            .spawn(move || shop.work(waiting))
            .context(Operation::SpawnThread("创建工人线程".to_string()))?;
    }

    announce(&listener, "lesson-04-upload-client")?;
    while let Ok(client) = accepted(listener.accept()) {
        if let Some(client) = client {
            let _ = queue.send(client);
        }
    }

    // 门关了，收工
    let mut uploading = shop.uploading.lock();
    tell(format_args!("收工：等 {} 个上传传完", uploading.len()));
    shop.changed.wait_while_for(&mut uploading, |u| !u.is_empty(), Duration::from_secs(10));
    ensure!(uploading.is_empty(), "还有 {} 个没有传完", uploading.len());
    Ok(())
}

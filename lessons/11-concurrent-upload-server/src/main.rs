//! 第 11 课 · 并发上传：一个门口、一条队列、N 个工人，慢的客户端不再挡住别人。
//!
//! 终端一：cargo run -p lesson-11-concurrent-upload-server（按 Ctrl-C 收工）
//! 终端二：cargo run -p lesson-04-upload-client（可以同时运行很多个，然后 ls data）
//! 全班一起：cargo run -p lesson-11-concurrent-upload-server -- --addr 0.0.0.0:9999

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{ExitCode, exit};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use crossbeam::channel;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{Shutdown, shutdown};
use parking_lot::{Condvar, Mutex};
use shared::error::{Operation, tell};
use shared::incoming::receive_upload;
use shared::listen::{accepted, announce, client_failed, received};
use shared::{Args, IncomingFile};

const HELP: &str = "第 11 课 · 并发上传：同时收下许多客户端上传的文件，按 Ctrl-C 收工

用法：cargo run -p lesson-11-concurrent-upload-server -- [选项]

  --addr     地址，默认 127.0.0.1:9999；所有网卡是 0.0.0.0
  --dir      存在哪个目录，默认 data；不存在就创建
  --timeout  客户端多少秒没有动静就放弃它，默认 30
  --workers  最多同时接待几个客户端，默认 64";

/// 店里的情况，所有线程共用。
static SHOP: Mutex<Shop> = Mutex::new(Shop { closing: false, uploading: Vec::new() });
/// 有人传完了：叫醒等着收工的主线程。
static FINISHED: Condvar = Condvar::new();

struct Shop {
    closing: bool,
    uploading: Vec<SocketAddr>,
}

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9999))?;
    let dir = args.path("--dir", "data")?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    let workers = args.count("--workers", 64, 1024)?;
    args.finish()?;
    drop(IncomingFile::numbered(&dir)?); // 目录不能写，现在就说

    // ① 挡住 Ctrl-C（SIGINT）和 kill（SIGTERM），留给 ⑤ 领取。要在创建线程之前：
    //    新线程继承信号掩码；哪个线程没挡住，内核就可能把信号交给它，那会结束整个程序
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
    signals.thread_block().context("① 屏蔽信号")?;

    // ② 监听
    let listener =
        TcpListener::bind(addr).context(Operation::Listen(format!("② 在 {addr} 监听")))?;

    // ③ 队列（通道，channel）和 N 个工人：谁空着，谁就领走最前面的客户端。
    //    队列长 256：排着的每人占一个文件描述符，而许多系统上一个程序默认只能打开 1024 个
    let (queue, waiting) = channel::bounded(256);
    let work = move || {
        for (client, from) in &waiting {
            serve(&client, from, &dir, timeout);
        }
    };
    for _ in 0..workers {
        let worker = thread::Builder::new().spawn(work.clone()); // 队列还是同一条，没有复制
        worker.context(Operation::SpawnThread("③ 创建工人线程".into()))?;
    }

    // ④ 门口：只管把客户端放进队列，自己不接待，所以不会被谁拖住；队列满了，后来的由内核排着
    announce(&listener, "lesson-04-upload-client")?;
    let door = listener.try_clone().context("④ 复制监听套接字")?;
    thread::spawn(move || {
        // ⑥ 关了门，accept 就出错（在 Linux 上），这个循环随之结束
        while let Ok(outcome) = accepted(door.accept()) {
            let Some(client) = outcome else { continue };
            let _ = queue.send(client); // 接收的一头全没了才会出错
        }
    });

    // ⑤ 主线程睡到信号来为止；第二次信号由另一个线程领取，立刻结束（130 = 128 + SIGINT）
    signals.wait().context("⑤ 等待信号")?;
    thread::spawn(move || signals.wait().map(|_| exit(130)));

    // ⑥ 收工：关门；加一个有空的人，把还在排队的都请走（serve 见到 closing 就不再接待）
    SHOP.lock().closing = true;
    let _ = shutdown(listener.as_raw_fd(), Shutdown::Both);
    thread::spawn(work);
    let mut shop = SHOP.lock();
    let count = shop.uploading.len();
    tell(format_args!("收工：等 {count} 个上传传完，最多等 10 秒，再按 Ctrl-C 立刻结束"));
    FINISHED.wait_while_for(&mut shop, |shop| !shop.uploading.is_empty(), Duration::from_secs(10));
    let left: Vec<String> = shop.uploading.iter().map(SocketAddr::to_string).collect();
    ensure!(left.is_empty(), "⑥ 收工时还没有传完的：{}", left.join("、"));
    Ok(()) // 从 main 返回，其余的线程随之结束
}

/// 一个工人接待一个客户端。
fn serve(client: &TcpStream, from: SocketAddr, dir: &Path, timeout: Duration) {
    // 看「收工没有」和登记「正在传」在同一次加锁里，收工就不会正好发生在两者之间
    let mut shop = SHOP.lock();
    if shop.closing {
        return client_failed(from, &anyhow!("服务器收工了，还没有轮到它"));
    }
    shop.uploading.push(from);
    drop(shop); // 传文件时不拿着锁，别的工人才能同时干活
    // 与 04 课的循环服务器一样。许多工人同时取号也不要紧：每个号只有一个人拿得到
    match receive_upload(client, dir, timeout).context("③ 收下文件") {
        Ok(saved) => received(from, &saved),
        Err(error) => client_failed(from, &error),
    }
    SHOP.lock().uploading.retain(|other| *other != from);
    FINISHED.notify_one();
}

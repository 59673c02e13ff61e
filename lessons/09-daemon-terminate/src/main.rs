//! 第 09 课 · main 要走了，子进程怎么办：终止它、带走它、等它做完。
//!
//! 终止（默认）：cargo run -p lesson-09-daemon-terminate
//! 守护：cargo run -p lesson-09-daemon-terminate -- daemon
//! 等待：cargo run -p lesson-09-daemon-terminate -- wait

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

const HELP: &str = "\
第 09 课 · main 要走了，子进程怎么办

用法：cargo run -p lesson-09-daemon-terminate -- [terminate | daemon | wait]

  terminate  1 秒后 main 终止子进程，等它结束，再结束（默认）
  daemon     1 秒后 main 结束，离开时带走子进程
  wait       1 秒后等子进程做完 100 次再结束，约 20 秒";

/// 子进程的去留
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Terminate,
    Daemon,
    Wait,
}

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let ways = [("terminate", Way::Terminate), ("daemon", Way::Daemon), ("wait", Way::Wait)];
    let way = args.choice(&ways)?;
    args.finish()?;

    // ① 启动子进程
    let mut p1 = Process::start("p1", work)?;
    // ② 设为守护：main 离开时不等它做完。Python 叫它 daemon，但 Unix 说的守护进程（daemon）
    //    正好相反：脱离终端，启动它的进程走了还要在后台一直运行，例如 sshd
    p1.daemon = way == Way::Daemon;

    // ③ main 做自己的事，1 秒
    sleep(Duration::from_secs(1));

    // ④ main 要走了
    match way {
        Way::Terminate => {
            // 信号发出时子进程可能正在打印；等到它结束再打印，main 的这一行才一定在最后
            p1.terminate()?;
            p1.join()?;
            println!("main进程结束了");
        }
        Way::Wait => {
            println!("main进程结束了");
            p1.join()?;
        }
        // 没有 join：p1 在这个函数末尾被丢弃，shared::Process 的 Drop 终止它，再等它
        Way::Daemon => println!("main进程结束了"),
    }
    Ok(())
}

// 「带走」是 main 自己做的，所以 main 被信号结束（kill、kill -9）时来不及做，子进程会接着打印
// 到 100 次；Python 的 daemon=True 也一样。按 Ctrl-C 则两个都会结束：终端把信号发给前台的整个进程组。
// 选读：Linux 能让内核来做这件事，子进程一开始就调用 prctl(PR_SET_PDEATHSIG, SIGKILL)，
// 见 prctl(2)；macOS 没有它。

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(Duration::from_millis(200));
    }
}

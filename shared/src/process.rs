//! 子进程：仿照 Python 的 `multiprocessing.Process`，每一步对应一个系统调用。
//!
//! | Python | 这里 | 系统调用 |
//! | --- | --- | --- |
//! | `p = Process(target=f)`，`p.start()` | [`Process::start`] | fork(2) |
//! | `p.join()` | [`Process::join`] | waitpid(2) |
//! | `p.terminate()` | [`Process::terminate`] | kill(2)，信号 SIGTERM |
//! | `p.daemon = True` | [`Process::daemon`] | 离开时 kill(2)，再 waitpid(2) |
//! | 退出前自动等所有子进程 | `Drop` | waitpid(2) |
//!
//! 这里启动的子进程都有人等。结束了却没人等的子进程是僵尸进程（zombie）：内存已经归还，
//! 进程号和退出码还占着一个位子，直到父进程用 waitpid 取走（或者父进程自己结束）。

use std::io::{self, Write};
use std::process;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

use crate::error::{Operation, exit_code};

/// 一个已经启动的子进程。
///
/// 没有 `join` 就离开作用域（提前返回、`?`、一路退出的 panic 都算）时，做 Python 退出前做的事：
/// 等它做完；[`daemon`](Process::daemon) 的先发 SIGTERM 再等。
#[must_use = "不存进变量就会立刻被丢弃，而丢弃要等子进程做完：两个子进程会变成一先一后"]
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    pid: Pid,
    /// 守护：父进程离开时带走它，不等它做完。与 Unix 的守护进程（脱离终端、常驻后台）不是一回事。
    pub daemon: bool,
    /// 请求过它结束：被 SIGTERM 结束就不算失败
    terminated: bool,
    /// 已经等到：它的进程号可能已经归别人，不能再用
    reaped: bool,
}

impl Process {
    /// 创建名叫 `name` 的子进程，让它做 `work`；父进程不等，立刻返回。
    ///
    /// 不用传参数：fork 把内存整个复制了一份，`work` 用到的变量子进程里都有。
    /// `work` 什么也不返回，或者返回 `Result<()>`；返回错误或 panic 时，子进程在标准错误写一行，
    /// 以非 0 的退出码结束（只是标准输出的读者走了，就安静地以 0 结束）。
    ///
    /// # Errors
    /// 已经有别的线程、标准输出写不出去、系统不能再创建进程时，返回错误。
    pub fn start<T: Outcome>(name: &'static str, work: impl FnOnce() -> T) -> Result<Process> {
        // ① fork 只把调用它的线程带进子进程。别的线程正拿着的锁（比如 println! 要拿的那一把）
        //    在子进程里再没有人来解开：等它，就永远等下去。所以先创建进程，再创建线程。
        if let Some(count @ 2..) = thread_count() {
            bail!("创建 {name} 进程：已经有 {count} 个线程。先创建进程，再创建线程");
        }
        // ② 缓冲区也是内存，也会被复制：没写完的半行不先送走，父子各写一次，就成了两份。
        io::stdout().flush().context(Operation::WriteStdout)?;
        // ③ 一次调用，两次返回：父进程得到子进程的编号，子进程得到 Child。
        // SAFETY: ① 查过只有一个线程（查不了的系统上，由各课保证），子进程里没有解不开的锁。
        match unsafe { fork() }.context(Operation::Fork(format!("创建 {name} 进程")))? {
            ForkResult::Parent { child } => {
                Ok(Process { name, pid: child, daemon: false, terminated: false, reaped: false })
            }
            ForkResult::Child => {
                // ④ 子进程到此为止：返回，或者 panic 一路退出去，都会接着做父进程的事
                //    （再创建一遍进程、等不是自己的子进程）。exit 不返回，也不运行外层的 Drop。
                process::exit(exit_code(Some(name), || work().into_result()).into());
            }
        }
    }

    /// 等它结束。结束得不正常（退出码不是 0，或者被信号结束）是错误。
    ///
    /// 拿走了 `self`：等完之后进程号可能归别人，再 `terminate` 可能打错人，编译器不让写。
    ///
    /// # Errors
    /// 子进程没做完，或者等不到时，返回错误。
    pub fn join(mut self) -> Result<()> {
        let status = self.wait().with_context(|| format!("等待 {} 进程", self.name))?;
        match status {
            WaitStatus::Signaled(_, Signal::SIGTERM, _) if self.terminated => Ok(()),
            other => check_end(self.name, other),
        }
    }

    /// 请求它结束：发信号 SIGTERM，默认动作是终止，它来不及收尾。
    ///
    /// 信号发出就返回，那时它可能还在运行；之后还要 [`join`](Process::join)。
    ///
    /// # Errors
    /// 信号发不出去时，返回错误。
    pub fn terminate(&mut self) -> Result<()> {
        // 没等过的子进程，就算已经结束也还占着进程号：信号不会发给别人。
        kill(self.pid, Signal::SIGTERM).with_context(|| format!("请求 {} 进程结束", self.name))?;
        self.terminated = true;
        Ok(())
    }

    fn wait(&mut self) -> Result<WaitStatus, Errno> {
        loop {
            let outcome = waitpid(self.pid, None);
            // EINTR：等的时候本进程处理了一个信号，子进程还没结束，接着等。
            if outcome != Err(Errno::EINTR) {
                self.reaped = true;
                return outcome;
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.reaped {
            return;
        }
        // 走到这里多半已有别的错误要报告，这两步的结果就不看了；子进程自己失败时写过一行。
        if self.daemon {
            let _ = self.terminate();
        }
        let _ = self.wait();
    }
}

/// 子进程做的事能返回什么：`()` 是做完了，`Result<()>` 是做完了或者没做成。
///
/// 与 [`std::process::Termination`] 管的是同一件事，只是失败由我们用中文说。
#[diagnostic::on_unimplemented(
    message = "子进程做的事要么什么也不返回，要么返回 `Result<()>`，不能返回 `{Self}`",
    label = "这件事返回 `{Self}`",
    note = "一直循环、从不返回的闭包（返回 `!`）写成 `|| -> () {{ … }}`"
)]
pub trait Outcome {
    /// 写成 `Result<()>` 的样子。
    ///
    /// # Errors
    /// 没做成时，返回它的错误。
    fn into_result(self) -> Result<()>;
}

impl Outcome for () {
    fn into_result(self) -> Result<()> {
        Ok(())
    }
}

impl Outcome for Result<()> {
    fn into_result(self) -> Result<()> {
        self
    }
}

/// 看 waitpid(2) 带回的结束状态：正常做完（退出码 0）之外都是错误。
///
/// # Errors
/// 退出码不是 0，或者被信号结束时，返回错误。
pub fn check_end(name: &str, status: WaitStatus) -> Result<()> {
    match status {
        WaitStatus::Exited(_, 0) => Ok(()),
        WaitStatus::Exited(_, code) => bail!("{name} 进程没有做完：退出码 {code}"),
        WaitStatus::Signaled(_, signal, _) => bail!("{name} 进程没有做完：被信号 {signal} 结束"),
        other => bail!("{name} 进程没有做完：{other:?}"),
    }
}

/// 本进程有几个线程；`None` 表示这个系统上查不了。
fn thread_count() -> Option<usize> {
    // Linux 里每个线程是 /proc/self/task 下的一个目录，见 proc(5)
    if cfg!(target_os = "linux") {
        return std::fs::read_dir("/proc/self/task").ok().map(Iterator::count);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    // 测试程序自己有好几个线程，不能在这里 fork；真正的进程由各课的程序来试。

    #[test]
    fn only_exit_code_zero_is_a_good_end() {
        let pid = Pid::from_raw(1);
        let text = |status| check_end("p1", status).map_err(|error| error.to_string());
        assert_eq!(text(WaitStatus::Exited(pid, 0)), Ok(()));
        assert_eq!(text(WaitStatus::Exited(pid, 3)), Err("p1 进程没有做完：退出码 3".into()));
        let killed = WaitStatus::Signaled(pid, Signal::SIGKILL, false);
        assert_eq!(text(killed), Err("p1 进程没有做完：被信号 SIGKILL 结束".into()));
    }

    #[test]
    fn work_that_returns_nothing_is_done_and_an_error_stays_an_error() {
        assert!(().into_result().is_ok());
        assert!(Outcome::into_result(Ok(())).is_ok());
        let failed: Result<()> = Err(anyhow::anyhow!("键盘坏了"));
        assert_eq!(failed.into_result().unwrap_err().to_string(), "键盘坏了");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn starting_beside_another_thread_is_refused() {
        // 在新线程里试：连同等它的线程，至少有两个
        let outcome = std::thread::spawn(|| Process::start("p1", || ())).join().unwrap();
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("先创建进程，再创建线程"), "{error}");
    }
}

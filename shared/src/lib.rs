//! 各课共用的小工具：放在课里会挡住主题的东西，才放到这里。
//!
//! | 模块 | 内容 |
//! | --- | --- |
//! | [`args`] | 命令行参数：`--addr`、`--timeout` 等，出错时说中文 |
//! | [`deadline`] | 期限：从一个客户端接收，到某个时刻为止 |
//! | `errno` | 少见的错误号的中文 |
//! | [`error`] | 把系统给的错误变成一行中文：哪一步、对什么、为什么、怎么办 |
//! | [`incoming`] | 正在接收的文件：收完整了才有正式的名字，否则不留下文件 |
//! | [`listen`] | 服务器端要说的话：在哪里监听、全班输入什么、收下了谁的文件、哪个客户端失败了 |
//! | [`process`] | 子进程：仿照 Python 的 `multiprocessing.Process` |
//! | [`sentence`] | 一句话：从收到的字节到能放心打印的文字 |

#[cfg(not(unix))]
compile_error!(
    "这门课要用 Unix 的系统调用：在 Windows 上请先安装 WSL，再在 WSL 里编译（见 README）"
);

pub mod args;
pub mod deadline;
mod errno;
pub mod error;
pub mod incoming;
pub mod listen;
pub mod process;
pub mod sentence;
#[cfg(test)]
mod testing;

pub use args::Args;
pub use error::run;
pub use incoming::IncomingFile;
pub use process::Process;

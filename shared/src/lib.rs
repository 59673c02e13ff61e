//! 各课共用的小工具：放在课里会挡住主题的东西，才放到这里。
//!
//! | 模块 | 内容 |
//! | --- | --- |
//! | [`args`] | 命令行参数：`--addr`、`--timeout` 等，出错时说中文 |
//! | [`error`] | 把系统给的错误变成一行中文：哪一步、对什么、为什么、怎么办 |
//! | [`process`] | 子进程：仿照 Python 的 `multiprocessing.Process` |

pub mod args;
pub mod error;
pub mod process;

pub use args::Args;
pub use error::run;
pub use process::Process;

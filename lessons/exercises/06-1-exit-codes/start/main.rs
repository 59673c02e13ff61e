//! 练习 06-1：每个词一个子进程，子进程用退出码带回答案。
//!
//! 参数是几个词，例如：长颈鹿 猫 小狗。为每个词创建一个子进程，它们同时做：
//!   子进程数这个词有几个字（一个字数 0.1 秒），用这个数作退出码结束，什么也不印；
//!   main 等到每个子进程，按参数的次序印出它们带回的退出码：
//!     长颈鹿:3
//!     猫:1
//!     小狗:2
//! 先创建全部，再一个一个地等。

use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

fn main() -> nix::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();

    let mut children: Vec<Pid> = Vec::new();
    for word in &words {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                let count = word.chars().count();
                sleep(Duration::from_millis(100) * count as u32);
                todo!("① 用 count 作退出码，结束这个子进程")
            }
            ForkResult::Parent { child } => {
                todo!("② 把 child 记在 children 里，不等它");
            }
        }
    }

    for (word, child) in words.iter().zip(children) {
        let code: i32 = todo!("③ 等 child 结束，取出它的退出码");
        println!("{word}:{code}");
    }
    Ok(())
}

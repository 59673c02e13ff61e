//! 练习 05-2：数羊，最后几行不见了。
//!
//! 参数是几只羊，例如 3，应当印出：
//!   又一只羊
//!   又一只羊
//!   又一只羊
//!   一共3只
//! 参数不是数：标准错误里说一句，退出码 2（这一部分没有错）。
//! 这个程序能编译，不报错，退出码是 0，可是有一个错误：3 只羊，一行也没有印；1201 只羊，少了最后一些。
//! 怎样找：cargo xtask practice 05-2；按 t 画出它真正写了几次，每次写了什么。

use std::io::{self, BufWriter, Write};
use std::process;

fn main() -> io::Result<()> {
    let word = std::env::args().nth(1).unwrap_or_else(|| "3".to_owned());
    let Ok(count) = word.parse::<u32>() else {
        eprintln!("要数几只？「{word}」不是数");
        process::exit(2)
    };

    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        writeln!(out, "又一只羊")?;
    }
    writeln!(out, "一共{count}只")?;
    process::exit(0)
}

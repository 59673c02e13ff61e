//! 练习 05-1：一个进程、一个线程，先烧水，再泡茶，不许穿插。
//!
//! 两个参数是烧水、泡茶各几遍。例如 3 和 2，依次印出：
//!   烧水第1遍
//!   烧水第2遍
//!   烧水第3遍
//!   -----
//!   泡茶第1遍
//!   泡茶第2遍
//! 分隔线是 5 个减号。不创建线程，也不创建子进程。

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u32>().expect("要写数"));
    let water = numbers.next().unwrap_or(3);
    let tea = numbers.next().unwrap_or(2);

    let mut out = BufWriter::new(io::stdout().lock());
    todo!("① 烧水 water 遍");
    todo!("② 分隔线");
    todo!("③ 泡茶 tea 遍");
    todo!("④ 把攒着的写出去，并且看它的结果");
    Ok(())
}

/// 把一件事做 times 遍，每一遍印一行。
fn repeat(out: &mut impl Write, what: &str, times: u32) -> io::Result<()> {
    todo!("⑤ 印「what第1遍」到「what第times遍」，写到 out");
}

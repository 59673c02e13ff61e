//! 练习 03-2：一句话有几个字，在两张码表里各占几个字节。
//!
//! 参数是一句话。例如参数是「黑马程序员」，要印：
//!   字数:5
//!   UTF-8 字节数:15
//!   GBK 字节数:10
//!   前两个字:黑马
//!
//! 汉字、英文字母都算一个字。句子里也会有英文字母，例如「a黑b马」。

use encoding_rs::GBK;

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "黑马程序员".to_owned());

    let characters: usize = todo!("① 数一数 text 有几个字");
    println!("字数:{characters}");

    let utf8: usize = todo!("② text 在 UTF-8 里占几个字节");
    println!("UTF-8 字节数:{utf8}");

    let gbk: usize = todo!("③ 用 GBK 编码，数一数有几个字节");
    println!("GBK 字节数:{gbk}");

    let head: String = todo!("④ 取最前面的两个字");
    println!("前两个字:{head}");
}

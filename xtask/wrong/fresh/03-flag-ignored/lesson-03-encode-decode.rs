// 错误: 编码「😀」时没有看错误标志，有没有报错是按「程序没有停下来」写的
// 看到: 「😀」那一行写着（没有报错），应当是（报错）

use std::any::type_name_of_val;
use std::process::ExitCode;

use anyhow::{Context, Result};
use encoding_rs::{GBK, UTF_8};
use shared::Args;

const HELP: &str = "第 03 课 · 编码与解码";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

trait Literal {
    fn literal(&self) -> String;
}

impl Literal for [u8] {
    fn literal(&self) -> String {
        format!("b'{}'", self.escape_ascii())
    }
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let s = "黑马1234abc!";
    println!("{}", s.as_bytes().literal());
    let (encoded, ..) = UTF_8.encode(s);
    println!("{}", encoded.literal());

    let raw: &[u8] = b"\xe9\xbb\x91\xe9\xa9\xac1234abc!";
    println!("{}", type_name_of_val(&raw));
    println!("{}", std::str::from_utf8(raw).context("解码")?);

    let (gbk, ..) = GBK.encode("黑马");
    println!("{}", gbk.literal());
    if let Err(e) = std::str::from_utf8(&gbk) {
        println!(
            "解码失败：按 UTF-8 码表，位置 {} 的字节 0x{:02x} 不能是一个字的开头",
            e.valid_up_to(),
            gbk[e.valid_up_to()]
        );
    }

    let raw = "黑马".as_bytes();
    let (text, failed) = GBK.decode_without_bom_handling(raw);
    let end = if failed { "报错" } else { "没有报错" };
    println!("UTF-8 的 {} 按 GBK 解码：{text}（{end}）", raw.literal());

    let (emoji, ..) = GBK.encode("😀");
    println!("「😀」按 GBK 编码：{}（没有报错）", emoji.literal());

    let (head, tail) = "黑".as_bytes().split_at(2);
    for part in [head, tail] {
        match std::str::from_utf8(part) {
            Ok(_) => println!("单独解码 {}（没有报错）", part.literal()),
            Err(_) => println!("单独解码 {}（报错）", part.literal()),
        }
    }
    let mut text = String::with_capacity(16);
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    for (part, last) in [(head, false), (tail, true)] {
        let (_, _, failed) = decoder.decode_to_string(part, &mut text, last);
        let end = if failed { "报错" } else { "没有报错" };
        println!("接着解码 {}：得到「{text}」（{end}）", part.literal());
    }
    Ok(())
}

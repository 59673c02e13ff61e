// 错误: 用的码表是 GB18030，以为它和 GBK 是一回事
// 看到: 「😀」编码成了 4 个字节，没有报错；应当报错

use std::process::ExitCode;

use anyhow::{Result, ensure};
use encoding_rs::{Encoding, GB18030, UTF_8};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 03 课 · 编码与解码", run)
}

/// 国标的码表
static CHINESE: &Encoding = GB18030;

fn show(bytes: &[u8]) -> String {
    let mut s = String::from("b'");
    for byte in bytes {
        s.push_str(&std::ascii::escape_default(*byte).to_string());
    }
    s.push('\'');
    s
}

fn word(bad: bool) -> &'static str {
    match bad {
        true => "报错",
        false => "没有报错",
    }
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let text = "黑马1234abc!";
    println!("{}", show(text.as_bytes()));
    println!("{}", show(&UTF_8.encode(text).0));

    let bytes: &[u8] = b"\xe9\xbb\x91\xe9\xa9\xac1234abc!";
    println!("{}", std::any::type_name_of_val(&bytes));
    println!("{}", String::from_utf8(bytes.to_vec())?);

    let (horse, _, bad) = CHINESE.encode("黑马");
    ensure!(!bad);
    println!("{}", show(&horse));

    match std::str::from_utf8(&horse) {
        Ok(text) => println!("{text}"),
        Err(e) => {
            let at = e.valid_up_to();
            println!("解码失败：按 UTF-8 码表，位置 {at} 的字节 {:#04x} 不能是一个字的开头", horse[at]);
        }
    }

    let heima = "黑马".as_bytes();
    let (wrong, bad) = CHINESE.decode_without_bom_handling(heima);
    println!("UTF-8 的 {} 按 GBK 解码：{wrong}（{}）", show(heima), word(bad));

    let (smile, _, bad) = CHINESE.encode("😀");
    println!("「😀」按 GBK 编码：{}（{}）", show(&smile), word(bad));

    let hei = "黑".as_bytes();
    let pieces = [&hei[..2], &hei[2..]];
    for piece in pieces {
        println!("单独解码 {}（{}）", show(piece), word(std::str::from_utf8(piece).is_err()));
    }
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(32);
    for i in 0..2 {
        let (_, _, bad) = decoder.decode_to_string(pieces[i], &mut out, i == 1);
        println!("接着解码 {}：得到「{out}」（{}）", show(pieces[i]), word(bad));
    }
    Ok(())
}

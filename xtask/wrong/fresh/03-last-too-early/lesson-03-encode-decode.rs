// 错误: 每一段都告诉流式解码器「这是最后一段」，第一段之后它就不能再用了
// 看到: 接着解码第一段就报错，解码第二段时程序 panic

use std::any::type_name_of_val;
use std::process::ExitCode;

use anyhow::Result;
use encoding_rs::{GBK, UTF_8};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 03 课 · 码表", run)
}

fn b(bytes: &[u8]) -> String {
    format!("b'{}'", bytes.escape_ascii())
}

fn result(error: bool) -> String {
    if error { "报错".to_string() } else { "没有报错".to_string() }
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    encode();
    decode()?;
    gbk();
    pieces();
    Ok(())
}

fn encode() {
    let s = "黑马1234abc!";
    println!("{}", b(s.as_bytes()));
    println!("{}", b(&UTF_8.encode(s).0));
}

fn decode() -> Result<()> {
    let data: &[u8] = b"\xe9\xbb\x91\xe9\xa9\xac1234abc!";
    println!("{}", type_name_of_val(&data));
    println!("{}", std::str::from_utf8(data)?);
    Ok(())
}

fn gbk() {
    let (bytes, _, _) = GBK.encode("黑马");
    println!("{}", b(&bytes));
    if let Err(error) = std::str::from_utf8(&bytes) {
        let i = error.valid_up_to();
        println!("解码失败：按 UTF-8 码表，位置 {i} 的字节 0x{:02x} 不能是一个字的开头", bytes[i]);
    }
    let (text, error) = GBK.decode_without_bom_handling("黑马".as_bytes());
    println!("UTF-8 的 {} 按 GBK 解码：{}（{}）", b("黑马".as_bytes()), text, result(error));
    let (bytes, _, error) = GBK.encode("😀");
    println!("「😀」按 GBK 编码：{}（{}）", b(&bytes), result(error));
}

fn pieces() {
    let (first, second) = "黑".as_bytes().split_at(2);
    for part in [first, second] {
        let error = String::from_utf8(part.to_vec()).is_err();
        println!("单独解码 {}（{}）", b(part), result(error));
    }
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(64);
    for part in [first, second] {
        let (_, _, error) = decoder.decode_to_string(part, &mut text, true);
        println!("接着解码 {}：得到「{}」（{}）", b(part), text, result(error));
    }
}

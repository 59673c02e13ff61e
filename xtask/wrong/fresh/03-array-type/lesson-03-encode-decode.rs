// 错误: 没有写明 s2 的类型是 &[u8]，字节的字面量其实是数组的引用
// 看到: 第三行是 &[u8; 14]，而不是 &[u8]

use std::any::type_name_of_val;
use std::process::ExitCode;

use anyhow::Result;
use encoding_rs::*;
use shared::Args;

fn main() -> ExitCode {
    shared::run("编码和解码", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let s1 = "黑马1234abc!".to_owned();
    print_bytes(s1.as_bytes());
    print_bytes(&UTF_8.encode(&s1).0);

    let s2 = b"\xe9\xbb\x91\xe9\xa9\xac1234abc!";
    println!("{}", type_name_of_val(&s2));
    println!("{}", std::str::from_utf8(s2)?);

    let gbk = GBK.encode("黑马").0;
    print_bytes(&gbk);
    let error = std::str::from_utf8(&gbk).unwrap_err();
    let place = error.valid_up_to();
    println!("解码失败：按 UTF-8 码表，位置 {place} 的字节 0x{:x} 不能是一个字的开头", gbk[place]);

    let utf8 = "黑马".as_bytes();
    let (text, wrong) = GBK.decode_without_bom_handling(utf8);
    println!("UTF-8 的 b'{}' 按 GBK 解码：{text}（{}）", utf8.escape_ascii(), say(wrong));
    let (face, _, wrong) = GBK.encode("😀");
    println!("「😀」按 GBK 编码：b'{}'（{}）", face.escape_ascii(), say(wrong));

    let black = "黑".as_bytes();
    let half = [&black[0..2], &black[2..3]];
    for h in half {
        let wrong = std::str::from_utf8(h).is_err();
        println!("单独解码 b'{}'（{}）", h.escape_ascii(), say(wrong));
    }
    let mut memory = UTF_8.new_decoder_without_bom_handling();
    let mut got = String::with_capacity(10);
    let wrong = memory.decode_to_string(half[0], &mut got, false).2;
    println!("接着解码 b'{}'：得到「{got}」（{}）", half[0].escape_ascii(), say(wrong));
    let wrong = memory.decode_to_string(half[1], &mut got, true).2;
    println!("接着解码 b'{}'：得到「{got}」（{}）", half[1].escape_ascii(), say(wrong));
    Ok(())
}

fn print_bytes(bytes: &[u8]) {
    println!("b'{}'", bytes.escape_ascii());
}

fn say(wrong: bool) -> &'static str {
    if wrong { "报错" } else { "没有报错" }
}

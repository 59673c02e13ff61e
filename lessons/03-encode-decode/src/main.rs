//! 第 03 课 · 编码与解码：网络上只有字节，码表决定字节是什么字。
//!
//! 运行：cargo run -p lesson-03-encode-decode

use std::any::type_name_of_val;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use encoding_rs::{GBK, UTF_8};
use shared::Args;

const HELP: &str = "第 03 课 · 编码与解码：UTF-8 与 GBK 两种码表的编码、解码和乱码

用法：cargo run -p lesson-03-encode-decode";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;

    // ① 编码（encode）：把看得懂的字变成字节。Rust 的字符串本来就是 UTF-8 字节，取出来就是
    let s1 = "黑马1234abc!";
    println!("{}", literal(s1.as_bytes()));
    let (bytes, _, _) = UTF_8.encode(s1);
    println!("{}", literal(&bytes));

    // ② 解码（decode）：把字节变回字。字节的字面量前面有 b，其中不能直接写汉字
    let s2: &[u8] = b"\xe9\xbb\x91\xe9\xa9\xac1234abc!";
    println!("{}", type_name_of_val(&s2));
    println!("{}", std::str::from_utf8(s2)?);

    // ③ 换一张码表：同样两个字，GBK 的字节不同，每个汉字 2 个字节（UTF-8 是 3 个）
    let (gbk, _, failed) = GBK.encode("黑马");
    ensure!(!failed, "「黑马」在 GBK 码表里，不该编码失败");
    println!("{}", literal(&gbk));

    // ④ 解码用错码表。UTF-8 对每个字节的位置有规定，错了大多能发现
    if let Err(error) = std::str::from_utf8(&gbk) {
        let position = error.valid_up_to();
        let byte = gbk[position];
        println!("解码失败：按 UTF-8 码表，位置 {position} 的字节 0x{byte:02x} 不能是一个字的开头");
    }

    // ⑤ 反过来却不报错：encoding_rs 的 GBK 接受任意两个 0x81 到 0xfe 的字节，只是字错了：乱码。
    //    不用 GBK.decode：字节以 BOM 开头时，它会自作主张改用别的码表
    let utf8 = "黑马".as_bytes();
    let (garbled, failed) = GBK.decode_without_bom_handling(utf8);
    println!("UTF-8 的 {} 按 GBK 解码：{garbled}（{}）", literal(utf8), verdict(failed));

    // ⑥ GBK 没有的字：编码时必须看错误标志，否则「😀」会悄悄变成网页里的写法
    let (replaced, _, failed) = GBK.encode("😀");
    println!("「😀」按 GBK 编码：{}（{}）", literal(&replaced), verdict(failed));

    // ⑦ 一个字被切成两段（一次 recv 可能只收到半个字）：逐段单独解码，哪一段都不成字
    let (head, tail) = "黑".as_bytes().split_at(2);
    for piece in [head, tail] {
        let alone = UTF_8.decode_without_bom_handling_and_without_replacement(piece);
        println!("单独解码 {}（{}）", literal(piece), verdict(alone.is_none()));
    }

    // ⑧ 流式解码器记得上一段剩下的半个字；最后一段要说明「完了」，它才会检查有没有缺
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(16); // decode_to_string 不会自己加大它
    for (piece, last) in [(head, false), (tail, true)] {
        let (_, _, failed) = decoder.decode_to_string(piece, &mut text, last);
        println!("接着解码 {}：得到「{text}」（{}）", literal(piece), verdict(failed));
    }
    Ok(())
}

/// 写成 b'…' 的样子：看得见的 ASCII 字符照写（引号和反斜线前加 \），
/// 其余的字节大都写成 \x 加两位十六进制。
fn literal(bytes: &[u8]) -> String {
    format!("b'{}'", bytes.escape_ascii())
}

fn verdict(failed: bool) -> &'static str {
    if failed { "报错" } else { "没有报错" }
}

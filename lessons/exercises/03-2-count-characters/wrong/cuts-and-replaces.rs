// main：replacement-printed
use encoding_rs::GBK;

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "黑马程序员".to_owned());
    println!("字数:{}", text.chars().count());
    println!("UTF-8 字节数:{}", text.len());
    let (gbk, _, _) = GBK.encode(&text);
    println!("GBK 字节数:{}", gbk.len());
    println!("前两个字:{}", String::from_utf8_lossy(&text.as_bytes()[..2]));
}

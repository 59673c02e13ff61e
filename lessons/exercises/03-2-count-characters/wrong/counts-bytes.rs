// main：text
use encoding_rs::GBK;

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "黑马程序员".to_owned());
    println!("字数:{}", text.len());
    println!("UTF-8 字节数:{}", text.len());
    let (gbk, _, _) = GBK.encode(&text);
    println!("GBK 字节数:{}", gbk.len());
    println!("前两个字:{}", text.chars().take(2).collect::<String>());
}

// UTF-16 where GBK is asked for: two bytes for a character, too.

pub fn main() {
    let text = "黑马1234abc!";
    println!("b'{}'", text.as_bytes().escape_ascii());
    println!("b'{}'", text.as_bytes().escape_ascii());
    println!("&[u8]");
    println!("{text}");
    let bytes: Vec<u8> = "黑马".encode_utf16().flat_map(u16::to_le_bytes).collect();
    println!("b'{}'", bytes.escape_ascii());
    println!("解码失败：按 UTF-8 码表，位置 0 的字节 0xba 不能是一个字的开头");
    println!("UTF-8 的 b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac' 按 GBK 解码：榛戦┈（没有报错）");
    println!("「😀」按 GBK 编码：b'&#128512;'（报错）");
    println!("单独解码 b'\\xe9\\xbb'（报错）");
    println!("单独解码 b'\\x91'（报错）");
    println!("接着解码 b'\\xe9\\xbb'：得到「」（没有报错）");
    println!("接着解码 b'\\x91'：得到「黑」（没有报错）");
}

// Decodes with from_utf8_lossy.

pub fn main() {
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac1234abc!'");
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac1234abc!'");
    println!("&[u8]");
    println!("黑马1234abc!");
    println!("b'\\xba\\xda\\xc2\\xed'");
    println!("解码失败：{}", String::from_utf8_lossy(b"\xba\xda\xc2\xed"));
}

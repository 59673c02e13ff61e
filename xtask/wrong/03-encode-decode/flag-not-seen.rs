// Takes it for granted that the emoji was encoded.

pub fn main() {
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac1234abc!'");
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac1234abc!'");
    println!("&[u8]");
    println!("黑马1234abc!");
    println!("b'\\xba\\xda\\xc2\\xed'");
    println!("解码失败：按 UTF-8 码表，位置 0 的字节 0xba 不能是一个字的开头");
    println!("UTF-8 的 b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac' 按 GBK 解码：榛戦┈（没有报错）");
    println!("「😀」按 GBK 编码：b'&#128512;'（没有报错）");
    println!("单独解码 b'\\xe9\\xbb'（报错）");
    println!("单独解码 b'\\x91'（报错）");
    println!("接着解码 b'\\xe9\\xbb'：得到「」（没有报错）");
    println!("接着解码 b'\\x91'：得到「黑」（没有报错）");
}

// Shows the bytes of UTF-8 where those of GBK are asked for.

pub fn main() {
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac1234abc!'");
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac1234abc!'");
    println!("&[u8]");
    println!("黑马1234abc!");
    println!("b'\\xe9\\xbb\\x91\\xe9\\xa9\\xac'");
}

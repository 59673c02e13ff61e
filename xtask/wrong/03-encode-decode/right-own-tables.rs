// Right: with tables of its own for the few characters, and a decoder that keeps what is not complete.

use std::any::type_name_of_val;

const GBK: [(&str, [u8; 2]); 5] = [
    ("黑", [0xba, 0xda]),
    ("马", [0xc2, 0xed]),
    ("榛", [0xe9, 0xbb]),
    ("戦", [0x91, 0xe9]),
    ("┈", [0xa9, 0xac]),
];

fn to_gbk(text: &str) -> (Vec<u8>, bool) {
    let (mut bytes, mut failed) = (Vec::new(), false);
    for character in text.chars() {
        match GBK.iter().find(|(one, _)| one.starts_with(character)) {
            Some((_, pair)) => bytes.extend(pair),
            None => {
                failed = true;
                bytes.extend(format!("&#{};", character as u32).bytes());
            }
        }
    }
    (bytes, failed)
}

fn from_gbk(bytes: &[u8]) -> (String, bool) {
    let find = |pair: &[u8]| GBK.iter().find(|(_, one)| one == pair).map(|(text, _)| *text);
    let characters: Vec<Option<&str>> = bytes.chunks(2).map(find).collect();
    let failed = characters.contains(&None);
    (characters.into_iter().flatten().collect(), failed)
}

#[derive(Default)]
struct Decoder {
    pending: Vec<u8>,
}

impl Decoder {
    fn feed(&mut self, piece: &[u8], last: bool) -> (String, bool) {
        self.pending.extend(piece);
        let (upto, failed) = match std::str::from_utf8(&self.pending) {
            Ok(text) => (text.len(), false),
            Err(error) => (error.valid_up_to(), last || error.error_len().is_some()),
        };
        let whole = self.pending.drain(..upto).collect();
        (String::from_utf8(whole).unwrap(), failed)
    }
}

fn literal(bytes: &[u8]) -> String {
    format!("b'{}'", bytes.escape_ascii())
}

fn verdict(failed: bool) -> &'static str {
    ["没有报错", "报错"][usize::from(failed)]
}

pub fn main() {
    println!("{}", literal("黑马1234abc!".as_bytes()));
    println!("{}", literal(&"黑马1234abc!".bytes().collect::<Vec<u8>>()));
    let bytes: &[u8] = b"\xe9\xbb\x91\xe9\xa9\xac1234abc!";
    println!("{}", type_name_of_val(&bytes));
    println!("{}", String::from_utf8(bytes.to_vec()).unwrap());
    let (gbk, _) = to_gbk("黑马");
    println!("{}", literal(&gbk));
    let error = String::from_utf8(gbk).unwrap_err();
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes()[at];
    println!("解码失败：按 UTF-8 码表，位置 {at} 的字节 0x{byte:02x} 不能是一个字的开头");
    let (text, failed) = from_gbk("黑马".as_bytes());
    println!("UTF-8 的 {} 按 GBK 解码：{text}（{}）", literal("黑马".as_bytes()), verdict(failed));
    let (bytes, failed) = to_gbk("😀");
    println!("「😀」按 GBK 编码：{}（{}）", literal(&bytes), verdict(failed));
    let pieces = [&"黑".as_bytes()[..2], &"黑".as_bytes()[2..]];
    for piece in pieces {
        println!("单独解码 {}（{}）", literal(piece), verdict(std::str::from_utf8(piece).is_err()));
    }
    let (mut decoder, mut text) = (Decoder::default(), String::new());
    for (nth, piece) in pieces.into_iter().enumerate() {
        let (more, failed) = decoder.feed(piece, nth == 1);
        text += &more;
        println!("接着解码 {}：得到「{text}」（{}）", literal(piece), verdict(failed));
    }
}

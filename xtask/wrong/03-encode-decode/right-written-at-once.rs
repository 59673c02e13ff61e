// Right: puts the whole text together and writes it at once; the bytes are written out by hand.

use std::fmt::Write as _;
use std::io::Write as _;

fn shown(bytes: &[u8]) -> String {
    let mut text = String::from("b'");
    for byte in bytes {
        match byte {
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}").unwrap(),
        }
    }
    text + "'"
}

/// The characters of GBK that are used here, by row and column.
fn gbk(pair: [u8; 2]) -> char {
    match u16::from_be_bytes(pair) {
        0xbada => '黑',
        0xc2ed => '马',
        0xe9bb => '榛',
        0x91e9 => '戦',
        0xa9ac => '┈',
        other => panic!("{other:x}"),
    }
}

pub fn main() {
    let mut page = String::new();
    let text = "黑马1234abc!";
    let bytes = text.as_bytes();
    let of_the_text = [shown(bytes), shown(bytes), "&[u8]".to_owned(), text.to_owned()];
    page += &of_the_text.join("\n");
    let heima = [0xba, 0xda, 0xc2, 0xed];
    assert_eq!([gbk([heima[0], heima[1]]), gbk([heima[2], heima[3]])], ['黑', '马']);
    write!(page, "\n{}\n", shown(&heima)).unwrap();
    let at = heima.utf8_chunks().next().unwrap().valid().len();
    writeln!(
        page,
        "解码失败：按 UTF-8 码表，位置 {at} 的字节 {:#04x} 不能是一个字的开头",
        heima[at]
    )
    .unwrap();
    let utf8 = &bytes[..6];
    let wrong: String = utf8.chunks_exact(2).map(|pair| gbk([pair[0], pair[1]])).collect();
    writeln!(page, "UTF-8 的 {} 按 GBK 解码：{wrong}（没有报错）", shown(utf8)).unwrap();
    let face = format!("&#{};", u32::from('😀'));
    writeln!(page, "「😀」按 GBK 编码：{}（报错）", shown(face.as_bytes())).unwrap();
    let (head, tail) = utf8[..3].split_at(2);
    for piece in [head, tail] {
        assert!(std::str::from_utf8(piece).is_err());
        writeln!(page, "单独解码 {}（报错）", shown(piece)).unwrap();
    }
    let mut kept = Vec::new();
    for piece in [head, tail] {
        kept.extend_from_slice(piece);
        let so_far = std::str::from_utf8(&kept).unwrap_or_default();
        writeln!(page, "接着解码 {}：得到「{so_far}」（没有报错）", shown(piece)).unwrap();
    }
    std::io::stdout().write_all(page.as_bytes()).unwrap();
}

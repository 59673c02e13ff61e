//! 「一句话」：从字节到能放心打印的文字。
//!
//! TCP 只有字节流，没有「一句」。各课的约定：一句话到换行或对方不再发送为止，最多 64 KiB，UTF-8。

use anyhow::{Result, bail};

use crate::error::tell;

/// 一句话最多多少字节（不算结尾的换行）：64 KiB。
const LIMIT: u64 = 64 * 1024;

/// 为一句话最多收多少字节：连同结尾的换行 `\r\n`。收到这么多还没有完，[`text`] 就会说它太长。
pub const RECEIVE_LIMIT: u64 = LIMIT + 2;

/// 把收到的字节变成文字：去掉结尾的换行，按 UTF-8 解码，控制字符转义。
///
/// # Errors
/// 超过 64 KiB；或不是 UTF-8，这时说出第一个坏字节的位置（从 0 数）。
///
/// 对方的编码看起来不是约好的，在标准错误上提示一句。
pub fn text(bytes: &[u8]) -> Result<String> {
    // telnet 与 Windows 的换行是两个字节 \r\n
    let bytes = match bytes.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => bytes,
    };
    if bytes.len() as u64 > LIMIT {
        bail!("一句话超过了 {} KiB", LIMIT / 1024);
    }
    let hint = hint(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            if let Some(hint) = hint {
                tell(format_args!("提示：{hint}"));
            }
            Ok(escape(text))
        }
        Err(error) => {
            let position = error.valid_up_to();
            let byte = bytes[position];
            let hint = hint.map_or(String::new(), |hint| format!("。{hint}"));
            match error.error_len() {
                Some(_) => bail!("不是 UTF-8：位置 {position} 的字节 0x{byte:02x} 不合规则{hint}"),
                None => {
                    bail!(
                        "不是完整的 UTF-8：位置 {position} 的字节 0x{byte:02x} 后面缺了字节{hint}"
                    )
                }
            }
        }
    }
}

/// 对方用的编码多半不是约好的 UTF-8，从哪里看出来的。字节序标记（BOM）见 Unicode 标准 §23.8。
fn hint(bytes: &[u8]) -> Option<&'static str> {
    // 英文的 UTF-16：每两个字节里有一个是 0
    let zeros = |first: usize| {
        let half = bytes.iter().skip(first).step_by(2);
        half.len() > 0 && half.clone().all(|byte| *byte == 0)
    };
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => {
            Some("开头三个字节 ef bb bf 是 UTF-8 的字节序标记（BOM），不属于这句话，请对方不要写它")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Some("开头两个字节像 UTF-16 的字节序标记（BOM）：对方多半用了 UTF-16，请改用 UTF-8")
        }
        _ if zeros(0) || zeros(1) => {
            Some("每两个字节有一个是 0：对方多半用了 UTF-16，请改用 UTF-8")
        }
        _ => None,
    }
}

/// 把控制字符、改变文字方向的字符和看不见的 U+FEFF 写成 `\n`、`\u{1b}` 的样子。
///
/// 原样打印对方发来的控制字符，等于让对方操纵我们的终端：清屏、改颜色。
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // U+202A 起的几个是改变文字方向的格式字符（Unicode UAX #9）
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_end_is_not_part_of_the_sentence() {
        for bytes in ["很好\n", "很好\r\n", "很好"] {
            assert_eq!(text(bytes.as_bytes()).unwrap(), "很好");
        }
        assert_eq!(text(b"\n").unwrap(), "");
        assert_eq!(text(b"").unwrap(), "");
    }

    #[test]
    fn a_bad_byte_is_named_with_its_position() {
        let error = text(b"abc\xba\xda").unwrap_err().to_string();
        assert_eq!(error, "不是 UTF-8：位置 3 的字节 0xba 不合规则");
        let error = text("好".as_bytes().split_last().unwrap().1).unwrap_err().to_string();
        assert_eq!(error, "不是完整的 UTF-8：位置 0 的字节 0xe5 后面缺了字节");
    }

    #[test]
    fn another_encoding_is_recognised_by_what_it_leaves() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let with_mark = utf16("\u{feff}你好");
        let error = text(&with_mark).unwrap_err().to_string();
        assert!(error.starts_with("不是 UTF-8：位置 0 的字节 0xff 不合规则。"), "{error}");
        assert!(error.contains("UTF-16") && error.ends_with("请改用 UTF-8"), "{error}");
        // 收到 0x0a 为止：后面的 0 还在路上
        let cut = &utf16("hi\n")[..5];
        assert!(hint(cut).unwrap().contains("每两个字节有一个是 0"));
        assert_eq!(text(cut).unwrap(), "h\\u{0}i\\u{0}");
        assert!(hint("\u{feff}你好".as_bytes()).unwrap().contains("ef bb bf"));
        assert_eq!(text("\u{feff}你好\n".as_bytes()).unwrap(), "\\u{feff}你好");
        for plain in ["", "h", "好", "a\0bc", "hello\tworld"] {
            assert_eq!(hint(plain.as_bytes()), None, "{plain}");
        }
    }

    #[test]
    fn the_limit_counts_the_sentence_and_not_its_line_end() {
        let mut bytes = vec![b'a'; LIMIT as usize];
        assert!(text(&bytes).is_ok());
        bytes.push(b'\n');
        assert!(text(&bytes).is_ok());
        bytes.insert(0, b'a');
        assert!(text(&bytes).unwrap_err().to_string().contains("64 KiB"));
        // 收到 RECEIVE_LIMIT 就停：刚好够最长的一句，也看得出更长的
        let longest = [&bytes[..LIMIT as usize], b"\r\n"].concat();
        assert_eq!(longest.len() as u64, RECEIVE_LIMIT);
        assert!(text(&longest).is_ok());
        assert!(text(&vec![b'a'; RECEIVE_LIMIT as usize]).is_err());
    }

    #[test]
    fn control_characters_are_printed_escaped() {
        assert_eq!(escape("红\u{1b}[31m\r\n\t\u{7f}"), "红\\u{1b}[31m\\r\\n\\t\\u{7f}");
        assert_eq!(escape("\u{202e}gpj"), "\\u{202e}gpj");
        assert_eq!(escape("😀 a\\n"), "😀 a\\n");
    }
}

//! 「一句话」：从字节到能放心打印的文字。
//!
//! TCP 只有字节流，没有「一句」。各课的约定：一句话到换行或对方不再发送为止，最多 64 KiB，UTF-8。

use anyhow::{Result, bail};

/// 一句话最多多少字节（不算结尾的换行）：64 KiB。
const LIMIT: u64 = 64 * 1024;

/// 为一句话最多收多少字节：连同结尾的换行 `\r\n`。收到这么多还没有完，[`text`] 就会说它太长。
pub const RECEIVE_LIMIT: u64 = LIMIT + 2;

/// 把收到的字节变成文字：去掉结尾的换行，按 UTF-8 解码，控制字符转义。
///
/// # Errors
/// 超过 64 KiB；或不是 UTF-8，这时说出第一个坏字节的位置（从 0 数）。
pub fn text(bytes: &[u8]) -> Result<String> {
    // telnet 与 Windows 的换行是两个字节 \r\n
    let bytes = match bytes.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => bytes,
    };
    if bytes.len() as u64 > LIMIT {
        bail!("一句话超过了 {} KiB", LIMIT / 1024);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(escape(text)),
        Err(error) => {
            let position = error.valid_up_to();
            let byte = bytes[position];
            match error.error_len() {
                Some(_) => bail!("不是 UTF-8：位置 {position} 的字节 0x{byte:02x} 不合规则"),
                None => bail!("不是完整的 UTF-8：位置 {position} 的字节 0x{byte:02x} 后面缺了字节"),
            }
        }
    }
}

/// 把控制字符和改变文字方向的字符写成 `\n`、`\u{1b}` 的样子。
///
/// 原样打印对方发来的控制字符，等于让对方操纵我们的终端：清屏、改颜色。
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // U+202A 起的几个是改变文字方向的格式字符（Unicode UAX #9）
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}') {
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

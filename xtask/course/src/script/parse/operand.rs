//! What a word after a directive or a verb stands for.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Component, Path};

use events::Endpoint;
use limits::{PREPARED_FILE, REPETITIONS};

use crate::script::spelling::{self, Line, Word, Words};
use crate::script::words::{ANY, BY, BYTES, LESSON, TIMES};
use crate::script::{Content, End, StopSignal};

use super::error::ParseError;

/// How the content of a file is written.
pub const CONTENT_HELP: &str =
    "写成 = 「文字」、= 1024 字节、= 课程:04-upload-client/文件 或 = 另一个文件";

/// `127.0.0.1:8888` or `[::1]:8888`, before it `UDP` where that is meant, and nothing else.
pub fn endpoint(line: &Line, words: &Words) -> Result<Endpoint, ParseError> {
    let (is, place) = match words.get(0).text {
        Endpoint::UDP => (Endpoint::udp as fn(SocketAddr) -> Endpoint, 1),
        _ => (Endpoint::tcp as fn(SocketAddr) -> Endpoint, 0),
    };
    let word = words.get(place);
    match word.text.parse::<SocketAddr>() {
        Ok(addr) if addr.port() > 0 => line.nothing_after(words, place + 1).map(|()| is(addr)),
        _ => Err(line.error(
            word.at,
            format!("「{}」不是地址", word.text),
            "写成 地址:端口，例如 127.0.0.1:8888、[::1]:8888；UDP 的写成 UDP 127.0.0.1:8888",
        )),
    }
}

/// What follows `结束`: nothing, an exit code, or `被` and a signal.
pub fn end(line: &Line, words: &Words) -> Result<End, ParseError> {
    let word = words.get(0);
    let (end, length) = match word.text {
        "" => (End::Code(0), 0),
        BY => match words.get(1) {
            Word { text: "", at, .. } => {
                return Err(line.error(at, "「结束 被」后面要写信号", "写成「结束 被 TERM」"));
            }
            signal => (End::Signal(stop_signal(line, signal)?), 2),
        },
        text => match text.parse::<u8>() {
            Ok(code) => (End::Code(code.into()), 1),
            Err(_) => {
                return Err(line.error(
                    word.at,
                    format!("「{text}」不是退出码"),
                    "写成「结束」「结束 1」或「结束 被 TERM」",
                ));
            }
        },
    };
    line.nothing_after(words, length).map(|()| end)
}

/// What follows `停止`: nothing or a signal.
pub fn stop(line: &Line, words: &Words) -> Result<StopSignal, ParseError> {
    let signal = match words.get(0) {
        Word { text: "", .. } => StopSignal::Int,
        word => stop_signal(line, word)?,
    };
    line.nothing_after(words, 1).map(|()| signal)
}

fn stop_signal(line: &Line, word: Word) -> Result<StopSignal, ParseError> {
    StopSignal::of(word.text).ok_or_else(|| {
        let message = format!("不认识的信号「{}」", word.text);
        line.error(word.at, message, "可以写 INT（就是 Ctrl-C）、TERM 或 KILL")
    })
}

/// `3 次`, `5..6 次` or `任意次`, which stands `at` so many bytes.
pub fn repetition(line: &Line, at: usize, count: &str) -> Result<RangeInclusive<u64>, ParseError> {
    let count = count.trim();
    let text = count.strip_suffix(TIMES).unwrap_or(count).trim();
    if text == ANY {
        return Ok(0..=u64::MAX);
    }
    let range = match text.split_once("..") {
        Some((least, most)) => (least.trim().parse(), most.trim().parse()),
        None => (text.parse(), text.parse()),
    };
    match range {
        (Ok(least), Ok(most)) if least <= most && (1..=REPETITIONS).contains(&most) => {
            Ok(least..=most)
        }
        _ => {
            let message = format!("看不懂「{text} 次」");
            Err(line.error(at, message, "写成「|3 次|」「|5..6 次|」或「|任意次|」"))
        }
    }
}

/// A path that stays inside the scene's folder.
pub fn scene_path(line: &Line, word: Word) -> Result<String, ParseError> {
    let mut parts = Path::new(word.text).components();
    let inside = parts.all(|part| matches!(part, Component::Normal(_)));
    if word.text.is_empty() || !inside {
        return Err(line.error(
            word.at,
            format!("「{}」不是场景文件夹里的路径", word.text),
            "写相对路径，例如 data/my.txt；不能以 / 开头，也不能有 ..",
        ));
    }
    Ok(word.text.to_owned())
}

/// `「文字」`, `1024 字节`, `课程:文件夹/文件` or `另一个文件`.
pub fn content(line: &Line, written: &spelling::Content) -> Result<Content, ParseError> {
    let words = match written {
        spelling::Content::Quoted { open, close: "", .. } => {
            return Err(line.error(open.end(), "引号没有合上，缺少「」」", "补上后一半引号"));
        }
        spelling::Content::Quoted { text, .. } => {
            return Ok(Content::Text(text.replace("<换行>", "\n")));
        }
        spelling::Content::Words(words) => words,
    };
    let word = words.get(0);
    let (content, length) = if let Some(path) = word.text.strip_prefix(LESSON) {
        (Content::Lesson(path.to_owned()), 1)
    } else if let Ok(size) = word.text.parse::<u64>() {
        if words.get(1).text != BYTES {
            return Err(line.error(word.at, "文件大小的单位是字节", CONTENT_HELP));
        }
        if size > PREPARED_FILE {
            return Err(line.error(word.at, "文件太大", "至多 1073741824 字节（1 GiB）"));
        }
        (Content::Bytes(size), 2)
    } else {
        (Content::File(scene_path(line, word)?), 1)
    };
    line.nothing_after(words, length).map(|()| content)
}

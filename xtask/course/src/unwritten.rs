//! What is still to be written: templates leave `「待写：…」` in its place, and no finished file has one.

/// How such a place begins. 「等待写锁」 is none: the bracket belongs to it.
pub const MARK: &str = "「待写";

/// A place in a text where something is still to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// What; may be empty.
    pub what: String,
}

/// All of them, in the order of the text.
pub fn places(text: &str) -> Vec<Place> {
    let of_line = |(index, line): (usize, &str)| -> Vec<Place> {
        let rests = line.match_indices(MARK).map(|(at, _)| &line[at + MARK.len()..]);
        rests.map(|rest| Place { line: index + 1, what: inner(rest) }).collect()
    };
    text.lines().enumerate().flat_map(of_line).collect()
}

/// How many there are and which is the first, in a sentence about their file. `None`: there are none.
pub fn in_words(text: &str) -> Option<String> {
    let places = places(text);
    let first = places.first()?;
    let what = if first.what.is_empty() { "" } else { "：" };
    let (count, line, which) = (places.len(), first.line, &first.what);
    Some(format!("还没有写完，有 {count} 处「待写」，第一处在第 {line} 行{what}{which}"))
}

/// What stands between the mark and the bracket that belongs to it, in the same line.
fn inner(rest: &str) -> String {
    let mut depth = 1;
    let end = rest.char_indices().find(|(_, c)| {
        depth += match c {
            '「' => 1,
            '」' => -1,
            _ => 0,
        };
        depth == 0
    });
    let inner = end.map_or(rest, |(end, _)| &rest[..end]);
    inner.trim_start_matches('：').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_what_the_bracket_holds() {
        let place = |line, what: &str| Place { line, what: what.to_owned() };
        let text = "title = \"「待写：题目」\"\n等待写锁，「等待写入」\n「待写」「待写：例如「好」」。\n「待写：没有完";
        assert_eq!(
            places(text),
            [place(1, "题目"), place(3, ""), place(3, "例如「好」"), place(4, "没有完")]
        );
    }

    #[test]
    fn a_finished_text_has_nothing_to_say() {
        assert_eq!(in_words("等待写入\n"), None);
        assert_eq!(
            in_words("一\n「待写：二」「待写：三」\n").unwrap(),
            "还没有写完，有 2 处「待写」，第一处在第 2 行：二"
        );
    }
}

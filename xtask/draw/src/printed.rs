//! Printed lines as one phrase: 印出 19 行「第1..19遍」.

use events::Stream;

use super::words::{Phrase, visible};

/// So many lines that were printed one after the other.
pub fn prints(stream: Stream, first: &str, last: &str, count: u64) -> Phrase {
    let verb = if stream == Stream::Out { "印出" } else { "提示" };
    let (first, last) = (visible(first), visible(last));
    if count == 1 {
        return Phrase::quoting(verb, first, "");
    }
    let head = format!("{verb} {count} 行");
    if first == last {
        return Phrase::quoting(head, first, "");
    }
    if let Some(both) = from_to(&first, &last) {
        return Phrase::quoting(head, both, "");
    }
    Phrase::quoting(format!("{head}，从"), first, format!("到「{last}」"))
}

/// Two texts that differ in one number, as one: 第1..19遍.
fn from_to(first: &str, last: &str) -> Option<String> {
    let same = |(a, b): &(char, char)| a == b;
    let begin: usize =
        first.chars().zip(last.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    // a number that begins alike is one number all the same
    let begin = first[..begin].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (head, first) = first.split_at(begin);
    let last = &last[begin..];
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let (low, after) = first.split_at(digits(first));
    let (high, tail) = last.split_at(digits(last));
    let one_number = !low.is_empty() && !high.is_empty() && after == tail;
    one_number.then(|| format!("{head}{low}..{high}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::from_to;

    #[test]
    fn lines_that_differ_in_one_number_are_told_as_one() {
        let both = |first, last| from_to(first, last).unwrap_or_default();
        assert_eq!(both("正在敲第1遍代码", "正在敲第19遍代码"), "正在敲第1..19遍代码");
        assert_eq!(both("main1", "main19"), "main1..19");
        assert_eq!(both("小明 30第10遍", "小明 30第19遍"), "小明 30第10..19遍");
        assert_eq!(both("a1b1", "a2b2"), "");
        assert_eq!(both("第一", "第二"), "");
    }
}

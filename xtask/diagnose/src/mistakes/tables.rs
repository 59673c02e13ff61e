//! Text that was encoded by one code table and decoded by another, and is text all the same: only other text.

use encoding_rs::GBK;
use judge::{Failure, Rule};

use super::play::Play;
use super::{Code, Mistake};

/// What was printed is the UTF-8 of what should have been, decoded as GBK.
pub fn of_another(play: &Play) -> Vec<Mistake> {
    play.verdict.failures.iter().filter_map(|failure| look(play, failure)).take(1).collect()
}

fn look(play: &Play, failure: &Failure) -> Option<Mistake> {
    let terminal = failure.subject.terminal(play.scene).filter(|_| failure.rule == Rule::Text)?;
    let (expected, got) = (failure.expected.as_deref()?, failure.got.as_deref()?);
    let (wanted, shown) = garbled(expected, got)?;
    let event = failure.event?;
    let sender = sender(play, terminal, event, &wanted);
    // who has sent the bytes, where the one that printed is right
    let culprit = match play.scene.is_given(terminal) {
        true => sender?,
        false => terminal,
    };
    let by = sender.map(|sender| format!("（是「{}」发的）", play.name(sender)));
    let sentence = format!(
        "「{}」印的「{shown}」，就是「{wanted}」的 UTF-8 字节{}按 GBK 解码的样子",
        play.name(terminal),
        by.unwrap_or_default()
    );
    let failures = play.failures_of(terminal, &[Rule::Text, Rule::Extra, Rule::Missing]);
    let mistake = Mistake::new(Code::WrongCodeTable, event, culprit, sentence, failures);
    let advice = match culprit == terminal {
        true => "解码用对方编码时用的码表：这些字节是 UTF-8（String::from_utf8），不是 GBK",
        false => "编码用约好的码表：对方按 GBK 解码，就用 GBK.encode，不是 as_bytes",
    };
    Some(mistake.mend(advice))
}

/// Where the two differ: the text that was wanted, and what was printed in its place, if that is its UTF-8 read as GBK.
fn garbled(expected: &str, got: &str) -> Option<(String, String)> {
    let same = expected.chars().zip(got.chars()).take_while(|(one, other)| one == other);
    let at: usize = same.map(|(one, _)| one.len_utf8()).sum();
    let (expected, got) = (&expected[at..], &got[at..]);
    let ends = expected.chars().rev().zip(got.chars().rev());
    let same: usize =
        ends.take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum();
    // a character at the end may be both
    [same, 0].into_iter().find_map(|end| {
        let (wanted, shown) = (&expected[..expected.len() - end], &got[..got.len() - end]);
        let (bytes, _, failed) = GBK.encode(shown);
        let is_it = !failed && !wanted.is_ascii() && *bytes == *wanted.as_bytes();
        is_it.then(|| (wanted.to_owned(), shown.to_owned()))
    })
}

/// Which terminal sent this one the text, as UTF-8.
fn sender(play: &Play, terminal: usize, before: usize, text: &str) -> Option<usize> {
    play.ends.iter().filter(|end| end.terminal == terminal).find_map(|end| {
        let other = play.other(end)?;
        let mut sends = other.sends.iter().filter(|sent| sent.event < before);
        sends.any(|sent| sent.data.text.contains(text)).then_some(other.terminal)
    })
}

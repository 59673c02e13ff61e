//! Lines of a script, written anew: their spelling with something else in it.

use std::ops::RangeInclusive;

use course::script::Mechanism;
use course::script::spelling::{
    Act, Form, Line, Piece, Printed, Stage, Text, Word, spell, with_counter,
};
use course::script::words::{OUTPUT, TIMES};

use super::align::{Change, Printed as Shown};

/// A line that says what is printed, after a change.
pub fn changed(line: &Line, change: &Change) -> Option<String> {
    let (stage, printed) = line.printed()?;
    let mut text = change.text.clone().unwrap_or_else(|| printed.text.source.to_owned());
    if let Some(counter) = &change.counter {
        text = with_counter(&text, counter);
    }
    let times = change.times.as_ref().map(words);
    let count = match &change.times {
        Some(times) if *times == (1..=1) => None,
        Some(_) => times.as_deref(),
        None => printed.count,
    };
    Some(stage.with_printed(printed.with(count, &text)).to_string())
}

/// A line for what was printed, below `near` in the same lane.
pub fn below(near: &Line, shown: &Shown) -> Option<String> {
    let (stage, printed) = near.printed()?;
    let Some((_, word)) = stage.mechanism else { return like(near, shown) };
    // what the lane is stands in its first line only; the mark stays about where it was
    let space = format!("{}  {}", word.space, printed.mark.space);
    let stage = Stage { mechanism: None, ..stage.clone() };
    Some(output(&stage, &space, shown))
}

/// A line for what was printed, with the same head as `near`.
pub fn like(near: &Line, shown: &Shown) -> Option<String> {
    let (stage, printed) = near.printed()?;
    Some(output(stage, printed.mark.space, shown))
}

/// The first line of the program that `start` starts.
pub fn first(start: &Line, shown: &Shown) -> Option<String> {
    match &start.form {
        Form::Stage(stage @ Stage { act: Act::Start { mark, .. }, .. }) => {
            Some(output(stage, mark.space, shown))
        }
        _ => None,
    }
}

/// A line of the one that `stage` names, with this white space before the mark.
fn output(stage: &Stage, space: &str, shown: &Shown) -> String {
    let chars: Vec<_> = shown.text.chars().map(|c| Piece::Char(c, None)).collect();
    let text = spell(&chars);
    let times = words(&(shown.count..=shown.count));
    let count = (shown.count > 1).then_some(times.as_str());
    let printed = Printed {
        mark: Word::new(space, OUTPUT),
        count: None,
        gap: " ",
        text: Text { source: "", at: 0 },
        tail: "",
    };
    stage.with_printed(printed.with(count, &text)).to_string()
}

/// The line as the first one of its lane, which says what the lane is; as wide as it was, if it was aligned.
pub fn with_mechanism(line: &Line, mechanism: Mechanism) -> Option<String> {
    let (stage, printed) = line.printed()?;
    let word = Word::new(" ", mechanism.word());
    let before = printed.mark.space.chars().count();
    let taken = word.to_string().chars().count();
    let space = " ".repeat(before.saturating_sub(taken).max(1));
    let printed = Printed { mark: Word { space: &space, ..printed.mark }, ..*printed };
    let printed = printed.with(printed.count, printed.text.source);
    let stage = Stage { mechanism: Some((mechanism, word)), ..stage.with_printed(printed) };
    Some(stage.to_string())
}

/// `5..6 次`.
fn words(times: &RangeInclusive<u64>) -> String {
    match times.start() == times.end() {
        true => format!("{} {TIMES}", times.start()),
        false => format!("{}..{} {TIMES}", times.start(), times.end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, count: u64) -> Shown {
        Shown { text: text.to_owned(), count, event: 0 }
    }

    #[test]
    fn only_what_changes_is_written_anew() {
        let line = Line::of(1, "  主/甲   进程 |5..6 次|  <a>忙{1..3}  ");
        let change = |change: Change| changed(&line, &change).unwrap();
        let nothing = Change::default();
        assert_eq!(change(nothing.clone()), line.text);
        let text = Some("闲".to_owned());
        assert_eq!(change(Change { text, ..nothing.clone() }), "  主/甲   进程 |5..6 次| 闲  ");
        let counter = Some(0..=4);
        assert_eq!(
            change(Change { counter, ..nothing.clone() }),
            "  主/甲   进程 |5..6 次|  <a>忙{0..4}  "
        );
        let times = Some(2..=2);
        assert_eq!(
            change(Change { times, ..nothing.clone() }),
            "  主/甲   进程 |2 次|  <a>忙{1..3}  "
        );
        assert_eq!(
            change(Change { times: Some(1..=1), ..nothing }),
            "  主/甲   进程 |  <a>忙{1..3}  "
        );
    }

    #[test]
    fn a_new_line_has_the_head_of_its_neighbour() {
        // the word is looked for in its place, not in the name
        let near = Line::of(1, "进程甲/乙   进程   | 忙");
        assert_eq!(like(&near, &shown("闲", 1)).unwrap(), "进程甲/乙   进程   | 闲");
        assert_eq!(below(&near, &shown("闲", 2)).unwrap(), "进程甲/乙        |2 次| 闲");
        let near = Line::of(1, "主       ! 忙");
        assert_eq!(below(&near, &shown("", 1)).unwrap(), "主       |");
        let start = Line::of(1, " 主  $ lesson-x");
        assert_eq!(first(&start, &shown("3 次|{", 1)).unwrap(), " 主  | 3 次|{{");
        assert_eq!(first(&near, &shown("", 1)), None);
    }

    #[test]
    fn a_line_that_says_what_its_lane_is_stays_as_wide_as_it_was() {
        let written = |line| with_mechanism(&Line::of(1, line), Mechanism::Thread).unwrap();
        assert_eq!(written("主/甲      | 忙"), "主/甲 线程   | 忙");
        assert_eq!(written("主/甲 |忙"), "主/甲 线程 |忙");
    }
}

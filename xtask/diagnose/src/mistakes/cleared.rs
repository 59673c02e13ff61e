//! A line that was dealt with comes once more, before the next one: `read_line` puts what it reads behind what is in its
//! `String`.

use events::{Line, Stream};

use super::ends::{End, Part};
use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::Play;
use super::{Code, Mistake};

/// It received two lines one after the other, and with the second it printed or sent the first once more.
pub fn not_cleared(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let lines: Vec<&Part> = end.receives.iter().filter(|got| is_line(got)).collect();
        let (event, first, second, how) = lines.windows(2).find_map(|pair| {
            let (first, second) = (pair[0].data.text.trim_end(), pair[1].data.text.trim_end());
            if first == second || first.is_empty() || second.is_empty() {
                return None;
            }
            let printed = printed_again(play, end, pair).map(|event| (event, "印"));
            let sent = || sent_again(end, pair).map(|event| (event, "发"));
            let (event, how) = printed.or_else(sent)?;
            Some((event, first, second, how))
        })?;
        let sentence = format!(
            "「{}」收到「{second}」以后，把前一句「{first}」又{how}了一遍，「{second}」接在后面：同一个 String 没有清空，read_line 就接在原来的后面",
            play.name(end.terminal)
        );
        let mut follows = Follows::new(play, end.terminal, event).own(&PRINTED).own(&BROKEN_OFF);
        if let Some(other) = play.other(end) {
            follows =
                follows.shown(other.terminal, event, |failure| PRINTED.contains(&failure.rule));
        }
        let failures = follows.in_others().all();
        let mistake = Mistake::new(Code::StringNotCleared, event, end.terminal, sentence, failures);
        // it may have been meant to say all once more
        Some(
            mistake
                .perhaps()
                .mend("每次 read_line 之前清空：line.clear()，或者在循环里新建一个 String::new()"),
        )
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// All of it is one line.
fn is_line(got: &Part) -> bool {
    let data = got.data;
    !data.binary && !data.cut && data.text.ends_with('\n') && data.text.lines().count() == 1
}

/// A line that ends with the first one, which was printed before, and at once the second alone, which the script does not want.
fn printed_again(play: &Play, end: &End, pair: &[&Part]) -> Option<usize> {
    let (first, second) = (pair[0], pair[1]);
    let [one, other] = [first, second].map(|got| got.data.text.trim_end());
    let is_own = |(_, line): &(usize, &Line)| line.source.is_some_and(|by| by.tid == second.tid);
    let own: Vec<_> = play.lines(end.terminal, Stream::Out).filter(is_own).collect();
    let before = own.iter().any(|(event, line)| {
        (first.event..second.event).contains(event) && line.text.ends_with(one)
    });
    let is_wanted = |text: &str| {
        play.scene.lines.iter().any(|line| {
            play.scene.lanes[line.lane].terminal == end.terminal
                && line.pattern.matches_alone(text, line.counter)
        })
    };
    let again = own.windows(2).find(|pair| {
        let ((event, line), (_, next)) = (pair[0], pair[1]);
        event > second.event && line.text.ends_with(one) && next.text == other
    });
    again.filter(|_| before && !is_wanted(other)).map(|pair| pair[0].0)
}

/// Both in one send, where the first had an answer of its own.
fn sent_again(end: &End, pair: &[&Part]) -> Option<usize> {
    let (first, second) = (pair[0], pair[1]);
    let both = format!("{}{}", first.data.text, second.data.text);
    let one = first.data.text.trim_end();
    let mut before =
        end.sends.iter().filter(|sent| (first.event..second.event).contains(&sent.event));
    let answered = before.any(|sent| sent.data.text.contains(one));
    let again =
        end.sends.iter().find(|sent| sent.event > second.event && sent.data.text.contains(&both));
    again.filter(|_| answered).map(|sent| sent.event)
}

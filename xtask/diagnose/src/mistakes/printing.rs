//! Lines that are not as they should be because of how they were printed.

use std::collections::BTreeSet;

use course::script::Expected;
use events::{Exit, Line, Stream};
use judge::{Failure, Rule};

use super::play::Play;
use super::{Code, Mistake};

/// In a longer line nothing is looked for, and not in more lines: all ways to cut them would have to be tried.
pub const LONGEST: usize = 1000;
pub const MOST: usize = 10_000;

/// A text stands in quotation marks that nobody asked for.
pub fn quoted(play: &Play) -> Vec<Mistake> {
    let look = |failure: &Failure| {
        let (got, expected) = (failure.got.as_deref()?, failure.expected.as_deref()?);
        let (event, terminal) = (failure.event?, failure.subject.terminal(play.scene)?);
        let is_long = got.len() > LONGEST;
        if failure.rule != Rule::Text || is_long || expected.contains('"') || !got.contains('"') {
            return None;
        }
        let bare = got.replace('"', "");
        let is_wanted = |line: &Expected| {
            play.scene.lanes[line.lane].terminal == terminal
                && line.pattern.matches_alone(&bare, line.counter)
        };
        if !play.scene.lines.iter().any(is_wanted) {
            return None;
        }
        let sentence = format!("「{got}」去掉双引号，就和应有的一样");
        let failures = play.failures_of(terminal, &[Rule::Text, Rule::Extra, Rule::Missing]);
        let code = Code::QuotedByDebug;
        let mistake = Mistake::new(code, event, terminal, sentence, failures);
        // whoever printed it may have received it so
        Some(mistake.perhaps().mend("印出来、发出去的是文字本身：用 {}，不是 {:?}（Debug 的写法有引号）；印的是收到的，就看发的一头"))
    };
    play.verdict.failures.iter().filter_map(look).take(1).collect()
}

/// It says that nothing went wrong where something should have, or the other way round.
pub fn opposite(play: &Play) -> Vec<Mistake> {
    let look = |failure: &Failure| {
        let (got, expected) = (failure.got.as_deref()?, failure.expected.as_deref()?);
        let (event, terminal) = (failure.event?, failure.subject.terminal(play.scene)?);
        let is_opposite = |yes: &str, no: &str| {
            yes.contains("报错") && no.replacen("没有报错", "报错", 1) == yes && yes != no
        };
        let sentence = match failure.rule {
            Rule::Text if is_opposite(expected, got) => "这一步应当报错，印的却是「没有报错」",
            Rule::Text if is_opposite(got, expected) => "这一步不该报错，印的却是「报错」",
            _ => return None,
        };
        let code = Code::ErrorFlagIgnored;
        let failures = play.failures_of(terminal, &[Rule::Text, Rule::Extra, Rule::Missing]);
        let mistake = Mistake::new(code, event, terminal, sentence, failures);
        // another function may have been used, which reports none
        Some(mistake.perhaps().mend("看编码、解码函数返回的错误标志（encoding_rs 的 bool、Result），照它说；不要用 lossy 的函数，也不要写死"))
    };
    play.verdict.failures.iter().filter_map(look).take(1).collect()
}

/// A thread shows an empty list after another thread has filled one, or before.
pub fn not_shared(play: &Play) -> Vec<Mistake> {
    let look = |failure: &Failure| {
        let (got, expected) = (failure.got.as_deref()?, failure.expected.as_deref()?);
        let (event, terminal) = (failure.event?, failure.subject.terminal(play.scene)?);
        let (head, wanted) = expected.split_once('[')?;
        let is_empty = got.strip_prefix(head) == Some("[]") && wanted.len() > 1;
        let has_children = play.children(terminal).iter().any(|(pid, _)| !play.execs(*pid));
        if failure.rule != Rule::Text
            || !is_empty
            || play.threads(terminal).is_empty()
            || has_children
        {
            return None;
        }
        let sentence = format!(
            "「{got}」是空的，应当是「[{wanted}」：读的和写的不是同一个列表（交给线程的是一份副本），或者读的时候还没有写"
        );
        let failures =
            play.failures_of(terminal, &[Rule::Text, Rule::Extra, Rule::Missing, Rule::Divider]);
        let mistake = Mistake::new(Code::DataNotShared, event, terminal, sentence, failures);
        Some(mistake.perhaps().mend("几个线程用同一个：Arc<Mutex<Vec<_>>>，clone 的是 Arc，不是列表；写完了再读，睡的时候不要拿着锁"))
    };
    play.verdict.failures.iter().filter_map(look).take(1).collect()
}

/// A line is followed by the next one without a newline between them.
pub fn run_together(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (event, first, second) =
            play.lines(terminal, Stream::Out).take(MOST).find_map(|(event, line)| {
                two_lines(play, terminal, line).map(|(a, b)| (event, a, b))
            })?;
        let sentence = format!("「{first}」后面没有换行，紧接着就是「{second}」：两行成了一行");
        let rules = [Rule::Text, Rule::Extra, Rule::Missing, Rule::Divider, Rule::Order];
        let failures = play.failures_of(terminal, &rules);
        let mistake = Mistake::new(Code::LinesRunTogether, event, terminal, sentence, failures);
        // what several processes have printed before their own lines may be what `fork(2)` has copied
        let lines = play.lines(terminal, Stream::Out).take(MOST);
        let begin_so = lines.filter(|(_, line)| line.text.starts_with(first));
        let by: BTreeSet<i32> = begin_so.filter_map(|(_, line)| Some(line.source?.pid)).collect();
        let mistake = if by.len() > 1 { mistake.perhaps() } else { mistake };
        Some(mistake.mend("每一行的最后有一个换行：println!，或者 write! 的文字里写上 \\n"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// The first of the lines that a line consists of, each of which is wanted by itself, and the rest; nothing if the line is wanted
/// as it is.
fn two_lines<'l>(play: &Play, terminal: usize, line: &'l Line) -> Option<(&'l str, &'l str)> {
    let is_wanted = |text: &str| {
        let wanted = |line: &&Expected| play.scene.lanes[line.lane].terminal == terminal;
        let mut lines = play.scene.lines.iter().filter(wanted);
        lines.any(|line| line.pattern.matches_alone(text, line.counter))
    };
    if line.text.len() > LONGEST || is_wanted(&line.text) {
        return None;
    }
    let cuts = |text: &'l str| text.char_indices().skip(1).map(move |(at, _)| text.split_at(at));
    cuts(&line.text).find(|(first, rest)| {
        let again = || cuts(rest).any(|(second, _)| is_wanted(second));
        is_wanted(first) && (is_wanted(rest) || again())
    })
}

/// The output ends before it should, in the midst of a line or of lines that are all the same, or never began, though the program
/// ended well.
pub fn not_flushed(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (died, exit) = play.ended(terminal)?;
        let Some((event, line)) = play.lines(terminal, Stream::Out).last() else {
            return never_written(play, terminal, died, exit);
        };
        let rules = [Rule::Newline, Rule::Text, Rule::Missing, Rule::Extra];
        let failures = play.failures_of(terminal, &rules);
        let is_cut = |failure: &judge::Failure| {
            let wanted = failure.expected.as_deref().is_some_and(|all| all.starts_with(&line.text));
            failure.rule == Rule::Text && failure.event == Some(event) && wanted && !line.whole
        };
        let is_missing = !play.failures_of(terminal, &[Rule::Missing]).is_empty()
            || !play.failures(is_cut).is_empty();
        let is_alone = play.children(terminal).is_empty() && play.threads(terminal).is_empty();
        if exit != Exit::Code(0) || !is_missing || !is_alone || event > died + 2 {
            return None;
        }
        let name = play.name(terminal);
        let sentence = match line.whole {
            false => format!(
                "「{name}」的输出在「{}」的中间断了，后面的都没有印，程序却正常结束了",
                line.text
            ),
            true => {
                let (printed, wanted) = broken_off(play, terminal, &line.text)?;
                format!(
                    "「{name}」的「{}」应当印 {wanted} 遍，印到第 {printed} 遍就没有了，后面的也都没有印，程序却正常结束了",
                    line.text
                )
            }
        };
        let mistake = Mistake::new(Code::OutputNotFlushed, event, terminal, sentence, failures);
        Some(mistake.perhaps().mend(FLUSH))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

const FLUSH: &str = "缓冲区（BufWriter）里的，结束之前要 flush；process::exit 不会替你写出去";

/// A program that has nobody else to talk with ended well, and has written nothing at all: what it printed may have been in its
/// buffer.
fn never_written(play: &Play, terminal: usize, died: usize, exit: Exit) -> Option<Mistake> {
    let failures = play.failures_of(terminal, &[Rule::Missing]);
    let talks = play.ends.iter().any(|end| end.terminal == terminal);
    let is_alone = play.children(terminal).is_empty() && play.threads(terminal).is_empty();
    let says = play.lines(terminal, Stream::Err).next().is_some();
    if failures.is_empty() || exit != Exit::Code(0) || talks || says || !is_alone {
        return None;
    }
    let sentence = format!(
        "「{}」正常结束了，可是标准输出里一个字节也没有写：要么它没有去印，要么印的还在缓冲区里，结束时没有写出去",
        play.name(terminal)
    );
    let mistake = Mistake::new(Code::OutputNotFlushed, died, terminal, sentence, failures);
    Some(mistake.perhaps().mend(FLUSH))
}

/// How often the last line was printed, and how often it should have been; nothing if that is not too few, or if nothing should
/// come after it.
fn broken_off(play: &Play, terminal: usize, last: &str) -> Option<(u64, u64)> {
    let its = |line: &&Expected| play.scene.lanes[line.lane].terminal == terminal;
    let expected = play.scene.lines.iter().filter(its);
    let mut expected = expected.skip_while(|line| !line.pattern.matches_alone(last, line.counter));
    let wanted = *expected.next()?.times.start();
    let lines = play.lines(terminal, Stream::Out).filter(|(_, line)| line.text == last);
    let printed: u64 = lines.map(|(_, line)| line.count).sum();
    (wanted > 1 && printed < wanted && expected.next().is_some()).then_some((printed, wanted))
}

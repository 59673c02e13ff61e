//! Where the one thinks that a message ends, and the other does not.

use events::Call;

use super::super::super::cause::{Certainty, Evidence};
use super::super::super::code::Code;
use super::super::super::finding::Finding;
use super::super::super::reading::{Goal, calls, is_python};
use super::super::super::roster::{Sent, Talk};
use super::ending;
use super::pair::{Guess, Pair};

/// A send that took only a part, and the rest was not sent again.
pub fn cut_short(pair: &Pair) -> Option<Guess> {
    let (reader, speaker) = pair.names();
    let (sent, lost) = lost(pair.heard?)?;
    let (asked, taken) = (sent.asked, sent.taken.unwrap_or(0));
    let sentence = format!(
        "{speaker}的 send 要发 {asked} 字节，内核只收下 {taken} 字节（send 返回的就是这个数），其余 {lost} 字节再也没有发；{reader}还在等"
    );
    let roster = pair.roster;
    let advice = match is_python(&roster.waiting[pair.speaker]) {
        true => format!("{speaker}把 send 换成 sendall，它会一直发到发完"),
        false => format!(
            "{speaker}看 send 的返回值，把剩下的接着发（Rust 是 write_all，Python 是 sendall）"
        ),
    };
    let finding = Finding::new(Code::SendCutShort, Certainty::Proved, sentence).advises(advice);
    Some(Guess::new(100, finding.blames(roster, pair.speaker)))
}

/// The last send of which a part is lost, and how many bytes.
fn lost<'t>(talk: &'t Talk) -> Option<(&'t Sent<'t>, u64)> {
    talk.sends.iter().enumerate().rev().find_map(|(index, sent)| {
        let lost = sent.asked.checked_sub(sent.taken?).filter(|lost| *lost > 0)?;
        let later: u64 = talk.sends[index + 1..].iter().filter_map(|later| later.taken).sum();
        // who gave the rest, gave it right after; and what was not taken at all may not have been meant for now
        (later < lost && sent.taken > Some(0)).then_some((sent, lost))
    })
}

/// How the last of what was said ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Newline { crlf: bool },
    Other,
}

/// The last of what was said, behind the newline before it, and how it ends; `None`: not known, or no text.
pub fn last_line(talk: &Talk) -> Option<(String, Ending)> {
    let mut text = String::new();
    for (nth, sent) in talk.sends.iter().rev().filter(|sent| sent.taken != Some(0)).enumerate() {
        if sent.taken.is_some_and(|taken| taken != sent.data.bytes) || sent.data.binary {
            return None;
        }
        match (sent.data.cut, nth) {
            (false, _) => text.insert_str(0, &sent.data.text),
            (true, 0) if sent.data.tail.is_empty() => return None,
            (true, 0) => text = format!("…{}", String::from_utf8_lossy(&sent.data.tail)),
            (true, _) => text.insert(0, '…'),
        }
        if sent.data.cut || text.trim_end_matches('\n').contains('\n') || text.len() > 200 {
            break;
        }
    }
    let ending = match text.strip_suffix('\n') {
        Some(line) => Ending::Newline { crlf: line.ends_with('\r') },
        None => Ending::Other,
    };
    let line = text.trim_end_matches(['\r', '\n']).rsplit('\n').next().unwrap_or_default();
    (!text.is_empty()).then(|| (line.to_owned(), ending))
}

/// Who reads lines waits for the end of one.
pub fn no_newline(pair: &Pair) -> Option<Guess> {
    let (roster, (reader, speaker)) = (pair.roster, pair.names());
    let (said, ending) = last_line(pair.heard?)?;
    if ending::is_whole_head(pair) {
        return None;
    }
    let python = is_python(&roster.waiting[pair.speaker]);
    let terminal = roster.terminal(&roster.waiting[pair.speaker]);
    let half = Evidence::HalfALine { terminal, text: said.clone() };
    let (fit, certainty, sentence) = match (pair.reading.goal, ending) {
        (Goal::Line { .. }, Ending::Other) => {
            let sentence = format!(
                "{reader}按行读，在等一行的末尾；{speaker}最后发的「{said}」后面没有换行符，它自己却也在等对方说话"
            );
            (95, Certainty::proved_if(pair.reading.shown), sentence)
        }
        (Goal::Line { crlf: true }, Ending::Newline { crlf: false }) => {
            let sentence = format!(
                "{reader}在等 \\r\\n；{speaker}最后发的「{said}」后面只有 \\n，它自己却也在等对方说话"
            );
            (95, Certainty::proved_if(pair.reading.shown), sentence)
        }
        (Goal::Unknown, Ending::Other) => {
            let sentence = format!(
                "如果{reader}按行读（readline、read_line）：{speaker}最后发的「{said}」后面没有换行符，这一行就还没有完"
            );
            (45, Certainty::Candidate, sentence)
        }
        _ => return None,
    };
    let end = if pair.reading.goal == (Goal::Line { crlf: true }) { "\\r\\n" } else { "\\n" };
    let given = roster.is_given(pair.speaker);
    let advice = match python {
        _ if given => format!(
            "{speaker}是给好的，它不发这个换行：{reader}照约好的收（说好的长度，或者收到多少算多少），不要等换行"
        ),
        true => format!("{speaker}发的每一行末尾加上换行符（{end}）"),
        false if end == "\\n" => format!("{speaker}发的每一行末尾加上换行符（writeln!，或者 \\n）"),
        false => format!("{speaker}发的每一行末尾加上 {end}"),
    };
    let finding = Finding::new(Code::NewlineMissing, certainty, sentence).advises(advice);
    let culprit = if given { pair.reader } else { pair.speaker };
    Some(Guess::new(fit, finding.blames(roster, culprit).rests_on(half)))
}

/// Who wants a number of bytes has got fewer.
pub fn too_few_bytes(pair: &Pair) -> Option<Guess> {
    let (roster, heard) = (pair.roster, pair.heard);
    let waiting = &roster.waiting[pair.reader];
    let shown = pair.reading.goal == Goal::Bytes && pair.reading.shown;
    let may_fill_buffer = !shown || pair.reading.by == "read(n)" || pair.reading.by == "take";
    let rest = heard.and_then(|heard| calls::asks_for_the_rest(waiting, heard, may_fill_buffer));
    let inside = heard.and_then(|heard| calls::under_way(waiting, heard, pair.unread()));
    let lacking = match (rest, inside, calls::asked(waiting)) {
        (Some(rest), _, _) => Some(rest),
        (_, Some(inside), Some(asked)) => Some(asked - inside),
        (_, _, Some(asked)) if shown && asks_exactly(pair) => Some(asked),
        _ => None,
    };
    if pair.reading.shown && matches!(pair.reading.goal, Goal::End | Goal::Line { .. }) {
        return None;
    }
    let exact = shown || lacking.is_some();
    if let Some(guess) = heard.and_then(|heard| announced(pair, heard, exact)) {
        return Some(guess);
    }
    if !exact {
        return None;
    }
    // nobody has said anything: then that is the fact
    let heard = heard.filter(|heard| heard.sent > 0)?;
    let (reader, speaker) = pair.names();
    let by = match pair.reading.by.as_str() {
        by if shown && !by.is_empty() => format!("（{by}）"),
        _ => String::new(),
    };
    let lacks = lacking.map_or_else(|| "字节还不够".to_owned(), |rest| format!("还差 {rest} 字节"));
    let sentence = format!(
        "{reader}要收满一定的字节数才往下走{by}，{lacks}；{speaker}一共发来 {} 字节，它自己也在等对方说话",
        heard.sent
    );
    let advice = format!(
        "两边约定同样的长度：{speaker}先发长度再发内容，{reader}照这个长度收；长短不一的话，{reader}不要收固定的字节数"
    );
    let finding = Finding::new(Code::BytesMissing, Certainty::proved_if(shown), sentence);
    let finding = finding.advises(advice).blames(roster, pair.reader);
    Some(Guess::new(if shown { 80 } else { 78 }, finding))
}

/// Whether the size that it asks for is what it lacks, and not that of a buffer.
fn asks_exactly(pair: &Pair) -> bool {
    let waiting = &pair.roster.waiting[pair.reader];
    let buffered = waiting
        .frames
        .iter()
        .any(|frame| frame.function.contains("BufReader") || frame.function.contains("bufreader"));
    pair.reading.by == "read_exact" && !buffered && matches!(waiting.call, Call::Receive { .. })
}

const SAME_ORDER: &str = "长度用同一种字节序：Python 的 struct 写「!I」（网络字节序），Rust 用 to_be_bytes 和 from_be_bytes";

/// Whoever reads in blocks asks for so many bytes at least; for fewer, who wants just these.
const SMALLEST_BLOCK: u64 = 32;

/// A length was said before.
fn announced(pair: &Pair, heard: &Talk, exact: bool) -> Option<Guess> {
    let roster = pair.roster;
    let (reader, speaker) = pair.names();
    let counts = pair.reading.goal == Goal::Bytes && pair.reading.shown;
    let silent_since = pair.said.and_then(Talk::last_sent).unwrap_or(0);
    let counts = counts.then_some(silent_since);
    let said = calls::announced(&roster.waiting[pair.reader], heard, counts)?;
    // digits may be anything, unless so many bytes are wanted
    if !heard.is_exact() || said.width == 0 && !exact {
        return None;
    }
    let came = heard.sent.checked_sub(said.behind)?;
    let length = said.length;
    // who wants a few bytes, and not those that are lacking, has not taken this for his length
    let asked = match &roster.waiting[pair.reader].call {
        Call::Receive { data, .. } => data.asked,
        _ => 0,
    };
    if asked > 0 && asked < SMALLEST_BLOCK && length.checked_sub(came) != Some(asked) {
        return None;
    }
    let blamed = |code, sentence: String, advice: String| {
        Finding::new(code, Certainty::Candidate, sentence).advises(advice)
    };
    if said.swapped == Some(came) && came != length {
        let sentence = format!(
            "{reader}读出来的长度是 {length}，后面却只来了 {came} 字节；按另一种字节序读，长度正好是 {came}：两边的字节序不一样"
        );
        let finding = blamed(Code::ByteOrderDiffers, sentence, SAME_ORDER.to_owned());
        return Some(Guess::new(97, finding.blames(roster, pair.reader)));
    }
    // more messages came behind it
    if let Some(swapped) = said.swapped.filter(|swapped| *swapped < came)
        && length >= calls::FAR_TOO_LONG
        && !said.is_text
    {
        let sentence = format!(
            "{reader}读出来的长度是 {length}，后面一共只来了 {came} 字节；按另一种字节序读，长度是 {swapped}，早就够了：两边的字节序多半不一样"
        );
        let finding = blamed(Code::ByteOrderDiffers, sentence, SAME_ORDER.to_owned());
        return Some(Guess::new(95, finding.blames(roster, pair.reader)));
    }
    if said.width >= 4 && said.is_text && said.behind > said.width {
        let sentence = format!(
            "{reader}当作长度读的 {} 字节其实是正文里的文字，读成了 {length}：前一条消息的长度比它的字节数小，剩下的被当成了下一条的长度",
            said.width
        );
        let advice = format!(
            "{speaker}说的长度要数字节（编码以后再数），不是数字符：汉字在 UTF-8 里大多是 3 字节"
        );
        let finding = blamed(Code::TextTakenForLength, sentence, advice);
        return Some(Guess::new(96, finding.blames(roster, pair.speaker)));
    }
    if came >= length || said.width >= 4 && said.is_text {
        return None;
    }
    let sentence = format!(
        "{speaker}先说了长度 {length}，后面却只发了 {came} 字节；{reader}要收满 {length} 字节，还差 {}",
        length - came
    );
    let advice = format!("{speaker}说的长度要和真正发的字节数一样（编码以后再数）");
    let finding = blamed(Code::BytesMissing, sentence, advice);
    Some(Guess::new(93, finding.blames(roster, pair.speaker)))
}

/// Who takes a receive that brings less than it could for the last one has got exactly as much as it could.
pub fn filled_to_the_brim(pair: &Pair) -> Option<Guess> {
    let (roster, (reader, speaker)) = (pair.roster, pair.names());
    let last = pair.heard?.receives.last()?.data;
    let full = last.asked > 0 && last.bytes == last.asked;
    let (fit, certainty, condition) = match pair.reading.goal {
        Goal::FewerThan(limit) if full && [0, last.asked].contains(&limit) => {
            (92, Certainty::proved_if(pair.reading.shown), "")
        }
        Goal::Unknown if full && last.asked >= 64 => (46, Certainty::Candidate, "如果"),
        _ => return None,
    };
    let sentence = format!(
        "{condition}{reader}把「收到的比要的少」当作对方说完了：最后一次要 {} 字节，正好收满 {} 字节，它就又去接收，可{speaker}已经说完了",
        last.asked, last.bytes
    );
    let advice = format!(
        "不要靠一次收到多少来判断说完没有：{speaker}先发长度，或者每条消息以换行符结束，或者说完就半关闭（shutdown）"
    );
    let finding = Finding::new(Code::FullReadTakenForPart, certainty, sentence).advises(advice);
    Some(Guess::new(fit, finding.blames(roster, pair.reader)))
}

/// Who answers each piece that comes has answered all, and the other waits for more.
pub fn answers_on_the_way(pair: &Pair) -> Option<Guess> {
    let (reader, speaker) = pair.names();
    if !pair.reading.answers || !pair.reading.shown {
        return None;
    }
    let back = pair.said.map_or(0, |said| said.sent);
    let sentence = format!(
        "{reader}收到一块就回一块，一共回了 {back} 字节，又去接收；{speaker}还在等：它要的比{reader}回的多"
    );
    let advice = format!("两边约定一条答复到哪里为止；{speaker}收够了就不要再接收");
    let finding = Finding::new(Code::AnswerNeverComes, Certainty::Candidate, sentence);
    Some(Guess::new(38, finding.advises(advice)))
}

//! Who waits until the other has said all, and where that is said otherwise: the head and the body of HTTP.

use super::super::super::cause::Certainty;
use super::super::super::code::Code;
use super::super::super::finding::Finding;
use super::super::super::reading::{self, Goal, HTTP, is_python, sources};
use super::super::super::roster::Talk;
use super::framing::{Ending, last_line};
use super::pair::{Guess, Pair};

/// Who reads until the end waits for a speaker who has said all, and has not said so.
pub fn no_end(pair: &Pair) -> Option<Guess> {
    let (roster, (reader, speaker)) = (pair.roster, pair.names());
    let heard = pair.heard.filter(|heard| heard.sent > 0 && !heard.half_closed)?;
    let complete = matches!(last_line(heard), Some((_, Ending::Newline { .. })));
    // a server that has answered closes; a client who has asked waits for the answer, and half-closes
    let answers = roster.ends(pair.reader).is_some_and(|ends| roster.history.is_client(ends))
        && pair.said.is_some_and(|said| said.sent > 0);
    let how = if answers {
        "没有关闭连接，也没有半关闭（shutdown）"
    } else {
        "没有半关闭（shutdown）"
    };
    let not_closed = format!("{speaker}{how}，{reader}不知道它已经说完");
    if let Some(guess) = kept_alive(pair, heard) {
        return Some(guess);
    }
    if roster.is_given(pair.speaker) {
        return past_a_given_one(pair, heard, complete);
    }
    let reads = |by: &str| match pair.reading.by.as_str() {
        "" => by.to_owned(),
        by => format!("（{by}）"),
    };
    let (fit, certainty, sentence) = match pair.reading.goal {
        Goal::End if pair.reading.answers => return None,
        Goal::End => {
            let waits = if answers { "在等下一句" } else { "在等答复" };
            let sentence = format!(
                "{speaker}{waits}；{reader}一直读到流的末尾{}才往下走，等{speaker}说完：{not_closed}",
                reads("")
            );
            // or the reader should not read to the end
            let proved = pair.reading.shown && !is_silent_client(pair);
            (90, Certainty::proved_if(proved), sentence)
        }
        // who asks for one line has what it wanted; of a source that nobody has seen that is not known
        Goal::Line { .. }
            if complete
                && pair.reading.by != HTTP
                && (pair.reading.repeats || sources(&roster.waiting[pair.reader]).is_empty()) =>
        {
            let fit = if pair.reading.repeats { 75 } else { 42 };
            let sentence = format!(
                "如果{reader}一行一行读到流的末尾才答复：{speaker}发的行都完整，可是{not_closed}"
            );
            (fit, Certainty::Candidate, sentence)
        }
        Goal::Unknown if !pair.reading.answers => {
            let sentence = format!("如果{reader}读到流的末尾（收到 0 字节）才往下走：{not_closed}");
            (40, Certainty::Candidate, sentence)
        }
        _ => return None,
    };
    let advice = match is_python(&roster.waiting[pair.speaker]) {
        _ if answers => format!(
            "{speaker}答完就关闭连接；要在一个连接上问几次，{reader}就不要读到末尾，按行读或者按说好的长度读"
        ),
        true => format!(
            "{speaker}说完就 shutdown(socket.SHUT_WR)，再等答复；要接着说的话，换一种办法表示一条消息到哪里为止"
        ),
        false => format!(
            "{speaker}说完就 shutdown(Shutdown::Write)，再等答复；要接着说的话，换一种办法表示一条消息到哪里为止"
        ),
    };
    let finding = Finding::new(Code::HalfCloseMissing, certainty, sentence).advises(advice);
    // which of the two should change is a matter of what they want
    let finding = if answers { finding } else { finding.blames(roster, pair.speaker) };
    Some(Guess::new(fit, finding))
}

/// The same of a speaker that is given: it is right not to end, and the reader should not wait for that.
fn past_a_given_one(pair: &Pair, heard: &Talk, complete: bool) -> Option<Guess> {
    let (roster, (reader, speaker)) = (pair.roster, pair.names());
    let (sent, got_all) = (heard.sent, heard.is_exact() && heard.got == heard.sent);
    let by = match pair.reading.by.as_str() {
        "" => String::new(),
        by => format!("（{by}）"),
    };
    let told =
        format!("{speaker}发了 {sent} 字节就等答复，不关闭，也不半关闭：它是给好的，就该这样");
    let (fit, certainty, sentence) = match pair.reading.goal {
        _ if !got_all || pair.reading.answers => return None,
        Goal::End => {
            let sentence = format!("{reader}一直读到流的末尾{by}才往下走；{told}，末尾不会来");
            (90, Certainty::proved_if(pair.reading.shown), sentence)
        }
        Goal::Line { .. } if complete && pair.reading.by != HTTP && pair.reading.repeats => {
            let sentence = format!("如果{reader}一行一行读到流的末尾才答复：{told}，末尾不会来");
            (75, Certainty::Candidate, sentence)
        }
        Goal::Unknown => {
            let sentence =
                format!("如果{reader}读到流的末尾（收到 0 字节）才往下走：{told}，末尾不会来");
            (40, Certainty::Candidate, sentence)
        }
        _ => return None,
    };
    let advice = format!(
        "{reader}收到约好的就够，马上答复：按行的收到换行，说好长度的收够那么多；不要等流的末尾"
    );
    let finding = Finding::new(Code::AnswerNeverComes, certainty, sentence).advises(advice);
    Some(Guess::new(fit, finding.blames(roster, pair.reader)))
}

/// Who was called reads to the end of what the other says, who has said his word and waits for an answer: of the two either
/// can be the one who breaks what they have agreed.
pub fn reads_past_its_turn(pair: &Pair) -> Option<Guess> {
    pair.heard.filter(|heard| heard.sent > 0 && !heard.half_closed)?;
    if !is_silent_client(pair) || pair.reading.goal != Goal::End || !pair.reading.shown {
        return None;
    }
    let (reader, speaker) = pair.names();
    let by = match pair.reading.by.as_str() {
        "" => String::new(),
        by => format!("（{by}）"),
    };
    let sentence = format!(
        "如果先说话的是{speaker}，说完一句就等{reader}答：{reader}收到这一句就该往下走，它却一直读到流的末尾{by}，末尾要到{speaker}关闭（或者半关闭）才来"
    );
    let advice =
        format!("{reader}收到约好的一句就停（收一次、按行，或者按说好的长度），再说自己的话");
    let finding = Finding::new(Code::AnswerNeverComes, Certainty::Candidate, sentence);
    Some(Guess::new(91, finding.advises(advice).blames(pair.roster, pair.reader)))
}

/// The reader connected, and has said nothing yet.
fn is_silent_client(pair: &Pair) -> bool {
    pair.roster.ends(pair.reader).is_some_and(|ends| pair.roster.history.is_client(ends))
        && pair.said.is_none_or(|said| said.sends.is_empty())
}

/// Of two who have said nothing one reads to the end, and the other may have nothing to say.
pub fn nothing_to_say(pair: &Pair) -> Option<Finding> {
    let roster = pair.roster;
    let reads_all = |thread: &usize| {
        let reading = reading::of(&roster.waiting[*thread]);
        reading.goal == Goal::End && reading.shown
    };
    let (one, other) = match [pair.reader, pair.speaker].map(|thread| reads_all(&thread)) {
        [true, false] => (pair.reader, pair.speaker),
        [false, true] => (pair.speaker, pair.reader),
        _ => return None,
    };
    roster.heard(one).is_none_or(|heard| !heard.half_closed).then_some(())?;
    let (reader, silent) = (roster.name(one), roster.name(other));
    let sentence = format!(
        "如果{silent}没有什么要发（例如文件是空的）：{reader}一直读到流的末尾才往下走，{silent}没有半关闭（shutdown），{reader}不知道它已经说完"
    );
    let advice = format!("{silent}发完（一个字节也没有时也一样）就半关闭发送的方向，再等答复");
    let finding = Finding::new(Code::HalfCloseMissing, Certainty::Candidate, sentence);
    Some(finding.advises(advice).blames(roster, other))
}

/// A connection on which HTTP/1.1 is spoken stays open.
fn kept_alive(pair: &Pair, heard: &Talk) -> Option<Guess> {
    let text = whole_text(heard)?;
    let (head, _) = head_and_body(&text)?;
    let closes = head.to_ascii_lowercase().contains("connection: close");
    if pair.reading.goal != Goal::End || !head.starts_with("HTTP/1.1") || closes {
        return None;
    }
    let (reader, speaker) = pair.names();
    let sentence = format!(
        "{reader}一直读到流的末尾，可 HTTP/1.1 的连接答完以后不关闭（keep-alive）：{speaker}已经答完，在等下一个请求"
    );
    let advice = format!("{reader}在请求里写上 Connection: close，或者照 Content-Length 读完就停");
    let certainty = Certainty::proved_if(pair.reading.shown);
    let finding = Finding::new(Code::HalfCloseMissing, certainty, sentence).advises(advice);
    Some(Guess::new(92, finding.blames(pair.roster, pair.reader)))
}

/// The head of an HTTP message ends with an empty line, and its body has the length that the head says.
pub fn half_a_message(pair: &Pair) -> Option<Guess> {
    let (roster, (reader, speaker)) = (pair.roster, pair.names());
    let text = whole_text(pair.heard?)?;
    let first = text.lines().next()?;
    let is_http = first.starts_with("HTTP/1.")
        || first.trim_end().ends_with("HTTP/1.1")
        || first.trim_end().ends_with("HTTP/1.0");
    if !is_http || pair.reading.shown && matches!(pair.reading.goal, Goal::End | Goal::Bytes) {
        return None;
    }
    // a library that reads the head of a message waits for its end
    let certainty = Certainty::proved_if(pair.reading.by == HTTP);
    let Some((head, body)) = head_and_body(&text) else {
        let sentence = format!(
            "{speaker}发的 HTTP 消息的头还没有完：头要以一个空行结束（\\r\\n\\r\\n），{reader}还在等这个空行"
        );
        let advice = format!("{speaker}在头的最后再发一个 \\r\\n");
        let finding = Finding::new(Code::NewlineMissing, certainty, sentence).advises(advice);
        return Some(Guess::new(94, finding.blames(roster, pair.speaker)));
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        value.trim().parse::<usize>().ok().filter(|_| name.eq_ignore_ascii_case("content-length"))
    })?;
    if body.len() >= length {
        return None;
    }
    let sentence = format!(
        "{speaker}说的 Content-Length 是 {length}，头后面却只发了 {} 字节：{reader}还在等其余的",
        body.len()
    );
    let advice = format!("{speaker}的 Content-Length 要和正文的字节数一样（编码以后再数）");
    let finding = Finding::new(Code::BytesMissing, Certainty::Candidate, sentence).advises(advice);
    Some(Guess::new(91, finding.blames(roster, pair.speaker)))
}

/// A library has got the head of an HTTP message: what follows are no lines.
pub fn is_whole_head(pair: &Pair) -> bool {
    let text = pair.heard.and_then(whole_text).filter(|_| pair.reading.by == HTTP);
    text.is_some_and(|text| head_and_body(&text).is_some())
}

/// All that was said in one direction, where all of it is known.
fn whole_text(talk: &Talk) -> Option<String> {
    let known = talk
        .sends
        .iter()
        .all(|sent| !sent.data.cut && !sent.data.binary && sent.taken == Some(sent.data.bytes));
    let text: String = talk.sends.iter().map(|sent| sent.data.text.as_str()).collect();
    (known && text.len() as u64 == talk.sent).then_some(text)
}

fn head_and_body(text: &str) -> Option<(&str, &str)> {
    text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))
}

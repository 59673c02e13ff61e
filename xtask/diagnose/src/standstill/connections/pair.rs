//! Two programs that wait on the same connection: the facts, and which mistakes fit them.

use events::On;

use super::super::super::cause::Certainty;
use super::super::super::code::Code;
use super::super::super::finding::Finding;
use super::super::super::reading::{self, Reading};
use super::super::super::roster::{Roster, Talk};
use super::super::super::words::doing;
use super::super::all;
use super::{buffers, ending, framing, neglect};

/// Who waits for more, and who has spoken last and waits for an answer.
pub struct Pair<'r, 'a> {
    pub roster: &'r Roster<'a>,
    /// The thread that waits for more.
    pub reader: usize,
    /// The one that has spoken last; of two that have said nothing, any.
    pub speaker: usize,
    /// How the reader reads.
    pub reading: Reading,
    /// What it was told.
    pub heard: Option<&'r Talk<'a>>,
    /// What it has said itself.
    pub said: Option<&'r Talk<'a>>,
}

/// A mistake that fits: how well, and what is said of it.
pub struct Guess {
    /// From 0 to 100.
    pub fit: u8,
    pub finding: Finding,
}

impl Guess {
    pub fn new(fit: u8, finding: Finding) -> Guess {
        Guess { fit, finding }
    }
}

/// Looks for a mistake that fits.
type Mistake = fn(&Pair) -> Option<Guess>;

/// Of those that fit equally well the first comes first.
const MISTAKES: [Mistake; 15] = [
    ending::half_a_message,
    framing::cut_short,
    framing::no_newline,
    framing::too_few_bytes,
    framing::filled_to_the_brim,
    neglect::busy_with_one,
    buffers::dropped,
    buffers::dropped_by_speaker,
    buffers::stuck_together,
    buffers::lines_taken_for_one,
    buffers::not_flushed_by_reader,
    buffers::not_flushed_by_speaker,
    ending::reads_past_its_turn,
    ending::no_end,
    framing::answers_on_the_way,
];

/// So many candidates are told: more help nobody.
const MOST: usize = 4;

impl<'r, 'a> Pair<'r, 'a> {
    fn new(roster: &'r Roster<'a>, reader: usize, speaker: usize) -> Pair<'r, 'a> {
        let mut reading = reading::of(&roster.waiting[reader]);
        let (heard, said) = (roster.heard(reader), roster.said(reader));
        // what it writes on the way may go into a file
        reading.answers &= said.is_some_and(|said| said.sent > 0);
        Pair { roster, reader, speaker, reading, heard, said }
    }

    /// The same two, as whoever has spoken last sees it: that one waits for more, too.
    pub fn turned(&self) -> Pair<'r, 'a> {
        Pair::new(self.roster, self.speaker, self.reader)
    }

    /// What the two are called.
    pub fn names(&self) -> (String, String) {
        (self.roster.name(self.reader), self.roster.name(self.speaker))
    }

    /// Bytes that lie unread on the reader's side.
    pub fn unread(&self) -> u64 {
        match self.roster.waiting[self.reader].on {
            On::Peer { unread, .. } => unread,
            _ => 0,
        }
    }

    /// Nobody has said anything yet.
    pub fn is_silent(&self) -> bool {
        let silent = |talk: Option<&Talk>| talk.is_none_or(|talk| talk.sends.is_empty());
        silent(self.heard) && silent(self.said)
    }

    /// That both wait, and what has gone over the connection.
    fn facts(&self) -> String {
        let (reader, speaker) = self.names();
        let waits = match (self.roster.polls(self.reader), self.roster.polls(self.speaker)) {
            (false, false) => format!("{reader}和{speaker}都在等对方的数据"),
            _ => format!("{reader}和{speaker}都停着，谁也没有再发数据"),
        };
        let there = went(&speaker, &reader, self.heard);
        let back = went(&reader, &speaker, self.said);
        format!("{waits}：{there}，{back}")
    }
}

/// How many bytes went from one to the other.
fn went(from: &str, to: &str, talk: Option<&Talk>) -> String {
    match talk {
        // one that is under way, or was broken off
        Some(talk) if talk.sends.iter().any(|sent| sent.taken.is_none()) => {
            format!("{from}发过数据")
        }
        Some(talk) if talk.sent > 0 && talk.got == talk.sent => {
            format!("{from}发来的 {} 字节{to}都收下了", talk.sent)
        }
        Some(talk) if talk.sent > 0 && talk.is_exact() => {
            format!("{from}发了 {} 字节，{to}收下 {} 字节", talk.sent, talk.got)
        }
        Some(talk) if talk.sent > 0 => format!("{from}发了 {} 字节", talk.sent),
        _ => format!("{from}什么也没有发"),
    }
}

/// Both programs wait on the same connection.
pub fn both_ends(roster: &Roster) -> Vec<Finding> {
    let Some((one, other)) = look(roster) else { return Vec::new() };
    if !roster.receives(one) {
        return vec![both_send(roster, one, other)];
    }
    // no streams, but two sockets of UDP that are connected to each other
    if roster.hears_only(one).is_some() {
        return vec![datagrams(roster, one, other)];
    }
    let pair = of(roster, one, other);
    let mut guesses: Vec<Guess> = MISTAKES.iter().filter_map(|mistake| mistake(&pair)).collect();
    // a given program is right: whatever else fits comes into question first, unless it is proved
    let is_spared = |guess: &Guess| {
        let given = guess.finding.culprit().is_some_and(|one| roster.runs_given(one));
        given && !guess.finding.is_proved()
    };
    if !guesses.iter().all(is_spared) {
        guesses.retain(|guess| !is_spared(guess));
    }
    guesses.sort_by_key(|guess| std::cmp::Reverse(guess.fit));
    // what is proved may still have another mistake behind it, if one fits better
    if guesses.first().is_some_and(|first| first.finding.is_proved()) {
        return vec![guesses.swap_remove(0).finding];
    }
    if guesses.is_empty() && pair.is_silent() {
        return silent(&pair);
    }
    if guesses.is_empty() {
        return vec![nothing_better(&pair)];
    }
    let facts = pair.facts();
    guesses.truncate(MOST);
    guesses.into_iter().map(|guess| guess.finding.demoted(&facts)).collect()
}

/// Two sockets of UDP: there are no lines, and no end.
fn datagrams(roster: &Roster, one: usize, other: usize) -> Finding {
    let cut = |thread: usize| {
        let waits = format!("{}{}", roster.name(thread), doing(roster, thread));
        super::datagram_cut(roster, thread, &waits)
    };
    if let Some(cut) = cut(one).or_else(|| cut(other)) {
        return cut;
    }
    let pids = [one, other].map(|thread| roster.waiting[thread].pid);
    if !pids.iter().any(|pid| roster.history.has_sent_datagram(*pid)) {
        return both_listen(roster, one, other);
    }
    let (name, other_name) = (roster.name(one), roster.name(other));
    let fact = format!("{name}和{other_name}都在等对方的数据报");
    let sentence = "两边对谁说几句、什么时候答，约定得不一样；或者有一个数据报没有到：UDP 不重发";
    let finding = Finding::new(Code::AnswerNeverComes, Certainty::Candidate, sentence);
    finding.demoted(fact)
}

/// That both wait for each other, in words only, for whoever waits for one of the two.
pub fn both_ends_in_words(roster: &Roster) -> Option<String> {
    let (one, other) = look(roster)?;
    let (name, other_name) = (roster.name(one), roster.name(other));
    Some(match roster.receives(one) {
        true => format!("{name}和{other_name}都在等对方的数据"),
        false => format!("{name}和{other_name}都在发送，谁也不接收"),
    })
}

fn look(roster: &Roster) -> Option<(usize, usize)> {
    all(roster).find_map(|one| {
        let other = roster.other_end(one)?;
        // whoever would speak waits for somebody who types
        let types = |thread: usize| {
            let threads = roster.threads_of(roster.waiting[thread].pid).into_iter();
            threads.into_iter().any(|thread| roster.waiting[thread].on == On::Input)
        };
        let same = roster.receives(one) == roster.receives(other);
        (same && !types(one) && !types(other)).then_some((one, other))
    })
}

/// The one who has spoken last is the speaker.
fn of<'r, 'a>(roster: &'r Roster<'a>, one: usize, other: usize) -> Pair<'r, 'a> {
    let last = |thread: usize| roster.said(thread).and_then(Talk::last_sent);
    let (reader, speaker) = if last(one) > last(other) { (other, one) } else { (one, other) };
    Pair::new(roster, reader, speaker)
}

fn both_send(roster: &Roster, one: usize, other: usize) -> Finding {
    let (name, other_name) = (roster.name(one), roster.name(other));
    let sentence = format!("{name}和{other_name}都在发送，谁也不接收：两边的缓冲区都满了");
    let advice =
        format!("让{name}或{other_name}边发边收：发一部分就收一部分，或者另开一个线程接收");
    let finding = Finding::new(Code::BothSend, Certainty::Proved, sentence).advises(advice);
    either(finding, roster, one, other)
}

/// Nobody has said anything. Who reads to the end may wait for one who has nothing to say, and who has not said so.
fn silent(pair: &Pair) -> Vec<Finding> {
    // by the order in which they were started
    let both = both_listen(pair.roster, pair.reader, pair.speaker);
    let Some(nothing_to_say) = ending::nothing_to_say(pair) else { return vec![both] };
    let facts = pair.facts();
    vec![nothing_to_say.demoted(&facts), both.demoted(&facts)]
}

/// Neither has said anything.
fn both_listen(roster: &Roster, one: usize, other: usize) -> Finding {
    let (name, other_name) = (roster.name(one), roster.name(other));
    let sentence = format!("{name}在等{other_name}先说话，{other_name}也在等{name}先说话");
    let printed = [(one, other), (other, one)].into_iter();
    let printed = printed.filter_map(|(one, other)| Some((one, printed_for(roster, one, other)?)));
    if let Some((thread, Printed { what, advice })) = printed.into_iter().next() {
        let finding =
            Finding::new(Code::BothListen, Certainty::Proved, format!("{sentence}；{what}"));
        let finding = finding.advises(advice);
        // without a script it may be meant for whoever looks on
        return match roster.has_script() {
            true => finding.blames(roster, thread),
            false => either(finding, roster, one, other),
        };
    }
    let advice = "两边约定谁先说话：先说的一边先发送，再接收";
    let finding = Finding::new(Code::BothListen, Certainty::Proved, sentence).advises(advice);
    either(finding, roster, one, other)
}

/// What belongs to the other one was printed instead.
struct Printed {
    what: String,
    advice: String,
}

fn printed_for(roster: &Roster, thread: usize, other: usize) -> Option<Printed> {
    let text = roster.printed_for(thread, other)?;
    let (name, peer) = (roster.name(thread), roster.name(other));
    let what = format!(
        "{name}把「{text}」印到了自己的标准输出上，没有发给{peer}：印出来的只到终端，{peer}收不到"
    );
    let advice = format!("这句话要是说给{peer}听的，{name}就把它写到连接上（发送），而不是印出来");
    Some(Printed { what, advice })
}

/// Which of the two has to change is not known: where one of them waits, one that is not given if there is one.
fn either(finding: Finding, roster: &Roster, one: usize, other: usize) -> Finding {
    let own = [one, other].into_iter().find(|thread| !roster.is_given(*thread));
    finding.at(own.and_then(|thread| roster.waiting[thread].place.as_ref()))
}

/// What is true in any case.
fn nothing_better(pair: &Pair) -> Finding {
    let (reader, speaker) = pair.names();
    if let Some(Printed { what, advice }) = printed_for(pair.roster, pair.reader, pair.speaker) {
        let finding = Finding::new(Code::AnswerNeverComes, Certainty::Candidate, what);
        let finding = finding.advises(advice).demoted(pair.facts());
        return finding.blames(pair.roster, pair.reader);
    }
    let times = pair.heard.map_or(0, |heard| heard.receives.len());
    let so_far = match times {
        0 => String::new(),
        times => format!("（它收过 {times} 次，还要再收一次）"),
    };
    let sentence = format!(
        "{speaker}在等答复，{reader}还在等{speaker}往下说{so_far}：两边对谁说几句、什么时候答，约定得不一样"
    );
    let finding = Finding::new(Code::AnswerNeverComes, Certainty::Candidate, sentence);
    finding.demoted(pair.facts())
}

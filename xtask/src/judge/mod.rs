//! Compares what happened with what the script says. Pure: events in, a [`Verdict`] out.
//!
//! | file | task |
//! | --- | --- |
//! | `matcher` | follows all explanations of the output at once: lanes, names, who printed what |
//! | `lanes` | is there an explanation, for every terminal? |
//! | `blame` | if not: the smallest change that would make it right, which names the mistake |
//! | `truth` | the true numbers of processes and threads |
//! | `practice` | did the programs really do what the lesson teaches? |
//! | `hang` | all wait for each other, or one computes for ever |
//! | `dividers` | lines of different programs: dividers (`----`) |
//! | `subject` | whose output a broken rule is about |
//! | `facts` | exits, listening, files, orphans, what must not appear |

mod blame;
mod dividers;
mod facts;
mod hang;
mod lanes;
mod matcher;
mod practice;
mod printer;
mod subject;
#[cfg(test)]
pub mod tests;
mod truth;

use serde::Serialize;

use crate::observe::{Event, Kind, Line, Stream};
use crate::script::Scene;

pub use subject::Subject;

/// The rule that was broken. Machine formats carry its [`id`](Rule::id): it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A line has another text than the script says.
    Text,
    /// A name has another value than where it stood before.
    Value,
    /// A number that should be a process's or a thread's own is not.
    Identity,
    /// A line never came.
    Missing,
    /// A line came that no line of the script speaks of, or once too often.
    Extra,
    /// Two lines of one lane came in the wrong order.
    Order,
    /// A line was printed by another process or thread than the lane's.
    Source,
    /// A line was printed in another terminal than the script says.
    Terminal,
    /// A line from below a divider came before one from above it.
    Divider,
    /// Values that must differ are equal.
    Distinct,
    /// The last line has no newline.
    Newline,
    /// Standard error lacks a line.
    Stderr,
    /// A line appeared that must not.
    Forbidden,
    /// A program panicked.
    Panic,
    /// A program ended in another way than the script says.
    Exit,
    /// A program did not end, or a step was never reached, within the time limit.
    Time,
    /// All programs wait for something that will never come.
    Hang,
    /// A program computes without end.
    Computing,
    /// A program could not be started.
    Start,
    /// A program does not listen where the script says.
    Listen,
    /// A program ended without having connected where the script says.
    Connect,
    /// A file has another content than the script says.
    File,
    /// A file was left that the script does not speak of.
    StrayFile,
    /// A process was left behind, or nobody waited for it.
    Orphan,
    /// A program sent a signal to somebody outside the scene.
    StraySignal,
    /// A program printed without end.
    TooMuchOutput,
    /// The programs started too many processes.
    Processes,
    /// The programs took too much memory.
    Memory,
    /// The programs wrote too much into files.
    Disk,
    /// A program did not do what its lesson teaches, whatever it printed.
    Mechanism,
    /// The script fits the output in too many ways to be decided.
    Ambiguous,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 31] = [
        Rule::Text,
        Rule::Value,
        Rule::Identity,
        Rule::Missing,
        Rule::Extra,
        Rule::Order,
        Rule::Source,
        Rule::Terminal,
        Rule::Divider,
        Rule::Distinct,
        Rule::Newline,
        Rule::Stderr,
        Rule::Forbidden,
        Rule::Panic,
        Rule::Exit,
        Rule::Time,
        Rule::Hang,
        Rule::Computing,
        Rule::Start,
        Rule::Listen,
        Rule::Connect,
        Rule::File,
        Rule::StrayFile,
        Rule::Orphan,
        Rule::StraySignal,
        Rule::TooMuchOutput,
        Rule::Processes,
        Rule::Memory,
        Rule::Disk,
        Rule::Mechanism,
        Rule::Ambiguous,
    ];

    /// Its name in machine formats, e.g. `stray-file`.
    pub fn id(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Its name in a report.
    pub fn title(self) -> &'static str {
        match self {
            Rule::Text => "内容不符",
            Rule::Value => "前后不一致",
            Rule::Identity => "编号不是真的",
            Rule::Missing => "缺少输出",
            Rule::Extra => "多出的输出",
            Rule::Order => "次序颠倒",
            Rule::Source => "不是该印的进程或线程印的",
            Rule::Terminal => "印错了终端",
            Rule::Divider => "先后不对",
            Rule::Distinct => "应当不同的值相同",
            Rule::Newline => "最后一行没有换行",
            Rule::Stderr => "标准错误里缺少一行",
            Rule::Forbidden => "印出了不该出现的内容",
            Rule::Panic => "程序崩溃（panic）",
            Rule::Exit => "结束的方式不对",
            Rule::Time => "超过了时限",
            Rule::Hang => "永远等下去",
            Rule::Computing => "一直在计算",
            Rule::Start => "程序启动不了",
            Rule::Listen => "没有在该监听的地址监听",
            Rule::Connect => "没有连上该连接的地址",
            Rule::File => "文件内容不对",
            Rule::StrayFile => "留下了多余的文件",
            Rule::Orphan => "留下了没人等待的进程",
            Rule::StraySignal => "信号发到了场景外面",
            Rule::TooMuchOutput => "输出太多",
            Rule::Processes => "进程太多",
            Rule::Memory => "占用的内存太多",
            Rule::Disk => "写的文件太大",
            Rule::Mechanism => "没有用该用的做法",
            Rule::Ambiguous => "剧本太含糊",
        }
    }
}

/// A broken rule, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which rule.
    pub rule: Rule,
    /// The script's line that states it, from 1.
    pub line: usize,
    /// Whose output it is about.
    pub subject: Subject,
    /// What the script asks for.
    pub expected: Option<String>,
    /// What came instead.
    pub got: Option<String>,
    /// One more sentence, in Chinese; may be empty.
    pub detail: String,
    /// The event that shows it: an index into the scene's events.
    pub event: Option<usize>,
}

/// Something that the observer could not find out. Never counted as passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// The script's line, from 1.
    pub line: usize,
    /// What was not checked, in Chinese.
    pub what: String,
}

/// The result of one scene.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Broken rules, the most telling first; none: the scene passed.
    pub failures: Vec<Failure>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

impl Verdict {
    /// Everything that could be checked holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Judges one scene.
pub fn judge(scene: &Scene, events: &[Event]) -> Verdict {
    let mut failures = facts::of_programs(scene, events);
    let mut output = lanes::check(scene, events);
    let hang = hang::check(scene, events);
    if hang.is_some() {
        let step = hang::step(events);
        output.failures.retain(|failure| !hang::is_consequence(scene, step, failure));
    }
    let practice = practice::check(scene, events);
    // a line from the wrong process is explained by how many processes there were
    let explains = output.failures.iter().any(|failure| failure.rule == Rule::Source);
    let (first, second) = match explains {
        true => (practice, output.failures),
        false => (output.failures, practice),
    };
    failures.extend(first);
    failures.extend(second);
    // a server that listens somewhere else leaves everybody waiting
    if !failures.iter().any(|failure| failure.rule == Rule::Listen) {
        failures.extend(hang);
    }
    if failures.is_empty() {
        failures.extend(dividers::check(scene, events, &output.matched));
    }
    failures.extend(facts::leftovers(scene, events));
    if failures.iter().any(|failure| failure.rule == Rule::Processes) {
        // where no more processes are to be had, parents fail and leave their children: no mistakes of their own
        failures.retain(|failure| !matches!(failure.rule, Rule::Exit | Rule::Orphan));
    }
    let mut unchecked = output.unchecked;
    unchecked.extend(practice::unchecked(scene, events));
    unchecked.extend(events.iter().filter_map(|event| match &event.kind {
        Kind::Untraceable { why, .. } => {
            let what = format!("程序的每一步：这里不能跟踪（{why}）");
            Some(Unchecked { line: scene.line, what })
        }
        _ => None,
    }));
    Verdict { failures, unchecked }
}

/// Whether every step of the programs is known.
fn is_traced(events: &[Event]) -> bool {
    let any = |wanted: fn(&Kind) -> bool| events.iter().any(|event| wanted(&event.kind));
    any(|kind| matches!(kind, Kind::Tracing { .. }))
        && !any(|kind| matches!(kind, Kind::Untraceable { .. }))
}

/// The lines of one stream of one terminal, with their index into `events`.
fn lines_of(
    events: &[Event],
    terminal: usize,
    stream: Stream,
) -> impl Iterator<Item = (usize, &Line)> {
    events.iter().enumerate().filter_map(move |(index, event)| match &event.kind {
        Kind::Line(line) if line.terminal == terminal && line.stream == stream => {
            Some((index, line))
        }
        _ => None,
    })
}

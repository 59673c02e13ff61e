//! The words and marks of the language, each in one table: what they are called is decided here and nowhere else.

use super::Mechanism;

/// A word that begins a line of its own and cannot name a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directive {
    /// A scene begins.
    Heading {
        /// It is played by `check` only.
        check_only: bool,
    },
    /// The scene's time.
    Limit,
    /// The real clock.
    RealTime,
    /// Programs may do what cannot be traced.
    MayHide,
    /// A second network interface.
    Interface,
    /// Names whose values differ.
    Distinct,
    /// A name that stands for something else in another play.
    Choice,
    /// What is in a file.
    File(Moment),
}

/// When a file is as a script says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the scene starts.
    Before,
    /// When everything has ended.
    After,
}

/// All directives.
const DIRECTIVES: [(&str, Directive); 10] = [
    ("场景", Directive::Heading { check_only: false }),
    ("检查", Directive::Heading { check_only: true }),
    ("限时", Directive::Limit),
    ("真实时间", Directive::RealTime),
    ("允许不让看", Directive::MayHide),
    ("网卡", Directive::Interface),
    ("不同", Directive::Distinct),
    ("任选", Directive::Choice),
    ("准备", Directive::File(Moment::Before)),
    ("核对", Directive::File(Moment::After)),
];

impl Directive {
    /// The directive of this name.
    pub fn of(word: &str) -> Option<Directive> {
        found(&DIRECTIVES, word)
    }

    /// The names of all directives.
    pub fn words() -> impl Iterator<Item = &'static str> {
        DIRECTIVES.iter().map(|(word, _)| *word)
    }

    /// The names of those that begin a scene.
    pub fn headings() -> impl Iterator<Item = &'static str> {
        let heading = |(_, one): &&(_, Directive)| matches!(one, Directive::Heading { .. });
        DIRECTIVES.iter().filter(heading).map(|(word, _)| *word)
    }
}

/// A word that follows a terminal's name and says what is done or seen there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Its standard input is closed.
    CloseInput,
    /// It listens at an address.
    Listen,
    /// It is connected to an address.
    Connect,
    /// It has printed its lines above.
    Await,
    /// It ends.
    End,
    /// It is sent a signal.
    Stop,
    /// A line that may not appear.
    Forbid,
    /// What it must really do.
    Demand,
    /// It takes what it receives first for the whole.
    TakesFirst,
}

/// All verbs, in the order in which a mistake's remedy lists them.
const VERBS: [(&str, Verb); 9] = [
    ("输入完", Verb::CloseInput),
    ("监听", Verb::Listen),
    ("连接", Verb::Connect),
    ("等待", Verb::Await),
    ("结束", Verb::End),
    ("停止", Verb::Stop),
    ("不出现", Verb::Forbid),
    ("做法", Verb::Demand),
    ("一次收到", Verb::TakesFirst),
];

impl Verb {
    /// The verb of this name.
    pub fn of(word: &str) -> Option<Verb> {
        found(&VERBS, word)
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        let own = VERBS.iter().find(|(_, verb)| *verb == self);
        own.map_or("", |(word, _)| word)
    }

    /// The names of all verbs.
    pub fn words() -> impl Iterator<Item = &'static str> {
        VERBS.iter().map(|(word, _)| *word)
    }
}

/// A mark that follows a terminal's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// As it is written.
    pub text: &'static str,
    /// What a Chinese keyboard gives instead.
    pub full_width: &'static str,
    /// What it marks, in Chinese.
    pub task: &'static str,
}

/// A program starts.
pub const START: &str = "$";
/// A line of standard output.
pub const OUTPUT: &str = "|";
/// A line of standard error.
pub const STDERR: &str = "!";
/// A line is typed.
pub const TYPE: &str = "<";

/// All marks, in the order in which a mistake's remedy lists them.
pub const MARKS: [Mark; 4] = [
    Mark { text: START, full_width: "＄", task: "启动" },
    Mark { text: OUTPUT, full_width: "｜", task: "标准输出" },
    Mark { text: STDERR, full_width: "！", task: "标准错误" },
    Mark { text: TYPE, full_width: "＜", task: "输入" },
];

/// What a lane may be: the words between its name and its first line.
const MECHANISMS: [(&str, Mechanism); 2] =
    [("进程", Mechanism::Process), ("线程", Mechanism::Thread)];

impl Mechanism {
    /// The mechanism of this name.
    pub fn of(word: &str) -> Option<Mechanism> {
        found(&MECHANISMS, word)
    }

    /// Its name in a script.
    pub fn word(self) -> &'static str {
        let own = MECHANISMS.iter().find(|(_, mechanism)| *mechanism == self);
        own.map_or("", |(word, _)| word)
    }

    /// Both names.
    pub fn words() -> impl Iterator<Item = &'static str> {
        MECHANISMS.iter().map(|(word, _)| *word)
    }
}

/// In `结束 被 TERM`: by a signal.
pub const BY: &str = "被";
/// In `限时 40 秒`.
pub const SECONDS: &str = "秒";
/// In `= 1024 字节`.
pub const BYTES: &str = "字节";
/// In `核对 路径 不存在`.
pub const ABSENT: &str = "不存在";
/// In `|3 次|`.
pub const TIMES: char = '次';
/// In `|任意次|`.
pub const ANY: &str = "任意";
/// In `= 课程:文件夹/文件`: the file is below `lessons/`.
pub const LESSON: &str = "课程:";

/// Words that follow a terminal's name: a slip of the pen may have been meant for one of them, and none of them is
/// a terminal. (`线程` only ever follows a lane.)
pub fn after_a_terminal() -> impl Iterator<Item = &'static str> {
    Verb::words().chain([Mechanism::Process.word()])
}

fn found<T: Copy>(table: &[(&'static str, T)], word: &str) -> Option<T> {
    table.iter().find(|(other, _)| *other == word).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_things() {
        let marks = MARKS.iter().flat_map(|mark| [mark.text, mark.full_width]);
        let mut all: Vec<&str> = Directive::words()
            .chain(Verb::words())
            .chain(Mechanism::words())
            .chain(marks)
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn every_word_is_found_by_its_name() {
        assert!(Verb::words().all(|word| Verb::of(word).unwrap().word() == word));
        assert!(Mechanism::words().all(|word| Mechanism::of(word).unwrap().word() == word));
        assert!(Directive::words().all(|word| Directive::of(word).is_some()));
        assert_eq!(Directive::headings().collect::<Vec<_>>(), ["场景", "检查"]);
        assert_eq!(Verb::of("停"), None);
    }
}

//! The rules: what can be wrong with a scene, and what each is called.

use serde::{Serialize, Serializer};

/// The rule that was broken. Machine formats carry its [`id`](Rule::id): it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// A program does something so that nobody sees what it does: what the lesson teaches cannot be checked.
    Unseen,
    /// The script fits the output in too many ways to be decided.
    Ambiguous,
}

/// Every rule, in the order of its declaration: its name in machine formats, which never changes, and in a report.
const RULES: [(Rule, &str, &str); 32] = [
    (Rule::Text, "text", "内容不符"),
    (Rule::Value, "value", "前后不一致"),
    (Rule::Identity, "identity", "编号不是真的"),
    (Rule::Missing, "missing", "缺少输出"),
    (Rule::Extra, "extra", "多出的输出"),
    (Rule::Order, "order", "次序颠倒"),
    (Rule::Source, "source", "不是该印的进程或线程印的"),
    (Rule::Terminal, "terminal", "印错了终端"),
    (Rule::Divider, "divider", "先后不对"),
    (Rule::Distinct, "distinct", "应当不同的值相同"),
    (Rule::Newline, "newline", "最后一行没有换行"),
    (Rule::Stderr, "stderr", "标准错误里缺少一行"),
    (Rule::Forbidden, "forbidden", "印出了不该出现的内容"),
    (Rule::Panic, "panic", "程序崩溃（panic）"),
    (Rule::Exit, "exit", "结束的方式不对"),
    (Rule::Time, "time", "超过了时限"),
    (Rule::Hang, "hang", "永远等下去"),
    (Rule::Computing, "computing", "一直在计算"),
    (Rule::Start, "start", "程序启动不了"),
    (Rule::Listen, "listen", "没有在该监听的地址监听"),
    (Rule::Connect, "connect", "没有连上该连接的地址"),
    (Rule::File, "file", "文件内容不对"),
    (Rule::StrayFile, "stray-file", "留下了多余的文件"),
    (Rule::Orphan, "orphan", "留下了没人等待的进程"),
    (Rule::StraySignal, "stray-signal", "信号发到了场景外面"),
    (Rule::TooMuchOutput, "too-much-output", "输出太多"),
    (Rule::Processes, "processes", "进程太多"),
    (Rule::Memory, "memory", "占用的内存太多"),
    (Rule::Disk, "disk", "写的文件太大"),
    (Rule::Mechanism, "mechanism", "没有用该用的做法"),
    (Rule::Unseen, "unseen", "程序不让看"),
    (Rule::Ambiguous, "ambiguous", "剧本太含糊"),
];

impl Rule {
    /// Every rule.
    pub fn all() -> impl Iterator<Item = Rule> {
        RULES.iter().map(|(rule, ..)| *rule)
    }

    /// Its name in machine formats, e.g. `stray-file`.
    pub fn id(self) -> &'static str {
        RULES[self as usize].1
    }

    /// Its name in a report.
    pub fn title(self) -> &'static str {
        RULES[self as usize].2
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_rules() {
        for (index, rule) in Rule::all().enumerate() {
            assert_eq!(rule as usize, index, "{rule:?}");
        }
        assert_eq!(Rule::StrayFile.id(), "stray-file");
    }
}

//! The numbered steps of a lesson's source (`// ④ 等待连接 ..`), and which call belongs to which.
//!
//! The source says it in three ways, the surest first: the system call itself stands in the step's code; the step's
//! first sentence names what it does; a method of the standard library that makes the call stands in its code. A call
//! for which none of them holds has no number: nothing is guessed.

use events::{Call, Object};

use super::deeds::{Act, Deed};

/// The digits that number steps.
const DIGITS: &str = "①②③④⑤⑥⑦⑧⑨⑩";

/// Kinds of deeds that a step can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Socket,
    Option,
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Receive,
    Shutdown,
    Close,
    Fork,
    Spawn,
    Wait,
    Sleep,
    Rename,
    Kill,
    AwaitSignal,
}

/// How a topic shows in a source: system calls, beginnings of clauses, methods.
fn marks(
    topic: Topic,
) -> (&'static [&'static str], &'static [&'static str], &'static [&'static str]) {
    match topic {
        Topic::Socket => (
            &["socket("],
            &["创建套接字", "再创建一个"],
            &["TcpListener::bind(", "TcpStream::connect("],
        ),
        // std does it between socket and bind
        Topic::Option => {
            (&["setsockopt("], &["允许地址复用", "创建套接字"], &["TcpListener::bind("])
        }
        Topic::Bind => (&["bind("], &["绑定"], &["TcpListener::bind("]),
        Topic::Listen => (&["listen("], &["监听"], &["TcpListener::bind("]),
        Topic::Accept => (&["accept("], &["等待连接", "等待客户端"], &[".accept("]),
        Topic::Connect => (&["connect("], &["连接服务器"], &["TcpStream::connect("]),
        Topic::Send => (&["send("], &["发送", "发一段", "回复"], &[".write_all("]),
        Topic::Receive => (
            &["recv("],
            &["接收", "收一段", "收回复"],
            &[".read(", ".read_to_end(", ".read_until("],
        ),
        Topic::Shutdown => (&["shutdown("], &["半关闭"], &[".shutdown("]),
        Topic::Close => (&["close("], &["关闭"], &[]),
        Topic::Fork => (&["fork("], &["启动子进程", "启动两个子进程"], &["Process::start("]),
        Topic::Spawn => (&[], &["创建并启动两个线程"], &["thread::spawn(", ".spawn("]),
        Topic::Sleep => (&[], &[], &["sleep("]),
        Topic::Rename => (&["rename("], &[], &["file.finish()"]),
        Topic::Wait => (&["waitpid(", "wait("], &["等两个子进程", "等两个线程"], &[".join()"]),
        Topic::Kill => (&["kill("], &[], &[".terminate()"]),
        Topic::AwaitSignal => (&["sigwait("], &[], &[".wait()"]),
    }
}

/// A numbered step of a source.
#[derive(Debug)]
struct Step {
    /// `④`, or several where the source does not tell them apart.
    label: String,
    /// The clauses of its first sentence.
    clauses: Vec<String>,
    /// The code up to the next step.
    code: String,
}

/// The steps of a program, in the order of its source.
#[derive(Debug, Default)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// Reads them from a `main.rs`.
    pub fn parse(source: &str) -> Steps {
        let mut steps: Vec<Step> = Vec::new();
        // the step that the code at hand belongs to
        let mut current: Option<usize> = None;
        for line in source.lines() {
            let code = line.trim();
            if line == "}" {
                current = None;
            } else if let Some(comment) = code.strip_prefix("// ")
                && comment.starts_with(|c| DIGITS.contains(c))
            {
                let last = |step: &Step| step.label.chars().next_back().map(place);
                let before = current.and_then(|index| last(&steps[index]));
                let found = split(comment);
                let looks_ahead = {
                    let next = found[0].label.chars().next().map(place);
                    before.zip(next).is_some_and(|(before, next)| next > before + 1)
                };
                let shared = found.len() > 1;
                steps.extend(found);
                match (looks_ahead, shared) {
                    // a word about a later step in the middle of this one: the code still belongs to this one
                    (true, _) => {}
                    // several steps in one line of code: only their words tell them apart
                    (false, true) => current = None,
                    (false, false) => current = Some(steps.len() - 1),
                }
            } else if !code.starts_with("//")
                && let Some(step) = current
            {
                steps[step].code.push_str(code);
                steps[step].code.push('\n');
            }
        }
        Steps(steps)
    }

    /// The steps about a topic, in order.
    fn about(&self, topic: Topic) -> Vec<usize> {
        let (calls, words, methods) = marks(topic);
        let which = |test: &dyn Fn(&Step) -> bool| -> Vec<usize> {
            (0..self.0.len()).filter(|index| test(&self.0[*index])).collect()
        };
        let ways = [
            which(&|step| calls.iter().any(|call| calls_it(&step.code, call))),
            which(&|step| {
                step.clauses.iter().any(|clause| words.iter().any(|word| clause.starts_with(word)))
            }),
            which(&|step| methods.iter().any(|method| step.code.contains(method))),
        ];
        ways.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The place of a step's number: not always its place in the source.
    fn ordinal(&self, step: usize) -> Option<usize> {
        self.0.get(step)?.label.chars().next().map(place)
    }

    /// The numbers of one program's deeds, in their order: `None` for those that no step is about.
    ///
    /// Where several steps are about the same thing, the next one in the source is meant (`socket`, `close`, `socket`);
    /// processes and threads only if there are as many as places that make them. `main`: it is the program's first
    /// thread; others sleep and wait outside of the steps.
    pub fn number(&self, deeds: &[&Deed], main: bool) -> Vec<Option<String>> {
        let of_main = |topic: &Topic| main || !matches!(topic, Topic::Sleep | Topic::Wait);
        let topics: Vec<Option<Topic>> =
            deeds.iter().map(|deed| topic(deed).filter(of_main)).collect();
        let mut at = 0;
        let mut made = [0, 0];
        let label = |topic: &Option<Topic>| {
            let topic = (*topic)?;
            let found = self.about(topic);
            let step = match topic {
                Topic::Fork | Topic::Spawn if found.len() > 1 => {
                    let mine = deeds.iter().zip(&topics).filter(|(_, one)| **one == Some(topic));
                    let all: u64 = mine.map(|(deed, _)| deed.count).sum();
                    let nth = &mut made[usize::from(topic == Topic::Spawn)];
                    *nth += 1;
                    *found.get(*nth - 1).filter(|_| all == found.len() as u64)?
                }
                // what is left at the end is closed without being told
                Topic::Close => {
                    *found.iter().find(|index| self.ordinal(**index) >= self.ordinal(at))?
                }
                _ => *found.iter().find(|index| **index >= at).or(found.first())?,
            };
            at = step;
            Some(self.0[step].label.clone())
        };
        topics.iter().map(label).collect()
    }
}

/// A call by this name, not a method or a function of something else.
fn calls_it(code: &str, call: &str) -> bool {
    code.match_indices(call).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '.')
    })
}

/// The place of a digit among the digits.
fn place(digit: char) -> usize {
    DIGITS.chars().position(|one| one == digit).unwrap_or_default()
}

/// The steps that a comment begins: `① 创建套接字  ② 连接服务器：..`, `①②③ 创建套接字、绑定、监听`.
fn split(comment: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = comment;
    while !rest.is_empty() {
        let end = rest.find(|c| !DIGITS.contains(c)).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let end = after.find(|c| DIGITS.contains(c)).unwrap_or(after.len());
        let (words, next) = after.split_at(end);
        let sentence = words.split('。').next().unwrap_or_default();
        let parts: Vec<&str> = sentence.split('、').collect();
        let code = String::new;
        if digits.chars().count() == parts.len() {
            steps.extend(digits.chars().zip(parts).map(|(digit, part)| Step {
                label: digit.to_string(),
                clauses: clauses(part),
                code: code(),
            }));
        } else {
            let label = digits.to_owned();
            steps.push(Step { label, clauses: clauses(sentence), code: code() });
        }
        rest = next;
    }
    steps
}

fn clauses(sentence: &str) -> Vec<String> {
    sentence.split(['：', '，', '、', '；']).map(|clause| clause.trim().to_owned()).collect()
}

fn topic(deed: &Deed) -> Option<Topic> {
    let Act::Calls { call, .. } = &deed.act else {
        return match &deed.act {
            Act::Sleeps(_) => Some(Topic::Sleep),
            Act::Waits(Call::Accept { .. }) => Some(Topic::Accept),
            Act::Waits(Call::Wait { .. } | Call::Futex { .. }) => Some(Topic::Wait),
            Act::Waits(Call::Receive { object: Object::Connection { .. }, .. }) => {
                Some(Topic::Receive)
            }
            Act::Waits(Call::AwaitSignal { .. }) => Some(Topic::AwaitSignal),
            Act::Makes { thread: true, .. } => Some(Topic::Spawn),
            Act::Makes { thread: false, .. } => Some(Topic::Fork),
            _ => None,
        };
    };
    Some(match call {
        Call::Socket { .. } => Topic::Socket,
        Call::SetOption { .. } => Topic::Option,
        Call::Bind { .. } => Topic::Bind,
        Call::Listen { .. } => Topic::Listen,
        Call::Accept { .. } => Topic::Accept,
        Call::Connect { .. } => Topic::Connect,
        Call::Send { object: Object::Connection { .. }, .. } => Topic::Send,
        Call::Receive { object: Object::Connection { .. }, .. } => Topic::Receive,
        Call::Shutdown { .. } => Topic::Shutdown,
        Call::Close { .. } => Topic::Close,
        Call::Wait { .. } | Call::Futex { .. } => Topic::Wait,
        Call::Sleep { .. } => Topic::Sleep,
        Call::Rename { .. } => Topic::Rename,
        Call::Kill { .. } => Topic::Kill,
        Call::AwaitSignal { .. } => Topic::AwaitSignal,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(source: &str, topic: Topic) -> Vec<String> {
        let steps = Steps::parse(source);
        steps.about(topic).into_iter().map(|step| steps.0[step].label.clone()).collect()
    }

    #[test]
    fn a_call_in_the_code_is_the_surest_sign() {
        let source = "\
fn run() {
    // ① 启动两个子进程
    start(work);
}

fn start() {
    // ② 把当前进程复制一份
    match unsafe { fork() } {}
}
";
        assert_eq!(labels(source, Topic::Fork), ["②"]);
        assert!(labels(source, Topic::Send).is_empty(), "nothing is guessed");
    }

    #[test]
    fn several_numbers_in_one_comment() {
        let together = "    // ①②③ 创建套接字、绑定、监听\n    let l = TcpListener::bind(addr)?;\n";
        assert_eq!(labels(together, Topic::Socket), ["①"]);
        assert_eq!(labels(together, Topic::Listen), ["③"]);
        let one_line = "    // ① 创建套接字  ② 连接服务器：一行\n    TcpStream::connect(addr)?;\n";
        assert_eq!(labels(one_line, Topic::Connect), ["②"]);
        let untold = "    // ①②③ 一行做完四个系统调用\n    let l = TcpListener::bind(addr)?;\n";
        assert_eq!(labels(untold, Topic::Bind), ["①②③"]);
    }

    #[test]
    fn a_word_about_a_later_step_does_not_take_the_code() {
        let source = "\
    // ④ 门口
    loop {
        // ⑥ 关了门，accept 就出错
        let client = door.accept();
    }
";
        assert_eq!(labels(source, Topic::Accept), ["④"]);
    }
}

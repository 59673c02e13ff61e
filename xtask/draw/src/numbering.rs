//! Which call belongs to which numbered step of a lesson's source.
//!
//! The source says it in four ways, the surest first: the system call itself stands in the step's code; it stands in a
//! function of the same file that the step calls; a method that makes the call stands in the step's code; the step's
//! title names it, which counts alone only where code shows nothing: a socket is closed at the end of its scope. Where
//! several steps have the same lines, or a method may mean something else as well (a file is written like a connection),
//! the terms in the titles tell them apart. A call for which none of them holds has no number: nothing is guessed.
//!
//! A process or thread that the program makes does not come by the steps of the function that made it: where steps of
//! several functions may be meant, only those count that stand in the one function with which it begins.

use std::collections::BTreeSet;
use std::ops::Range;

use course::steps::{self, Step};

use super::deeds::Deed;
use super::topic::Topic;

/// A program's source: its steps, and the functions that they may call.
#[derive(Debug)]
pub struct Program<'a> {
    /// In the order of the source.
    steps: Vec<Step<'a>>,
    functions: Vec<Function<'a>>,
}

/// A function of the source, not a method.
#[derive(Debug)]
struct Function<'a> {
    /// With its parenthesis: `create(`.
    name: &'a str,
    /// The lines of its body.
    body: &'a str,
    /// Its lines in the source, from 0: those of its head and of its body.
    lines: Range<usize>,
}

impl<'a> Program<'a> {
    /// Reads a `main.rs`.
    pub fn of(source: &'a str) -> Program<'a> {
        Program { steps: steps::parse(source), functions: functions(source) }
    }

    /// The numbers of one actor's deeds, in their order: `None` for those that no step is about.
    ///
    /// Where several steps are about the same thing, the next one in the source is meant (`socket`, `close`, `socket`);
    /// processes and threads only if there are as many as places that make them. `main`: it is the program's first
    /// thread; others sleep and wait outside of the steps.
    pub fn number(&self, deeds: &[&Deed], main: bool) -> Vec<Option<String>> {
        let of_main = |topic: &Topic| main || !matches!(topic, Topic::Sleep | Topic::Wait);
        let topics: Vec<Option<Topic>> =
            deeds.iter().map(|deed| Topic::of(deed).filter(of_main)).collect();
        let mut at = 0;
        let mut made = [0, 0];
        let label = |topic: &Option<Topic>| {
            let topic = (*topic)?;
            let found = self.about(topic);
            let found = if main { found } else { self.in_reach(found) };
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
                    *found.iter().find(|index| self.first(**index) >= self.first(at))?
                }
                _ => *found.iter().find(|index| **index >= at).or(found.first())?,
            };
            at = step;
            Some(self.steps[step].label())
        };
        topics.iter().map(label).collect()
    }

    /// Of the steps that may be meant, those that a process or thread which the program has made can come by.
    fn in_reach(&self, found: Vec<usize>) -> Vec<usize> {
        let home = |step: &usize| {
            let line = self.steps[*step].lines.start;
            self.functions.iter().position(|one| one.lines.contains(&line))
        };
        let homes: BTreeSet<Option<usize>> = found.iter().map(home).collect();
        if homes.len() < 2 {
            return found;
        }
        let makers = [self.about(Topic::Fork), self.about(Topic::Spawn)].concat();
        let is_first = |at: usize| {
            let name = self.functions[at].name.trim_end_matches('(');
            makers.iter().any(|step| says_function(&self.steps[*step].code, name))
        };
        let mut first = homes.into_iter().filter(|home| home.is_some_and(is_first));
        match (first.next(), first.next()) {
            (Some(only), None) => found.into_iter().filter(|step| home(step) == only).collect(),
            _ => Vec::new(),
        }
    }

    /// The first number of a step: not always its place in the source.
    fn first(&self, step: usize) -> Option<usize> {
        self.steps.get(step)?.numbers.first().copied()
    }

    /// The steps about a topic, in order.
    fn about(&self, topic: Topic) -> Vec<usize> {
        let evidence = topic.evidence();
        let which = |test: &dyn Fn(&Step<'_>) -> bool| -> Vec<usize> {
            (0..self.steps.len()).filter(|index| test(&self.steps[*index])).collect()
        };
        let any = |code: &str| evidence.calls.iter().any(|call| calls(code, call));
        let says = |step: &Step<'_>| {
            step.clauses().any(|clause| evidence.terms.iter().any(|term| clause.starts_with(term)))
        };
        // of those with the same lines, the one that says it; `all`: of all
        let told_apart = |found: Vec<usize>, all: bool| -> Vec<usize> {
            let steps: Vec<&Step<'_>> = found.iter().map(|index| &self.steps[*index]).collect();
            let rival = |one: &Step<'_>| {
                steps.iter().any(|other| says(other) && (all || other.lines == one.lines))
            };
            found
                .iter()
                .zip(&steps)
                .filter(|(_, one)| says(one) || !rival(one))
                .map(|(index, _)| *index)
                .collect()
        };
        let direct = which(&|step| any(&step.code));
        if !direct.is_empty() {
            return told_apart(direct, false);
        }
        let through = which(&|step| {
            self.functions.iter().any(|one| calls(&step.code, one.name) && any(one.body))
        });
        if !through.is_empty() {
            return told_apart(through, false);
        }
        let methods =
            which(&|step| evidence.methods.iter().any(|method| step.code.contains(method)));
        match topic {
            Topic::Close if methods.is_empty() => which(&|step| says(step)),
            _ => told_apart(methods, true),
        }
    }
}

/// The functions of a source: they begin and end in the first column.
fn functions(source: &str) -> Vec<Function<'_>> {
    let starts = source.match_indices("\nfn ").map(|(at, head)| at + head.len());
    starts
        .filter_map(|start| {
            let rest = &source[start..];
            let whole = &rest[..rest.find("\n}").unwrap_or(rest.len())];
            let (head, body) = whole.split_once('\n')?;
            let name = &head[..=head.find('(')?];
            let line = source[..start].matches('\n').count();
            Some(Function { name, body, lines: line..line + 1 + body.lines().count() })
        })
        .collect()
}

/// Whether code has this function, called or handed over: not in its head (`fn answer(`).
fn says_function(code: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        !before.ends_with("fn ") && !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

/// Whether code calls a function by this name (`bind(`): not a method or a function of something else, nor its head.
fn calls(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = &code[..at];
        !before.ends_with("fn ")
            && !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(source: &str, topic: Topic) -> Vec<String> {
        let program = Program::of(source);
        program.about(topic).into_iter().map(|step| program.steps[step].label()).collect()
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
    fn a_call_may_stand_in_a_function_of_the_same_file() {
        let source = "\
use x::y;

fn run() {
    // ① 甲
    let first = create();
    // ② 乙
    first.create();
    // ③ 丙
    let second = create();
}

fn create() -> Socket {
    // 说明：bind( 不在这里
    socket(1)
}
";
        assert_eq!(labels(source, Topic::Socket), ["①", "③"]);
        assert!(labels(source, Topic::Fork).is_empty());
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
        let calls = "    // ① 绑定  ② 监听\n    bind(fd, addr)?;\n    listen(fd, 5)?;\n";
        assert_eq!(labels(calls, Topic::Listen), ["②"]);
    }

    #[test]
    fn terms_tell_apart_what_methods_do_not() {
        let source =
            "    // ① 读文件\n    file.read(b);\n    // ② 收回复\n    server.read_to_end(b);\n";
        assert_eq!(labels(source, Topic::Receive), ["②"]);
        let untold = "    // ① 甲\n    client.read(b);\n    // ② 乙\n    client.read(b);\n";
        assert_eq!(labels(untold, Topic::Receive), ["①", "②"]);
        // a term alone is enough only for what happens without any code
        let words = "    // ① 接收\n    // ② 关闭：离开作用域\n    // ③ 直到服务器关闭\n";
        assert!(labels(words, Topic::Receive).is_empty());
        assert_eq!(labels(words, Topic::Close), ["②"]);
    }

    #[test]
    fn a_child_comes_by_the_steps_of_the_function_it_begins_with() {
        let source = "
fn run() {
    // ① 创建子进程
    let child = Process::start(\"p1\", || answer(&end));
    // ② 接收
    end.read_to_end(&mut reply);
}

fn answer(end: &Stream) {
    // ③ 接收
    end.read_to_end(&mut heard);
}

fn other(end: &Stream) {
    // ④ 接收
    end.read_to_end(&mut heard);
}
";
        let reached = |source: &str| {
            let program = Program::of(source);
            let found = program.in_reach(program.about(Topic::Receive));
            found.into_iter().map(|step| program.steps[step].label()).collect::<Vec<_>>()
        };
        assert_eq!(labels(source, Topic::Receive), ["②", "③", "④"]);
        assert_eq!(reached(source), ["③"]);
        let by_name = source.replace("|| answer(&end)", "answer");
        assert_eq!(reached(&by_name), ["③"]);
        // which of the two it is cannot be told
        let two =
            source.replace("|| answer(&end)", "|| if one { answer(&end) } else { other(&end) }");
        assert!(reached(&two).is_empty());
        // only one function has such a step: it has not to be told apart
        let one = source.replace("// ③", "// 说明").replace("// ④", "// 说明");
        assert_eq!(reached(&one), ["②"]);
    }

    #[test]
    fn a_word_about_a_later_step_does_not_take_the_code() {
        let source = "\
    // ④ 门口
    loop {
        // ⑥ 关了门，accept 就出错
        let client = door.accept();
    }
    // ⑥ 关门
    close_the_door();
";
        assert_eq!(labels(source, Topic::Accept), ["④"]);
    }
}

//! Lines about a terminal or a lane: `名字[/道] 动作 …`.

use limits::TYPED_LINE;

use text::near;

use crate::script::spelling::{Act, Argument, Line, Printed, Stage, Text, Word, Words};
use crate::script::words::{Directive, MARKS, Mark, OUTPUT, Verb, after_a_terminal};
use crate::script::{
    Action, Demand, Direction, Expected, Forbidden, Lane, Mechanism, PARTNER, Practice, Terminal,
};

use super::error::ParseError;
use super::pattern::is_name;
use super::{Parser, operand};

impl Parser<'_> {
    pub(super) fn stage(&mut self, line: &Line, stage: &Stage) -> Result<(), ParseError> {
        let Stage { name, mechanism, act } = stage;
        check_name(line, *name)?;
        let (terminal_name, lane) = in_two(name.text);
        if let (Act::Start { mark, words, .. }, None) = (act, mechanism) {
            if lane.is_some() {
                let help = format!("写成「{terminal_name} $ …」");
                return Err(line.error(name.at, "启动程序的是终端，不是道", help));
            }
            return self.start(line, *name, *mark, words);
        }
        let terminal = self.find_terminal(line, name.at, terminal_name)?;
        if let (Some((_, word)), None) = (mechanism, lane) {
            return Err(line.error(
                word.at,
                "「进程」「线程」说的是一条道，这里没有道的名字",
                format!("写成「{terminal_name}/甲 进程 | 文字」"),
            ));
        }
        let output = |printed: &&Printed| printed.mark.text == OUTPUT;
        if let Some(printed) = stage.printed().filter(output) {
            let mechanism = mechanism.map(|(mechanism, _)| mechanism);
            let lane = self.lane(line, *name, terminal, mechanism)?;
            return self.expect(line, printed, lane);
        }
        if mechanism.is_some() {
            return Err(line.error(act.at(), "这里应当是「|」", "写成「主/甲 进程 | 文字」"));
        }
        check_half_width(line, act.at())?;
        if let Some(lane) = lane {
            return Err(no_output(line, act.at(), lane));
        }
        self.act(line, *name, terminal, act)
    }

    /// What is said about a terminal that runs, its output excepted.
    fn act(
        &mut self,
        line: &Line,
        name: Word,
        terminal: usize,
        act: &Act,
    ) -> Result<(), ParseError> {
        let action = match act {
            Act::Printed(printed) => return self.expect_stderr(line, name, printed, terminal),
            Act::Forbid(_, printed) => return self.forbid(line, printed, terminal),
            Act::Type { mark, gap, text } => {
                if text.len() > TYPED_LINE {
                    let help = format!("至多 {TYPED_LINE} 字节");
                    return Err(line.error(mark.end() + gap.len(), "一行输入太长", help));
                }
                self.scene().terminals[terminal].typed = true;
                Action::Type((*text).to_owned())
            }
            Act::Verb(verb, _, words) => match verb {
                Verb::CloseInput => {
                    self.scene().terminals[terminal].typed = true;
                    line.nothing_after(words, 0)?;
                    Action::CloseInput
                }
                Verb::Listen => Action::Listen(operand::endpoint(line, words)?),
                Verb::Connect => Action::Connect(operand::endpoint(line, words)?),
                Verb::Await => {
                    line.nothing_after(words, 0)?;
                    Action::Await
                }
                Verb::End => Action::End(operand::end(line, words)?),
                Verb::Stop => Action::Stop(operand::stop(line, words)?),
                Verb::Demand => return self.demand(line, words, terminal),
                Verb::TakesFirst => {
                    self.scene().terminals[terminal].takes_first = true;
                    return line.nothing_after(words, 0);
                }
                Verb::Forbid => {
                    let help = "写成「服务器端 不出现 | 文字」";
                    return Err(line.error(words.get(0).at, "「不出现」后面应当是「|」", help));
                }
            },
            // what starts a program has been read before
            Act::Start { .. } | Act::Unknown(_) => return Err(unknown(line, name, act.at())),
        };
        self.direct(line, terminal, action);
        Ok(())
    }

    /// A stage direction.
    fn direct(&mut self, line: &Line, terminal: usize, action: Action) {
        let scene = self.scene();
        let (lines_above, stderr_above) = (scene.lines.len(), scene.stderr_lines.len());
        scene.directions.push(Direction {
            line: line.number,
            terminal,
            action,
            lines_above,
            stderr_above,
        });
    }

    fn find_terminal(&mut self, line: &Line, at: usize, name: &str) -> Result<usize, ParseError> {
        let terminals = &self.scene().terminals;
        if let Some(index) = terminals.iter().position(|terminal| terminal.name == name) {
            return Ok(index);
        }
        let mut known: Vec<&str> = Directive::words().collect();
        known.extend(terminals.iter().map(|terminal| terminal.name.as_str()));
        let help = match near(name, known) {
            Some(near) => format!("是不是「{near}」？"),
            None => format!("先启动它：「{name} $ lesson-…」"),
        };
        Err(line.error(at, format!("终端「{name}」还没有启动程序"), help))
    }

    fn start(
        &mut self,
        line: &Line,
        name: Word,
        mark: Word,
        words: &[Argument],
    ) -> Result<(), ParseError> {
        let Word { text: name, at, .. } = name;
        if Directive::words().chain(after_a_terminal()).any(|word| word == name) {
            return Err(line.error(at, format!("「{name}」是剧本的用语"), "给终端换一个名字"));
        }
        if self.scene().terminals.iter().any(|terminal| terminal.name == name) {
            let message = format!("终端「{name}」已经启动过一个程序");
            let help = "一个终端只运行一个程序：给第二个换一个名字";
            return Err(line.error(at, message, help));
        }
        let action = match words.first() {
            Some(Argument { open, text, .. }) if open.text.is_empty() && is_partner(text) => {
                let first = Word { space: "", text: PARTNER, at: text.at };
                self.partner(line, first)?
            }
            _ => self.program(line, mark, words)?,
        };
        let given = matches!(&action, Action::Start { package, .. } if package == PARTNER);
        let scene = self.scene();
        let name = name.to_owned();
        scene.terminals.push(Terminal { name, typed: false, takes_first: false, given });
        let terminal = scene.terminals.len() - 1;
        self.direct(line, terminal, action);
        Ok(())
    }

    /// A program of the course and its arguments.
    fn program(
        &mut self,
        line: &Line,
        mark: Word,
        words: &[Argument],
    ) -> Result<Action, ParseError> {
        let mut args = Vec::new();
        for word in words {
            args.push(self.argument(line, word)?);
        }
        let mut args = args.into_iter();
        let package = args.next().map(|word| word.render(None, &Default::default()));
        if let Some(package) = package.as_ref().filter(|package| is_program(package)) {
            return Ok(Action::Start { package: package.clone(), args: args.collect() });
        }
        let message = "「$」后面要写一个程序的名字";
        let help = match package.and_then(|package| near(&package, [PARTNER])) {
            Some(near) => format!("是不是「{near}」？"),
            None => "例如「$ lesson-05-single-task」".to_owned(),
        };
        Err(line.error(mark.end(), message, help))
    }

    /// The lane of this name, new or known.
    fn lane(
        &mut self,
        line: &Line,
        name: Word,
        terminal: usize,
        mechanism: Option<Mechanism>,
    ) -> Result<usize, ParseError> {
        let (_, lane) = in_two(name.text);
        let lanes = &mut self.scene().lanes;
        let same = |one: &Lane| one.terminal == terminal && one.name.as_deref() == lane;
        let Some(index) = lanes.iter().position(same) else {
            let name = lane.map(str::to_owned);
            lanes.push(Lane { terminal, name, mechanism, line: line.number });
            return Ok(lanes.len() - 1);
        };
        if mechanism.is_some() && mechanism != lanes[index].mechanism {
            let first = lanes[index].line;
            return Err(line.error(
                name.at,
                "同一条道，前后说法不一样",
                format!("第 {first} 行第一次写到这条道：「进程」或「线程」只在那里写一次就够了"),
            ));
        }
        Ok(index)
    }

    fn expect(&mut self, line: &Line, printed: &Printed, lane: usize) -> Result<(), ParseError> {
        let Printed { mark, count, text, .. } = printed;
        let mut times = match count {
            Some(count) => operand::repetition(line, mark.end(), count)?,
            None => 1..=1,
        };
        let (pattern, counter) = self.pattern(line, *text, true)?;
        if let Some(range) = &counter {
            if count.is_some() {
                let message = "「次」和 {a..b} 不能用在同一行";
                return Err(line.error(text.end(), message, "两个里留一个"));
            }
            let length = *range.end() - *range.start() + 1;
            times = length..=length;
        }
        let (line, section) = (line.number, self.section);
        let counter = counter.map(|range| *range.start());
        self.scene().lines.push(Expected { line, lane, section, pattern, times, counter });
        Ok(())
    }

    fn expect_stderr(
        &mut self,
        line: &Line,
        name: Word,
        printed: &Printed,
        terminal: usize,
    ) -> Result<(), ParseError> {
        let Printed { mark, text, .. } = printed;
        let lane = self.lane(line, name, terminal, None)?;
        let (pattern, counter) = self.pattern(line, *text, true)?;
        if counter.is_some() {
            return Err(line.error(text.end(), "标准错误的行不能重复", "去掉 {a..b}"));
        }
        if let Some((name, identity)) = pattern.identities().next() {
            return Err(line.error(
                mark.end(),
                format!("「:{}」只能用在标准输出的行里", identity.word()),
                format!("这里写成 <{name}:数>"),
            ));
        }
        let (line, section) = (line.number, self.section);
        let expected = Expected { line, lane, section, pattern, times: 1..=1, counter: None };
        self.scene().stderr_lines.push(expected);
        Ok(())
    }

    fn forbid(
        &mut self,
        line: &Line,
        printed: &Printed,
        terminal: usize,
    ) -> Result<(), ParseError> {
        let Printed { mark, text, .. } = printed;
        let (pattern, counter) = self.pattern(line, *text, true)?;
        if counter.is_some() {
            return Err(line.error(text.end(), "「不出现」的行不能有 {a..b}", "用 <..> 代替"));
        }
        if pattern.names().next().is_some() {
            return Err(line.error(mark.at, "「不出现」的行不能有名字", "用 <..> 代替"));
        }
        self.scene().forbidden.push(Forbidden { line: line.number, terminal, pattern });
        Ok(())
    }

    fn demand(&mut self, line: &Line, words: &Words, terminal: usize) -> Result<(), ParseError> {
        let at = words.get(0).at;
        let text = line.rest(at);
        let Some(practice) = Practice::parse(text) else {
            if text.is_empty() {
                return Err(line.error(at, "「做法」后面要写一种用语", all_practices()));
            }
            let any_number = |c: char| if c.is_ascii_digit() { 'N' } else { c };
            let form: String = text.chars().map(any_number).collect();
            let help = match near(&form, Practice::phrases()) {
                Some(near) if near.contains('N') => format!("是不是「{near}」？N 是数"),
                Some(near) => format!("是不是「{near}」？"),
                None => all_practices(),
            };
            return Err(line.error(at, format!("不认识的做法「{text}」"), help));
        };
        self.scene().demands.push(Demand { line: line.number, terminal, practice });
        Ok(())
    }
}

/// A partner is started: its name, perhaps with what it does directly behind it.
fn is_partner(text: &Text) -> bool {
    let rest = text.source.strip_prefix(PARTNER);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['，', ',', ':', '：']))
}

/// `主/甲` is 主 and 甲.
fn in_two(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((terminal, lane)) => (terminal, Some(lane)),
        None => (name, None),
    }
}

/// The first word of a line must be the name of a terminal or a lane.
fn check_name(line: &Line, name: Word) -> Result<(), ParseError> {
    let Word { text, at, .. } = name;
    let colon =
        |word: &&str| text.strip_prefix(word).is_some_and(|end| end.starts_with(['：', ':']));
    if let Some(word) = Directive::headings().find(colon) {
        let help = format!("写成「{word} 名字」，中间是空格");
        return Err(line.error(at, format!("「{word}」后面不要冒号"), help));
    }
    for Mark { text: mark, .. } in MARKS {
        if let Some(name) = text.strip_suffix(mark).filter(|name| is_name(name)) {
            let message = format!("「{mark}」前面要有空格");
            return Err(line.error(at + name.len(), message, format!("写成「{name} {mark} …」")));
        }
    }
    let (terminal, lane) = in_two(text);
    if is_name(terminal) && lane.is_none_or(is_name) {
        return Ok(());
    }
    let help = match near(text, Directive::words()) {
        Some(near) => format!("是不是「{near}」？"),
        None => {
            "一行以终端的名字开头，例如「服务器端 | 文字」；名字只用文字、数字和下划线".to_owned()
        }
    };
    Err(line.error(at, format!("「{text}」不能作终端的名字"), help))
}

/// A Chinese keyboard gives other marks.
fn check_half_width(line: &Line, at: usize) -> Result<(), ParseError> {
    match MARKS.iter().find(|mark| line.text[at..].starts_with(mark.full_width)) {
        Some(Mark { full_width, text, .. }) => {
            let message = format!("「{full_width}」是中文（全角）符号");
            Err(line.error(at, message, format!("换成英文的「{text}」")))
        }
        None => Ok(()),
    }
}

/// Something else than `|` follows the name of a lane.
fn no_output(line: &Line, at: usize, lane: &str) -> ParseError {
    let word = line.text[at..].split_whitespace().next().unwrap_or_default();
    match near(word, Mechanism::words()) {
        Some(near) => line.error(at, "看不懂这条道是什么", format!("是不是「{near}」？")),
        None => line.error(
            at,
            format!("道「{lane}」后面应当是「|」"),
            "道只用来说标准输出的顺序；启动、结束、标准错误都写在终端上",
        ),
    }
}

/// What follows the name of a terminal is neither a mark nor a verb.
fn unknown(line: &Line, name: Word, at: usize) -> ParseError {
    let word = line.text[at..].split_whitespace().next().unwrap_or_default();
    let message = match word {
        "" => format!("「{}」后面什么也没有", name.text),
        word => format!("不认识「{word}」"),
    };
    let help = match near(word, after_a_terminal()) {
        Some(near) => format!("是不是「{near}」？"),
        None => {
            let marks = MARKS.iter().map(|mark| format!("{} {}", mark.text, mark.task));
            let all: Vec<String> = marks.chain(Verb::words().map(str::to_owned)).collect();
            format!("可以写：{}", all.join("　"))
        }
    };
    line.error(at, message, help)
}

fn all_practices() -> String {
    let all: Vec<&str> = Practice::phrases().collect();
    format!("可以写：{}（N 是数）", all.join("　"))
}

/// The name of a lesson's program, or of an exercise's.
fn is_program(name: &str) -> bool {
    ["lesson-", "practice-"].into_iter().any(|start| name.starts_with(start))
}

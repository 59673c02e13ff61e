//! From the text of a `script.txt` to [`Script`]; every mistake has a line, a column and a remedy.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::RangeInclusive;
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::{
    Action, Compared, Content, DEFAULT_LIMIT, Demand, Distinct, End, Expected, Forbidden, Identity,
    Interface, Lane, Mechanism, NameKind, Part, Pattern, Practice, Prepared, Scene, Script, Step,
    StopSignal, Terminal,
};

/// Words that begin a line of their own and cannot name a terminal.
const DIRECTIVES: [&str; 8] = ["场景", "检查", "限时", "真实时间", "网卡", "不同", "准备", "核对"];
/// Words that follow a terminal's name.
const VERBS: [&str; 9] =
    ["监听", "连接", "等待", "结束", "停止", "输入完", "不出现", "做法", "进程"];

/// A line is repeated at most this often.
const MOST_TIMES: u64 = 10_000_000;
/// A prepared file is at most this big: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;
/// A typed line is at most this long: so a pipe takes it whole or not at all (PIPE_BUF, pipe(7)).
const MOST_TYPED: usize = 4_000;

/// What a Chinese keyboard gives instead of what a script wants.
const FULL_WIDTH: [(&str, &str); 4] = [("｜", "|"), ("！", "!"), ("＄", "$"), ("＜", "<")];

/// A mistake in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The text of the line.
    pub source: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let before: String = self.source.chars().take(self.column - 1).collect();
        // a tab has no width of its own: show it as one space, in the line and below it
        let pad = " ".repeat(before.replace('\t', " ").width());
        writeln!(f, "第 {} 行第 {} 列：{}", self.line, self.column, self.message)?;
        writeln!(f, "  {number} | {}", self.source.replace('\t', " "))?;
        writeln!(f, "  {gutter} | {pad}^")?;
        write!(f, "  {gutter} = {}", self.help)
    }
}

impl std::error::Error for ParseError {}

/// Parses a whole script.
///
/// # Errors
/// The first mistake in it.
pub fn parse(text: &str) -> Result<Script, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut parser =
        Parser { source: &source, scenes: Vec::new(), section: 0, names: BTreeMap::new() };
    for (index, text) in source.iter().enumerate() {
        parser.line(Cursor { text, at: 0, line: index + 1 })?;
    }
    parser.finish()?;
    let scenes = parser.scenes;
    Ok(Script { source, scenes })
}

/// A line and how far it has been read (`at` is a byte offset).
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes `prefix` if it comes next.
    fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// The next word, up to white space; empty at the end of the line.
    fn word(&mut self) -> &'a str {
        self.skip_spaces();
        let word = self.rest().split_whitespace().next().unwrap_or_default();
        self.at += word.len();
        word
    }

    fn error(&self, message: impl Into<String>, help: impl Into<String>) -> ParseError {
        self.error_at(self.at, message, help)
    }

    fn error_at(
        &self,
        at: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> ParseError {
        ParseError {
            line: self.line,
            column: self.text[..at].chars().count() + 1,
            message: message.into(),
            help: help.into(),
            source: self.text.to_owned(),
        }
    }

    /// Nothing but white space may be left.
    fn end(&mut self) -> Result<(), ParseError> {
        self.skip_spaces();
        if self.rest().is_empty() {
            return Ok(());
        }
        Err(self.error(
            format!("多余的「{}」", self.rest().trim_end()),
            "这一行到前面为止已经完整，请删去",
        ))
    }
}

struct Parser<'a> {
    /// The whole script.
    source: &'a [String],
    scenes: Vec<Scene>,
    /// Dividers seen in this scene.
    section: usize,
    /// Names of this scene, and whether each stands for digits only.
    names: BTreeMap<String, bool>,
}

impl Parser<'_> {
    fn line(&mut self, mut cursor: Cursor) -> Result<(), ParseError> {
        cursor.skip_spaces();
        let start = cursor.at;
        if cursor.rest().is_empty() || cursor.rest().starts_with('#') {
            return Ok(());
        }
        let word = cursor.word();
        if word == "场景" || word == "检查" {
            return self.heading(cursor, word == "检查");
        }
        if self.scenes.is_empty() {
            let help = match word.starts_with("场景") {
                true => "「场景」和名字之间要有空格，不要冒号",
                false => "先写一行「场景 这一幕的名字」",
            };
            return Err(cursor.error_at(start, "场景还没有开始", help));
        }
        if word.len() >= 4 && word.bytes().all(|byte| byte == b'-') {
            self.section += 1;
            return cursor.end();
        }
        match word {
            "限时" => self.limit(cursor),
            "真实时间" => {
                self.scene().real_time = true;
                cursor.end()
            }
            "网卡" => self.interface(cursor),
            "不同" => self.distinct(cursor),
            "准备" => self.prepare(cursor),
            "核对" => self.compare(cursor),
            head => self.stage_line(cursor, start, head),
        }
    }

    fn heading(&mut self, mut cursor: Cursor, check_only: bool) -> Result<(), ParseError> {
        self.finish_scene()?;
        cursor.skip_spaces();
        let title = cursor.rest().trim_end();
        if title.is_empty() {
            return Err(cursor.error("场景没有名字", "写成「场景 一个服务器端，一个客户端」这样"));
        }
        if self.scenes.iter().any(|scene| scene.title == title) {
            return Err(cursor
                .error(format!("场景「{title}」出现了两次"), "同一个剧本里，场景的名字不能重复"));
        }
        self.section = 0;
        self.names.clear();
        self.scenes.push(Scene {
            title: title.to_owned(),
            line: cursor.line,
            check_only,
            limit: DEFAULT_LIMIT,
            real_time: false,
            interface: None,
            terminals: Vec::new(),
            lanes: Vec::new(),
            steps: Vec::new(),
            lines: Vec::new(),
            stderr_lines: Vec::new(),
            forbidden: Vec::new(),
            distinct: Vec::new(),
            demands: Vec::new(),
            prepared: Vec::new(),
            compared: Vec::new(),
        });
        Ok(())
    }

    fn scene(&mut self) -> &mut Scene {
        self.scenes.last_mut().expect("line() has checked that a scene has begun")
    }

    fn limit(&mut self, mut cursor: Cursor) -> Result<(), ParseError> {
        cursor.skip_spaces();
        let at = cursor.at;
        let number = cursor.word();
        let seconds = match number.parse::<u64>() {
            Ok(seconds @ 1..=3600) => seconds,
            _ => {
                return Err(cursor.error_at(
                    at,
                    "限时要的是 1 到 3600 的整数",
                    "写成「限时 40 秒」",
                ));
            }
        };
        if cursor.word() != "秒" {
            return Err(cursor.error_at(at, "限时的单位是秒", "写成「限时 40 秒」"));
        }
        self.scene().limit = Duration::from_secs(seconds);
        cursor.end()
    }

    fn interface(&mut self, mut cursor: Cursor) -> Result<(), ParseError> {
        cursor.skip_spaces();
        let (at, line) = (cursor.at, cursor.line);
        let word = cursor.word();
        let Ok(address) = word.parse::<Ipv4Addr>() else {
            let message = format!("「{word}」不是网卡的地址");
            return Err(cursor.error_at(at, message, "写成「网卡 192.0.2.1」，不带端口"));
        };
        // no real machine has such an address, so nothing real can be meant by it (RFC 5737)
        if !address.is_documentation() || matches!(address.octets()[3], 0 | 255) {
            return Err(cursor.error_at(
                at,
                format!("{address} 不是留给例子用的地址"),
                "写 192.0.2.1 到 192.0.2.254 里的一个；198.51.100 和 203.0.113 开头的也行（RFC 5737）",
            ));
        }
        if let Some(first) = self.scene().interface {
            return Err(cursor.error_at(
                at,
                "一个场景只能多一张网卡",
                format!("第 {} 行已经写了「网卡 {}」", first.line, first.address),
            ));
        }
        self.scene().interface = Some(Interface { line, address });
        cursor.end()
    }

    fn distinct(&mut self, mut cursor: Cursor) -> Result<(), ParseError> {
        let mut names = Vec::new();
        loop {
            cursor.skip_spaces();
            if cursor.rest().is_empty() {
                break;
            }
            let at = cursor.at;
            let word = cursor.word();
            let name = word.strip_prefix('<').and_then(|word| word.strip_suffix('>'));
            let Some(name) = name else {
                return Err(cursor.error_at(
                    at,
                    format!("「{word}」不是名字"),
                    "写成「不同 <甲> <乙>」",
                ));
            };
            self.check_name_known(&cursor, at, name)?;
            names.push(name.to_owned());
        }
        if names.len() < 2 {
            return Err(cursor.error("「不同」至少要两个名字", "写成「不同 <甲> <乙>」"));
        }
        let line = cursor.line;
        self.scene().distinct.push(Distinct { line, names });
        Ok(())
    }

    fn prepare(&mut self, mut cursor: Cursor) -> Result<(), ParseError> {
        let path = scene_path(&mut cursor)?;
        let content = content(&mut cursor)?;
        if let Content::File(_) = content {
            return Err(cursor.error(
                "准备文件时要写出内容",
                "写成 =「文字」、= 1024 字节 或 = 课程:文件夹/文件名",
            ));
        }
        let line = cursor.line;
        self.scene().prepared.push(Prepared { line, path, content });
        Ok(())
    }

    fn compare(&mut self, mut cursor: Cursor) -> Result<(), ParseError> {
        let path = scene_path(&mut cursor)?;
        let mut ahead = cursor;
        let content = if ahead.word() == "不存在" {
            cursor = ahead;
            cursor.end()?;
            None
        } else {
            Some(content(&mut cursor)?)
        };
        let line = cursor.line;
        self.scene().compared.push(Compared { line, path, content });
        Ok(())
    }

    /// `名字[/道] 动作 …`
    fn stage_line(
        &mut self,
        mut cursor: Cursor,
        start: usize,
        head: &str,
    ) -> Result<(), ParseError> {
        let (terminal, lane) = match head.split_once('/') {
            Some((terminal, lane)) => (terminal, Some(lane)),
            None => (head, None),
        };
        if let Some(word) = ["场景", "检查"].into_iter().find(|word| head.starts_with(word))
            && head[word.len()..].starts_with(['：', ':'])
        {
            return Err(cursor.error_at(
                start,
                format!("「{word}」后面不要冒号"),
                format!("写成「{word} 名字」，中间是空格"),
            ));
        }
        if let Some((name, mark)) = head.split_at_checked(head.len() - 1)
            && ["|", "!", "$", "<"].contains(&mark)
            && !name.is_empty()
            && name.chars().all(is_name_char)
        {
            return Err(cursor.error_at(
                start + name.len(),
                format!("「{mark}」前面要有空格"),
                format!("写成「{name} {mark} …」"),
            ));
        }
        let bad = |part: &str| !part.chars().all(is_name_char) || part.is_empty();
        if bad(terminal) || lane.is_some_and(bad) {
            let near = nearest(head, DIRECTIVES);
            let help = near.map_or_else(
                || {
                    "一行以终端的名字开头，例如「服务器端 | 文字」；名字只用文字、数字和下划线"
                        .to_owned()
                },
                |near| format!("是不是「{near}」？"),
            );
            return Err(cursor.error_at(start, format!("「{head}」不能作终端的名字"), help));
        }
        cursor.skip_spaces();
        let at = cursor.at;
        if cursor.eat("$") {
            if lane.is_some() {
                return Err(cursor.error_at(
                    start,
                    "启动程序的是终端，不是道",
                    format!("写成「{terminal} $ …」"),
                ));
            }
            return self.start(cursor, start, terminal);
        }
        let terminal_index = self.find_terminal(&cursor, start, terminal)?;
        // `进程` / `线程` stand between the lane's name and its first line
        let mut mechanism = None;
        let mut ahead = cursor;
        match ahead.word() {
            "进程" => mechanism = Some(Mechanism::Process),
            "线程" => mechanism = Some(Mechanism::Thread),
            _ => {}
        }
        if mechanism.is_some() {
            if lane.is_none() {
                return Err(cursor.error(
                    "「进程」「线程」说的是一条道，这里没有道的名字",
                    format!("写成「{terminal}/甲 进程 | 文字」"),
                ));
            }
            cursor = ahead;
            cursor.skip_spaces();
        }
        if cursor.eat("|") {
            let lane = self.lane(&cursor, start, terminal_index, lane, mechanism)?;
            return self.expect(cursor, lane);
        }
        if mechanism.is_some() {
            return Err(cursor.error("这里应当是「|」", "写成「主/甲 进程 | 文字」"));
        }
        if let Some(half) = FULL_WIDTH.iter().find(|(full, _)| cursor.rest().starts_with(*full)) {
            return Err(cursor.error_at(
                at,
                format!("「{}」是中文（全角）符号", half.0),
                format!("换成英文的「{}」", half.1),
            ));
        }
        if let Some(lane) = lane {
            let mut ahead = cursor;
            if let Some(near) = nearest(ahead.word(), ["进程", "线程"]) {
                return Err(cursor.error_at(
                    at,
                    "看不懂这条道是什么",
                    format!("是不是「{near}」？"),
                ));
            }
            return Err(cursor.error_at(
                at,
                format!("道「{lane}」后面应当是「|」"),
                "道只用来说标准输出的顺序；启动、结束、标准错误都写在终端上",
            ));
        }
        if cursor.eat("!") {
            return self.expect_stderr(cursor, start, terminal_index);
        }
        if cursor.eat("<") {
            cursor.eat(" ");
            let text = cursor.rest().to_owned();
            if text.len() > MOST_TYPED {
                return Err(cursor.error("一行输入太长", format!("至多 {MOST_TYPED} 字节")));
            }
            self.scene().terminals[terminal_index].typed = true;
            self.push_step(cursor.line, terminal_index, Action::Type(text));
            return Ok(());
        }
        let action = match cursor.word() {
            "监听" => Action::Listen(address(&mut cursor)?),
            "连接" => Action::Connect(address(&mut cursor)?),
            "等待" => Action::Await,
            "输入完" => {
                self.scene().terminals[terminal_index].typed = true;
                Action::CloseInput
            }
            "结束" => Action::End(end(&mut cursor)?),
            "停止" => Action::Stop(stop_signal(&mut cursor)?.unwrap_or(StopSignal::Int)),
            "做法" => return self.demand(cursor, terminal_index),
            "不出现" => return self.forbid(cursor, terminal_index),
            word => {
                let message = match word {
                    "" => format!("「{terminal}」后面什么也没有"),
                    word => format!("不认识「{word}」"),
                };
                let help = match nearest(word, VERBS) {
                    Some(near) => format!("是不是「{near}」？"),
                    None => {
                        "可以写：$ 启动　| 标准输出　! 标准错误　< 输入　输入完　监听　连接　等待　结束　停止　不出现　做法".into()
                    }
                };
                return Err(cursor.error_at(at, message, help));
            }
        };
        cursor.end()?;
        self.push_step(cursor.line, terminal_index, action);
        Ok(())
    }

    fn push_step(&mut self, line: usize, terminal: usize, action: Action) {
        let scene = self.scene();
        let (lines_above, stderr_above) = (scene.lines.len(), scene.stderr_lines.len());
        scene.steps.push(Step { line, terminal, action, lines_above, stderr_above });
    }

    fn find_terminal(
        &mut self,
        cursor: &Cursor,
        at: usize,
        name: &str,
    ) -> Result<usize, ParseError> {
        let terminals = &self.scene().terminals;
        if let Some(index) = terminals.iter().position(|terminal| terminal.name == name) {
            return Ok(index);
        }
        let names: Vec<&str> = terminals.iter().map(|terminal| terminal.name.as_str()).collect();
        let help = match nearest(name, names.iter().copied().chain(DIRECTIVES)) {
            Some(near) => format!("是不是「{near}」？"),
            None => format!("先启动它：「{name} $ lesson-…」"),
        };
        Err(cursor.error_at(at, format!("终端「{name}」还没有启动程序"), help))
    }

    fn start(&mut self, mut cursor: Cursor, start: usize, name: &str) -> Result<(), ParseError> {
        if DIRECTIVES.contains(&name) || VERBS.contains(&name) {
            return Err(cursor.error_at(
                start,
                format!("「{name}」是剧本的用语"),
                "给终端换一个名字",
            ));
        }
        if self.scene().terminals.iter().any(|terminal| terminal.name == name) {
            return Err(cursor.error_at(
                start,
                format!("终端「{name}」已经启动过一个程序"),
                "一个终端只运行一个程序：给第二个换一个名字",
            ));
        }
        let at = cursor.at;
        let mut words = self.words(&mut cursor)?.into_iter();
        let package = words.next().map(|word| word.render(None, &Default::default()));
        let Some(package) = package.filter(|package| package.starts_with("lesson-")) else {
            return Err(cursor.error_at(
                at,
                "「$」后面要写一个程序的名字",
                "例如「$ lesson-05-single-task」",
            ));
        };
        let scene = self.scene();
        scene.terminals.push(Terminal { name: name.to_owned(), typed: false });
        let terminal = scene.terminals.len() - 1;
        self.push_step(cursor.line, terminal, Action::Start { package, args: words.collect() });
        Ok(())
    }

    /// The words of a command; 「…」 and "…" keep white space.
    fn words(&mut self, cursor: &mut Cursor) -> Result<Vec<Pattern>, ParseError> {
        let mut words = Vec::new();
        loop {
            cursor.skip_spaces();
            let Some(first) = cursor.rest().chars().next() else { return Ok(words) };
            let close = match first {
                '"' => Some('"'),
                '「' => Some('」'),
                _ => None,
            };
            let at = cursor.at;
            let text = match close {
                Some(close) => {
                    let inner = &cursor.rest()[first.len_utf8()..];
                    let Some(end) = inner.find(close) else {
                        return Err(cursor
                            .error(format!("引号没有合上，缺少「{close}」"), "补上后一半引号"));
                    };
                    cursor.at += first.len_utf8() + end + close.len_utf8();
                    &inner[..end]
                }
                None => cursor.word(),
            };
            let from = at + if close.is_some() { first.len_utf8() } else { 0 };
            let whole = Cursor { text: cursor.text, at: from, line: cursor.line };
            let (pattern, counter) = self.pattern(whole, from + text.len(), false)?;
            if counter.is_some() || pattern.parts.contains(&Part::Any) {
                return Err(cursor.error_at(at, "参数里不能有 <..> 或 {a..b}", "写出确定的参数"));
            }
            for name in pattern.names() {
                self.check_name_known(cursor, at, name)?;
            }
            words.push(pattern);
        }
    }

    fn check_name_known(&self, cursor: &Cursor, at: usize, name: &str) -> Result<(), ParseError> {
        if self.names.contains_key(name) {
            return Ok(());
        }
        let help = match nearest(name, self.names.keys().map(String::as_str)) {
            Some(near) => format!("是不是 <{near}>？"),
            None => "名字要先在上面某一行输出里出现".to_owned(),
        };
        Err(cursor.error_at(at, format!("名字 <{name}> 还没有出现过"), help))
    }

    fn lane(
        &mut self,
        cursor: &Cursor,
        start: usize,
        terminal: usize,
        name: Option<&str>,
        mechanism: Option<Mechanism>,
    ) -> Result<usize, ParseError> {
        let line = cursor.line;
        let scene = self.scene();
        let found = scene
            .lanes
            .iter()
            .position(|lane| lane.terminal == terminal && lane.name.as_deref() == name);
        let Some(index) = found else {
            let name = name.map(str::to_owned);
            scene.lanes.push(Lane { terminal, name, mechanism, line });
            return Ok(scene.lanes.len() - 1);
        };
        let known = scene.lanes[index].mechanism;
        if mechanism.is_some() && mechanism != known {
            let first = scene.lanes[index].line;
            return Err(cursor.error_at(
                start,
                "同一条道，前后说法不一样",
                format!("第 {first} 行第一次写到这条道：「进程」或「线程」只在那里写一次就够了"),
            ));
        }
        Ok(index)
    }

    /// What follows `|`: perhaps `5..6 次|`, then a text.
    fn expect(&mut self, mut cursor: Cursor, lane: usize) -> Result<(), ParseError> {
        let mut times = 1..=1;
        let mut repeated = false;
        // the count stands directly after the bar: after a space the text begins
        if let Some(end) = cursor.rest().find('|').filter(|_| !cursor.rest().starts_with(' ')) {
            let between = cursor.rest()[..end].trim();
            if let Some(count) = between.strip_suffix('次') {
                times = repetition(&cursor, count.trim())?;
                repeated = true;
                cursor.at += end + 1;
            }
        }
        let (pattern, counter) = self.line_pattern(&mut cursor)?;
        if let Some(range) = &counter {
            if repeated {
                return Err(cursor.error("「次」和 {a..b} 不能用在同一行", "两个里留一个"));
            }
            times = *range.end() - *range.start() + 1..=*range.end() - *range.start() + 1;
        }
        let (line, section) = (cursor.line, self.section);
        let counter = counter.map(|range| *range.start());
        self.scene().lines.push(Expected { line, lane, section, pattern, times, counter });
        Ok(())
    }

    fn expect_stderr(
        &mut self,
        mut cursor: Cursor,
        start: usize,
        terminal: usize,
    ) -> Result<(), ParseError> {
        let lane = self.lane(&cursor, start, terminal, None, None)?;
        let at = cursor.at;
        let (pattern, counter) = self.line_pattern(&mut cursor)?;
        if counter.is_some() {
            return Err(cursor.error("标准错误的行不能重复", "去掉 {a..b}"));
        }
        if let Some((name, identity)) = pattern.identities().next() {
            return Err(cursor.error_at(
                at,
                format!("「:{}」只能用在标准输出的行里", identity.word()),
                format!("这里写成 <{name}:数>"),
            ));
        }
        let (line, section) = (cursor.line, self.section);
        let expected = Expected { line, lane, section, pattern, times: 1..=1, counter: None };
        self.scene().stderr_lines.push(expected);
        Ok(())
    }

    fn forbid(&mut self, mut cursor: Cursor, terminal: usize) -> Result<(), ParseError> {
        cursor.skip_spaces();
        let at = cursor.at;
        if !cursor.eat("|") {
            return Err(cursor.error("「不出现」后面应当是「|」", "写成「服务器端 不出现 | 文字」"));
        }
        let (pattern, counter) = self.line_pattern(&mut cursor)?;
        if counter.is_some() {
            return Err(cursor.error("「不出现」的行不能有 {a..b}", "用 <..> 代替"));
        }
        if pattern.names().next().is_some() {
            return Err(cursor.error_at(at, "「不出现」的行不能有名字", "用 <..> 代替"));
        }
        let line = cursor.line;
        self.scene().forbidden.push(Forbidden { line, terminal, pattern });
        Ok(())
    }

    fn demand(&mut self, mut cursor: Cursor, terminal: usize) -> Result<(), ParseError> {
        cursor.skip_spaces();
        let text = cursor.rest().trim_end();
        let Some(practice) = Practice::parse(text) else {
            if text.is_empty() {
                return Err(cursor.error("「做法」后面要写一种用语", all_practices()));
            }
            let any_number = |c: char| if c.is_ascii_digit() { 'N' } else { c };
            let form: String = text.chars().map(any_number).collect();
            let help = match nearest(&form, Practice::phrases()) {
                Some(near) if near.contains('N') => format!("是不是「{near}」？N 是数"),
                Some(near) => format!("是不是「{near}」？"),
                None => all_practices(),
            };
            return Err(cursor.error(format!("不认识的做法「{text}」"), help));
        };
        let line = cursor.line;
        self.scene().demands.push(Demand { line, terminal, practice });
        Ok(())
    }

    /// A text up to the end of the line, one space after the separator left out.
    fn line_pattern(
        &mut self,
        cursor: &mut Cursor,
    ) -> Result<(Pattern, Option<RangeInclusive<u64>>), ParseError> {
        cursor.eat(" ");
        let end = cursor.at + cursor.rest().trim_end().len();
        let parsed = self.pattern(*cursor, end, true)?;
        cursor.at = end;
        Ok(parsed)
    }

    /// Parses `cursor.text[cursor.at..end]`; `binds`: its names are known from here on.
    fn pattern(
        &mut self,
        mut cursor: Cursor,
        end: usize,
        binds: bool,
    ) -> Result<(Pattern, Option<RangeInclusive<u64>>), ParseError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut counter = None;
        while cursor.at < end {
            let at = cursor.at;
            let rest = &cursor.text[at..end];
            if cursor.eat("<<") {
                push_text(&mut parts, "<");
            } else if cursor.eat("{{") {
                push_text(&mut parts, "{");
            } else if rest.starts_with('<') {
                let Some(close) = rest.find('>') else {
                    return Err(
                        cursor.error("「<」没有合上", "名字写成 <端口>；要「<」这个字，写成「<<」")
                    );
                };
                cursor.at += close + 1;
                let part = self.name(&cursor, at, &rest[1..close], binds)?;
                let open = |part: &Part| matches!(part, Part::Any | Part::Name { .. });
                if open(&part) && parts.last().is_some_and(open) {
                    return Err(cursor.error_at(
                        at,
                        "两个长短不定的部分挨在一起，分不清界线",
                        "中间加上确定的文字",
                    ));
                }
                match part {
                    Part::Text(text) => push_text(&mut parts, &text),
                    part => parts.push(part),
                }
            } else if rest.starts_with('{') {
                let range = rest.find('}').and_then(|close| {
                    cursor.at += close + 1;
                    let (first, last) = rest[1..close].split_once("..")?;
                    Some((first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?))
                });
                let Some((first, last)) = range else {
                    return Err(cursor.error_at(
                        at,
                        "看不懂的「{」",
                        "计数写成 {1..19}；要「{」这个字，写成「{{」",
                    ));
                };
                if first > last || last - first >= MOST_TIMES {
                    return Err(cursor.error_at(
                        at,
                        "计数要从小到大，至多一千万次",
                        "写成 {1..19}",
                    ));
                }
                if counter.replace(first..=last).is_some() {
                    return Err(cursor.error_at(at, "一行里只能有一个计数", "分成几行写"));
                }
                parts.push(Part::Counter);
            } else {
                let length = rest.find(['<', '{']).unwrap_or(rest.len());
                cursor.at += length;
                push_text(&mut parts, &rest[..length]);
            }
        }
        Ok((Pattern { parts }, counter))
    }

    /// What stands between `<` and `>`.
    fn name(
        &mut self,
        cursor: &Cursor,
        at: usize,
        inner: &str,
        binds: bool,
    ) -> Result<Part, ParseError> {
        match inner {
            ".." => return Ok(Part::Any),
            "空格" => return Ok(Part::Text(" ".into())),
            "制表" => return Ok(Part::Text("\t".into())),
            _ => {}
        }
        if let Some(hex) = inner.strip_prefix("U+") {
            let code = u32::from_str_radix(hex, 16).ok().filter(|code| *code != 0x0a);
            return code.and_then(char::from_u32).map(|c| Part::Text(c.into())).ok_or_else(|| {
                cursor.error_at(
                    at,
                    format!("没有编号是「{inner}」的字符"),
                    "写成 <U+3000>：四到六位十六进制的 Unicode 编号，换行除外",
                )
            });
        }
        let (name, kind) = match inner.split_once(':') {
            Some((name, kind)) => (name, Some(kind)),
            None => (inner, None),
        };
        if name.is_empty() || !name.chars().all(is_name_char) {
            return Err(cursor.error_at(
                at,
                format!("「{inner}」不能作名字"),
                "名字只用文字、数字和下划线，例如 <端口>；任意文字写 <..>；要「<」这个字，写成「<<」",
            ));
        }
        let kind = match kind {
            None if self.names.get(name) == Some(&true) => NameKind::Number,
            None => NameKind::Text,
            Some("数") => NameKind::Number,
            Some(word) => match Identity::ALL.into_iter().find(|one| one.word() == word) {
                Some(identity) if binds => NameKind::Identity(identity),
                Some(_) => {
                    return Err(cursor.error_at(
                        at,
                        format!("「:{word}」只能用在标准输出的行里"),
                        format!("这里只写 <{name}>"),
                    ));
                }
                None => {
                    let words = Identity::ALL.map(Identity::word);
                    let help = match nearest(word, words) {
                        Some(near) => format!("是不是 <{name}:{near}>？"),
                        None => format!(
                            "可以写 <{name}:数>，表示只能是数字；还有 :{}",
                            words.join("、:")
                        ),
                    };
                    let message = format!("不认识的种类「{word}」");
                    return Err(cursor.error_at(at, message, help));
                }
            },
        };
        if binds {
            let number = kind.is_digits();
            let known = *self.names.entry(name.to_owned()).or_insert(number);
            if known != number {
                return Err(cursor.error_at(
                    at,
                    format!("名字 <{name}> 第一次出现时没有写「:数」"),
                    format!("第一次就写成 <{name}:数>"),
                ));
            }
        }
        Ok(Part::Name { name: name.to_owned(), kind })
    }

    /// A scene is over: is it complete?
    fn finish_scene(&mut self) -> Result<(), ParseError> {
        let Some(scene) = self.scenes.last_mut() else { return Ok(()) };
        if scene.terminals.is_empty() {
            let heading = Cursor { text: &self.source[scene.line - 1], at: 0, line: scene.line };
            return Err(heading.error(
                format!("场景「{}」没有启动任何程序", scene.title),
                "加上一行，例如「主 $ lesson-05-single-task」",
            ));
        }
        // a file that nothing is said about must stay as it was
        for Prepared { line, path, content } in &scene.prepared {
            if !scene.compared.iter().any(|other| other.path == *path) {
                let (line, path, content) = (*line, path.clone(), Some(content.clone()));
                scene.compared.push(Compared { line, path, content });
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ParseError> {
        self.finish_scene()?;
        if self.scenes.is_empty() {
            let cursor = Cursor { text: "", at: 0, line: self.source.len().max(1) };
            return Err(cursor
                .error("剧本里没有场景", "写一行「场景 这一幕的名字」，下面是程序和它们的输出"));
        }
        Ok(())
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn all_practices() -> String {
    let all: Vec<&str> = Practice::phrases().collect();
    format!("可以写：{}（N 是数）", all.join("　"))
}

/// `3`, `5..6` or `任意`.
fn repetition(cursor: &Cursor, text: &str) -> Result<RangeInclusive<u64>, ParseError> {
    if text == "任意" {
        return Ok(0..=u64::MAX);
    }
    let range = match text.split_once("..") {
        Some((least, most)) => (least.trim().parse(), most.trim().parse()),
        None => (text.parse(), text.parse()),
    };
    match range {
        (Ok(least), Ok(most)) if least <= most && (1..=MOST_TIMES).contains(&most) => {
            Ok(least..=most)
        }
        _ => Err(cursor
            .error(format!("看不懂「{text} 次」"), "写成「|3 次|」「|5..6 次|」或「|任意次|」")),
    }
}

fn address(cursor: &mut Cursor) -> Result<SocketAddrV4, ParseError> {
    cursor.skip_spaces();
    let at = cursor.at;
    let word = cursor.word();
    match word.parse::<SocketAddrV4>() {
        Ok(addr) if addr.port() > 0 => Ok(addr),
        _ => Err(cursor.error_at(
            at,
            format!("「{word}」不是地址"),
            "写成 IPv4:端口，例如 127.0.0.1:8888",
        )),
    }
}

fn end(cursor: &mut Cursor) -> Result<End, ParseError> {
    cursor.skip_spaces();
    let at = cursor.at;
    match cursor.word() {
        "" => Ok(End::Code(0)),
        "被" => match stop_signal(cursor)? {
            Some(signal) => Ok(End::Signal(signal)),
            None => Err(cursor.error("「结束 被」后面要写信号", "写成「结束 被 TERM」")),
        },
        word => match word.parse::<u8>() {
            Ok(code) => Ok(End::Code(code.into())),
            Err(_) => Err(cursor.error_at(
                at,
                format!("「{word}」不是退出码"),
                "写成「结束」「结束 1」或「结束 被 TERM」",
            )),
        },
    }
}

fn stop_signal(cursor: &mut Cursor) -> Result<Option<StopSignal>, ParseError> {
    cursor.skip_spaces();
    let at = cursor.at;
    match cursor.word() {
        "" => Ok(None),
        "INT" => Ok(Some(StopSignal::Int)),
        "TERM" => Ok(Some(StopSignal::Term)),
        "KILL" => Ok(Some(StopSignal::Kill)),
        word => Err(cursor.error_at(
            at,
            format!("不认识的信号「{word}」"),
            "可以写 INT（就是 Ctrl-C）、TERM 或 KILL",
        )),
    }
}

/// A path that stays inside the scene's folder, followed by `=` or `不存在`.
fn scene_path(cursor: &mut Cursor) -> Result<String, ParseError> {
    cursor.skip_spaces();
    let at = cursor.at;
    let word = cursor.word();
    let path = std::path::Path::new(word);
    let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if word.is_empty() || !inside {
        return Err(cursor.error_at(
            at,
            format!("「{word}」不是场景文件夹里的路径"),
            "写相对路径，例如 data/my.txt；不能以 / 开头，也不能有 ..",
        ));
    }
    Ok(word.to_owned())
}

/// `= 「文字」`, `= 1024 字节`, `= 课程:文件夹/文件` or `= 另一个文件`.
fn content(cursor: &mut Cursor) -> Result<Content, ParseError> {
    const HELP: &str = "写成 = 「文字」、= 1024 字节、= 课程:04-upload-client/文件 或 = 另一个文件";
    cursor.skip_spaces();
    if !cursor.eat("=") {
        return Err(cursor.error("这里应当是「=」", HELP));
    }
    cursor.skip_spaces();
    if cursor.eat("「") {
        let rest = cursor.rest().trim_end();
        let Some(text) = rest.strip_suffix('」') else {
            return Err(cursor.error("引号没有合上，缺少「」」", "补上后一半引号"));
        };
        return Ok(Content::Text(text.replace("<换行>", "\n")));
    }
    let at = cursor.at;
    let word = cursor.word();
    let content = if let Some(path) = word.strip_prefix("课程:") {
        Content::Lesson(path.to_owned())
    } else if let Ok(size) = word.parse::<u64>() {
        if cursor.word() != "字节" {
            return Err(cursor.error_at(at, "文件大小的单位是字节", HELP));
        }
        if size > MOST_BYTES {
            return Err(cursor.error_at(at, "文件太大", "至多 1073741824 字节（1 GiB）"));
        }
        Content::Bytes(size)
    } else {
        let mut inner = Cursor { at, ..*cursor };
        Content::File(scene_path(&mut inner)?)
    };
    cursor.end()?;
    Ok(content)
}

/// The candidate that `word` was probably meant to be.
fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 2).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;

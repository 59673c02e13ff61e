//! The partner (对手): what `甲 $ 对手 连接 127.0.0.1:8888，发 10 字节，重置` has it do.
//!
//! Its words are read twice, by the same function: with the script, which may have mistakes, and by the partner itself
//! when it starts, with the values of the names that stand in them.

use std::net::SocketAddr;
use std::time::Duration;

use limits::{PREPARED_FILE, SCENE_SECONDS};
use text::near;

use super::words::{BYTES, SECONDS};

/// What a script starts in the place of a program.
pub const PARTNER: &str = "对手";

/// A thing that the partner does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub deed: Deed,
    /// The same, as it is written.
    pub words: String,
}

/// What the partner can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// It connects to this address.
    Connect(SocketAddr),
    /// It listens at this address.
    Listen(SocketAddr),
    /// It accepts the next client.
    Accept,
    /// It sends this, all at once or dripping.
    Send(Said, Option<Pace>),
    /// It receives so many bytes.
    Receive(u64),
    /// It receives until the other side sends no more.
    ReceiveAll,
    /// It sends no more.
    HalfClose,
    /// It closes the connection.
    Close,
    /// It closes the connection with a reset (`SO_LINGER` with 0 seconds, `socket(7)`).
    Reset,
    /// It does nothing for a time.
    Wait(Duration),
    /// It sends itself a SIGKILL.
    Die,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// This text.
    Text(String),
    /// The bytes of a prepared file of this size.
    Bytes(u64),
}

/// So many bytes, and after each piece a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long.
    pub pause: Duration,
    /// How many.
    pub bytes: u64,
}

/// What is wrong with the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The index of the word; as many as there are: after the last.
    pub word: usize,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

const CONNECT: &str = "连接";
const LISTEN: &str = "监听";
const ACCEPT: &str = "接受";
const SEND: &str = "发";
const RECEIVE: &str = "收";
const RECEIVE_ALL: &str = "收完";
const HALF_CLOSE: &str = "半关闭";
const CLOSE: &str = "关闭";
const RESET: &str = "重置";
const WAIT: &str = "等";
const DIE: &str = "被杀";
/// In `发 10 字节，每 1 秒 1 字节`.
const EACH: &str = "每";
/// Between two deeds; a Chinese keyboard gives the first.
const COMMAS: [&str; 2] = ["，", ","];

/// How each deed is written.
const FORMS: [(&str, &str); 11] = [
    (CONNECT, "连接 地址:端口"),
    (LISTEN, "监听 地址:端口"),
    (ACCEPT, "接受"),
    (SEND, "发 「文字」 或 发 1024 字节，后面可以加 每 1 秒 1 字节"),
    (RECEIVE, "收 1024 字节"),
    (RECEIVE_ALL, "收完"),
    (HALF_CLOSE, "半关闭"),
    (CLOSE, "关闭"),
    (RESET, "重置"),
    (WAIT, "等 2 秒"),
    (DIE, "被杀"),
];

/// Whether this word is the address at which the partner listens.
pub fn listens_at(words: &[String], word: usize) -> bool {
    word.checked_sub(1).is_some_and(|before| words[before] == LISTEN)
}

/// What the words have the partner do, one after the other.
///
/// # Errors
/// The first mistake.
pub fn read(words: &[String]) -> Result<Vec<Step>, Mistake> {
    let mut reader = Reader { words, at: 0, listens: false, connection: Connection::None };
    let mut steps = Vec::new();
    loop {
        let from = reader.at;
        let deed = reader.deed()?;
        steps.push(Step { words: words[from..reader.at].join(" "), deed });
        if reader.word().is_empty() {
            return Ok(steps);
        }
        if !COMMAS.contains(&reader.word()) {
            let message = format!("多余的「{}」", reader.word());
            return Err(reader.wrong(message, "一件事说完了，写「，」，再写下一件"));
        }
        if deed_ends_it(&steps) {
            reader.at += 1;
            return Err(reader.wrong("「被杀」之后什么也做不了", "「被杀」写在最后，后面的删去"));
        }
        reader.at += 1;
    }
}

fn deed_ends_it(steps: &[Step]) -> bool {
    steps.last().is_some_and(|step| step.deed == Deed::Die)
}

/// How far the partner's connection has come.
#[derive(PartialEq, Eq)]
enum Connection {
    None,
    Open,
    HalfClosed,
}

struct Reader<'a> {
    words: &'a [String],
    at: usize,
    listens: bool,
    connection: Connection,
}

impl<'a> Reader<'a> {
    /// The word that comes next; nothing after the last.
    fn word(&self) -> &'a str {
        self.words.get(self.at).map_or("", String::as_str)
    }

    /// The word that comes next, which is taken.
    fn take(&mut self) -> &'a str {
        let word = self.word();
        self.at += usize::from(!word.is_empty());
        word
    }

    /// Something is wrong with the word that comes next.
    fn wrong(&self, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        Mistake { word: self.at, message: message.into(), help: help.into() }
    }

    fn deed(&mut self) -> Result<Deed, Mistake> {
        let verb = self.word();
        if !FORMS.iter().any(|(known, _)| *known == verb) {
            return Err(self.unknown(verb));
        }
        self.check_order(verb)?;
        self.at += 1;
        Ok(match verb {
            CONNECT => {
                self.connection = Connection::Open;
                Deed::Connect(self.address(1)?)
            }
            LISTEN => {
                self.listens = true;
                Deed::Listen(self.address(0)?)
            }
            ACCEPT => {
                self.connection = Connection::Open;
                Deed::Accept
            }
            SEND => self.send()?,
            RECEIVE => Deed::Receive(self.bytes("收 1024 字节")?),
            RECEIVE_ALL => Deed::ReceiveAll,
            HALF_CLOSE => {
                self.connection = Connection::HalfClosed;
                Deed::HalfClose
            }
            CLOSE | RESET => {
                self.connection = Connection::None;
                if verb == CLOSE { Deed::Close } else { Deed::Reset }
            }
            WAIT => Deed::Wait(self.seconds("等 2 秒")?),
            _ => Deed::Die,
        })
    }

    /// The next word is none of those that begin a deed.
    fn unknown(&self, verb: &str) -> Mistake {
        let all = || {
            let forms: Vec<&str> = FORMS.iter().map(|(_, form)| *form).collect();
            format!("可以写：{}", forms.join("　"))
        };
        match verb {
            "" if self.at == 0 => self.wrong("「对手」后面要写它做什么", all()),
            "" => self.wrong("「，」后面还要写一件事", all()),
            "，" | "," => self.wrong("多余的「，」", "两件事之间写一个「，」"),
            EACH => self.wrong("「每」要跟着「发」", "写成「发 10 字节，每 1 秒 1 字节」"),
            verb => {
                let near = near(verb, FORMS.iter().map(|(known, _)| *known));
                let help = near.map_or_else(all, |near| format!("是不是「{near}」？"));
                self.wrong(format!("对手不会「{verb}」"), help)
            }
        }
    }

    /// What can be done depends on what was done before.
    fn check_order(&self, verb: &str) -> Result<(), Mistake> {
        let has_none = self.connection == Connection::None;
        match verb {
            CONNECT | ACCEPT if !has_none => Err(self.wrong(
                "上一个连接还没有关闭，对手一次只有一个连接",
                "前面加上「关闭」或者「重置」；要几个连接，就写几个对手",
            )),
            ACCEPT if !self.listens => {
                Err(self.wrong("还没有监听，没有连接可以接受", "前面加上「监听 地址:端口」"))
            }
            LISTEN if self.listens => {
                Err(self.wrong("已经在监听了", "一个对手只监听一次，删去这一件"))
            }
            SEND | RECEIVE | RECEIVE_ALL | HALF_CLOSE | CLOSE | RESET if has_none => Err(self
                .wrong(
                    format!("这时没有连接，不能「{verb}」"),
                    "前面加上「连接 地址:端口」，或者「监听 地址:端口，接受」",
                )),
            SEND | HALF_CLOSE if self.connection == Connection::HalfClosed => {
                Err(self.wrong("半关闭之后不能再发", "「半关闭」写在最后一次「发」的后面"))
            }
            _ => Ok(()),
        }
    }

    /// An address with a port that is not below this.
    fn address(&mut self, least: u16) -> Result<SocketAddr, Mistake> {
        let word = self.word();
        match word.parse::<SocketAddr>() {
            Ok(addr) if addr.port() >= least => {
                self.at += 1;
                Ok(addr)
            }
            _ => Err(self.wrong(
                format!("「{word}」不是地址"),
                "写成 地址:端口，例如 127.0.0.1:8888、[::1]:8888",
            )),
        }
    }

    fn send(&mut self) -> Result<Deed, Mistake> {
        let quoted = self.word().strip_prefix('「').and_then(|text| text.strip_suffix('」'));
        let said = match quoted {
            Some("") => return Err(self.wrong("引号里没有文字", "写出要发的文字")),
            Some(text) => {
                self.at += 1;
                Said::Text(text.to_owned())
            }
            None => Said::Bytes(self.bytes("发 「文字」 或 发 1024 字节")?),
        };
        let comma = usize::from(COMMAS.contains(&self.word()));
        if self.words.get(self.at + comma).is_none_or(|word| word != EACH) {
            return Ok(Deed::Send(said, None));
        }
        self.at += comma + 1;
        let form = "每 1 秒 1 字节";
        let pause = self.seconds(form)?;
        Ok(Deed::Send(said, Some(Pace { pause, bytes: self.bytes(form)? })))
    }

    /// `1024 字节`
    fn bytes(&mut self, form: &str) -> Result<u64, Mistake> {
        let word = self.word();
        let number = word.parse::<u64>().ok().filter(|number| *number > 0);
        let Some(number) = number else {
            let message = format!("「{word}」不是字节数");
            return Err(self.wrong(message, format!("写成「{form}」")));
        };
        if number > PREPARED_FILE {
            return Err(self.wrong("字节太多", "至多 1073741824 字节（1 GiB）"));
        }
        self.at += 1;
        self.unit(BYTES, form).map(|()| number)
    }

    /// `0.3 秒`
    fn seconds(&mut self, form: &str) -> Result<Duration, Mistake> {
        let word = self.word();
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
        let (whole, part) = word.split_once('.').unwrap_or((word, "0"));
        let is_number = digits(whole) && digits(part) && part.len() <= 3;
        let seconds = word.parse::<f64>().ok().filter(|_| is_number);
        let Some(seconds) = seconds else {
            let message = format!("「{word}」不是秒数");
            return Err(self.wrong(message, format!("写成「{form}」，小数至多三位，例如 0.3 秒")));
        };
        if seconds == 0.0 || seconds > *SCENE_SECONDS.end() as f64 {
            let help = format!("写 0.001 到 {} 秒", SCENE_SECONDS.end());
            return Err(self.wrong("时间太短或者太长", help));
        }
        self.at += 1;
        self.unit(SECONDS, form)?;
        Ok(Duration::from_secs_f64(seconds))
    }

    fn unit(&mut self, unit: &str, form: &str) -> Result<(), Mistake> {
        if self.word() != unit {
            let message = format!("这里应当是「{unit}」");
            return Err(self.wrong(message, format!("写成「{form}」")));
        }
        self.take();
        Ok(())
    }
}

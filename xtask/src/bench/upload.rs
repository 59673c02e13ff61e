//! One big file, from one program to another: lesson 04 against everybody else.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::which::which;

use super::peers::Way;
use super::place::{RECEIVED, SOURCE};
use super::process::{Finished, Started, start, stop_if_interrupted};
use super::sample::{Rounds, median, ratio, shortest, shown};
use super::table::Table;
use super::{Bench, python};

/// How long one upload may take.
const LIMIT: Duration = Duration::from_secs(600);
/// What lesson 04 may have at once, on either side.
const MEMORY_GOAL: u64 = 16 * 1024 * 1024;

/// What lesson 04 reads and writes at once, in bytes; a test holds it to the lesson's sources.
const LESSON_BUFFER: usize = 256 * 1024;

/// Who uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Lesson,
    /// As it comes: 8192 bytes at once (`-b` of socat(1)).
    Socat,
    /// With the buffer of lesson 04.
    SocatAlike,
    Loop,
    Kernel,
    Python,
}

use Contender::{Kernel, Lesson, Loop, Python, Socat, SocatAlike};

/// The order within a round.
const ALL: [Contender; 6] = [Lesson, SocatAlike, Socat, Loop, Kernel, Python];

/// What was measured of one contender.
#[derive(Debug, Default)]
struct Record {
    times: Rounds,
    sender_peak: u64,
    receiver_peak: u64,
    fault: Option<String>,
}

/// Uploads `mib` MiB in every way, round after round; returns the report.
pub fn measure(bench: &Bench, mib: u32) -> Result<String> {
    bench.place.write_source(mib.into())?;
    let mut records: Vec<(Contender, Record)> = ALL
        .into_iter()
        .filter(|contender| contender.missing(bench).is_none())
        .map(|contender| (contender, Record::default()))
        .collect();
    for _ in 0..bench.rounds {
        for (contender, record) in &mut records {
            match contender.upload(bench) {
                Ok((time, sender, receiver)) => {
                    record.times.push(Some(time));
                    record.sender_peak = record.sender_peak.max(sender.peak);
                    record.receiver_peak = record.receiver_peak.max(receiver.peak);
                }
                Err(fault) => {
                    stop_if_interrupted()?;
                    record.times.push(None);
                    record.fault = Some(format!("{fault:#}"));
                }
            }
        }
    }
    Ok(report(bench, mib, &records))
}

/// One upload through lesson 04.
pub fn by_lesson(bench: &Bench) -> Result<Duration> {
    Lesson.upload(bench).map(|(time, _, _)| time)
}

impl Contender {
    fn name(self, bench: &Bench) -> String {
        match (self, &bench.python) {
            (Lesson, _) => "第 04 课".to_owned(),
            (Socat, _) => "socat，默认 8 KiB".to_owned(),
            (SocatAlike, _) => format!("socat -b {LESSON_BUFFER}"),
            (Loop, _) => "Rust，一次 1 KiB".to_owned(),
            (Kernel, _) => "内核：sendfile、splice".to_owned(),
            (Python, None) => "Python，一次 1 KiB".to_owned(),
            (Python, Some(python)) => format!("Python {}，一次 1 KiB", python.version),
        }
    }

    /// Why it cannot take part.
    fn missing(self, bench: &Bench) -> Option<&'static str> {
        match self {
            Socat | SocatAlike if which("socat").is_err() => {
                Some("没有装（sudo apt install socat）")
            }
            Python if bench.python.is_none() => Some("没有 python3（3.8 或更新）"),
            Kernel if cfg!(not(target_os = "linux")) => Some("只有 Linux 有"),
            _ => None,
        }
    }

    fn socat(self) -> Command {
        let mut command = Command::new("socat");
        if self == SocatAlike {
            command.args(["-b", &LESSON_BUFFER.to_string()]);
        }
        command
    }

    fn receiver(self, bench: &Bench) -> Result<Command> {
        Ok(match self {
            Lesson => {
                let mut command = bench.program("lesson-04-upload-server")?;
                command.args(["--addr", "127.0.0.1:0", "--out", RECEIVED]);
                command
            }
            Socat | SocatAlike => {
                // it says the port it was given, not the one it has: a free one is chosen for it
                let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
                let mut command = self.socat();
                let from = format!("TCP4-LISTEN:{free},bind=127.0.0.1,reuseaddr");
                command.args(["-d", "-d", "-u", &from, &format!("CREATE:{RECEIVED}")]);
                command
            }
            Loop => Way::Loop.receiver(bench.program("xtask")?, RECEIVED),
            Kernel => Way::Kernel.receiver(bench.program("xtask")?, RECEIVED),
            Python => {
                let python = bench.python.as_ref().context("没有 Python")?;
                let mut command = python.command(python::RECEIVE);
                command.arg(RECEIVED);
                command
            }
        })
    }

    fn sender(self, bench: &Bench, server: std::net::SocketAddrV4) -> Result<Command> {
        let address = server.to_string();
        Ok(match self {
            Lesson => {
                let mut command = bench.program("lesson-04-upload-client")?;
                command.args([SOURCE, "--addr", &address]);
                command
            }
            Socat | SocatAlike => {
                let mut command = self.socat();
                let (from, to) = (format!("OPEN:{SOURCE},rdonly"), format!("TCP4:{address}"));
                command.args(["-u", &from, &to]);
                command
            }
            Loop => Way::Loop.sender(bench.program("xtask")?, SOURCE, &address),
            Kernel => Way::Kernel.sender(bench.program("xtask")?, SOURCE, &address),
            Python => {
                let python = bench.python.as_ref().context("没有 Python")?;
                let mut command = python.command(python::SEND);
                command.args([SOURCE, &server.port().to_string()]);
                command
            }
        })
    }

    /// One upload: from the start of the sender until both have ended.
    fn upload(self, bench: &Bench) -> Result<(Duration, Finished, Finished)> {
        let in_folder = |mut command: Command| -> Result<Started> {
            command.current_dir(&bench.place.folder);
            start(command)
        };
        let mut receiver = in_folder(self.receiver(bench)?)?;
        let address = receiver.address()?;
        let began = Instant::now();
        let mut sender = in_folder(self.sender(bench, address)?)?;
        let sent = sender.end(began + LIMIT).context("发送方")?;
        let received = receiver.end(began + LIMIT).context("接收方")?;
        ensure!(bench.place.received_whole()?, "收到的文件和发送的不一样");
        Ok((sent.at.max(received.at) - began, sent, received))
    }
}

fn report(bench: &Bench, mib: u32, records: &[(Contender, Record)]) -> String {
    let find = |wanted| records.iter().find(|(one, _)| *one == wanted).map(|(_, record)| record);
    let none = Record::default();
    let lesson = find(Lesson).unwrap_or(&none);
    let head = ["做法", "最快", "中位", "是第 04 课的", "MiB/秒", "发送方内存", "接收方内存"];
    let mut table = Table::new(&head);
    for (contender, record) in records {
        let Some(middle) = median(&record.times) else { continue };
        let fastest = shortest(&record.times).unwrap_or_default();
        let ratio = ratio(&record.times, &lesson.times);
        let speed = f64::from(mib) / middle.as_secs_f64();
        table.row([
            contender.name(bench),
            shown(fastest),
            shown(middle),
            ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} 倍")),
            format!("{speed:.0}"),
            format!("{:.1} MiB", in_mib(record.sender_peak)),
            format!("{:.1} MiB", in_mib(record.receiver_peak)),
        ]);
    }
    let mut text = format!("上传 {mib} MiB，轮流 {} 遍\n{table}", bench.rounds);
    for contender in ALL {
        let fault = find(contender).and_then(|record| record.fault.as_deref());
        if let Some(why) = contender.missing(bench).or(fault) {
            let _ = writeln!(text, "  没有量成：{}：{why}", contender.name(bench));
        }
    }
    let mut goal = |what: &str, reached: Option<bool>| {
        let verdict = match reached {
            Some(true) => "达到",
            Some(false) => "没有达到",
            None => "没有量到",
        };
        let _ = writeln!(text, "  目标：{what}：{verdict}");
    };
    let at_least = |who, times| {
        let ratio = find(who).and_then(|record| ratio(&record.times, &lesson.times));
        ratio.map(|ratio| ratio >= times)
    };
    goal("第 04 课不比缓冲一样大的 socat 慢", at_least(SocatAlike, 1.0));
    goal("比一次 1 KiB 的循环快一倍", at_least(Loop, 2.0));
    let peak = lesson.sender_peak.max(lesson.receiver_peak);
    let small = (peak > 0).then_some(peak < MEMORY_GOAL);
    goal("两边的内存都不到 16 MiB", small);
    text
}

fn in_mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socat_gets_the_buffer_of_the_lesson() {
        let lesson = include_str!("../../../shared/src/incoming.rs");
        assert!(lesson.contains("pub const CHUNK: usize = 256 * 1024;"));
        assert_eq!(LESSON_BUFFER, 256 * 1024);
        let args = |one: Contender| -> Vec<String> {
            one.socat().get_args().map(|arg| arg.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(args(SocatAlike), ["-b", "262144"]);
        assert!(args(Socat).is_empty());
    }
}

//! Many short conversations, one after the other: lesson 02 against the same server in Python.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::SocketAddrV4;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::client::Client;
use super::process::{start, stop_if_interrupted};
use super::sample::{Rounds, median, ratio, shortest, shown};
use super::table::Table;
use super::{Bench, python};

/// What the clients say: the sentence of lesson 01.
const SENTENCE: &str = "socket很好玩，很有趣，我很喜欢！";
/// How long a client waits for the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// Has `count` clients talk to each server, round after round; returns the report.
///
/// # Errors
/// Ctrl-C was pressed.
pub fn measure(bench: &Bench, count: u32) -> Result<String> {
    let mut contenders: Vec<(String, Rounds)> = vec![("第 02 课".to_owned(), Vec::new())];
    if let Some(python) = &bench.python {
        contenders.push((format!("Python {}", python.version), Vec::new()));
    }
    let mut faults = Vec::new();
    for _ in 0..bench.rounds {
        for (index, (name, times)) in contenders.iter_mut().enumerate() {
            let command = match (index, &bench.python) {
                (1, Some(python)) => python.command(python::LOOPING),
                _ => {
                    let mut command = bench.program("lesson-02-looping-server")?;
                    command.args(["--addr", "127.0.0.1:0"]);
                    command
                }
            };
            times.push(match converse(command, count) {
                Ok(time) => Some(time),
                Err(fault) => {
                    stop_if_interrupted()?;
                    faults.push(format!("{name}：{fault:#}"));
                    None
                }
            });
        }
    }
    if bench.python.is_none() {
        faults.push("Python：没有 python3（3.8 或更新）".to_owned());
    }
    let mut table = Table::new(&["服务器端", "最快", "中位", "是第 02 课的", "次/秒"]);
    let lesson = contenders[0].1.clone();
    for (name, times) in &contenders {
        let Some(middle) = median(times) else { continue };
        table.row([
            name.clone(),
            shown(shortest(times).unwrap_or_default()),
            shown(middle),
            ratio(times, &lesson).map_or_else(String::new, |ratio| format!("{ratio:.2} 倍")),
            format!("{:.0}", f64::from(count) / middle.as_secs_f64()),
        ]);
    }
    let rounds = bench.rounds;
    let mut text = format!("对话 {count} 次，一个客户端接一个客户端，轮流 {rounds} 遍\n{table}");
    for fault in faults {
        let _ = writeln!(text, "  没有量成：{fault}");
    }
    Ok(text)
}

/// Starts the server and has `count` clients talk to it.
fn converse(command: Command, count: u32) -> Result<Duration> {
    let mut server = start(command)?;
    let address = server.address()?;
    let began = Instant::now();
    for number in 1..=count {
        stop_if_interrupted()?;
        talk(address).with_context(|| format!("第 {number} 个客户端"))?;
    }
    Ok(began.elapsed())
}

/// One client: hears the greeting, says its sentence, waits until the server closes.
fn talk(address: SocketAddrV4) -> Result<()> {
    let mut server = Client::connect(address, PATIENCE)?;
    server.read_exact(&mut [0; "welcome to socket".len()])?;
    server.write_all(SENTENCE.as_bytes())?;
    server.finish()?;
    Ok(())
}

//! What it costs to be traced: an upload, which makes many calls that are looked at, and calls that nobody looks at.
//!
//! In real time: virtual time has no price that could be compared.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use events::{Activity, Call, CallResult, Clock, Exit};
use tracer::{News, Tracer};

use super::place::{RECEIVED, SOURCE};
use super::process::{start, stop_if_interrupted};
use super::sample::{Rounds, median, ratio, shown};
use super::table::Table;
use super::{Bench, peers, upload};

/// The size of the upload, if there is as much.
const MOST_MIB: u32 = 200;
/// Calls that nobody looks at.
const CALLS: u32 = 200_000;
/// How long one run may take.
const LIMIT: Duration = Duration::from_secs(600);
/// What it may cost: times as long as without.
const GOALS: [f64; 2] = [3.0, 1.5];

/// Measures with an upload of `mib` MiB at most; returns the report.
///
/// # Errors
/// Ctrl-C was pressed, or the file cannot be written.
pub fn measure(bench: &Bench, mib: u32) -> Result<String> {
    let mib = mib.min(MOST_MIB);
    bench.place.write_source(mib.into())?;
    let mut times = [(); 2].map(|()| (Rounds::new(), Rounds::new()));
    let mut fault = None;
    for _ in 0..bench.rounds {
        for (index, (alone, traced)) in times.iter_mut().enumerate() {
            let run = |is_traced| match index {
                0 => upload(bench, is_traced),
                _ => calls(bench, is_traced),
            };
            match run(false).and_then(|time| Ok((time, run(true)?))) {
                Ok((time, slower)) => {
                    alone.push(Some(time));
                    traced.push(Some(slower));
                }
                Err(error) => {
                    stop_if_interrupted()?;
                    fault = Some(format!("{error:#}"));
                }
            }
        }
    }
    let mut table = Table::new(&["程序", "不跟踪", "跟踪", "跟踪是不跟踪的"]);
    let names = [format!("第 04 课，上传 {mib} MiB"), format!("{CALLS} 次 getppid(2)")];
    let mut goals = String::new();
    for ((name, (alone, traced)), goal) in names.into_iter().zip(&times).zip(GOALS) {
        let (Some(middle), Some(slower)) = (median(alone), median(traced)) else { continue };
        let ratio = ratio(traced, alone).unwrap_or(f64::INFINITY);
        let verdict = if ratio <= goal { "达到" } else { "没有达到" };
        goals += &format!("  目标：{name}：跟踪不超过 {goal} 倍：{verdict}\n");
        table.row([name, shown(middle), shown(slower), format!("{ratio:.2} 倍")]);
    }
    let fault = fault.map(|why| format!("  没有量成：{why}\n")).unwrap_or_default();
    Ok(format!("跟踪的代价（真实时间，轮流 {} 遍）\n{table}{fault}{goals}", bench.rounds))
}

fn upload(bench: &Bench, is_traced: bool) -> Result<Duration> {
    if !is_traced {
        return upload::by_lesson(bench);
    }
    let in_folder = |program, args: &[&str]| -> Result<Command> {
        let mut command = bench.program(program)?;
        command.args(args).current_dir(&bench.place.folder);
        Ok(command)
    };
    let args = ["--addr", "127.0.0.1:0", "--out", RECEIVED];
    let time = traced(in_folder("lesson-04-upload-server", &args)?, |address| {
        in_folder("lesson-04-upload-client", &[SOURCE, "--addr", address]).ok()
    })?;
    ensure!(bench.place.received_whole()?, "收到的文件和发送的不一样");
    Ok(time)
}

fn calls(bench: &Bench, is_traced: bool) -> Result<Duration> {
    let command = peers::caller(bench.program("xtask")?, CALLS);
    if is_traced {
        return traced(command, |_| None);
    }
    let began = Instant::now();
    Ok(start(command)?.end(began + LIMIT)?.at - began)
}

/// Traces a program, and the one that `client` makes when the first one listens, from then on; the time until both
/// have ended well.
fn traced(server: Command, client: impl Fn(&str) -> Option<Command> + Sync) -> Result<Duration> {
    // a thread of its own: the tracer blocks a signal in it, and waits for its children only
    let done = thread::scope(|scope| scope.spawn(|| follow(server, &client)).join());
    done.ok().context("跟踪的线程出错")?
}

fn follow(server: Command, client: &impl Fn(&str) -> Option<Command>) -> Result<Duration> {
    let mut began = Instant::now();
    let limit = began + LIMIT;
    let mut tracer = Tracer::new(Clock::Real)?;
    tracer.start(server, 0, false).context("这里不能跟踪")?;
    while !tracer.is_over() {
        stop_if_interrupted()?;
        ensure!(Instant::now() < limit, "到了时限还没有结束");
        match tracer.advance(Duration::from_millis(10))? {
            Some(News::Event { event, .. }) => {
                let Activity::Leave { call: Call::Listen { addr: Some(addr), .. }, outcome } =
                    event.activity
                else {
                    continue;
                };
                if let Some(command) = client(&addr.to_string())
                    && matches!(outcome, CallResult::Done(_))
                {
                    began = Instant::now();
                    tracer.start(command, 1, false)?;
                }
            }
            Some(News::Ended { name, exit: ended, .. }) => {
                ensure!(ended == Exit::Code(0), "{name} 没有正常结束");
            }
            _ => {}
        }
    }
    Ok(began.elapsed())
}

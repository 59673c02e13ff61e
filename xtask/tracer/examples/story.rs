//! Traces programs and prints everything that they do: `story [--virtual SEED] COMMAND ARGS , COMMAND ARGS`.

#[cfg(target_os = "linux")]
use std::process::Command;
#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use events::{Activity, Call, CallResult, Clock};
#[cfg(target_os = "linux")]
use tracer::{News, Tracer};

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let time = match args.first().map(String::as_str) {
        Some("--virtual") => {
            let seed = args.remove(1).parse().unwrap_or(0);
            args.remove(0);
            Clock::Virtual { seed }
        }
        _ => Clock::Real,
    };
    let mut waiting = args.split(|arg| arg == ",").enumerate();
    let mut tracer = Tracer::new(time)?;
    let mut start = |tracer: &mut Tracer| -> std::io::Result<()> {
        if let Some((program, words)) = waiting.next() {
            let mut command = Command::new(&words[0]);
            command.args(&words[1..]);
            tracer.start(command, program, false)?;
        }
        Ok(())
    };
    start(&mut tracer)?;
    let began = std::time::Instant::now();
    loop {
        match tracer.advance(Duration::from_millis(100))? {
            Some(News::Event { program, event }) => {
                println!(
                    "{:>9.4} {program} {} {} {:?}",
                    event.at.as_secs_f64(),
                    event.pid,
                    event.tid,
                    event.activity
                );
                if let Activity::Leave { call: Call::Listen { .. }, outcome: CallResult::Done(_) } =
                    event.activity
                {
                    start(&mut tracer)?;
                }
            }
            Some(News::Stuck(waiting)) => {
                for mut one in waiting {
                    let frames = std::mem::take(&mut one.frames);
                    println!("stuck: {one:?}");
                    for (depth, frame) in frames.iter().enumerate() {
                        let own = if frame.own { "own" } else { "   " };
                        let (file, line) = (frame.file.as_deref(), frame.line.unwrap_or_default());
                        println!(
                            "  {depth:>2} {own} {} {}:{line}",
                            frame.function,
                            file.unwrap_or_default()
                        );
                        for line in frame.source.iter().flat_map(|source| &source.lines) {
                            println!("           | {line}");
                        }
                    }
                }
                break;
            }
            Some(News::Output { .. }) => {}
            Some(news) => {
                println!("{news:?}");
                if matches!(news, News::Computing { .. }) {
                    break;
                }
            }
            None if tracer.is_over() => break,
            None => {}
        }
    }
    println!("{:.4} s, unattributed {}", began.elapsed().as_secs_f64(), tracer.unattributed());
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}

//! Whether this machine lets us trace programs and make their time: tried out on a small program, once per command.

use std::path::Path;

use crate::trial::try_in_a_process;

/// The hidden subcommand of xtask that tries it.
pub const PROBE: &str = "__probe-tracing";
/// The hidden subcommand that is the small program: two processes, three seconds of sleep, one line.
pub const SAMPLE: &str = "__probe-sample";

/// Tries it in a process of its own.
///
/// # Errors
/// Why it cannot be done, in Chinese.
pub fn probe_tracing(xtask: &Path) -> Result<(), String> {
    if cfg!(not(target_os = "linux")) {
        return Err("只有 Linux 能这样跟踪程序".to_owned());
    }
    try_in_a_process(xtask, PROBE, &[])
}

/// Traces the small program in virtual time and compares what is seen with what it does.
///
/// # Errors
/// What failed, in Chinese.
#[cfg(target_os = "linux")]
pub fn try_it() -> Result<(), String> {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use events::{Activity, Clock};

    use tracer::{News, Tracer};

    use limits::TRACING_TRIAL_TIME;

    let began = Instant::now();
    let mut tracer = Tracer::new(Clock::Virtual { seed: 0 })
        .map_err(|error| format!("跟踪器建不起来（{error}）"))?;
    let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    command.arg(SAMPLE);
    tracer.start(command, 0, false).map_err(|error| format!("不能跟踪自己的子进程（{error}）"))?;
    let (mut processes, mut ends, mut text) = (1, 0, Vec::new());
    let mut patience = None;
    while !tracer.is_over() {
        if began.elapsed() > TRACING_TRIAL_TIME
            && began.elapsed()
                > TRACING_TRIAL_TIME.mul_f64(*patience.get_or_insert_with(crate::slowness))
        {
            return Err("虚拟的时间不往前走".to_owned());
        }
        match tracer
            .advance(Duration::from_millis(10))
            .map_err(|error| format!("跟踪中断（{error}）"))?
        {
            Some(News::Event { event, .. }) => match event.activity {
                Activity::NewProcess { .. } => processes += 1,
                Activity::Exited(_) => ends += 1,
                _ => {}
            },
            Some(News::Output { bytes, .. }) => text.extend(bytes),
            Some(News::Stuck(_)) => return Err("把好的程序当成了卡住的".to_owned()),
            _ => {}
        }
    }
    let right =
        (processes, ends) == (2, 2) && text == b"3\n" && tracer.now() >= Duration::from_secs(3);
    right.then_some(()).ok_or_else(|| "看到的和程序做的不一样".to_owned())
}

/// Only Linux has `ptrace` with all that it takes.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn try_it() -> Result<(), String> {
    Err("只有 Linux 能这样跟踪程序".to_owned())
}

/// What the small program does: a child sleeps, its parent waits for it and prints how many seconds passed.
///
/// # Errors
/// It cannot fork or not wait.
pub fn sample() -> Result<(), String> {
    use nix::sys::wait::waitpid;
    use nix::unistd::{ForkResult, fork};
    use std::time::{Duration, Instant};

    let began = Instant::now();
    // SAFETY: this process has one thread.
    match unsafe { fork() }.map_err(|errno| errno.to_string())? {
        ForkResult::Child => {
            std::thread::sleep(Duration::from_secs(3));
            std::process::exit(0);
        }
        ForkResult::Parent { child } => {
            waitpid(child, None).map_err(|errno| errno.to_string())?;
            println!("{}", began.elapsed().as_secs());
            Ok(())
        }
    }
}

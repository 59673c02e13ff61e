//! Processes that wait for each other: children, pipes, signals, files.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::stat::Mode;
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, mkfifo, pause, pipe};

/// More than a pipe holds.
const MUCH: usize = 1 << 20;

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    Some(match mode {
        "reads-input" => io::stdin().read_to_end(&mut Vec::new()).map(drop), // waits
        "keeps-the-pipe" => keeps_the_pipe(),
        "child-keeps-the-pipe" => child_keeps_the_pipe(),
        "both-keep-the-pipe" => both_keep_the_pipe(),
        "own-pipe" => own_pipe(),
        "full-pipe" => full_pipe(),
        "child-fills-the-pipe" => child_fills_the_pipe(),
        "pipes-of-each-other" => pipes_of_each_other(),
        "stops-its-child" => in_a_child(|| {
            let _ = raise(Signal::SIGSTOP); // waits
        }),
        "child-pauses" => in_a_child(|| {
            pause(); // waits
        }),
        "pauses" => {
            pause(); // waits
            Ok(())
        }
        "suspends" => SigSet::empty().suspend().map_err(io::Error::from), // waits
        "awaits-a-signal" => awaits_a_signal(),
        "opens-a-fifo" => opens_a_fifo(),
        "locks-a-file" => locks_a_file(),
        "forks-while-locked" => forks_while_locked(),
        "grandchild-keeps-the-pipe" => grandchild_keeps_the_pipe(),
        "waits-for-a-full-output" => waits_for_a_full_output(),
        "waits-for-an-open-input" => waits_for_an_open_input(),
        _ => return None,
    })
}

/// Does it in a child and waits for it.
fn in_a_child(work: impl FnOnce()) -> io::Result<()> {
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            work();
            std::process::exit(0);
        }
        ForkResult::Parent { child } => {
            waitpid(child, None)?; // waits
        }
    }
    Ok(())
}

fn read_all(reader: OwnedFd) -> io::Result<()> {
    File::from(reader).read_to_end(&mut Vec::new())?; // waits
    Ok(())
}

/// The child reads to the end, and the parent, which waits for it, could still write.
fn keeps_the_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(writer);
            read_all(reader)
        }
        ForkResult::Parent { child } => {
            drop(reader);
            waitpid(child, None)?; // waits
            drop(writer);
            Ok(())
        }
    }
}

/// The parent has closed its end, the child has not.
fn child_keeps_the_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            read_all(reader)?;
            drop(writer);
            Ok(())
        }
        ForkResult::Parent { child } => {
            File::from(writer).write_all(b"hello")?;
            waitpid(child, None)?; // waits
            drop(reader);
            Ok(())
        }
    }
}

fn both_keep_the_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    in_a_child(move || {
        let _ = read_all(reader);
    })?;
    drop(writer);
    Ok(())
}

fn own_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    read_all(reader)?;
    drop(writer);
    Ok(())
}

fn full_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    File::from(writer).write_all(&vec![1; MUCH])?; // waits
    drop(reader);
    Ok(())
}

/// The parent reads only after the child has ended.
fn child_fills_the_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(reader);
            File::from(writer).write_all(&vec![1; MUCH]) // waits
        }
        ForkResult::Parent { child } => {
            drop(writer);
            waitpid(child, None)?; // waits
            read_all(reader)
        }
    }
}

/// Parent and child each wait for the other's first word.
fn pipes_of_each_other() -> io::Result<()> {
    let (from_child, to_parent) = pipe()?;
    let (from_parent, to_child) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop((from_child, to_child));
            File::from(from_parent).read_exact(&mut [0])?; // waits
            File::from(to_parent).write_all(b"1")
        }
        ForkResult::Parent { .. } => {
            drop((from_parent, to_parent));
            File::from(from_child).read_exact(&mut [0])?; // waits
            File::from(to_child).write_all(b"1")
        }
    }
}

fn awaits_a_signal() -> io::Result<()> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGUSR1);
    signals.thread_block()?;
    signals.wait()?; // waits
    Ok(())
}

fn opens_a_fifo() -> io::Result<()> {
    mkfifo("fifo", Mode::S_IRUSR | Mode::S_IWUSR)?;
    File::open("fifo")?; // waits
    Ok(())
}

/// The child holds the lock and waits for a signal; the parent wants the lock.
fn locks_a_file() -> io::Result<()> {
    let path = "lock";
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let _held = Flock::lock(File::create(path)?, FlockArg::LockExclusive);
            pause(); // waits
        }
        ForkResult::Parent { .. } => {
            thread::sleep(Duration::from_secs(1));
            let _held = Flock::lock(File::create(path)?, FlockArg::LockExclusive); // waits
        }
    }
    Ok(())
}

/// In the child the lock is locked, and the thread that has it is not there.
fn forks_while_locked() -> io::Result<()> {
    static LOCK: Mutex<()> = Mutex::new(());
    let holds = thread::spawn(|| {
        let _held = LOCK.lock();
        thread::sleep(Duration::from_millis(200));
    });
    thread::sleep(Duration::from_millis(100));
    // SAFETY: the child does what this is about: it uses a lock.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let _held = LOCK.lock(); // waits
            std::process::exit(0);
        }
        ForkResult::Parent { child } => {
            let _ = holds.join();
            waitpid(child, None)?; // waits
        }
    }
    Ok(())
}

/// The child has ended; what it has made has the writing end, too.
fn grandchild_keeps_the_pipe() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    in_a_child(|| {
        // SAFETY: there is only one thread.
        if let Ok(ForkResult::Child) = unsafe { fork() } {
            let _ = fifo_that_nobody_opens();
        }
    })?;
    drop(writer);
    read_all(reader)
}

fn fifo_that_nobody_opens() -> io::Result<()> {
    pause(); // waits
    Ok(())
}

/// This program again, in another mode.
fn myself(mode: &str) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(mode);
    Ok(command)
}

fn waits_for_a_full_output() -> io::Result<()> {
    if std::env::args().nth(2).is_some() {
        return io::stdout().write_all(&vec![b'x'; MUCH]); // waits
    }
    let mut child =
        myself("waits-for-a-full-output")?.arg("child").stdout(Stdio::piped()).spawn()?;
    child.wait()?; // waits
    Ok(())
}

fn waits_for_an_open_input() -> io::Result<()> {
    if std::env::args().nth(2).is_some() {
        io::stdin().read_to_end(&mut Vec::new())?; // waits
        return Ok(());
    }
    let mut child =
        myself("waits-for-an-open-input")?.arg("child").stdin(Stdio::piped()).spawn()?;
    let input = child.stdin.take();
    child.wait()?; // waits
    drop(input);
    Ok(())
}

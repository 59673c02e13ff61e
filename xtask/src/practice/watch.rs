//! Waits until a student's file has changed, or a key is pressed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, poll, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use stage::interrupt;

/// An editor writes a file in several steps: what follows within this time is the same change.
const SETTLED: Duration = Duration::from_millis(60);
/// How often keys and changes are asked for in turn.
const EVERY: Duration = Duration::from_millis(30);

/// What a student may want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A file has changed (or Enter): look again.
    Again,
    /// `h`: the next hint.
    Hint,
    /// `t`: the picture of what the programs did.
    Trace,
    /// `r`: how to run it by hand.
    Run,
    /// `l`: all exercises.
    List,
    /// `s`: the next exercise, although this one is not done.
    Skip,
    /// `n`: the next exercise.
    Next,
    /// `?`: what the keys do.
    Help,
    /// `q`, Ctrl-C, or nobody is there any more.
    Quit,
}

/// Looks at files and keys.
#[derive(Debug)]
pub struct Watch {
    changes: Receiver<PathBuf>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Of the files in `folder`.
    ///
    /// # Errors
    /// The system does not tell of changes.
    pub fn of(folder: &Path) -> Result<Watch> {
        let (sender, changes) = channel();
        let mut watcher = notify::recommended_watcher(tell(sender)).context("没法等文件改变")?;
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("没法等 {} 里的文件改变", folder.display()))?;
        Ok(Watch { changes, _watcher: watcher })
    }

    /// Until one of `files` has changed or a key is pressed that means something.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub fn next(&self, files: &[PathBuf]) -> Result<Key> {
        // what happened while nobody waited is a change too
        let raw = RawMode::enter()?;
        loop {
            if interrupt::interrupted() {
                return Ok(Key::Quit);
            }
            if self.has_changed(files) {
                return Ok(Key::Again);
            }
            if poll(EVERY).context("读不了键盘")?
                && let Some(key) = key_of(&read().context("读不了键盘")?)
            {
                drop(raw);
                return Ok(key);
            }
        }
    }

    fn has_changed(&self, files: &[PathBuf]) -> bool {
        let is_ours =
            |path: &PathBuf| files.iter().any(|file| file.file_name() == path.file_name());
        let mut changed = false;
        while let Ok(path) = self.changes.try_recv() {
            changed |= is_ours(&path);
        }
        if !changed {
            return false;
        }
        let mut until = Instant::now() + SETTLED;
        while let Ok(path) =
            self.changes.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            if is_ours(&path) {
                until = Instant::now() + SETTLED;
            }
        }
        true
    }
}

/// Ends this process when its terminal is gone: to read its keys then takes a processor and never comes to an end. (Closing a
/// terminal is an interrupt, and whoever can has answered it by then.)
pub fn end_with_terminal() {
    /// So long may what runs take to end itself.
    const GRACE: Duration = Duration::from_secs(3);
    let wait = || {
        while !interrupt::interrupted() {
            std::thread::sleep(EVERY);
        }
        std::thread::sleep(GRACE);
        // helpers notice that their parent is gone and clean up
        std::process::exit(interrupt::EXIT_CODE.into());
    };
    // no thread to be had: then it is as if nobody had asked
    let _ = std::thread::Builder::new().name("terminal".into()).spawn(wait);
}

/// Passes on which files were written, made or renamed; who only reads changes nothing.
fn tell(sender: Sender<PathBuf>) -> impl FnMut(notify::Result<notify::Event>) {
    move |event| {
        let Ok(event) = event else { return };
        if event.kind.is_modify() || event.kind.is_create() {
            for path in event.paths {
                // nobody waits any more: no harm
                let _ = sender.send(path);
            }
        }
    }
}

fn key_of(event: &Event) -> Option<Key> {
    let Event::Key(key) = event else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => {
            Some(Key::Quit)
        }
        KeyCode::Char('h') => Some(Key::Hint),
        KeyCode::Char('t') => Some(Key::Trace),
        KeyCode::Char('r') => Some(Key::Run),
        KeyCode::Char('l') => Some(Key::List),
        KeyCode::Char('s') => Some(Key::Skip),
        KeyCode::Char('n') => Some(Key::Next),
        KeyCode::Char('?' | '？') => Some(Key::Help),
        KeyCode::Char('q') => Some(Key::Quit),
        KeyCode::Enter => Some(Key::Again),
        _ => None,
    }
}

/// While it lives, what is typed is not shown and waits to be read, key by key, and Ctrl-C interrupts as usual; at the end the
/// terminal is as it was.
pub struct Quiet(Option<Termios>);

impl Quiet {
    /// Of the terminal on standard input; nothing, if it is none.
    pub fn enter() -> Quiet {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(mut quiet) = before.clone() {
            quiet.local_flags.remove(LocalFlags::ECHO | LocalFlags::ICANON);
            // it goes on being shown: no harm
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &quiet);
        }
        Quiet(before)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // the terminal is gone: nothing is left to put right
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, before);
        }
    }
}

/// Keys come as they are pressed, and are not shown; at the end the terminal is as it was.
struct RawMode;

impl RawMode {
    fn enter() -> io::Result<RawMode> {
        enable_raw_mode()?;
        Ok(RawMode)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // the terminal is gone: nothing is left to put right
        let _ = disable_raw_mode();
    }
}

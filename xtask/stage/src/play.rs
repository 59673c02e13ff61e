//! Has a scene played by a helper process and collects what it tells.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use course::script::Scene;
use events::{Event, Kind};

use crate::interrupt::{PassOn, interrupted};
use crate::tree::Tree;
use crate::{Addresses, Assignment, PLAY_SCENE};

/// Plays a scene; `live` sees each event as it happens. Returns the scene as it was played (with its real
/// addresses) and all events. `xtask` is the program whose hidden subcommand is the helper.
///
/// Blocks until the scene is over: the thread that calls it must not end before (the helper's death signal
/// is bound to it).
///
/// # Errors
/// The helper failed: a fault of the machine, not of a lesson.
pub fn play(
    xtask: &Path,
    assignment: Assignment,
    mut live: impl FnMut(&[Event]),
) -> Result<(Scene, Vec<Event>)> {
    let task = serde_json::to_vec(&assignment)?;
    let folder = Tree::open(&assignment.folder).context("场景的文件夹不见了")?;
    let temporary = Temporary::beside(&assignment).context("建不了程序的临时文件夹")?;
    // should the helper be killed, what it leaves comes to us
    crate::adopt_orphans().context("不能收养孤儿进程")?;
    let mut helper = Command::new(xtask)
        .arg(PLAY_SCENE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("启动不了场景的助手进程")?;
    let passed_on = PassOn::to(Pid::from_raw(helper.id() as i32));
    let sent = helper.stdin.take().map(|mut stdin| stdin.write_all(&task));
    let events = helper.stdout.take().map(|stdout| read_events(stdout, &mut live));
    let mut complaint = String::new();
    if let Some(mut stderr) = helper.stderr.take() {
        stderr.read_to_string(&mut complaint)?;
    }
    drop(passed_on);
    let status = helper.wait()?;
    if !folder.is_at(&assignment.folder) {
        // a program has moved it: whoever removes what stands in its place does not find it
        let _ = folder.remove_wherever_it_is();
    }
    if status.signal().is_some() {
        crate::end_inherited();
    }
    #[cfg(target_os = "linux")]
    crate::crowd::remove_group_of(helper.id() as i32);
    drop(temporary);
    if let Some(signal) = status.signal().filter(|_| !interrupted()) {
        let name = Signal::try_from(signal).map_or("?", Signal::as_str);
        bail!(
            "场景的助手进程被信号 {name} 终止。如果不是谁在终端里终止的，就是程序自己做的：\
             看看它有没有给父进程发信号（kill）"
        );
    }
    if !status.success() && !interrupted() {
        bail!("场景的助手进程没有做完（{status}）：{}", complaint.trim());
    }
    sent.transpose().context("场景的助手进程没有读任务")?;
    let events = events.transpose()?.unwrap_or_default();
    let pairs: Vec<_> = events
        .iter()
        .filter_map(|event| match event.kind {
            Kind::Address { script, real } => Some((script, real)),
            _ => None,
        })
        .collect();
    Ok((Addresses::in_scene(assignment.scene, &pairs), events))
}

/// The folder for the programs' temporary files, removed with this. Programs of one's own use that of their user.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn beside(assignment: &Assignment) -> io::Result<Temporary> {
        #[cfg(target_os = "linux")]
        if assignment.directory.is_none() {
            let path = crate::contain::temporary_of(&assignment.folder);
            fs::create_dir(&path)?;
            return Ok(Temporary(Some(path)));
        }
        let _ = assignment;
        Ok(Temporary(None))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // what cannot be removed now stands among all folders of this run, or in the next one's way
        let _ = self.0.as_deref().map(crate::remove);
    }
}

fn read_events(source: impl Read, live: &mut impl FnMut(&[Event])) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for line in BufReader::new(source).lines() {
        events.push(serde_json::from_str(&line?).context("读不懂助手进程的事件")?);
        live(&events);
    }
    Ok(events)
}

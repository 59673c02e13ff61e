//! The helper process of one scene: a hidden subcommand of xtask, like those that try what this machine grants.
//!
//! It reads an [`Assignment`] as JSON from standard input, puts the scene on, and writes every
//! [`Event`] as a line of JSON to standard output. It is a process of its own because it enters a
//! namespace, adopts orphans and waits for any child; and it ends, with all that it has started, when xtask does.

use std::io::{self, Write};
#[cfg(target_os = "linux")]
use std::path::PathBuf;
use std::time::Duration;

use limits::HELPER_GRACE;
use nix::sys::signal::{SigSet, Signal};

use events::{Event, error_in_words};

use crate::Assignment;
use crate::observe::{self, Witness};

/// Carries out the hidden subcommand `name`; `None`: it is none of ours. What fails is said in Chinese.
pub fn dispatch(name: &str) -> Option<Result<(), String>> {
    Some(match name {
        crate::PLAY_SCENE => play_scene(),
        crate::partner::PARTNER => crate::partner::play(std::env::args().skip(2)),
        crate::network::PROBE => crate::network::try_it(std::env::args_os().skip(2)),
        crate::network::PROBE_INTERFACE => crate::network::try_interface(),
        #[cfg(target_os = "linux")]
        crate::contain::PROBE => crate::contain::try_it(std::env::args_os().skip(2)),
        observe::probe::PROBE => observe::probe::try_it(),
        observe::probe::SAMPLE => observe::probe::sample(),
        _ => return None,
    })
}

fn play_scene() -> Result<(), String> {
    let assignment: Assignment = serde_json::from_reader(io::stdin().lock())
        .map_err(|error| format!("读不懂任务：{error}"))?;
    #[cfg(target_os = "linux")]
    let _interface = set_network(&assignment)?;
    let in_words =
        |what: &'static str| move |error: io::Error| format!("{what}：{}", error_in_words(&error));
    crate::die_with_parent(assignment.parent, Signal::SIGTERM)
        .map_err(in_words("xtask 已经结束"))?;
    crate::adopt_orphans().map_err(in_words("不能收养孤儿进程"))?;
    let Assignment { scene, folder, lessons, .. } = &assignment;
    crate::prepare(scene, folder, lessons).map_err(in_words("准备不了场景的文件"))?;
    crate::stay_ahead();
    #[cfg(target_os = "linux")]
    crate::crowd::limit(assignment.own_network);
    // this thread is not contained: it must be able to end everything
    end_when_stuck((scene.limit + HELPER_GRACE).mul_f64(assignment.patience))
        .map_err(in_words("没有余下的线程（ulimit -u 太小）"))?;
    #[cfg(target_os = "linux")]
    contain(&assignment);
    let mut told = Told(io::BufWriter::new(io::stdout().lock()));
    observe::play(&assignment, &mut told).map_err(in_words("场景演不下去"))
}

/// The network that the scene is to have, as long as what this returns is kept.
#[cfg(target_os = "linux")]
fn set_network(assignment: &Assignment) -> Result<Option<crate::interface::Interface>, String> {
    if assignment.own_network {
        crate::network::enter()?;
    }
    match &assignment.scene.interface {
        Some(_) if !assignment.own_network => Err("第二张网卡要有单独的网络".to_owned()),
        Some(interface) => crate::interface::add(interface.address).map(Some),
        None => Ok(None),
    }
}

/// What the scene's programs reach. Programs of one's own (`directory`) are not contained: they do what they do.
#[cfg(target_os = "linux")]
fn contain(assignment: &Assignment) {
    use crate::contain::{
        Bounds, close_helper, contain, set_environment, set_temporary, temporary_of,
    };

    let Assignment { scene, folder, programs, directory, own_network, .. } = assignment;
    if directory.is_none() {
        let temporary = temporary_of(folder);
        let programs = programs.values().map(|program| program.path.clone());
        // a partner is xtask itself
        let has_partner = (0..scene.terminals.len()).any(|one| scene.is_partner(one));
        let ourselves = has_partner.then(std::env::current_exe).and_then(Result::ok);
        let mut readable: Vec<PathBuf> = programs.chain(ourselves).collect();
        let hidden = match &assignment.confinement {
            None => {
                readable.push(assignment.lessons.clone());
                None
            }
            Some(confinement) => {
                readable.extend(confinement.readable.iter().cloned());
                readable.extend(lesson_files(assignment));
                set_environment(confinement.environment.clone());
                Some(confinement.hidden.clone())
            }
        };
        let writable = vec![folder.clone(), temporary.clone()];
        let bounds = Bounds { writable, readable, hidden };
        set_temporary(temporary);
        contain(&bounds, *own_network);
    }
    close_helper();
}

/// The files of lessons with which the scene compares others: all that is needed of `lessons/`.
#[cfg(target_os = "linux")]
fn lesson_files(assignment: &Assignment) -> impl Iterator<Item = PathBuf> {
    use course::script::Content;

    let Assignment { scene, lessons, .. } = assignment;
    let compared = scene.compared.iter().filter_map(|file| file.content.as_ref());
    let all = compared.chain(scene.prepared.iter().map(|file| &file.content));
    all.filter_map(|content| match content {
        Content::Lesson(path) => Some(lessons.join(path)),
        _ => None,
    })
}

/// The last resort: everything is ended, this process too.
fn end_when_stuck(after: Duration) -> io::Result<()> {
    let wait = move || {
        // a signal is for the main thread: here it would only interrupt the sleep, thousands of times a scene
        let _ = SigSet::all().thread_block();
        std::thread::sleep(after);
        let place = where_main_is();
        crate::end_everything(&[]);
        let _ = writeln!(io::stderr(), "场景早该结束，助手进程却卡住了（{place}）");
        std::process::exit(1);
    };
    std::thread::Builder::new().spawn(wait).map(|_| ())
}

/// What the main thread is doing, as far as the kernel says: state, system call, and where it waits
/// (`proc_pid_stat(5)`, `proc_pid_syscall(5)`, `proc_pid_wchan(5)`).
fn where_main_is() -> String {
    let pid = std::process::id();
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/{name}"));
    let words = |text: io::Result<String>, count: usize| -> String {
        let text = text.unwrap_or_default();
        text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
    };
    let state = read("stat").map(|stat| stat.rsplit(')').next().unwrap_or_default().to_owned());
    format!("{}，{}，{}", words(state, 1), words(read("syscall"), 4), words(read("wchan"), 1))
}

/// Events as lines of JSON.
struct Told<W>(W);

impl<W: Write> Witness for Told<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, event)?;
        self.0.write_all(b"\n")
    }

    fn pause(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

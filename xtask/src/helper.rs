//! The helper process of one scene: a hidden subcommand of xtask.
//!
//! It reads an [`Assignment`] as JSON from standard input, puts the scene on, and writes every
//! [`Event`](events::Event) as a line of JSON to standard output. It is a process of its own because it enters a
//! namespace, adopts orphans and waits for any child; and it ends, with all that it has started, when xtask does.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};

use crate::bench::peers;
use crate::observe::{self, Witness};
use crate::stage::{self, Assignment};
use events::Event;

/// The hidden subcommand that plays one scene.
pub const PLAY_SCENE: &str = "__play-scene";

/// Runs a hidden subcommand, if `name` is one.
pub fn dispatch(name: &str) -> Option<ExitCode> {
    let done = match name {
        PLAY_SCENE => play_scene(),
        stage::network::PROBE => probe_network(),
        stage::network::PROBE_INTERFACE => probe_interface(),
        observe::self_test::PROBE => observe::self_test::try_it(),
        observe::self_test::SAMPLE => observe::self_test::sample(),
        peers::SEND | peers::RECEIVE | peers::CALL => peers::run(name),
        _ => return None,
    };
    Some(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // the reader may be gone: then there is nobody to tell
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    })
}

fn play_scene() -> Result<(), String> {
    let assignment: Assignment = serde_json::from_reader(io::stdin().lock())
        .map_err(|error| format!("读不懂任务：{error}"))?;
    #[cfg(target_os = "linux")]
    let _interface = set_network(&assignment)?;
    let in_words = |what: &'static str| move |error: io::Error| format!("{what}：{error}");
    stage::die_with_parent(assignment.parent, Signal::SIGTERM)
        .map_err(in_words("xtask 已经结束"))?;
    stage::adopt_orphans().map_err(in_words("不能收养孤儿进程"))?;
    let Assignment { scene, folder, lessons, .. } = &assignment;
    stage::prepare(scene, folder, lessons).map_err(in_words("准备不了场景的文件"))?;
    stage::stay_ahead(assignment.own_network);
    end_when_stuck(scene.limit + PATIENCE);
    let mut told = Told(io::BufWriter::new(io::stdout().lock()));
    observe::play(&assignment, &mut told).map_err(in_words("场景演不下去"))
}

/// The network that the scene is to have, as long as what this returns is kept.
#[cfg(target_os = "linux")]
fn set_network(assignment: &Assignment) -> Result<Option<stage::interface::Interface>, String> {
    if assignment.own_network {
        stage::network::enter()?;
    }
    match &assignment.scene.interface {
        Some(_) if !assignment.own_network => Err("第二张网卡要有单独的网络".to_owned()),
        Some(interface) => stage::interface::add(interface.address).map(Some),
        None => Ok(None),
    }
}

/// A scene ends at its limit. If this process has not noticed so long after it, something holds it up.
const PATIENCE: Duration = Duration::from_secs(15);

/// The last resort: everything is ended, this process too.
fn end_when_stuck(after: Duration) {
    std::thread::spawn(move || {
        // a signal is for the main thread: here it would only interrupt the sleep, thousands of times a scene
        let _ = SigSet::all().thread_block();
        std::thread::sleep(after);
        let place = where_main_is();
        stage::end_everything(&[]);
        let _ = writeln!(io::stderr(), "场景早该结束，助手进程却卡住了（{place}）");
        std::process::exit(1);
    });
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

#[cfg(target_os = "linux")]
fn probe_network() -> Result<(), String> {
    stage::network::enter()?;
    // the last step that hardened systems refuse: using what was granted
    let listener = std::net::TcpListener::bind("127.0.0.1:8888");
    let listener = listener.map_err(|error| format!("在自己的网络里不能监听（{error}）"))?;
    let addr = listener.local_addr().map_err(|error| error.to_string())?;
    std::net::TcpStream::connect(addr)
        .map_err(|error| format!("在自己的网络里不能连接（{error}）"))?;
    for path in std::env::args_os().skip(2) {
        std::fs::File::open(&path)
            .map_err(|error| format!("在自己的网络里读不了 {}（{error}）", path.display()))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn probe_interface() -> Result<(), String> {
    use stage::interface::{EXAMPLE, add};
    stage::network::enter()?;
    let _interface = add(EXAMPLE)?;
    let listener = std::net::TcpListener::bind((EXAMPLE, 8888));
    let listener = listener.map_err(|error| format!("在第二张网卡上不能监听（{error}）"))?;
    let addr = listener.local_addr().map_err(|error| error.to_string())?;
    std::net::TcpStream::connect(addr)
        .map_err(|error| format!("连不上第二张网卡的地址（{error}）"))?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn probe_network() -> Result<(), String> {
    Err("只有 Linux 有网络命名空间".to_owned())
}

#[cfg(not(target_os = "linux"))]
fn probe_interface() -> Result<(), String> {
    probe_network()
}

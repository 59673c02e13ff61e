//! Puts a scene on: its folder, its network, its programs, and the end of everything it started.
//!
//! An [`Assignment`] goes in, [`Event`](events::Event)s come out. A scene is played in a helper process that it has for
//! itself, because a network namespace, being a subreaper and "wait for any child" belong to a process as a whole.
//!
//! | file | task |
//! | --- | --- |
//! | `play` | xtask's side: has a scene played by a helper process, collects its events |
//! | `helper` | the helper's side: reads the [`Assignment`], tells the events |
//! | `observe` | plays the scene, step by step, and sees what its programs do |
//! | `interrupt` | Ctrl-C, for everything that runs |
//! | `tree` | the files below a scene's folder, reached without leaving it |
//! | `folders` | where scenes play, and that nothing of it stays |
//! | `files`, `noise` | a scene's files before and after |
//! | `network` | a user and network namespace with its own loopback |
//! | `interface` | a second interface for a scene that asks for one |
//! | `sockets` | who listens where, who is connected, without connecting |
//! | `announcement` | what a server says when it listens |
//! | `addresses` | without a network of its own: which port stands for which |
//! | `containment` | adopt, wait for and end every descendant |
//! | `contain` | what programs may write, read and signal |
//! | `crowd` | the kernel's own limit of a scene's processes |
//! | `meter` | memory, processes and disk of a scene |
//! | `priority` | acts although the programs take every processor |
//! | `trial` | tries what the machine grants, in a process of its own |
//! | `slowness` | how busy the machine is |
//! | `keys` | plays step by step: what somebody types |
//! | `partner` | the partner of a script: connects, drips, resets, dies |
//! | `launch` | start one program with its pipes |

pub mod helper;
pub mod interrupt;
pub mod observe;
pub mod play;

mod addresses;
mod announcement;
#[cfg(target_os = "linux")]
pub mod contain;
mod containment;
#[cfg(target_os = "linux")]
mod crowd;
mod files;
mod folders;
#[cfg(target_os = "linux")]
pub mod interface;
pub mod keys;
mod launch;
mod meter;
pub mod network;
mod noise;
mod partner;
mod priority;
mod slowness;
#[cfg(target_os = "linux")]
mod sockets;
mod tree;
mod trial;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use events::{Clock, Endpoint, Transport};

pub use addresses::Addresses;
pub use announcement::{HEARS_AT, LISTENS_AT, announced};
pub use containment::{
    Left, Reaped, adopt_orphans, die_with_parent, end_everything, end_inherited,
    keep_ended_children, wait_for_any,
};
pub use files::{FileFact, inspect, new_files, prepare};
pub use folders::{Folders, remove};
pub use launch::{Running, command, launch};
pub use meter::Meter;
pub use priority::stay_ahead;
pub use slowness::slowness;
pub use tree::Tree;

/// The hidden subcommand of xtask that is the helper process: it reads an [`Assignment`] as JSON from its standard input.
pub const PLAY_SCENE: &str = "__play-scene";

/// Everything that a helper process needs to put a scene on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Assignment {
    /// The scene.
    pub scene: course::script::Scene,
    /// Its folder; exists and is empty.
    pub folder: PathBuf,
    /// Where the programs run, if not in the scene's folder.
    pub directory: Option<PathBuf>,
    /// The course's `lessons/`, for files that a script takes from there.
    pub lessons: PathBuf,
    /// What can be started: package to program.
    pub programs: BTreeMap<String, Program>,
    /// Enter a user and network namespace of its own.
    pub own_network: bool,
    /// Programs of somebody else may connect to those of the scene: the network is not their own, on purpose.
    pub visited: bool,
    /// Trace the programs, on this clock; `None`: only read their pipes.
    pub trace: Option<Clock>,
    /// Traced, in virtual time: the kernel is as unkind as it may be, and this seed decides when.
    #[serde(default)]
    pub harsh: Option<u64>,
    /// On our clock the scene has so many times its limit, 1 at least: the machine is busy. On a clock that is made
    /// nothing is stretched.
    pub patience: f64,
    /// Traced, how much of what the programs do is told.
    pub detail: Detail,
    /// Traced, from which line of its source each call is made is told, too. That costs.
    #[serde(default)]
    pub places: bool,
    /// Traced, so much processor time without a system call is computing for ever.
    pub computing: Duration,
    /// Play step by step: every direction that does something waits for a line on this descriptor, which the helper
    /// inherits.
    pub keys: Option<i32>,
    /// The programs are a stranger's: they reach less than those of the course.
    #[serde(default)]
    pub confinement: Option<Confinement>,
    /// The process that reads the events; the helper ends when it does.
    pub parent: i32,
}

/// What a stranger's programs find, beside the scene's own folders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Folders that are empty for them, but for what is [`readable`](Confinement::readable). Homes always are.
    pub hidden: Vec<PathBuf>,
    /// What they need all the same, beside the programs of the scene.
    pub readable: Vec<PathBuf>,
    /// All of their environment, but `TMPDIR`.
    pub environment: BTreeMap<String, String>,
}

/// How much is told of what traced programs do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    /// What a verdict needs: no sleeps, and no waits for locks, threads or any of several descriptors. They are many,
    /// and no script speaks of them.
    Verdict,
    /// Everything: a picture also shows who waits for how long.
    Picture,
}

/// A built program of the course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The binary.
    pub path: PathBuf,
    /// The default of its `--addr`, if it has one.
    pub address: Option<SocketAddr>,
}

/// Where a process or one of its descendants listens; of UDP: where it has a socket that is bound and has no other side.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`), or this system has no such question: then the only witness
/// is what the server says on its standard error.
#[cfg(target_os = "linux")]
pub fn listening(pid: i32, transport: Transport) -> io::Result<Vec<Endpoint>> {
    sockets::listening(pid, transport)
}

/// Whether one of these processes listens for TCP connections, whichever version of IP it uses.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`), or this system has no such question.
#[cfg(target_os = "linux")]
pub fn serves(pids: &[i32]) -> io::Result<bool> {
    sockets::serves(pids)
}

/// Whether a process or one of its descendants has a connection to `peer` (of UDP: a socket that was given this other
/// side, `connect(2)`); `None`: cannot be seen.
///
/// # Errors
/// The kernel refuses the question (`sock_diag(7)`).
#[cfg(target_os = "linux")]
pub fn is_connected(pid: i32, peer: Endpoint) -> io::Result<Option<bool>> {
    sockets::is_connected(pid, peer).map(Some)
}

/// Elsewhere nothing tells.
#[cfg(not(target_os = "linux"))]
pub fn is_connected(_pid: i32, _peer: Endpoint) -> io::Result<Option<bool>> {
    Ok(None)
}

/// Only Linux answers.
#[cfg(not(target_os = "linux"))]
pub fn serves(_pids: &[i32]) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Only Linux answers.
#[cfg(not(target_os = "linux"))]
pub fn listening(_pid: i32, _transport: Transport) -> io::Result<Vec<Endpoint>> {
    Err(io::ErrorKind::Unsupported.into())
}

//! Signals to somebody who is not in the scene.

use nix::sys::signal::Signal;

use events::{Activity, Call, CallResult, Event, Kind};

/// A signal to somebody who is not in the scene: neither we nor the kernel let it through. In words.
pub(super) fn stray_signal(events: &[Event], pid: i32, activity: &Activity) -> Option<String> {
    let Activity::Leave {
        call: Call::Kill { target, signal },
        outcome: CallResult::Failed(libc::EPERM),
    } = activity
    else {
        return None;
    };
    // it only asks whether there is somebody (kill(2))
    if *signal == 0 {
        return None;
    }
    let runner = events.iter().find_map(|event| match event.kind {
        Kind::Started { parent, .. } => Some(parent),
        _ => None,
    });
    let whom = match *target {
        -1 => "-1，也就是它能发到的所有进程（fork 失败时返回 -1，它不是进程号）".to_owned(),
        0 => "0，也就是它所在的进程组，里面有场景以外的进程".to_owned(),
        target if runner == Some(target) => format!("{target}，那是启动它的程序，不是场景里的进程"),
        target if target < 0 => format!("进程组 {}，那不是场景里的", target.unsigned_abs()),
        target => format!("{target}，那不是场景里的进程"),
    };
    let name =
        Signal::try_from(*signal).map_or_else(|_| format!("{signal} 号"), |one| one.to_string());
    Some(format!("进程 {pid} 要把信号 {name} 发给 {whom}；没有发出去，kill 返回 EPERM"))
}

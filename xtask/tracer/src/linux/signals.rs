//! Which signals are pending, and what they would do (`signal(7)`).

use super::procfs;

/// Of a signal in the sets of [`procfs::Signals`].
pub fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Only signals that stop a process are pending: it notices nothing when it goes on (`signal(7)`).
pub fn is_only_stopped(tid: i32) -> bool {
    let stops = [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].map(bit);
    let signals = procfs::signals(tid);
    let due = signals.pending & !signals.blocked & !signals.ignored;
    due & (signals.caught | !stops.into_iter().sum::<u64>()) == 0
}

/// Only signals that do nothing are pending. Without us the kernel would have thrown them away when they were sent
/// (`sig_ignored` in kernel/signal.c), and nobody would have been woken.
pub fn is_only_ignored(tid: i32) -> bool {
    let signals = procfs::signals(tid);
    let due = signals.pending & !signals.blocked;
    due != 0 && due & !(signals.ignored | harmless() & !signals.caught) == 0
}

/// No signal is pending that the thread could receive.
pub fn has_no_signal(tid: i32) -> bool {
    let signals = procfs::signals(tid);
    signals.pending & !signals.blocked == 0
}

/// Signals that do nothing by default (`signal(7)`).
pub fn harmless() -> u64 {
    [libc::SIGCHLD, libc::SIGCONT, libc::SIGURG, libc::SIGWINCH].map(bit).into_iter().sum()
}

/// Whether a pending signal would end a sleep: one that is caught, or that ends or stops the process.
pub fn is_called(tid: i32) -> bool {
    let signals = procfs::signals(tid);
    let due = signals.pending & !signals.blocked & !signals.ignored;
    due & (signals.caught | !harmless()) != 0
}

/// Whether a signal that a thread has received with `sigwait(3)` would have killed its process when it was sent: it is not
/// blocked, and by default it ends a process without a core dump. The kernel (`complete_signal` in kernel/signal.c) spares
/// a process that is traced.
pub fn kills_at_once(tid: i32, signal: i32) -> bool {
    /// Those that do nothing, stop or go on, or leave a core dump (`signal(7)`).
    const OTHERS: [i32; 18] = [
        libc::SIGCHLD,
        libc::SIGCONT,
        libc::SIGURG,
        libc::SIGWINCH,
        libc::SIGSTOP,
        libc::SIGTSTP,
        libc::SIGTTIN,
        libc::SIGTTOU,
        libc::SIGQUIT,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGFPE,
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGSYS,
        libc::SIGXCPU,
        libc::SIGXFSZ,
    ];
    let signals = procfs::signals(tid);
    !OTHERS.contains(&signal)
        && bit(signal) & (signals.blocked | signals.caught | signals.ignored) == 0
}

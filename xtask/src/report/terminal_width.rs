//! How wide the terminal is.

use std::io::{IsTerminal, stdout};

/// Cells of a line of the terminal on standard output; `None`: it is none, or does not say.
pub fn terminal_width() -> Option<u16> {
    if !stdout().is_terminal() {
        return None;
    }
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: `size` lives through the call, which fills it in (`TIOCGWINSZ`, `ioctl_tty(2)`).
    let done = unsafe { libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &raw mut size) };
    (done == 0 && size.ws_col > 0).then_some(size.ws_col)
}

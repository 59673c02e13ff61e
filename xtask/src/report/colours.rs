//! How things are coloured on a terminal. `anstream` takes colours away where they are not wanted (`NO_COLOR`, pipes).

use anstyle::{AnsiColor, Style};

/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is there but matters less.
pub const FAINT: Style = Style::new().dimmed();
/// What should be seen first.
pub const STRONG: Style = Style::new().bold();
/// One per terminal of a scene, again from the start when there are more.
pub const TERMINALS: [Style; 6] = [
    AnsiColor::Cyan.on_default(),
    AnsiColor::Yellow.on_default(),
    AnsiColor::Magenta.on_default(),
    AnsiColor::Green.on_default(),
    AnsiColor::Blue.on_default(),
    AnsiColor::Red.on_default(),
];

/// `text` in `style`.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

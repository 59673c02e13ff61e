//! The film as one HTML file: no network, opens from `file://`. Nothing that a program printed or is called can run: the film
//! is data, its texts are set as texts, and only the player's own script is allowed.

use super::Film;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("player.css");
const PLAYER: &str = include_str!("player.js");

/// One whole file.
///
/// # Panics
/// Never: a film is made of texts and numbers.
pub fn html(film: &Film) -> String {
    let data = serde_json::to_string(film).expect("texts and numbers");
    // in a script nothing but its end is looked for: there is no < left
    let data =
        data.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    let title = film.title.replace('&', "&amp;").replace('<', "&lt;");
    PAGE.replace("{{title}}", &title)
        .replace("{{style}}", STYLE)
        .replace("{{player}}", PLAYER)
        .replace("{{film}}", &data)
}

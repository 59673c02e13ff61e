//! What both kinds of SVG share: colours for light and dark rooms, fonts, the widths of texts.

use std::fmt::Write;

use text::escape_xml;

use super::remarks::Remarks;

/// On every side.
pub const MARGIN: f64 = 24.0;
/// A picture that is higher is shown smaller,
const TALLEST: f64 = 2000.0;
/// but not smaller than so: it has to be read.
const SMALLEST: f64 = 0.75;
/// The title takes so much.
const HEAD: f64 = MARGIN + 30.0;

/// Fonts that have Chinese characters, on the systems that readers have.
const FONTS: &str =
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";

/// Rules of the style sheet: selector, property, and its value on a light and on a dark ground.
const COLOURS: [(&str, &str, &str, &str); 33] = [
    (".ground", "fill", "#ffffff", "#15181e"),
    ("text", "fill", "#1b1f27", "#e8eaef"),
    (".faint", "fill", "#5b6472", "#a3acba"),
    (".line", "stroke", "#c3c9d3", "#454d5b"),
    (".t0", "fill", "#dcebfb", "#17385a"),
    (".t1", "fill", "#fdead2", "#55381a"),
    (".t2", "fill", "#e4f3df", "#22482b"),
    (".t3", "fill", "#f3e1f5", "#4d2a55"),
    (".t4", "fill", "#dff3f3", "#174a4c"),
    (".t5", "fill", "#f9dfe2", "#5a262d"),
    (".t0", "stroke", "#5b96d2", "#5d9fe0"),
    (".t1", "stroke", "#d79543", "#dea35b"),
    (".t2", "stroke", "#6bab5c", "#74bf6a"),
    (".t3", "stroke", "#b074bb", "#c68bd2"),
    (".t4", "stroke", "#4aa3a6", "#5cbcc0"),
    (".t5", "stroke", "#d0636f", "#e27e89"),
    (".wait", "fill", "#f1f3f6", "#232831"),
    (".wait", "stroke", "#9aa3b0", "#6c7686"),
    (".failure", "fill", "#fbdcdc", "#5f1f22"),
    (".failure", "stroke", "#c62f37", "#f0777d"),
    (".arrow", "stroke", "#3d4756", "#c9d0db"),
    (".head", "fill", "#3d4756", "#c9d0db"),
    (".arrow.end", "stroke", "#b3402f", "#ef9080"),
    (".head.end", "fill", "#b3402f", "#ef9080"),
    (".run", "fill", "#3f7fc4", "#6aaced"),
    (".sleep", "fill", "#e3e7ed", "#2b323d"),
    (".rest", "fill", "#f4d9a8", "#66501f"),
    (".zombie", "fill", "#b9a7c4", "#6c5878"),
    (".print", "fill", "#1d5e2c", "#8fe39f"),
    (".make", "fill", "#7a35a0", "#d5a1f0"),
    (".signal", "fill", "#c62f37", "#ff8a8f"),
    (".over", "fill", "#1b1f27", "#e8eaef"),
    (".grid", "stroke", "#e1e5eb", "#2c333e"),
];

/// A part of a file: drawn from its own upper left corner.
pub struct Drawing {
    /// In pixels.
    pub width: f64,
    /// In pixels.
    pub height: f64,
    /// In words.
    pub description: String,
    /// Everything in it.
    pub body: String,
}

/// A whole file: a title, drawings below each other, and what is said below them.
pub fn file(title: &str, drawings: &[Drawing], remarks: &[String]) -> String {
    let widest = drawings.iter().map(|drawing| drawing.width).fold(0.0, f64::max);
    let width = widest.max(measure(title) * 1.2 + 2.0 * MARGIN);
    let remarks = Remarks::new(remarks, width - 2.0 * MARGIN);
    let width = width.max(remarks.width() + 2.0 * MARGIN);
    let bottom = HEAD + drawings.iter().map(|drawing| drawing.height).sum::<f64>() + MARGIN;
    let descriptions: Vec<&str> =
        drawings.iter().map(|drawing| drawing.description.as_str()).collect();
    let mut svg = open(width, bottom + remarks.height(), title, &descriptions.join("；"));
    svg.push_str(&text(MARGIN, MARGIN + 18.0, "name", title));
    let mut top = HEAD;
    for drawing in drawings {
        let _ = write!(svg, "<g transform=\"translate(0,{top:.0})\">\n{}</g>\n", drawing.body);
        top += drawing.height;
    }
    svg.push_str(&remarks.draw(MARGIN, bottom));
    svg.push_str("</svg>\n");
    svg
}

/// The beginning of a file: size, title, description, style, ground.
fn open(width: f64, height: f64, title: &str, description: &str) -> String {
    let scale = (TALLEST / height).clamp(SMALLEST, 1.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{:.0}\" height=\"{:.0}\" role=\"img\" lang=\"zh-CN\" \
         aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>\n",
        width * scale,
        height * scale,
        escape_xml(title),
        escape_xml(description)
    );
    let _ = writeln!(svg, "text{{font-family:{FONTS};font-size:15px;white-space:pre}}");
    svg.push_str(
        "text.name{font-size:17px;font-weight:bold}text.small{font-size:14px}\n\
         .line,.arrow,.grid{fill:none}.arrow{stroke-width:1.8}.line{stroke-dasharray:3 5}\n",
    );
    for (selector, property, light, _) in COLOURS {
        let _ = writeln!(svg, "{selector}{{{property}:{light}}}");
    }
    svg.push_str("@media (prefers-color-scheme:dark){\n");
    for (selector, property, _, dark) in COLOURS {
        let _ = writeln!(svg, "{selector}{{{property}:{dark}}}");
    }
    svg.push_str("}\n</style>\n");
    let _ = writeln!(svg, "<rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>");
    svg
}

/// A text of one line; `class` may be empty.
pub fn text(x: f64, y: f64, class: &str, text: &str) -> String {
    format!("<text x=\"{x:.0}\" y=\"{y:.0}\" class=\"{class}\">{}</text>\n", escape_xml(text))
}

/// How wide a text is at 15 px, rather too wide than too narrow: fonts differ.
pub fn measure(text: &str) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.32,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' | '<' | '>' | '=' | '+' | '_' => 0.68,
        '\u{0}'..='\u{7f}' => 0.6,
        _ => 1.0,
    };
    text.chars().map(em).sum::<f64>() * 15.0
}

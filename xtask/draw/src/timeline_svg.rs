//! One bar per process and thread as an SVG: hold the pointer over anything to read what it is.

use std::fmt::Write;
use std::time::Duration;

use text::escape_xml;

use super::arrows::Why;
use super::bars::{Bar, Mark, MarkKind, Rest};
use super::story::{Link, Story};
use super::svg::{Drawing, MARGIN, measure, text};
use super::timeline::{end, full_name, is_zombie, label, tick};

/// Width of the axis.
const AXIS: f64 = 900.0;
const BAR: f64 = 26.0;
const STEP: f64 = 52.0;
/// Arrows of one moment stand so far aside.
const SHIFT: f64 = 6.0;
/// Marks nearer than this are one.
const CLOSE: f64 = 6.0;

/// Signs and what they mean.
const LEGEND: [(&str, &str); 7] = [
    ("run", "运行"),
    ("sleep", "睡眠"),
    ("rest", "等待"),
    ("print", "印出一行"),
    ("make", "创建"),
    ("signal", "信号"),
    ("over", "结束"),
];

/// The picture.
pub fn drawing(story: &Story) -> Drawing {
    let names: Vec<String> = story.bars.iter().map(|bar| full_name(story, bar.actor)).collect();
    let left = MARGIN + names.iter().map(|name| measure(name) * 1.15).fold(60.0, f64::max) + 16.0;
    let notes: Vec<String> = story.bars.iter().map(note).collect();
    let right = notes.iter().map(|note| measure(note)).fold(20.0, f64::max) + 14.0;
    let (width, top) = (left + AXIS + right + MARGIN, 40.0);
    let bottom = top + STEP * story.bars.len() as f64;
    let end = end(story);
    let x = |time: Duration| left + time.as_secs_f64() / end.as_secs_f64() * AXIS;
    let description = format!(
        "{} 在 {:.2} 秒里各做了什么：每一条是一个进程或线程",
        names.join("、"),
        end.as_secs_f64()
    );
    let mut svg = String::new();
    let step = tick(end, 10);
    for count in 0.. {
        let time = step * count;
        if time > end {
            break;
        }
        let at = x(time);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{at:.1}\" y1=\"{:.0}\" x2=\"{at:.1}\" y2=\"{bottom:.0}\"/>",
            top - 12.0
        );
        let words = label(time, step);
        let words = if count == 0 { format!("{words} 秒") } else { words };
        let shift = if count == 0 { 4.0 } else { measure(&words) * 0.44 };
        svg.push_str(&text(at - shift, top - 20.0, "faint small", &words));
    }
    let y = |index: usize| top + STEP * index as f64 + (STEP - BAR) / 2.0;
    for (index, bar) in story.bars.iter().enumerate() {
        svg.push_str(&text(MARGIN, y(index) + BAR - 7.0, "name", &names[index]));
        svg.push_str(&drawn(bar, y(index), &x));
        svg.push_str(&text(left + AXIS + 14.0, y(index) + BAR - 7.5, "faint", &notes[index]));
    }
    let row = |actor: usize| story.bars.iter().position(|bar| bar.actor == actor);
    for link in &story.links {
        if let (Some(from), Some(to)) = (row(link.from), row(link.to)) {
            // a signal, and the end that it brings, are one moment
            let aside = match link.why {
                Why::Signal => -SHIFT,
                Why::Reaped => SHIFT,
                _ => 0.0,
            };
            svg.push_str(&arrow(x(link.at) + aside, y(from), y(to), &title_of(story, link)));
        }
    }
    svg.push_str(&legend(left, bottom + 10.0, story.bars.iter().any(is_zombie)));
    Drawing { width, height: bottom + 56.0, description, body: svg }
}

/// From one bar to another one, at one moment: around the signs of both.
fn arrow(x: f64, from: f64, to: f64, title: &str) -> String {
    let (start, end, back) = match from < to {
        true => (from + BAR, to, -8.0),
        false => (from, to + BAR, 8.0),
    };
    format!(
        "<path class=\"arrow\" d=\"M{x:.1} {start:.0}V{:.0}\"><title>{title}</title></path>\n\
         <path class=\"head\" d=\"M{x:.1} {end:.0}l-4 {back:.0}h8z\"/>\n",
        end + back
    )
}

/// What an arrow means.
fn title_of(story: &Story, link: &Link) -> String {
    let (from, to) = (full_name(story, link.from), full_name(story, link.to));
    escape_xml(&match link.why {
        Why::Birth => format!("{from}创建了{to}"),
        Why::Signal => format!("{from}给{to}发信号"),
        _ => format!("{from}结束，{to}等到了"),
    })
}

fn note(bar: &Bar) -> String {
    match bar.printed {
        0 => String::new(),
        lines => format!("印出 {lines} 行"),
    }
}

/// One bar: what it did all the time, then the moments.
fn drawn(bar: &Bar, y: f64, x: &impl Fn(Duration) -> f64) -> String {
    let mut svg = String::new();
    let mut span = |from: Duration, to: Duration, class: &str, title: &str| {
        let (left, right) = (x(from), x(to));
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{y:.0}\" width=\"{:.1}\" height=\"{BAR:.0}\"><title>{}</title></rect>",
            (right - left).max(1.0),
            escape_xml(&format!(
                "{title}，{:.2} 到 {:.2} 秒",
                from.as_secs_f64(),
                to.as_secs_f64()
            ))
        );
    };
    span(bar.from, bar.to, "run", "运行");
    if let Some(reaped) = bar.reaped.filter(|_| is_zombie(bar)) {
        span(bar.to, reaped, "zombie", "僵尸：已经结束，还没有人等它");
    }
    let one_shape = |one: &Rest, next: &Rest| {
        one.text == next.text && x(next.to) - x(next.from) < CLOSE && x(next.from) - x(one.to) < 1.0
    };
    for group in bar.rests.chunk_by(one_shape) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let class = if first.asleep { "sleep" } else { "rest" };
        let text = match group.len() {
            1 => first.text.clone(),
            count => format!("{}，共 {count} 次", first.text),
        };
        span(first.from, last.to, class, &text);
    }
    let (prints, others): (Vec<&Mark>, Vec<&Mark>) =
        bar.marks.iter().partition(|mark| mark.kind == MarkKind::Print);
    // lines that stand so close that no pointer hits a single one are one shape with one title
    let stroke = (AXIS / prints.len() as f64 / 3.0).clamp(1.0, 2.4);
    let near = |one: &&Mark, next: &&Mark| x(next.at) - x(one.at) < CLOSE;
    for group in prints.chunk_by(near) {
        let lines = group.iter().map(|mark| {
            format!("M{:.1} {y:.0}h{stroke:.1}v{BAR:.0}h-{stroke:.1}z", x(mark.at) - stroke / 2.0)
        });
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let title = match group {
            [one] => title(one),
            [..] => format!("{} 行，从 {} 到 {}", group.len(), title(first), title(last)),
        };
        sign(&mut svg, "print", &lines.collect::<String>(), &title);
    }
    for mark in others {
        let at = x(mark.at);
        let (class, shape) = match mark.kind {
            MarkKind::Make => ("make", format!("M{at:.1} {:.0}l6 -9h-12z", y + 1.0)),
            MarkKind::Signal => ("signal", format!("M{at:.1} {:.0}l6 -7l-6 -7l-6 7z", y - 1.0)),
            MarkKind::Print | MarkKind::End => {
                ("over", format!("M{:.1} {y:.0}h4v{BAR:.0}h-4z", at - 2.0))
            }
        };
        sign(&mut svg, class, &shape, &title(mark));
    }
    svg
}

/// When and what.
fn title(mark: &Mark) -> String {
    format!("{:.2} 秒：{}", mark.at.as_secs_f64(), mark.text)
}

fn sign(svg: &mut String, class: &str, shape: &str, title: &str) {
    let title = escape_xml(title);
    let _ = writeln!(svg, "<path class=\"{class}\" d=\"{shape}\"><title>{title}</title></path>");
}

fn legend(left: f64, y: f64, zombies: bool) -> String {
    let mut svg = String::new();
    let mut x = left;
    let zombie = zombies.then_some(("zombie", "僵尸"));
    for (class, words) in LEGEND.into_iter().chain(zombie) {
        let sign = match class {
            "print" => format!("M{:.0} {y:.0}h2.4v16h-2.4z", x + 7.0),
            "over" => format!("M{:.0} {:.0}h4v20h-4z", x + 6.0, y - 2.0),
            "make" => format!("M{:.0} {:.0}l6 -9h-12z", x + 8.0, y + 13.0),
            "signal" => format!("M{:.0} {:.0}l6 -7l-6 -7l-6 7z", x + 8.0, y + 15.0),
            _ => format!("M{x:.0} {y:.0}h16v16h-16z"),
        };
        let _ = writeln!(svg, "<path class=\"{class}\" d=\"{sign}\"/>");
        svg.push_str(&text(x + 24.0, y + 14.0, "small", words));
        x += 24.0 + measure(words) + 22.0;
    }
    svg
}

//! One bar per process and thread on a terminal.

use std::time::Duration;

use text::{pad, width};

use super::bars::{Bar, MarkKind};
use super::glyphs::{cut, unambiguous};
use super::story::Story;

/// Every child is a zombie for a moment.
const LONG: Duration = Duration::from_millis(50);
/// What the signs mean.
const LEGEND: &str = "# 运行  . 睡眠  - 等待  * 印出  + 创建  ! 信号  x 结束";

/// The picture, so many cells wide, without a title.
pub fn text(story: &Story, cells: usize) -> String {
    let name = |bar: &Bar| unambiguous(&full_name(story, bar.actor));
    let names = story.bars.iter().map(|bar| width(&name(bar))).max().unwrap_or(0).min(24);
    let note = |bar: &Bar| match bar.printed {
        0 => String::new(),
        lines => format!(" 印出 {lines} 行"),
    };
    let notes = story.bars.iter().map(|bar| width(&note(bar))).max().unwrap_or(0);
    let room = cells.saturating_sub(names + 2 + notes).max(20);
    let end = end(story);
    let step = tick(end, room / 10);
    let at = |time: Duration| -> usize {
        (time.as_secs_f64() / end.as_secs_f64() * (room - 1) as f64).round() as usize
    };
    let mut picture = String::new();
    let (mut numbers, mut rule) = (String::new(), vec!['-'; room]);
    for count in 0.. {
        let time = step * count;
        if time > end + Duration::from_micros(1) {
            break;
        }
        let text = label(time, step);
        let x = at(time);
        if x + width(&text) <= room && (x == 0 || x > width(&numbers)) {
            numbers = pad(&numbers, x) + &text;
        }
        rule[x.min(room - 1)] = '+';
    }
    let left = " ".repeat(names + 2);
    let rule: String = rule.into_iter().collect();
    picture.push_str(&format!("{left}{} 秒\n", pad(&numbers, room)));
    picture.push_str(&format!("{left}{rule}\n"));
    for bar in &story.bars {
        let name = pad(&cut(&name(bar), names), names);
        let line = format!("{name}  {}{}", drawn(bar, room, &at), note(bar));
        picture.push_str(line.trim_end());
        picture.push('\n');
    }
    for (terminal, idle) in story.terminals.iter().zip(&story.idle).filter(|(_, idle)| **idle > 0) {
        picture.push_str(&format!("{terminal}还有 {idle} 个线程没有什么可画的，没有画出来\n"));
    }
    let zombie = if story.bars.iter().any(is_zombie) { "  z 僵尸" } else { "" };
    picture.push_str(&format!("\n{LEGEND}{zombie}\n"));
    picture
}

/// Whether it was a zombie for a while that is worth telling.
pub fn is_zombie(bar: &Bar) -> bool {
    bar.reaped.is_some_and(|reaped| reaped.saturating_sub(bar.to) >= LONG)
}

/// One bar.
fn drawn(bar: &Bar, room: usize, at: &impl Fn(Duration) -> usize) -> String {
    let mut signs = vec![' '; room];
    let (from, to) = (at(bar.from), at(bar.to).min(room - 1));
    signs[from..=to].fill('#');
    for rest in &bar.rests {
        let sign = if rest.asleep { '.' } else { '-' };
        let (from, to) = (at(rest.from), at(rest.to).min(room - 1));
        // what it was doing between two rests takes the cell in between
        signs[from..to].fill(sign);
        if signs[to] == '#' && rest.to >= bar.to {
            signs[to] = sign;
        }
    }
    if let Some(reaped) = bar.reaped.filter(|_| is_zombie(bar)) {
        let reaped = at(reaped).min(room - 1);
        signs[(to + 1).min(reaped)..reaped].fill('z');
    }
    let mut rank = vec![None; room];
    for mark in &bar.marks {
        let x = at(mark.at).min(room - 1);
        // the signal that ended it stands before its end
        if mark.kind == MarkKind::End && rank[x] == Some(MarkKind::Signal) && x > 0 {
            signs[x - 1] = '!';
        }
        if rank[x].is_none_or(|rank| rank < mark.kind) {
            rank[x] = Some(mark.kind);
            signs[x] = match mark.kind {
                MarkKind::Print => '*',
                MarkKind::Make => '+',
                MarkKind::Signal => '!',
                MarkKind::End => 'x',
            };
        }
    }
    signs.into_iter().collect()
}

/// The name of somebody, with that of the terminal where there are several.
pub fn full_name(story: &Story, actor: usize) -> String {
    let actor = &story.actors[actor];
    let terminal = story.terminals.get(actor.terminal).map_or("", String::as_str);
    match actor.parent {
        Some(_) if story.terminals.len() > 1 => format!("{terminal}/{}", actor.name),
        _ => actor.name.clone(),
    }
}

/// The end of everything; never zero.
pub fn end(story: &Story) -> Duration {
    let end = story.bars.iter().map(|bar| bar.to).max().unwrap_or_default();
    end.max(Duration::from_millis(1))
}

/// A round distance between the numbers of the axis, so that there are at most so many.
pub fn tick(end: Duration, most: usize) -> Duration {
    let mut unit = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = Duration::from_micros(unit * factor);
            if end.as_micros() / step.as_micros() <= most.max(1) as u128 {
                return step;
            }
        }
        unit *= 10;
    }
}

/// A number of the axis, in seconds.
pub fn label(time: Duration, step: Duration) -> String {
    let digits = match step.as_micros() {
        1_000_000.. => 0,
        100_000.. => 1,
        10_000.. => 2,
        1_000.. => 3,
        _ => 6,
    };
    format!("{:.digits$}", time.as_secs_f64())
}

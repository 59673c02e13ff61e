//! What to type in which terminal, for whoever runs the programs himself.

use std::collections::BTreeMap;
use std::io::{self, Write};

use course::exercise::{Exercise, FOLDER as EXERCISES};
use course::script::{Action, Scene};

use super::attempt::Verdict;
use super::desk::FOLDER;

/// The numbers of terminals.
const NUMBERS: [&str; 6] = ["一", "二", "三", "四", "五", "六"];

/// The programs of the scene that is looked at, each in its own terminal, with what is given to them and typed; before
/// anything was played, those of the first scene.
///
/// # Errors
/// Standard output is closed.
pub fn by_hand(out: &mut impl Write, exercise: &Exercise, verdict: &Verdict) -> io::Result<()> {
    let own;
    let scene = match verdict {
        Verdict::Played(stage) => &stage.parts[stage.failed()].scene,
        _ => {
            own = exercise.script(0).map(|script| script.scenes).unwrap_or_default();
            let Some(first) = own.first() else {
                return writeln!(out, "{EXERCISES}/{}/script.txt 里没有场景", exercise.name);
            };
            first
        }
    };
    writeln!(out, "场景「{}」，每个程序一个终端，都先 cd {FOLDER}：", scene.title)?;
    for line in lines(exercise, scene) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn lines(exercise: &Exercise, scene: &Scene) -> Vec<String> {
    let mut lines = Vec::new();
    // by its place among the terminals of the scene
    let mut started: BTreeMap<usize, &str> = BTreeMap::new();
    for direction in &scene.directions {
        let terminal = &scene.terminals[direction.terminal].name;
        match &direction.action {
            Action::Start { package, args } => {
                let is_own = exercise.programs.iter().any(|one| exercise.binary(one) == *package);
                if !is_own {
                    lines.push(format!("  「{terminal}」由检查来扮演，自己运行时没有"));
                    continue;
                }
                let number = NUMBERS.get(started.len()).copied().unwrap_or("……");
                started.insert(direction.terminal, number);
                let args: Vec<String> =
                    args.iter().map(|arg| quoted(&arg.render(None, &BTreeMap::new()))).collect();
                let args = match args.is_empty() {
                    true => String::new(),
                    false => format!(" -- {}", args.join(" ")),
                };
                lines.push(format!("  终端{number}（{terminal}）："));
                lines
                    .push(format!("    cargo run -q --target-dir ../target --bin {package}{args}"));
            }
            Action::Type(text) => {
                let number = started.get(&direction.terminal).copied().unwrap_or_default();
                lines.push(format!("  在终端{number}里输入：{text}"));
            }
            Action::CloseInput => {
                let number = started.get(&direction.terminal).copied().unwrap_or_default();
                lines.push(format!("  在终端{number}里按 Ctrl-D"));
            }
            Action::Stop(_) => {
                let number = started.get(&direction.terminal).copied().unwrap_or_default();
                lines.push(format!("  最后在终端{number}里按 Ctrl-C"));
            }
            _ => {}
        }
    }
    lines
}

/// As a shell takes it for one word.
fn quoted(arg: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || "-_./:=,@".contains(one);
    match !arg.is_empty() && arg.chars().all(is_plain) {
        true => arg.to_owned(),
        false => format!("'{}'", arg.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::exercise::Exercises;
    use std::path::Path;

    #[test]
    fn every_scene_of_every_exercise_can_be_typed() {
        let exercises = Exercises::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        assert!(!exercises.all.is_empty());
        for exercise in &exercises.all {
            for scene in exercise.script(0).unwrap().scenes {
                let lines = lines(exercise, &scene).join("\n");
                for program in exercise.own_programs() {
                    let name = exercise.binary(program);
                    let is_played = scene.packages().any(|package| package == name);
                    assert_eq!(lines.contains(&format!("--bin {name}")), is_played, "{lines}");
                }
                assert!(!lines.contains("……") && !lines.contains("<"), "{lines}");
            }
        }
    }

    #[test]
    fn a_shell_takes_an_argument_for_one_word() {
        assert_eq!(quoted("你好"), "你好");
        assert_eq!(quoted("127.0.0.1:8888"), "127.0.0.1:8888");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}

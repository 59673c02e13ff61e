//! What the pictures look like: each is compared with one that was looked at. `BLESS=1 cargo test -p xtask draw` writes
//! new ones after a wanted change; look at them.

use std::fs;
use std::path::Path;

use super::rehearsal::*;
use super::{Names, Picture, Sources, Story, svg, tell, text};
use crate::observe::Event;
use crate::script::Scene;

/// A lesson's script, its sources, events.
struct Case {
    name: &'static str,
    scene: Scene,
    events: Vec<Event>,
    sources: Sources,
}

impl Case {
    fn story(&self, names: Names) -> Story {
        tell(&self.scene, &self.events, &self.sources, names)
    }
}

macro_rules! lesson {
    ($folder:literal, $file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../lessons/", $folder, "/", $file))
    };
}

fn cases() -> Vec<Case> {
    let main = |package, source| sources(&[(package, source)]);
    vec![
        Case {
            name: "one-sentence",
            scene: scene(lesson!("01-one-sentence-server", "script.txt"), 0),
            events: one_sentence(41_370, 300),
            sources: sources(&[
                ("lesson-01-one-sentence-server", lesson!("01-one-sentence-server", "src/main.rs")),
                ("lesson-01-one-sentence-client", lesson!("01-one-sentence-client", "src/main.rs")),
            ]),
        },
        Case {
            name: "upload",
            scene: scene(lesson!("04-upload-server", "script.txt"), 0),
            events: upload(),
            sources: sources(&[
                ("lesson-04-upload-server", lesson!("04-upload-server", "src/main.rs")),
                ("lesson-04-upload-client", lesson!("04-upload-client", "src/main.rs")),
            ]),
        },
        Case {
            name: "two-processes",
            scene: scene(lesson!("06-multi-process", "script.txt"), 0),
            events: two_processes(),
            sources: main("lesson-06-multi-process", lesson!("06-multi-process", "src/main.rs")),
        },
        Case {
            name: "terminate",
            scene: scene(lesson!("09-daemon-terminate", "script.txt"), 0),
            events: terminate(),
            sources: main(
                "lesson-09-daemon-terminate",
                lesson!("09-daemon-terminate", "src/main.rs"),
            ),
        },
        Case {
            name: "three-threads",
            scene: scene(lesson!("10-threads", "script.txt"), 0),
            events: three_threads(),
            sources: main("lesson-10-threads", lesson!("10-threads", "src/main.rs")),
        },
        Case {
            name: "concurrent",
            scene: scene(lesson!("11-concurrent-upload-server", "script.txt"), 0),
            events: concurrent(),
            sources: sources(&[
                (
                    "lesson-11-concurrent-upload-server",
                    lesson!("11-concurrent-upload-server", "src/main.rs"),
                ),
                ("lesson-04-upload-client", lesson!("04-upload-client", "src/main.rs")),
            ]),
        },
    ]
}

/// Compares a picture with the one that is kept.
fn compare(file: &str, picture: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/draw/pictures").join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(&path, picture).expect("a new picture");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == picture, "{} differs; now it is\n{picture}", path.display());
}

#[test]
fn pictures_are_as_they_were() {
    for case in cases() {
        let story = case.story(Names::Stable);
        let picture = Picture::of(&story);
        compare(&format!("{}.txt", case.name), &text(&story, picture, 100));
        compare(&format!("{}.svg", case.name), &svg(&story, picture));
        if picture == Picture::Timeline {
            compare(&format!("{}-lanes.svg", case.name), &svg(&story, Picture::Lanes));
        } else {
            compare(&format!("{}-160.txt", case.name), &text(&story, picture, 160));
            compare(&format!("{}-60.txt", case.name), &text(&story, picture, 60));
        }
    }
}

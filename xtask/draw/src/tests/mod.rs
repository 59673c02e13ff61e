//! What the pictures look like: each is compared with one that was looked at. `BLESS=1 cargo test -p draw` writes
//! new ones after a wanted change; look at them.

use std::fs;
use std::path::Path;

mod film;
mod performances;
mod rehearsal;
mod ways;
mod words;

use events::Exit;

use super::{Names, Picture, Sources, Story, svg, tell, text};
use course::script::Scene;
use events::{Event, Stream};
use performances::*;
use rehearsal::*;

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
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lessons/", $folder, "/", $file))
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pictures").join(file);
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
        compare(&format!("{}.svg", case.name), &svg(&story, picture, &[]));
        if picture == Picture::Timeline {
            compare(&format!("{}-lanes.svg", case.name), &svg(&story, Picture::Lanes, &[]));
        } else {
            compare(&format!("{}-160.txt", case.name), &text(&story, picture, 160));
            compare(&format!("{}-60.txt", case.name), &text(&story, picture, 60));
        }
    }
}

/// The cells of a line, as a terminal shows it: a wide character takes two.
fn cells(line: &str) -> Vec<char> {
    use unicode_width::UnicodeWidthChar;
    let mut cells = Vec::new();
    for c in line.chars() {
        assert_eq!(c.width(), c.width_cjk(), "{c:?} is narrow in some terminals, in {line}");
        cells.push(c);
        cells.extend((1..c.width().unwrap_or(0)).map(|_| '\0'));
    }
    cells
}

#[test]
fn everything_is_aligned_and_fits() {
    for case in cases() {
        let story = case.story(Names::Stable);
        for width in [60, 80, 100, 131, 200] {
            let picture = text(&story, Picture::Lanes, width);
            let lines: Vec<Vec<char>> = picture.lines().map(cells).collect();
            for line in &lines {
                assert!(line.len() <= width, "{} at {width}:\n{picture}", case.name);
            }
            let Some(rule) = lines
                .iter()
                .position(|line| line.iter().all(|c| " -".contains(*c)) && !line.is_empty())
            else {
                continue;
            };
            let starts: Vec<usize> = (0..lines[rule].len())
                .filter(|x| lines[rule][*x] == '-' && (*x == 0 || lines[rule][x - 1] == ' '))
                .collect();
            for (y, line) in lines.iter().enumerate().skip(rule + 1) {
                for start in &starts {
                    let before = line.get(start.wrapping_sub(1)).copied().unwrap_or(' ');
                    assert!(
                        " ->|'".contains(before) || *start == 0,
                        "{} at {width}, line {y}:\n{picture}",
                        case.name
                    );
                    assert_ne!(
                        line.get(*start),
                        Some(&'\0'),
                        "{} at {width}, line {y}:\n{picture}",
                        case.name
                    );
                }
                // a line that runs down goes on, or turns
                for x in (0..line.len()).filter(|x| line[*x] == '|') {
                    for other in [lines.get(y - 1), lines.get(y + 1)] {
                        let c = other.and_then(|line| line.get(x)).copied();
                        assert!(
                            matches!(c, Some('|' | '.' | '\'')),
                            "{} at {width}, line {y}, {x}: {c:?}\n{picture}",
                            case.name
                        );
                    }
                }
            }
        }
        for width in [60, 100, 150] {
            let picture = text(&story, Picture::Timeline, width);
            for line in picture.lines() {
                assert!(cells(line).len() <= width, "{} at {width}:\n{picture}", case.name);
            }
        }
    }
}

#[test]
fn a_narrow_terminal_gets_one_column() {
    let case = cases().swap_remove(0);
    let picture = text(&case.story(Names::Stable), Picture::Lanes, 40);
    assert!(picture.contains("服务器端 | (2) 绑定"), "{picture}");
    assert!(picture.contains("客户端   | (2) 连接"), "{picture}");
    assert!(picture.contains("<- 客户端"), "{picture}");
}

#[test]
fn other_pids_and_ports_give_the_same_picture() {
    let scene = scene(lesson!("01-one-sentence-server", "script.txt"), 0);
    let both = [(41_370, 300), (50_001, 71_234)].map(|(port, pid)| {
        let story = tell(&scene, &one_sentence(port, pid), &Sources::new(), Names::Stable);
        (text(&story, Picture::Lanes, 100), svg(&story, Picture::Lanes, &[]))
    });
    assert_eq!(both[0], both[1]);
    let story = tell(&scene, &one_sentence(41_370, 300), &Sources::new(), Names::Real);
    let real = text(&story, Picture::Lanes, 120);
    assert!(real.contains("来自 127.0.0.1:41370"), "{real}");
    assert!(real.contains("pid 300"), "{real}");
}

#[test]
fn a_receive_may_hold_several_sends_and_a_send_fill_several_receives() {
    let mut r = Rehearsal::new();
    let (server, client) = (r.start(0, 300), r.start(1, 301));
    let (ours, theirs) = (connection(8888, 40_000), connection(40_000, 8888));
    r.send(client, 3, &theirs, b"ab");
    r.send(client, 3, &theirs, b"cd");
    r.receive(server, 4, &ours, b"abc");
    r.receive(server, 4, &ours, b"d");
    let scene = scene(lesson!("01-one-sentence-server", "script.txt"), 0);
    let story = tell(&scene, &r.events, &Sources::new(), Names::Stable);
    let said = |entry: usize| story.entries[entry].phrase.full();
    let arrows: Vec<(String, String)> =
        story.arrows.iter().map(|arrow| (said(arrow.from), said(arrow.to))).collect();
    let pair = |from: &str, to: &str| {
        (format!("发送 send(fd=3) {from} 2 字节"), format!("收到 recv(fd=4) {to} 字节"))
    };
    let wanted =
        [pair("「ab」", "「abc」 3"), pair("「cd」", "「abc」 3"), pair("「cd」", "「d」 1")];
    assert_eq!(arrows, wanted);
}

#[test]
fn a_process_that_ends_closes_what_it_held() {
    let mut r = Rehearsal::new();
    let (server, client) = (r.start(0, 300), r.start(1, 301));
    let (ours, theirs) = (connection(8888, 40_000), connection(40_000, 8888));
    r.send(client, 3, &theirs, b"ab");
    r.receive(server, 4, &ours, b"ab");
    r.exit(client, 0);
    r.receive(server, 4, &ours, b"");
    let scene = scene(lesson!("01-one-sentence-server", "script.txt"), 0);
    let story = tell(&scene, &r.events, &Sources::new(), Names::Stable);
    let last = story.arrows.last().expect("two arrows");
    assert_eq!(story.entries[last.from].phrase.full(), "结束（退出码 0）");
    assert_eq!(story.entries[last.to].phrase.full(), "收到结束 recv(fd=4) = 0");
}

#[test]
fn sleeps_that_end_at_a_moment_are_told_as_one() {
    let told = |lengths: &[u64]| -> Vec<String> {
        let mut r = Rehearsal::new();
        let main = r.start(0, 300);
        for length in lengths {
            r.sleep_enter(main, *length);
            r.sleep_leave(main, *length);
        }
        let scene = scene(lesson!("07-pid-lookup", "script.txt"), 0);
        let story = tell(&scene, &r.events, &Sources::new(), Names::Stable);
        story.entries.iter().map(|entry| entry.phrase.full()).collect()
    };
    assert_eq!(told(&[100, 100, 100, 99]), ["每次睡眠 0.1 秒，共 4 次"]);
    assert_eq!(told(&[100, 80, 100, 90]), ["睡眠 4 次，一共 0.37 秒"]);
}

#[test]
fn an_end_is_told_before_whoever_waited_for_it() {
    let mut r = Rehearsal::new();
    let main = r.start(0, 300);
    let thread = r.spawn(main, 301);
    r.sleep_enter(thread, 100);
    r.join_enter(main, 301);
    r.sleep_leave(thread, 100);
    r.join_leave(main, 301);
    r.act(thread, events::Activity::ThreadEnded);
    let child = r.fork(main, 302);
    r.wait_enter(main, 302);
    r.print(child, Stream::Out, "好");
    r.wait_leave(main, 302, Exit::Code(3));
    r.exit(child, 3);
    let scene = scene(lesson!("07-pid-lookup", "script.txt"), 0);
    let story = tell(&scene, &r.events, &Sources::new(), Names::Stable);
    let told: Vec<String> = story.entries.iter().map(|entry| entry.phrase.full()).collect();
    let place = |words: &str| told.iter().position(|one| one.starts_with(words)).expect(words);
    for [first, second] in [
        ["等待线程结束 join()..", "线程结束"],
        ["线程结束", "等到线程结束 join()"],
        ["结束（退出码 3）", "等到子进程结束 wait() = <子进程>（退出码 3）"],
    ] {
        assert!(place(first) < place(second), "{told:?}");
    }
    assert_eq!(told.iter().filter(|one| one.contains("退出码 3")).count(), 2, "{told:?}");
}

#[test]
fn svgs_are_well_formed_and_have_titles() {
    for case in cases() {
        let story = case.story(Names::Stable);
        for picture in [Picture::Lanes, Picture::Timeline] {
            let svg = svg(&story, picture, &[]);
            assert!(svg.contains(&format!("<title id=\"title\">{}</title>", story.title)));
            assert!(svg.contains("prefers-color-scheme:dark"));
            for tag in ["text", "title", "desc", "style", "svg"] {
                let opened = svg.matches(&format!("<{tag}>")).count()
                    + svg.matches(&format!("<{tag} ")).count();
                assert_eq!(opened, svg.matches(&format!("</{tag}>")).count(), "{tag}");
            }
        }
    }
}

#[test]
fn what_is_said_below_a_drawing_is_broken_into_lines_and_makes_it_higher() {
    let case = cases().remove(0);
    let story = case.story(Names::Stable);
    let height = |svg: &str| -> f64 {
        let (_, rest) = svg.split_once(" height=\"").unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let plain = svg(&story, Picture::Lanes, &[]);
    let remark = "「服务器端」在等一行的末尾".repeat(20);
    for picture in [Picture::Lanes, Picture::Timeline] {
        let plain = svg(&story, picture, &[]);
        let told = svg(&story, picture, &[remark.clone(), "第二句".to_owned()]);
        assert!(height(&told) > height(&plain) + 3.0 * 23.0);
        assert!(told.contains("第二句</text>") && !told.contains(&remark));
    }
    assert!(!plain.contains("在等一行的末尾"));
}

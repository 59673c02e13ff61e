//! 收文件的测试。

use super::*;
use crate::testing::connection;
use std::collections::BTreeSet;
use std::net::Shutdown;
use std::thread;

/// 两种写法：没有名字的（本机支持时）和有临时名字的。
fn both(folder: &Path, target: fn(&Path) -> Target) -> Vec<IncomingFile> {
    let (file, path) = named_file(folder).unwrap();
    let target_of_it = target(folder);
    let named = IncomingFile { file, bytes: 0, target: target_of_it, temporary: Some(path) };
    vec![named, IncomingFile::create(folder, target(folder)).unwrap()]
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn an_unfinished_file_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for mut file in both(dir.path(), |folder| Target::Numbered(folder.to_path_buf())) {
        file.write_all(b"half").unwrap();
    }
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_finished_file_replaces_its_target_and_nothing_else_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("my.txt");
    for mut file in both(dir.path(), |folder| Target::Replace(folder.join("my.txt"))) {
        fs::write(&target, "a longer old text").unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"a longer old text");
        assert_eq!(file.finish().unwrap(), Saved { path: target.clone(), bytes: 3 });
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(names(dir.path()), BTreeSet::from(["my.txt".to_string()]));
    }
}

#[test]
fn numbers_fill_the_gaps_and_never_overwrite() {
    let dir = tempfile::tempdir().unwrap();
    for taken in ["picture_1.jpg", "picture_3.jpg"] {
        fs::write(dir.path().join(taken), taken).unwrap();
    }
    let files = both(dir.path(), |folder| Target::Numbered(folder.to_path_buf()));
    let given: Vec<_> = files.into_iter().map(|file| file.finish().unwrap().path).collect();
    assert_eq!(given, [dir.path().join("picture_2.jpg"), dir.path().join("picture_4.jpg")]);
    assert_eq!(fs::read(dir.path().join("picture_1.jpg")).unwrap(), b"picture_1.jpg");
    assert_eq!(names(dir.path()).len(), 4);
}

#[test]
fn many_threads_at_once_get_every_number_once() {
    let dir = tempfile::tempdir().unwrap();
    let save = |id: u64| {
        for mut file in both(dir.path(), |folder| Target::Numbered(folder.to_path_buf())) {
            file.write_all(&id.to_le_bytes()).unwrap();
            file.finish().unwrap();
        }
    };
    thread::scope(|scope| {
        for id in 0..20 {
            scope.spawn(move || save(id));
        }
    });
    let expected: BTreeSet<_> = (1..=40).map(|n| format!("picture_{n}.jpg")).collect();
    assert_eq!(names(dir.path()), expected);
}

#[test]
fn a_missing_folder_is_made_and_impossible_targets_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b");
    IncomingFile::replacing(&deep.join("my.txt")).unwrap().finish().unwrap();
    assert!(deep.join("my.txt").is_file());
    let refused = |path: &Path| IncomingFile::replacing(path).unwrap_err().to_string();
    assert!(refused(dir.path()).contains("是一个目录"));
    assert!(refused(Path::new("/dev/null")).contains("设备"));
    assert!(refused(&deep.join("my.txt/x")).contains("是一个文件，不是目录"));
    let numbered = IncomingFile::numbered(&deep.join("my.txt")).unwrap_err();
    assert!(numbered.to_string().contains("不是目录"));
}

#[test]
fn a_link_stays_a_link() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("real"), "old").unwrap();
    std::os::unix::fs::symlink("real", dir.path().join("link")).unwrap();
    let mut file = IncomingFile::replacing(&dir.path().join("link")).unwrap();
    file.write_all(b"new").unwrap();
    file.finish().unwrap();
    assert!(dir.path().join("link").is_symlink());
    assert_eq!(fs::read(dir.path().join("real")).unwrap(), b"new");
}

#[test]
fn a_link_to_nothing_stays_a_link_and_what_it_names_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, dir.path().join(name)).unwrap();
    };
    link("second", "first");
    link("deep/real", "second");
    let mut file = IncomingFile::replacing(&dir.path().join("first")).unwrap();
    file.write_all(b"new").unwrap();
    file.finish().unwrap();
    assert!(dir.path().join("first").is_symlink() && dir.path().join("second").is_symlink());
    assert_eq!(fs::read(dir.path().join("deep/real")).unwrap(), b"new");

    link("round", "circle");
    link("circle", "round");
    let error = IncomingFile::replacing(&dir.path().join("round")).unwrap_err();
    assert!(crate::error::explain(&error).contains("ELOOP"), "{error:#}");
}

#[test]
fn a_name_that_no_file_can_have_is_refused_before_anything_is_received() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |name: &str| {
        let error = IncomingFile::replacing(&dir.path().join(name)).unwrap_err();
        crate::error::explain(&error)
    };
    for name in ["my.txt/", "new/my.txt/", "new/.."] {
        assert!(refused(name).contains("请给出文件名"), "{}", refused(name));
    }
    let long = "长".repeat(100);
    for name in [long.clone(), format!("new/{long}"), format!("{long}/my.txt")] {
        let said = refused(&name);
        assert!(said.ends_with("名字太长（ENAMETOOLONG）。换一个短一些的名字"), "{said}");
    }
}

#[test]
fn receiving_ends_where_the_client_stops_sending() {
    let dir = tempfile::tempdir().unwrap();
    let (mut client, server) = connection();
    let sent: Vec<u8> = (0..3 * CHUNK + 17).map(|n| n as u8).collect();
    let copy = sent.clone();
    let client = thread::spawn(move || client.write_all(&copy).unwrap());
    let file = IncomingFile::numbered(dir.path()).unwrap();
    let saved = file.receive(&server).unwrap().finish().unwrap();
    assert_eq!(saved.bytes, sent.len() as u64);
    assert_eq!(fs::read(saved.path).unwrap(), sent);
    client.join().unwrap();
}

#[test]
fn an_upload_is_saved_and_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut client, server) = connection();
    client.write_all(b"picture").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let saved = receive_upload(&server, dir.path(), Duration::from_secs(30)).unwrap();
    assert!(saved.to_string().ends_with("picture_1.jpg，7 字节"), "{saved}");
    drop(server);
    let mut reply = String::new();
    client.read_to_string(&mut reply).unwrap();
    assert_eq!(reply, "文件上传成功!");
    assert_eq!(fs::read(dir.path().join("picture_1.jpg")).unwrap(), b"picture");
}

#[test]
fn an_upload_that_falls_silent_leaves_nothing_and_gets_no_reply() {
    let dir = tempfile::tempdir().unwrap();
    let (mut client, server) = connection();
    client.write_all(b"half").unwrap();
    // 客户端等回复只等 30 秒：坏掉的测试也会结束
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let client = thread::spawn(move || {
        let mut reply = Vec::new();
        client.read_to_end(&mut reply).map(|_| reply)
    });
    assert!(receive_upload(&server, dir.path(), Duration::from_millis(20)).is_err());
    drop(server);
    assert!(client.join().unwrap().unwrap().is_empty());
    assert!(names(dir.path()).is_empty());
}

//! The parts of a new lesson.

use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use course::catalog::{Catalog, Package, UsageError};

use super::{Draft, filled, names};

/// What a lesson is made of.
#[derive(Debug, Clone, Copy)]
pub struct LessonParts<'a> {
    /// `13-hello`.
    pub name: &'a str,
    /// The default of its `--addr`, if it takes one.
    pub address: Option<&'a str>,
}

/// The files of a new lesson of this course, and its number. A client whose server is there already gets a program only:
/// script and page are the lesson's.
///
/// # Errors
/// The name is none, or taken; the address is none.
pub fn lesson(catalog: &Catalog, parts: &LessonParts<'_>) -> Result<(String, Draft), UsageError> {
    let name = names::read(parts.name, "13-hello")?;
    let (number, folder) = (name.number, parts.name);
    let address = parts.address.map(address).transpose()?;
    let own = Path::new("lessons").join(folder);
    if let Some(stem) = folder.strip_suffix("-client") {
        let server = format!("lesson-{stem}-server");
        let Some(server) = catalog.packages().find(|one| one.name == server) else {
            return Err(UsageError(format!(
                "先有服务器端，才有它的客户端：cargo xtask new lesson {stem}-server"
            )));
        };
        let address = address.or_else(|| default(server));
        let files = program(number, folder, address);
        return Ok((number.to_owned(), Draft { folder: own, files, page: None }));
    }
    check_number(&catalog.root, number)?;
    let mut files = program(number, folder, address);
    files.push(("script.txt".to_owned(), script(number, folder, address)));
    // the page is about both
    let page = folder.strip_suffix("-server").unwrap_or(folder);
    let path = PathBuf::from(format!("docs/{page}.md"));
    let text = filled(include_str!("templates/lesson/page.md"), &values(number, folder));
    Ok((number.to_owned(), Draft { folder: own, files, page: Some((path, text)) }))
}

fn default(package: &Package) -> Option<SocketAddrV4> {
    match package.address {
        Some(std::net::SocketAddr::V4(address)) => Some(address),
        _ => None,
    }
}

fn address(text: &str) -> Result<SocketAddrV4, UsageError> {
    let address = text.parse().ok().filter(|address: &SocketAddrV4| address.port() != 0);
    address.ok_or_else(|| {
        UsageError(format!(
            "--address 要的是 IPv4 的地址和端口，例如 127.0.0.1:8888，不能是「{text}」"
        ))
    })
}

/// Nothing has this number yet, in `lessons/` and in `docs/`, and none is higher.
fn check_number(root: &Path, number: &str) -> Result<(), UsageError> {
    let mut taken: Vec<(u32, String)> = Vec::new();
    for parent in ["lessons", "docs"] {
        for entry in fs::read_dir(root.join(parent)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some((number, _)) = name.split_once('-') else { continue };
            if number.len() == 2
                && let Ok(number) = number.parse()
            {
                taken.push((number, format!("{parent}/{name}")));
            }
        }
    }
    taken.sort();
    let next = taken.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
    let next = match next {
        100.. => "，两位的编号用完了".to_owned(),
        next => format!("，下一个是 {next:02}"),
    };
    let asked: u32 = number.parse().unwrap_or_default();
    if let Some((_, one)) = taken.iter().find(|(number, _)| *number == asked) {
        return Err(UsageError(format!("编号 {number} 已经有了（{one}）：编号只往后加{next}")));
    }
    match taken.iter().any(|(number, _)| *number > asked) {
        true => Err(UsageError(format!("编号只往后加，不能是 {number}{next}"))),
        false => Ok(()),
    }
}

fn values<'a>(number: &'a str, folder: &'a str) -> [(&'a str, &'a str); 2] {
    [("number", number), ("folder", folder)]
}

/// The manifest and the program of a folder.
fn program(number: &str, folder: &str, address: Option<SocketAddrV4>) -> Vec<(String, String)> {
    let metadata = address.map_or_else(String::new, |address| {
        format!("\n[package.metadata.lesson]\naddress = \"{address}\"\n")
    });
    let manifest = filled(
        include_str!("templates/lesson/manifest.toml"),
        &[("folder", folder), ("metadata", &metadata)],
    );
    let source = match address {
        None => filled(include_str!("templates/lesson/main.rs"), &values(number, folder)),
        Some(address) => {
            let template = include_str!("templates/lesson/main_with_address.rs");
            let ip = match address.ip().octets() {
                _ if *address.ip() == Ipv4Addr::LOCALHOST => "Ipv4Addr::LOCALHOST".to_owned(),
                [a, b, c, d] => format!("Ipv4Addr::new({a}, {b}, {c}, {d})"),
            };
            let (port, address) = (address.port().to_string(), address.to_string());
            let own = [("ip", ip.as_str()), ("port", &port), ("address", &address)];
            filled(&filled(template, &values(number, folder)), &own)
        }
    };
    vec![("Cargo.toml".to_owned(), manifest), ("src/main.rs".to_owned(), source)]
}

/// A server does not end by itself.
fn script(number: &str, folder: &str, address: Option<SocketAddrV4>) -> String {
    let is_server = folder.ends_with("-server");
    let terminal = if is_server { "服务器端" } else { "主" };
    let mut lines = vec![format!("{terminal} $ lesson-{folder}")];
    if is_server {
        lines.push(match address {
            Some(address) => format!("{terminal} 监听 {address}"),
            None => format!("# 「待写：在哪里监听，写成「{terminal} 监听 127.0.0.1:8888」」"),
        });
        lines.push(
            "# 「待写：接着启动客户端，照着第 01 课（TCP）、第 12 课（UDP）的剧本」".to_owned(),
        );
    }
    lines.push(format!("{terminal} | 「待写：它印的第一行」"));
    lines.push(format!("{terminal} | 「待写：它印的第二行」"));
    if is_server {
        lines.push(format!("{terminal} 停止"));
    }
    let values = [("number", number), ("lines", &lines.join("\n"))];
    filled(include_str!("templates/lesson/script.txt"), &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course without lessons.
    fn course() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("lessons")).unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        root
    }

    fn begin(root: &Path, name: &str, address: Option<&str>) -> Result<Draft, String> {
        let catalog = Catalog::load(root).unwrap();
        let (_, draft) =
            lesson(&catalog, &LessonParts { name, address }).map_err(|error| error.0)?;
        draft.put(root).map_err(|error| error.to_string())?;
        Ok(draft)
    }

    /// Why the lessons cannot be played, each with what it is about.
    fn troubles(root: &Path) -> Vec<(&'static str, String)> {
        let troubles = Catalog::load(root).unwrap().playbill(&[]).unwrap().troubles;
        troubles.into_iter().map(|one| (one.title, one.reason)).collect()
    }

    #[test]
    fn it_is_told_what_is_missing_until_it_is_written() {
        for (name, address) in [
            ("13-hello", None),
            ("13-hello", Some("10.0.0.1:99")),
            ("13-hello-server", None),
            ("13-hello-server", Some("127.0.0.1:8888")),
        ] {
            let root = course();
            let mut paths = begin(root.path(), name, address).unwrap().paths();
            assert_eq!(paths.last().unwrap(), Path::new("docs/13-hello.md"));
            if name.ends_with("-server") {
                let client = begin(root.path(), "13-hello-client", None).unwrap();
                assert_eq!(client.page, None);
                paths.extend(client.paths());
                let catalog = Catalog::load(root.path()).unwrap();
                let addresses: Vec<_> = catalog.packages().map(|one| one.address).collect();
                assert_eq!(addresses, [address.map(|one| one.parse().unwrap()); 2]);
            }
            let found = troubles(root.path());
            for title in ["笔记", "程序", "剧本"] {
                let told = |(one, reason): &&(&str, String)| {
                    *one == title && reason.contains("还没有写完，有")
                };
                assert!(found.iter().any(|one| told(&one)), "{title}: {found:#?}");
            }
            for path in paths {
                let text = fs::read_to_string(root.path().join(&path)).unwrap();
                assert!(!text.contains("{{"), "{text}");
                let text = text.replace("「待写", "「写了");
                fs::write(root.path().join(&path), text).unwrap();
            }
            let mut found = troubles(root.path());
            // the script does not start the client yet
            found.retain(|(_, reason)| !reason.contains("没有一个剧本演到 lesson-13-hello-client"));
            assert_eq!(found, []);
        }
    }

    #[test]
    fn what_cannot_be_begun_is_told_in_a_sentence() {
        let root = course();
        begin(root.path(), "13-hello", None).unwrap();
        fs::write(root.path().join("docs/14-left.md"), "").unwrap();
        for (name, address, wanted) in [
            ("13-other", None, "编号 13 已经有了（docs/13-hello.md）：编号只往后加，下一个是 15"),
            ("14-left", None, "编号 14 已经有了（docs/14-left.md）"),
            ("12-other", None, "编号只往后加，不能是 12，下一个是 15"),
            ("15-Hello", None, "「15-Hello」不能作名字：要两位数字"),
            (
                "15-a-client",
                None,
                "先有服务器端，才有它的客户端：cargo xtask new lesson 15-a-server",
            ),
            (
                "15-a",
                Some("[::1]:8888"),
                "--address 要的是 IPv4 的地址和端口，例如 127.0.0.1:8888，不能是「[::1]:8888」",
            ),
            ("15-a", Some("127.0.0.1"), "不能是「127.0.0.1」"),
            ("15-a", Some("127.0.0.1:0"), "不能是「127.0.0.1:0」"),
        ] {
            let why = begin(root.path(), name, address).unwrap_err();
            assert!(why.contains(wanted), "{why}");
        }
        begin(root.path(), "99-last", None).unwrap();
        let why = begin(root.path(), "99-more", None).unwrap_err();
        assert!(why.ends_with("编号只往后加，两位的编号用完了"), "{why}");
    }
}

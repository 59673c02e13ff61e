//! 正在接收的文件：收完整了才有正式的名字，没收完整就不留下文件。

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{SigSet, Signal};

/// 一次从套接字读多少字节：256 KiB。内存的用量与它有关，与文件大小无关。
///
/// 每读写一次都要进一趟内核：`cargo xtask bench` 在一台机器上量过，比 64 KiB 快三成，再大就几乎没有差别。
pub const CHUNK: usize = 256 * 1024;

/// 正在接收的文件，写在目标所在的目录里。
///
/// [`finish`](IncomingFile::finish) 给它正式的名字；没有 `finish` 就丢弃（出错提前返回也是），不留下文件；新建的目录留着。
#[derive(Debug)]
pub struct IncomingFile {
    file: File,
    target: Target,
    /// 临时名字；`None` 表示文件没有名字（Linux 的 `O_TMPFILE`）：程序被 kill -9，内核也会收走它；有名字的就留下了
    temporary: Option<PathBuf>,
}

/// 收完整之后叫什么。
#[derive(Debug)]
enum Target {
    /// 就叫这个名字，顶替原来的文件
    Replace(PathBuf),
    /// 这个目录里的 `picture_N.jpg`，N 是最小的空号
    Numbered(PathBuf),
}

impl IncomingFile {
    /// 收完整后顶替 `target`；目录不存在就创建。
    ///
    /// # Errors
    /// `target` 是目录或设备；目录创建不了、不能写。
    pub fn replacing(target: &Path) -> Result<IncomingFile> {
        let shown = target.display();
        match fs::metadata(target) {
            Ok(found) if found.is_dir() => bail!("{shown} 是一个目录，不是文件。请给出文件名"),
            Ok(found) if !found.is_file() => bail!("{shown} 是设备或管道，不能用文件顶替它"),
            _ => {}
        }
        // 符号链接：顶替它指向的文件，链接本身留着；指向的文件还不存在，就顶替链接
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_path_buf());
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_path_buf();
        IncomingFile::create(&folder, Target::Replace(target))
    }

    /// 收完整后叫 `folder` 里的 `picture_1.jpg`、`picture_2.jpg`……中最小的空号；目录不存在就创建。
    ///
    /// # Errors
    /// 目录创建不了、不能写。
    pub fn numbered(folder: &Path) -> Result<IncomingFile> {
        IncomingFile::create(folder, Target::Numbered(folder.to_path_buf()))
    }

    fn create(folder: &Path, target: Target) -> Result<IncomingFile> {
        let shown = folder.display();
        if folder.exists() && !folder.is_dir() {
            bail!("{shown} 是一个文件，不是目录。请换一个目录");
        }
        fs::create_dir_all(folder).with_context(|| format!("创建目录 {shown}"))?;
        // 写到 ulimit -f 的上限时，SIGXFSZ 默认会结束整个程序；挡住它，write 就返回 EFBIG（setrlimit(2)）
        SigSet::from(Signal::SIGXFSZ).thread_block().context("屏蔽 SIGXFSZ")?;
        if let Some(file) = unnamed_file(folder) {
            return Ok(IncomingFile { file, target, temporary: None });
        }
        let (file, path) =
            named_file(folder).with_context(|| format!("在目录 {shown} 里新建文件"))?;
        Ok(IncomingFile { file, target, temporary: Some(path) })
    }

    /// 从 `client` 一直收到对方不再发送。
    ///
    /// # Errors
    /// 从网络读失败（重置、超时），或往磁盘写失败：两种错误的说法不同。
    pub fn receive(mut self, mut client: &TcpStream) -> Result<IncomingFile> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = match client.read(&mut buffer) {
                Ok(0) => return Ok(self),
                Ok(count) => count,
                // 在 Linux 上，设了超时的 read，在程序暂停（Ctrl-Z）又继续之后会返回 EINTR（signal(7)）
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("从网络接收"),
            };
            self.write_all(&buffer[..count]).context("写入磁盘")?;
        }
    }

    /// 文件完整了：给它正式的名字，返回这个名字。
    ///
    /// # Errors
    /// 改名失败（目录没了、没有权限、目标变成了目录）。这时不留下文件。
    pub fn finish(mut self) -> Result<PathBuf> {
        match &self.target {
            Target::Replace(target) => {
                let target = target.clone();
                self.replace(&target).with_context(|| format!("保存为 {}", target.display()))?;
                Ok(target)
            }
            Target::Numbered(folder) => {
                let folder = folder.clone();
                let mut number = 1u64;
                loop {
                    let target = folder.join(format!("picture_{number}.jpg"));
                    match self.claim(&target) {
                        Ok(()) => return Ok(target),
                        Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                        Err(error) => {
                            return Err(error)
                                .with_context(|| format!("保存为 {}", target.display()));
                        }
                    }
                }
            }
        }
    }

    /// 顶替 `target`：rename(2) 一步完成，读的人看到的不是旧文件就是新文件。
    fn replace(&mut self, target: &Path) -> io::Result<()> {
        if self.temporary.is_none() {
            // 没有名字的文件只能占一个空着的名字，不能顶替：先占一个临时的
            let folder = target.parent().unwrap_or(Path::new("."));
            self.temporary = Some(loop {
                let path = temporary_name(folder);
                match link_unnamed(&self.file, &path) {
                    Ok(()) => break path,
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            });
        }
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, target)?;
        }
        self.temporary = None;
        Ok(())
    }

    /// 占下 `target` 这个名字；已经有人用了就是 `AlreadyExists`。
    ///
    /// link(2) 从不覆盖，所以多个线程、多个进程同时来，也只有一个占到。
    fn claim(&mut self, target: &Path) -> io::Result<()> {
        let Some(temporary) = &self.temporary else { return link_unnamed(&self.file, target) };
        match fs::hard_link(temporary, target) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            // 有的文件系统（U 盘的 FAT）没有硬链接：先占一个空文件，再顶替自己占的
            Err(_) => {
                OpenOptions::new().write(true).create_new(true).open(target)?;
                fs::rename(temporary, target).inspect_err(|_| drop(fs::remove_file(target)))
            }
        }
    }
}

/// 接待一个上传的客户端：收下文件，存成 `folder` 里的 `picture_N.jpg`，回一句「文件上传成功!」。
///
/// 第 04 课的循环服务器把这几步写在课里。`timeout` 是客户端最多多久没有动静。
///
/// # Errors
/// 中途出错就提前返回：不留下文件，客户端收不到回复，就知道没有传成。
pub fn receive_upload(mut client: &TcpStream, folder: &Path, timeout: Duration) -> Result<()> {
    client.set_read_timeout(Some(timeout))?;
    IncomingFile::numbered(folder)?.receive(client)?.finish()?;
    // 文件已经存好，客户端不等回复就走了也不算错
    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(())
}

impl Write for IncomingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for IncomingFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// 目录里一个没有名字的文件（open(2) 的 `O_TMPFILE`）；文件系统不支持就是 `None`。
#[cfg(target_os = "linux")]
fn unnamed_file(folder: &Path) -> Option<File> {
    use nix::fcntl::OFlag;
    use std::os::unix::fs::OpenOptionsExt;

    let flags = OFlag::O_TMPFILE.bits();
    let file = OpenOptions::new().write(true).mode(0o666).custom_flags(flags).open(folder).ok()?;
    // 以后要靠 /proc 里的路径给它名字
    proc_path(&file).exists().then_some(file)
}

#[cfg(target_os = "linux")]
fn proc_path(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// 给没有名字的文件一个名字（做法见 open(2) 的 `O_TMPFILE` 一段）。
#[cfg(target_os = "linux")]
fn link_unnamed(file: &File, target: &Path) -> io::Result<()> {
    use nix::fcntl::{AT_FDCWD, AtFlags};

    let flags = AtFlags::AT_SYMLINK_FOLLOW;
    Ok(nix::unistd::linkat(AT_FDCWD, &proc_path(file), AT_FDCWD, target, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn unnamed_file(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link_unnamed(_: &File, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// 目录里一个有临时名字的文件。
fn named_file(folder: &Path) -> io::Result<(File, PathBuf)> {
    loop {
        let path = temporary_name(folder);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// 没有人用的名字：进程号加上进程里的序号。
fn temporary_name(folder: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".incoming-{}-{number}.part", process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::connection;
    use std::collections::BTreeSet;
    use std::net::Shutdown;
    use std::thread;

    /// 两种写法：没有名字的（本机支持时）和有临时名字的。
    fn both(folder: &Path, target: fn(&Path) -> Target) -> Vec<IncomingFile> {
        let (file, path) = named_file(folder).unwrap();
        let named = IncomingFile { file, target: target(folder), temporary: Some(path) };
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
            assert_eq!(file.finish().unwrap(), target);
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
        let given: Vec<_> = files.into_iter().map(|file| file.finish().unwrap()).collect();
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
    fn receiving_ends_where_the_client_stops_sending() {
        let dir = tempfile::tempdir().unwrap();
        let (mut client, server) = connection();
        let sent: Vec<u8> = (0..3 * CHUNK + 17).map(|n| n as u8).collect();
        let copy = sent.clone();
        let client = thread::spawn(move || client.write_all(&copy).unwrap());
        let file = IncomingFile::numbered(dir.path()).unwrap();
        let target = file.receive(&server).unwrap().finish().unwrap();
        assert_eq!(fs::read(target).unwrap(), sent);
        client.join().unwrap();
    }

    #[test]
    fn an_upload_is_saved_and_confirmed() {
        let dir = tempfile::tempdir().unwrap();
        let (mut client, server) = connection();
        client.write_all(b"picture").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        receive_upload(&server, dir.path(), Duration::from_secs(30)).unwrap();
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
}

//! 正在接收的文件：收完整了才有正式的名字，没收完整就不留下文件。

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};

use crate::sentence::escape;

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
    /// 写了多少字节
    bytes: u64,
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

/// 收好的文件。印出来是「data/my.txt，184 字节」的样子。
#[derive(Debug, PartialEq, Eq)]
pub struct Saved {
    /// 正式的名字
    pub path: PathBuf,
    /// 多少字节
    pub bytes: u64,
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.to_string_lossy();
        write!(f, "{}，{} 字节", escape(&path), self.bytes)
    }
}

impl IncomingFile {
    /// 收完整后顶替 `target`；目录不存在就创建。
    ///
    /// # Errors
    /// `target` 是目录或设备，名字用不了；目录创建不了、不能写。
    pub fn replacing(target: &Path) -> Result<IncomingFile> {
        let shown = target.display();
        match fs::metadata(target) {
            Ok(found) if found.is_dir() => bail!("{shown} 是一个目录，不是文件。请给出文件名"),
            Ok(found) if !found.is_file() => bail!("{shown} 是设备或管道，不能用文件顶替它"),
            _ => {}
        }
        if target.as_os_str().as_bytes().ends_with(b"/") || target.file_name().is_none() {
            bail!("{shown} 是目录的名字，不是文件。请给出文件名");
        }
        let place = followed(target).with_context(|| format!("查看 {shown}"))?;
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_path_buf();
        let incoming = IncomingFile::create(&folder, Target::Replace(place.clone()))?;
        // 名字用得上吗：太长的，不等文件传完了才发现
        match fs::symlink_metadata(&place) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("查看 {shown}"))
            }
            _ => Ok(incoming),
        }
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
            return Ok(IncomingFile { file, bytes: 0, target, temporary: None });
        }
        let (file, path) =
            named_file(folder).with_context(|| format!("在目录 {shown} 里新建文件"))?;
        Ok(IncomingFile { file, bytes: 0, target, temporary: Some(path) })
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

    /// 文件完整了：给它正式的名字，返回这个名字和大小。
    ///
    /// # Errors
    /// 改名失败（目录没了、没有权限、目标变成了目录）。这时不留下文件。
    pub fn finish(mut self) -> Result<Saved> {
        let bytes = self.bytes;
        match &self.target {
            Target::Replace(target) => {
                let target = target.clone();
                self.replace(&target).with_context(|| format!("保存为 {}", target.display()))?;
                Ok(Saved { path: target, bytes })
            }
            Target::Numbered(folder) => {
                let folder = folder.clone();
                let mut number = 1u64;
                loop {
                    let target = folder.join(format!("picture_{number}.jpg"));
                    match self.claim(&target) {
                        Ok(()) => return Ok(Saved { path: target, bytes }),
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

/// 符号链接指向哪里，一直跟到不是链接为止：要顶替的是它指向的文件，链接本身留着，指向的文件还不存在也一样。
///
/// # Errors
/// 链接转圈（ELOOP），和内核一样跟 40 次为止（path_resolution(7)）；名字太长，中间的目录进不去。
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                let folder = path.parent().unwrap_or(Path::new(""));
                path = folder.join(fs::read_link(&path)?);
            }
            // 中间有一段不是目录，由 create 说是哪一段
            Err(error)
                if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Err(error);
            }
            _ => return Ok(path),
        }
    }
    Err(Errno::ELOOP.into())
}

/// 接待一个上传的客户端：收下文件，存成 `folder` 里的 `picture_N.jpg`，回一句「文件上传成功!」。返回收好的文件。
///
/// 第 04 课的循环服务器把这几步写在课里。`timeout` 是客户端最多多久没有动静。
///
/// # Errors
/// 中途出错就提前返回：不留下文件，客户端收不到回复，就知道没有传成。
pub fn receive_upload(mut client: &TcpStream, folder: &Path, timeout: Duration) -> Result<Saved> {
    client.set_read_timeout(Some(timeout))?;
    let saved = IncomingFile::numbered(folder)?.receive(client)?.finish()?;
    // 文件已经存好，客户端不等回复就走了也不算错
    let _ = client.write_all("文件上传成功!".as_bytes());
    Ok(saved)
}

impl Write for IncomingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
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
mod tests;

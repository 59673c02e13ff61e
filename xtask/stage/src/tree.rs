//! The files below a scene's folder, reached by descriptors: whatever a program has put in the place of a folder, a link
//! is never followed, nothing outside is touched, and how deep it goes costs no stack.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

/// A folder that is held: it stays this one, wherever a program moves it and whatever takes its place.
#[derive(Debug)]
pub struct Tree(OwnedFd);

/// Whether folders below are entered whose permissions forbid it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// They stay as they are: programs still use them.
    AsTheyAre,
    /// Their owner gets the permission to enter and change them.
    Opened,
}

/// Something below a folder.
#[derive(Debug)]
pub enum Found {
    /// Anything but a folder.
    File(FileStat),
    /// A folder, after everything in it.
    Folder {
        /// Nothing was in it.
        was_empty: bool,
    },
    /// A folder that cannot be entered: its permissions, or another file system stands on it.
    Barred,
}

impl Tree {
    /// The folder itself, no link to one.
    ///
    /// # Errors
    /// It is not there, is none, or cannot be opened.
    pub fn open(path: &Path) -> io::Result<Tree> {
        Ok(Tree(open(path, FOLDER | OFlag::O_NOFOLLOW, Mode::empty())?))
    }

    /// A folder that no program could change; links on the way are followed.
    ///
    /// # Errors
    /// As [`Tree::open`].
    pub fn open_trusted(path: &Path) -> io::Result<Tree> {
        Ok(Tree(open(path, FOLDER, Mode::empty())?))
    }

    /// A folder directly in this one.
    ///
    /// # Errors
    /// As [`Tree::open`].
    pub fn folder(&self, name: &OsStr) -> io::Result<Tree> {
        Ok(Tree(enter(self.0.as_fd(), name, Doors::AsTheyAre)?))
    }

    /// A file of this folder, to be read; `path` names the folders on the way.
    ///
    /// # Errors
    /// `ENOENT`: there is none. `ELOOP`, `ENOTDIR`: something on the way is no folder but a link, say. Or it cannot be read.
    pub fn file(&self, path: &Path) -> io::Result<File> {
        let (folder, name) = self.down_to(path)?;
        // a pipe must not be waited for
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        Ok(File::from(openat(folder, name, flags, Mode::empty())?))
    }

    /// Something stands there, whatever it is.
    pub fn has(&self, path: &Path) -> bool {
        self.down_to(path)
            .is_ok_and(|(folder, name)| fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW).is_ok())
    }

    /// The folder in which the last name of a path stands, and that name.
    fn down_to<'a>(&self, path: &'a Path) -> io::Result<(OwnedFd, &'a OsStr)> {
        let mut names = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        });
        let name = names.next_back().ok_or(Errno::ENOENT)?;
        let mut folder = self.0.try_clone()?;
        for name in names {
            folder = enter(folder.as_fd(), name, Doors::AsTheyAre)?;
        }
        Ok((folder, name))
    }

    /// This folder is still the one that `path` leads to.
    pub fn is_at(&self, path: &Path) -> bool {
        let here = nix::sys::stat::lstat(path).ok().map(|stat| identity(&stat));
        here.is_some() && here == fstat(&self.0).ok().map(|stat| identity(&stat))
    }

    /// Where it is now; `None`: nowhere any more, or the system does not tell.
    pub fn path(&self) -> Option<PathBuf> {
        let link = format!("/proc/self/fd/{}", self.0.as_raw_fd());
        std::fs::read_link(link).ok().filter(|path| self.is_at(path))
    }

    /// Everything below, one after the other, sorted by name.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(crate) fn walk(&self, doors: Doors) -> io::Result<Walk> {
        if doors == Doors::Opened {
            // an error: not ours, and then reading says so
            let _ = nix::sys::stat::fchmod(&self.0, Mode::S_IRWXU);
        }
        let folder = openat(&self.0, ".", FOLDER, Mode::empty())?;
        let level = Level::of(&folder, OsString::new())?;
        Ok(Walk { folder, levels: vec![level], name: OsString::new(), doors })
    }

    /// Removes everything in it.
    ///
    /// # Errors
    /// Something cannot be removed: the first such fault, after all the rest is gone.
    pub fn clear(&self) -> io::Result<()> {
        let mut walk = self.walk(Doors::Opened)?;
        let mut fault = Ok(());
        while let Some(found) = walk.next()? {
            let removed = match found {
                Found::File(_) => walk.remove(UnlinkatFlags::NoRemoveDir),
                Found::Folder { .. } | Found::Barred => walk.remove(UnlinkatFlags::RemoveDir),
            };
            fault = fault.and(removed);
        }
        fault
    }

    /// Removes what stands in this folder under this name, whatever it is; nothing there is well too.
    ///
    /// # Errors
    /// As [`Tree::clear`].
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        let stat = match fstatat(&self.0, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Err(Errno::ENOENT) => return Ok(()),
            found => found?,
        };
        if !is_folder(&stat) {
            return take_away(self.0.as_fd(), name, UnlinkatFlags::NoRemoveDir);
        }
        // barred: it can only go if it is empty
        let cleared = enter(self.0.as_fd(), name, Doors::Opened).map_err(io::Error::from);
        let cleared = cleared.and_then(|folder| Tree(folder).clear());
        take_away(self.0.as_fd(), name, UnlinkatFlags::RemoveDir)
            .map_err(|last| cleared.err().unwrap_or(last))
    }

    /// Removes this folder, if it is still somewhere, with everything in it.
    ///
    /// # Errors
    /// As [`Tree::clear`].
    pub fn remove_wherever_it_is(&self) -> io::Result<()> {
        self.clear()?;
        let Some(path) = self.path() else { return Ok(()) };
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
        let parent = Tree::open(parent)?;
        let stat = fstatat(&parent.0, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
        if identity(&stat) != identity(&fstat(&self.0)?) {
            return Ok(());
        }
        take_away(parent.0.as_fd(), name, UnlinkatFlags::RemoveDir)
    }
}

impl AsFd for Tree {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// On the way through everything below a folder. Only one folder is open, so that no depth is too much.
#[derive(Debug)]
pub struct Walk {
    folder: OwnedFd,
    /// From the root to `folder`.
    levels: Vec<Level>,
    /// What was found last, in `folder`.
    name: OsString,
    doors: Doors,
}

#[derive(Debug)]
struct Level {
    /// In the folder above.
    name: OsString,
    id: (u64, u64),
    /// What is still to be visited in it.
    names: std::vec::IntoIter<OsString>,
    was_empty: bool,
}

impl Level {
    fn of(folder: &OwnedFd, name: OsString) -> io::Result<Level> {
        let names = names_in(folder)?;
        let was_empty = names.is_empty();
        Ok(Level { name, id: identity(&fstat(folder)?), names: names.into_iter(), was_empty })
    }
}

impl Walk {
    /// The next one; `None`: that was all.
    ///
    /// # Errors
    /// The tree changes while it is walked.
    pub fn next(&mut self) -> io::Result<Option<Found>> {
        while let Some(level) = self.levels.last_mut() {
            let Some(name) = level.names.next() else {
                let Level { name, was_empty, .. } = self.levels.pop().expect("it is there");
                let Some(above) = self.levels.last() else { return Ok(None) };
                let folder = openat(&self.folder, "..", FOLDER, Mode::empty())?;
                if identity(&fstat(&folder)?) != above.id {
                    return Err(io::Error::other("文件夹被移走了"));
                }
                (self.folder, self.name) = (folder, name);
                return Ok(Some(Found::Folder { was_empty }));
            };
            self.name = name;
            // gone in the meantime: as if it had never been there
            let stat = fstatat(&self.folder, &*self.name, AtFlags::AT_SYMLINK_NOFOLLOW);
            let Ok(stat) = stat else { continue };
            if !is_folder(&stat) {
                return Ok(Some(Found::File(stat)));
            }
            let inside = enter(self.folder.as_fd(), &self.name, self.doors);
            let level = inside.map_err(io::Error::from).and_then(|inside| {
                let level = Level::of(&inside, self.name.clone())?;
                Ok((inside, level))
            });
            let Ok((inside, level)) = level else { return Ok(Some(Found::Barred)) };
            self.folder = inside;
            self.levels.push(level);
        }
        Ok(None)
    }

    /// Where what was found last is, seen from the folder in which the walk began.
    pub fn path(&self) -> PathBuf {
        let above = self.levels.iter().skip(1).map(|level| &level.name);
        above.chain([&self.name]).collect()
    }

    /// Removes what was found last.
    fn remove(&self, kind: UnlinkatFlags) -> io::Result<()> {
        take_away(self.folder.as_fd(), &self.name, kind)
    }
}

const FOLDER: OFlag = OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_CLOEXEC);

/// Which file it is, on this machine: device and inode.
#[allow(clippy::unnecessary_cast, reason = "narrower types on other systems")]
fn identity(stat: &FileStat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino as u64)
}

fn is_folder(stat: &FileStat) -> bool {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFDIR
}

/// Opens a folder in a folder: no link, and nothing that is mounted there.
fn enter(parent: BorrowedFd, name: &OsStr, doors: Doors) -> nix::Result<OwnedFd> {
    match step_into(parent, name) {
        Err(Errno::EACCES) if doors == Doors::Opened => {
            open_door(parent, name)?;
            step_into(parent, name)
        }
        Ok(folder) => {
            let mode = Mode::S_IRWXU;
            let is_open = |stat: &FileStat| Mode::from_bits_truncate(stat.st_mode).contains(mode);
            if doors == Doors::Opened && !is_open(&fstat(&folder)?) {
                let _ = nix::sys::stat::fchmod(&folder, mode);
            }
            Ok(folder)
        }
        refused => refused,
    }
}

#[cfg(target_os = "linux")]
fn step_into(parent: BorrowedFd, name: &OsStr) -> nix::Result<OwnedFd> {
    use nix::fcntl::{OpenHow, ResolveFlag, openat2};

    let resolve = ResolveFlag::RESOLVE_BENEATH
        | ResolveFlag::RESOLVE_NO_SYMLINKS
        | ResolveFlag::RESOLVE_NO_XDEV;
    let how = OpenHow::new().flags(FOLDER | OFlag::O_NOFOLLOW).resolve(resolve);
    match openat2(parent, name, how) {
        // before Linux 5.6, or filtered by an old container
        Err(Errno::ENOSYS | Errno::EPERM) => step_into_by_name(parent, name),
        opened => opened,
    }
}

#[cfg(not(target_os = "linux"))]
fn step_into(parent: BorrowedFd, name: &OsStr) -> nix::Result<OwnedFd> {
    step_into_by_name(parent, name)
}

fn step_into_by_name(parent: BorrowedFd, name: &OsStr) -> nix::Result<OwnedFd> {
    let folder = openat(parent, name, FOLDER | OFlag::O_NOFOLLOW, Mode::empty())?;
    if fstat(&folder)?.st_dev == fstat(parent)?.st_dev { Ok(folder) } else { Err(Errno::EXDEV) }
}

/// Gives back to the owner of a folder the permission to enter and change it.
fn open_door(parent: BorrowedFd, name: &OsStr) -> nix::Result<()> {
    #[cfg(target_os = "linux")]
    {
        // fchmodat(2) follows links, and knows a flag against it only since Linux 6.6
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let folder = openat(parent, name, flags, Mode::empty())?;
        let itself = format!("/proc/self/fd/{}", folder.as_raw_fd());
        nix::sys::stat::fchmodat(
            nix::fcntl::AT_FDCWD,
            itself.as_str(),
            Mode::S_IRWXU,
            nix::sys::stat::FchmodatFlags::FollowSymlink,
        )
    }
    #[cfg(not(target_os = "linux"))]
    nix::sys::stat::fchmodat(
        parent,
        name,
        Mode::S_IRWXU,
        nix::sys::stat::FchmodatFlags::NoFollowSymlink,
    )
}

/// Removes one name from a folder; if something is mounted there, first that.
fn take_away(folder: BorrowedFd, name: &OsStr, kind: UnlinkatFlags) -> io::Result<()> {
    let again = |kind: &UnlinkatFlags| match kind {
        UnlinkatFlags::RemoveDir => UnlinkatFlags::RemoveDir,
        UnlinkatFlags::NoRemoveDir => UnlinkatFlags::NoRemoveDir,
    };
    match unlinkat(folder, name, again(&kind)) {
        #[cfg(target_os = "linux")]
        Err(Errno::EBUSY) => {
            let place = format!("/proc/self/fd/{}/", folder.as_raw_fd()).into_bytes();
            let place = CString::new([&place, name.as_bytes()].concat())?;
            // SAFETY: a plain system call; the path lives through it.
            let unmount = || unsafe {
                libc::umount2(place.as_ptr(), libc::MNT_DETACH | libc::UMOUNT_NOFOLLOW) == 0
            };
            while unmount() {}
            Ok(unlinkat(folder, name, kind)?)
        }
        done => Ok(done?),
    }
}

/// The names in a folder, sorted.
fn names_in(folder: &OwnedFd) -> io::Result<Vec<OsString>> {
    // a descriptor of its own: closedir closes it, and it has its own place in the folder
    let own = openat(folder, ".", FOLDER, Mode::empty())?.into_raw_fd();
    let mut names = Vec::new();
    // SAFETY: `own` is an open folder that nobody else has; what readdir returns lives until the next call.
    unsafe {
        let stream = libc::fdopendir(own);
        if stream.is_null() {
            let error = io::Error::last_os_error();
            libc::close(own);
            return Err(error);
        }
        loop {
            let entry = libc::readdir(stream);
            if entry.is_null() {
                break;
            }
            let name = CString::from(CStr::from_ptr((*entry).d_name.as_ptr())).into_bytes();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        libc::closedir(stream);
    }
    names.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    Ok(names)
}

#[cfg(test)]
mod tests;

//! Programs that try to get out of their scene, one mode each: `escapes MODE VICTIM PID PORT`. VICTIM is a folder outside,
//! PID a process outside, PORT somebody who listens outside. Says `held` and the error, or `out`. What would change the machine
//! for everybody is tried so that nothing changes if it succeeds.

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    #![allow(clippy::undocumented_unsafe_blocks, reason = "plain system calls, all to be refused")]

    use std::fs::{self, OpenOptions};
    use std::io::{self, Write};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::path::Path;

    use nix::errno::Errno;

    /// What an attempt came to.
    type Attempt = io::Result<()>;

    pub fn main() {
        let args: Vec<String> = std::env::args().collect();
        let [_, mode, victim, pid, port] = &args[..] else { panic!("MODE VICTIM PID PORT") };
        let (pid, port) = (pid.parse().unwrap(), port.parse().unwrap());
        let attempt = files(mode, Path::new(victim))
            .or_else(|| processes(mode, pid))
            .or_else(|| machine(mode, port))
            .unwrap_or_else(|| panic!("no such mode: {mode}"));
        match attempt {
            Ok(()) => println!("out"),
            Err(error) => println!("held {error}"),
        }
    }

    fn write(path: &Path) -> Attempt {
        OpenOptions::new().write(true).create(true).truncate(true).open(path)?.write_all(b"out")
    }

    fn files(mode: &str, victim: &Path) -> Option<Attempt> {
        let kept = victim.join("kept");
        Some(match mode {
            "create" => write(&victim.join("new")),
            "overwrite" => write(&kept),
            "append" => OpenOptions::new().append(true).open(&kept).map(|_| ()),
            "truncate" => Errno::result(unsafe { libc::truncate(c(&kept).as_ptr(), 0) })
                .map(|_| ())
                .map_err(Into::into),
            "delete" => fs::remove_file(&kept),
            "rename" => fs::rename(&kept, victim.join("moved")),
            "take" => fs::rename(&kept, "taken"),
            "replace" => write(Path::new("own")).and_then(|()| fs::rename("own", &kept)),
            "make-folder" => fs::create_dir(victim.join("folder")),
            "remove-folder" => fs::remove_dir(victim.join("empty")),
            "make-link" => symlink("/", victim.join("link")),
            "make-pipe" => nix::unistd::mkfifo(&victim.join("pipe"), nix::sys::stat::Mode::S_IRWXU)
                .map_err(Into::into),
            "make-socket" => {
                std::os::unix::net::UnixListener::bind(victim.join("socket")).map(|_| ())
            }
            "hard-link" => fs::hard_link(&kept, "own").and_then(|()| write(Path::new("own"))),
            "permissions" => fs::set_permissions(&kept, fs::Permissions::from_mode(0o777)),
            "owner" => chown(&kept, Some(nix::unistd::getuid().as_raw()), None),
            "times" => fs::File::open(&kept)
                .and_then(|file| file.set_modified(std::time::SystemTime::UNIX_EPOCH)),
            "by-a-link" => symlink(&kept, "link").and_then(|()| {
                let done = write(Path::new("link"));
                fs::remove_file("link")?;
                done
            }),
            "by-its-root" => write(&in_root("/proc/self/root", &kept)),
            "by-the-helper-s-root" => write(&in_root(&format!("/proc/{}/root", parent()), &kept)),
            "by-the-first-root" => write(&in_root("/proc/1/root", &kept)),
            "above" => write(Path::new("../xtask-escaped")),
            "temporary" => write(Path::new("/tmp/xtask-escaped")),
            "home" => home_of_another(),
            "move-its-folder" => {
                let folder = std::env::current_dir().unwrap();
                fs::rename(&folder, folder.with_extension("moved"))
                    .and_then(|()| symlink(victim, &folder))
            }
            _ => return None,
        })
    }

    /// Whether there is any but that of whoever runs this.
    fn home_of_another() -> Attempt {
        let own = std::env::var_os("HOME").map(std::path::PathBuf::from);
        let homes = fs::read_dir("/home")?.flatten().map(|home| home.path());
        match homes.filter(|home| Some(home) != own.as_ref()).count() {
            0 => Err(io::Error::other("empty")),
            _ => Ok(()),
        }
    }

    fn processes(mode: &str, pid: i32) -> Option<Attempt> {
        let send =
            |pid| Errno::result(unsafe { libc::kill(pid, 0) }).map(|_| ()).map_err(Into::into);
        let attach = |pid: i32| {
            let done = unsafe { libc::ptrace(libc::PTRACE_SEIZE, pid, 0_usize, 0_usize) };
            Errno::result(done).map(|_| ()).map_err(io::Error::from)
        };
        let open = |path: String| OpenOptions::new().write(true).open(path).map(|_| ());
        Some(match mode {
            "signal" => send(pid),
            "signal-the-first" => send(1),
            "signal-a-group" => send(-pid),
            "trace" => attach(pid),
            "trace-the-helper" => attach(parent()),
            "memory" => open(format!("/proc/{pid}/mem")),
            "helper-s-memory" => open(format!("/proc/{}/mem", parent())),
            "helper-s-output" => open(format!("/proc/{}/fd/1", parent())),
            "helper-s-input" => fs::read_link(format!("/proc/{}/fd/0", parent())).map(|_| ()),
            "take-a-descriptor" => {
                let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, parent(), 0) };
                let taken = unsafe { libc::syscall(libc::SYS_pidfd_getfd, fd, 1, 0) };
                Errno::result(taken).map(|_| ()).map_err(Into::into)
            }
            "environment" => fs::read(format!("/proc/{pid}/environ")).map(|_| ()),
            "oom" => fs::write(format!("/proc/{pid}/oom_score_adj"), "1000"),
            _ => return None,
        })
    }

    fn machine(mode: &str, port: u16) -> Option<Attempt> {
        let done = |code: libc::c_long| Errno::result(code).map(|_| ()).map_err(io::Error::from);
        let mount = |place: &str, flags| {
            let place = c(Path::new(place));
            let kind = c"tmpfs".as_ptr();
            done(unsafe { libc::mount(kind, place.as_ptr(), kind, flags, std::ptr::null()) }.into())
        };
        Some(match mode {
            "connect" => std::net::TcpStream::connect(("127.0.0.1", port)).map(|_| ()),
            "connect-anywhere" => std::net::UdpSocket::bind("0.0.0.0:0")
                .and_then(|socket| socket.send_to(b"out", ("192.0.2.1", port)).map(|_| ())),
            "mount" => fs::create_dir("place").and_then(|()| {
                let mounted = mount("place", 0);
                fs::remove_dir("place").and(mounted)
            }),
            "remount" => mount("/", libc::MS_REMOUNT | libc::MS_BIND),
            "unmount" => {
                // the first time it is only marked, and the answer is that it should be tried again
                match done(unsafe { libc::umount2(c"/proc".as_ptr(), libc::MNT_EXPIRE) }.into()) {
                    Err(error)
                        if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EBUSY)) =>
                    {
                        Ok(())
                    }
                    other => other,
                }
            }
            "remount-in-another-namespace" => {
                // refused: then there is nothing more to try
                done(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS) }.into())
                    .and_then(|()| mount("/", libc::MS_REMOUNT | libc::MS_BIND))
            }
            "join-a-namespace" => fs::File::open("/proc/1/ns/mnt").and_then(|file| {
                use std::os::fd::AsRawFd;
                done(unsafe { libc::setns(file.as_raw_fd(), 0) }.into())
            }),
            "clock" => {
                let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
                done(unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &mut now) }.into())
                    .and_then(|()| {
                        done(unsafe { libc::clock_settime(libc::CLOCK_REALTIME, &now) }.into())
                    })
            }
            "host-name" => fs::read("/proc/sys/kernel/hostname").and_then(|name| {
                let name = name.trim_ascii_end();
                done(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }.into())
            }),
            "setting" => {
                OpenOptions::new().write(true).open("/proc/sys/kernel/core_pattern").map(|_| ())
            }
            "sysrq" => OpenOptions::new().write(true).open("/proc/sysrq-trigger").map(|_| ()),
            "cgroup" => fs::create_dir("/sys/fs/cgroup/pids/xtask-escaped")
                .and_then(|()| fs::remove_dir("/sys/fs/cgroup/pids/xtask-escaped")),
            "device" => {
                done(unsafe { libc::mknod(c"own".as_ptr(), libc::S_IFBLK | 0o600, 0x800) }.into())
            }
            "disk" => fs::read_dir("/sys/block")
                .and_then(|mut disks| disks.next().unwrap_or_else(|| Err(io::Error::other("none"))))
                .and_then(|disk| fs::File::open(Path::new("/dev").join(disk.file_name())))
                .and_then(|disk| io::Read::read(&mut &disk, &mut [0; 512]).map(|_| ())),
            _ => return None,
        })
    }

    fn parent() -> i32 {
        nix::unistd::getppid().as_raw()
    }

    fn in_root(root: &str, path: &Path) -> std::path::PathBuf {
        Path::new(root).join(path.strip_prefix("/").unwrap())
    }

    fn c(path: &Path) -> std::ffi::CString {
        std::ffi::CString::new(path.to_str().unwrap()).unwrap()
    }
}

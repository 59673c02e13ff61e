//! Can it be read where a Python program is? Tried on one that waits.

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Python {
    /// There is no `python3`.
    Missing,
    /// It can be read where a program of this version is.
    Read(String),
    /// It was not tried with this version.
    Untried(String),
    /// It was tried, but not here: a program of this version could not be read.
    Unreadable(String),
}

/// Asks the `python3` of this machine.
#[cfg(target_os = "linux")]
pub fn try_on_a_program() -> Python {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    const PROGRAM: &str = "import platform, sys\n\
        print(platform.python_version(), flush=True)\n\
        sys.stdin.read()\n";
    let program = Command::new("python3")
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut program) = program else { return Python::Missing };
    let mut version = String::new();
    if let Some(out) = program.stdout.take() {
        let _ = BufReader::new(out).read_line(&mut version);
    }
    let version = version.trim().to_owned();
    let found = match read(program.id() as i32) {
        _ if version.is_empty() => Python::Missing,
        Ok(()) => Python::Read(version),
        Err(cpython::Unknown::Version(_)) => Python::Untried(version),
        Err(_) => Python::Unreadable(version),
    };
    // it ends by itself, too: its input is closed
    drop(program.stdin.take());
    let _ = program.wait();
    found
}

/// Reads where that program is: after its line it is in the last one, or about to be.
#[cfg(target_os = "linux")]
fn read(pid: i32) -> Result<(), cpython::Unknown> {
    use nix::sys::uio::{RemoteIoVec, process_vm_readv};
    use nix::unistd::Pid;

    struct Process(Pid);

    impl cpython::Memory for Process {
        fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
            let mut bytes = vec![0; length];
            let remote = [RemoteIoVec { base: usize::try_from(address).ok()?, len: length }];
            let local = &mut [std::io::IoSliceMut::new(&mut bytes)];
            let read = process_vm_readv(self.0, local, &remote).ok()?;
            (read == length).then_some(bytes)
        }
    }

    // a frame may be on its way in or out at the moment of a look
    const LOOKS: usize = 100;
    let mut interpreters = cpython::Interpreters::default();
    let mut look = || {
        let stacks = interpreters.stacks(pid, &Process(Pid::from_raw(pid)))?;
        let mut frames = stacks.iter().flat_map(|stack| &stack.frames);
        let is_known = frames.any(|frame| frame.own && frame.line.is_some());
        is_known.then_some(()).ok_or(cpython::Unknown::Unreadable)
    };
    for _ in 1..LOOKS {
        match look() {
            Err(cpython::Unknown::Unreadable) => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            answer => return answer,
        }
    }
    look()
}

/// Elsewhere nothing is traced.
#[cfg(not(target_os = "linux"))]
pub fn try_on_a_program() -> Python {
    Python::Missing
}

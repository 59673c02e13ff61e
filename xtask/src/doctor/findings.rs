//! From the readings to what is said. Pure: every machine can be described here without being had.

use nix::errno::Errno;

use super::Readings;
use super::python::Python;

const MIB: u64 = 1 << 20;
/// `bench` without options: a file of 1 GiB twice, and small ones.
const BENCH_NEEDS: u64 = (2 * 1024 + 64) * MIB;
/// Less is not enough for rustc, several programs and a class's editor.
const LITTLE_MEMORY: u64 = 512 * MIB;
/// A scene may have 400 processes; cargo and the desktop need some too.
const FEW_PROCESSES: u64 = 512;

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub name: &'static str,
    /// `有`, `没有`, or a short value.
    pub state: String,
    /// What that means for the checks.
    pub meaning: String,
    /// Why it is missing.
    pub cause: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    fn good(name: &'static str, state: impl Into<String>, meaning: impl Into<String>) -> Finding {
        let (state, meaning) = (state.into(), meaning.into());
        Finding { name, state, meaning, cause: None, remedy: None }
    }

    fn missing(name: &'static str, instead: &str, why: Why) -> Finding {
        let Why { cause, remedy } = why;
        Finding { cause: Some(cause), remedy, ..Finding::good(name, "没有", instead) }
    }
}

/// Why something is missing, and what helps, if anything does.
struct Why {
    cause: String,
    remedy: Option<String>,
}

fn why(cause: impl Into<String>, remedy: impl Into<String>) -> Why {
    Why { cause: cause.into(), remedy: Some(remedy.into()) }
}

/// Everything that differs from machine to machine, in Chinese.
pub fn findings(readings: &Readings) -> Vec<Finding> {
    vec![
        own_network(readings),
        second_interface(readings),
        containment(readings),
        orphans(readings),
        listeners(readings),
        tracing(readings),
        python(readings),
        processors(readings),
        memory(readings),
        memory_for_files(readings),
        processes(readings),
        Finding::good("内核", "", &readings.kernel),
        rustc(readings),
    ]
}

fn own_network(readings: &Readings) -> Finding {
    const NAME: &str = "单独的网络";
    match &readings.own_network {
        Ok(()) => Finding::good(NAME, "有", "每个场景有自己的回环网卡：真实的端口，互不相干"),
        Err(refused) => Finding::missing(
            NAME,
            "服务器端改用空闲的端口，程序连得到真的网络，其余照常检查",
            no_namespace(readings, refused),
        ),
    }
}

/// Which of the many switches it is that forbids user namespaces (`user_namespaces(7)`).
fn no_namespace(readings: &Readings, refused: &str) -> Why {
    let keep = |setting: &str| {
        format!("sudo sysctl {setting}；重启后还要，就写进 /etc/sysctl.d/90-kecheng.conf")
    };
    let answer = readings.user_namespace;
    if !readings.has_user_namespaces || matches!(answer, Err(Errno::EINVAL)) {
        let cause = "内核没有编进用户命名空间（CONFIG_USER_NS）";
        return why(cause, "换一个带它的内核；各发行版自带的内核都有");
    }
    if readings.most_user_namespaces == Some(0) {
        return why("user.max_user_namespaces 是 0", keep("user.max_user_namespaces=15000"));
    }
    // EUSERS: before Linux 4.9
    if matches!(answer, Err(Errno::ENOSPC | Errno::EUSERS)) {
        let most =
            readings.most_user_namespaces.map_or("不明".to_owned(), |most| most.to_string());
        let cause =
            format!("用户命名空间用完了（user.max_user_namespaces 是 {most}），或者套了太多层");
        return why(cause, keep("user.max_user_namespaces=15000"));
    }
    if answer.is_err() && !readings.root && readings.unprivileged_user_namespaces == Some(0) {
        let cause = "kernel.unprivileged_userns_clone 是 0：普通用户不能建用户命名空间";
        return why(cause, keep("kernel.unprivileged_userns_clone=1"));
    }
    // it may be granted without any power in it: then the next step is refused
    if !readings.root && readings.apparmor_restricts.is_some_and(|restricts| restricts > 0) {
        let cause = format!(
            "AppArmor 限制普通用户的用户命名空间（kernel.apparmor_restrict_unprivileged_userns 是 1）：{refused}"
        );
        return why(cause, keep("kernel.apparmor_restrict_unprivileged_userns=0"));
    }
    if matches!(answer, Err(Errno::EPERM | Errno::ENOSYS)) && readings.filtered {
        return why(
            "这个容器过滤系统调用（seccomp），不让调用 unshare",
            "启动容器时加上 docker run --security-opt seccomp=unconfined，或者 --cap-add SYS_ADMIN",
        );
    }
    let (cause, remedy) = match answer {
        Err(Errno::EPERM) => (
            "内核不让建用户命名空间（EPERM），看不出是哪一条规定".to_owned(),
            "在 chroot 里就到外面来；有 SELinux 等安全模块，就请管理员放行",
        ),
        _ => (
            refused.to_owned(),
            "在容器里的话，可以试 docker run --privileged；不在容器里，请管理员放行",
        ),
    };
    why(cause, remedy)
}

fn second_interface(readings: &Readings) -> Finding {
    const NAME: &str = "第二张网卡";
    const INSTEAD: &str = "写了「网卡」的场景不演，报告为「没演」";
    match (&readings.second_interface, &readings.own_network) {
        (Ok(()), _) => Finding::good(NAME, "有", "能检查服务器端列给全班的地址"),
        (Err(_), Err(_)) => {
            Finding::missing(NAME, INSTEAD, why("没有单独的网络", "先让「单独的网络」有了"))
        }
        (Err(refused), Ok(())) => Finding::missing(
            NAME,
            INSTEAD,
            why(refused, "sudo modprobe dummy；不行就 sudo modprobe veth，或者 sudo modprobe tun"),
        ),
    }
}

/// Whether programs are kept in their scene's folder.
fn containment(readings: &Readings) -> Finding {
    const NAME: &str = "关住程序";
    const HELD: &str = "只能写自己场景的文件夹和临时文件夹，读不到别人的主目录";
    match (&readings.own_mounts, &readings.landlock) {
        (Ok(()), Ok(())) => {
            Finding::good(NAME, "有", format!("{HELD}（自己的挂载，加上 Landlock）"))
        }
        (Ok(()), Err(_)) => Finding::good(
            NAME,
            "有",
            format!("{HELD}（自己的挂载；没有 Landlock，管不了发给别人的信号）"),
        ),
        (Err(_), Ok(())) => Finding::good(
            NAME,
            "有",
            format!("{HELD}（Landlock；没有自己的挂载，管不了改外面文件的权限、主人和时间）"),
        ),
        (Err(mounts), Err(landlock)) => Finding::missing(
            NAME,
            "程序能写到外面去，写了什么不检查",
            why(
                format!("{mounts}；{landlock}"),
                "用 Linux 5.19 或更新的内核；或者先让「单独的网络」有了",
            ),
        ),
    }
}

fn orphans(readings: &Readings) -> Finding {
    const NAME: &str = "收养孤儿进程";
    match readings.adopts_orphans {
        Ok(()) => Finding::good(NAME, "有", "程序留下的进程都找得到，场景结束时全部清理"),
        Err(errno) => Finding::missing(
            NAME,
            "只清理程序所在的进程组：另立会话的进程可能留下",
            unsupported(readings, "prctl(PR_SET_CHILD_SUBREAPER)", errno, "Linux 3.4 起才有"),
        ),
    }
}

fn listeners(readings: &Readings) -> Finding {
    const NAME: &str = "查看监听端口";
    const INSTEAD: &str = "以服务器端在标准错误里说的「正在监听」为准";
    match readings.sees_listeners {
        Ok(()) => Finding::good(NAME, "有", "直接问内核，不用连接服务器端"),
        Err(errno @ (Errno::ENOENT | Errno::EPROTONOSUPPORT | Errno::EOPNOTSUPP)) => {
            let cause = format!("内核没有载入 sock_diag（{errno:?}）");
            Finding::missing(NAME, INSTEAD, why(cause, "sudo modprobe inet_diag tcp_diag"))
        }
        Err(errno) => {
            let why = unsupported(readings, "sock_diag", errno, "只有 Linux 有");
            Finding::missing(NAME, INSTEAD, why)
        }
    }
}

/// Of a system call that every Linux of today allows.
fn unsupported(readings: &Readings, what: &str, errno: Errno, otherwise: &str) -> Why {
    if readings.filtered && matches!(errno, Errno::EPERM | Errno::EACCES | Errno::ENOSYS) {
        let cause = format!("这个容器过滤系统调用（seccomp），不让用 {what}（{errno:?}）");
        return why(cause, "启动容器时加上 docker run --security-opt seccomp=unconfined");
    }
    Why { cause: format!("系统不支持 {what}（{errno:?}）：{otherwise}"), remedy: None }
}

/// Whether checks trace the programs; if not, they only read pipes.
fn tracing(readings: &Readings) -> Finding {
    const NAME: &str = "跟踪程序";
    const MEANING: &str = "每一行都知道是谁印的，睡眠不用真的等，谁也不往下走时立刻说出为什么";
    const INSTEAD: &str = "只读程序的输出，睡眠要真的等；来自哪个进程或线程、编号的真假、用的做法，报告为「没有检查」";
    match (readings.traces, &readings.tracing_works) {
        (Ok(()), Ok(())) => Finding::good(NAME, "可以", MEANING),
        (Ok(()), Err(cause)) => {
            let cause = format!("系统允许，但试下来不可靠：{cause}");
            Finding::missing(NAME, INSTEAD, Why { cause, remedy: None })
        }
        (Err(errno), _) => Finding::missing(NAME, INSTEAD, no_tracing(readings, errno)),
    }
}

/// `ptrace(2)`, "PTRACE_TRACEME" and "/proc/sys/kernel/yama/ptrace_scope".
fn no_tracing(readings: &Readings, errno: Errno) -> Why {
    if readings.tracer != 0 {
        return why(
            format!(
                "调试器或 strace（进程 {}）正在跟踪我们，一个进程只能有一个跟踪者",
                readings.tracer
            ),
            "不要在调试器或 strace 里运行",
        );
    }
    match readings.ptrace_scope {
        Some(3) => why(
            "kernel.yama.ptrace_scope 是 3：谁都不能跟踪",
            "从 /etc/sysctl.d 里去掉这个设置，再重启：不重启改不回来",
        ),
        Some(2) => why(
            "kernel.yama.ptrace_scope 是 2：只有管理员能跟踪",
            "sudo sysctl kernel.yama.ptrace_scope=1",
        ),
        _ if readings.filtered => why(
            format!("这个容器过滤系统调用（seccomp），不让跟踪（{errno:?}）"),
            "启动容器时加上 docker run --cap-add SYS_PTRACE，或者 --security-opt seccomp=unconfined",
        ),
        _ => Why { cause: format!("系统不让跟踪子进程（{errno:?}）"), remedy: None },
    }
}

/// Whether it is told where a Python program waits.
fn python(readings: &Readings) -> Finding {
    const NAME: &str = "Python 的行号";
    const MEANING: &str = "Python 程序停住时，说出每个线程停在哪个文件的第几行";
    const INSTEAD: &str = "照样跟踪 Python 程序，只是不说停在第几行";
    let (first, last) = cpython::TRIED.into_inner();
    match &readings.python {
        Python::Read(version) => Finding::good(NAME, "有", format!("{MEANING}（{version}）")),
        Python::Missing => Finding::good(NAME, "用不着", "没有 python3；课程的程序不用它"),
        Python::Untried(version) => Finding::missing(
            NAME,
            INSTEAD,
            why(
                format!("python3 是 {version}，认得的是 3.{first} 到 3.{last}"),
                format!("用认得的版本启动程序，例如 python3.{last} 程序.py"),
            ),
        ),
        Python::Unreadable(version) => Finding::missing(
            NAME,
            INSTEAD,
            why(
                format!("python3（{version}）内存里的内容和平常编译的不一样，或者不让读"),
                "用平常编译的 Python：不是 debug 版，也不是没有 GIL 的那一种（名字里带 t）",
            ),
        ),
    }
}

fn processors(readings: &Readings) -> Finding {
    let state = format!("{} 个", readings.processors);
    // as `check` does
    if readings.slowness <= 1.5 {
        return Finding::good("处理器", state, "现在不忙");
    }
    let meaning = format!("正忙，慢了 {:.1} 倍：真实的时间相应放宽，至多 5 倍", readings.slowness);
    let remedy = Some("看是谁在忙：top；等它忙完再检查，结果更快".to_owned());
    Finding { remedy, ..Finding::good("处理器", state, meaning) }
}

fn memory(readings: &Readings) -> Finding {
    const NAME: &str = "内存";
    let Some((available, all)) = readings.memory else {
        return Finding::good(NAME, "不明", "没有 /proc/meminfo");
    };
    let meaning = format!("一共 {}", size(all));
    let state = format!("空 {}", size(available));
    if available >= LITTLE_MEMORY {
        return Finding::good(NAME, state, meaning);
    }
    let remedy = "关掉别的程序；编译时内存不够，就写 cargo build -j 1".to_owned();
    Finding { remedy: Some(remedy), ..Finding::good(NAME, state, meaning + "，剩下的不多") }
}

fn memory_for_files(readings: &Readings) -> Finding {
    const NAME: &str = "内存里的文件";
    match readings.memory_for_files {
        Some(free) if free >= BENCH_NEEDS => {
            Finding::good(NAME, format!("空 {}", size(free)), "bench 的文件放在 /dev/shm，不量磁盘")
        }
        Some(free) => Finding {
            remedy: Some(
                "量小一些的文件：cargo xtask bench --size 100；容器里加上 docker run --shm-size 3g"
                    .to_owned(),
            ),
            ..Finding::good(
                NAME,
                format!("空 {}", size(free)),
                format!("不到 {}，bench 的文件放不下，要放在磁盘上", size(BENCH_NEEDS)),
            )
        },
        None => Finding::missing(
            NAME,
            "bench 的文件放在磁盘上，量到的有一部分是磁盘",
            why("/dev/shm 不是 tmpfs", "sudo mount -t tmpfs tmpfs /dev/shm"),
        ),
    }
}

fn processes(readings: &Readings) -> Finding {
    const NAME: &str = "进程数的上限";
    match readings.most_processes {
        None => Finding::good(NAME, "不限", "ulimit -u"),
        Some(most) if most >= FEW_PROCESSES => {
            Finding::good(NAME, format!("{most} 个"), "ulimit -u")
        }
        Some(most) => Finding {
            remedy: Some(
                "ulimit -u 4096；不让改，就请管理员改 /etc/security/limits.conf".to_owned(),
            ),
            ..Finding::good(
                NAME,
                format!("{most} 个"),
                "太少：这个用户的所有程序加在一起算，课程的程序可能启动不了子进程",
            )
        },
    }
}

fn rustc(readings: &Readings) -> Finding {
    const NAME: &str = "Rust";
    let needed = env!("CARGO_PKG_RUST_VERSION");
    match &readings.rustc {
        Some(version) => Finding::good(NAME, "", format!("{version}；要 {needed} 或更新")),
        None => Finding::missing(
            NAME,
            "不能编译课程的程序",
            why("找不到 rustc", "用 https://rustup.rs 安装；装好了就重新打开终端"),
        ),
    }
}

/// `3.9 GiB`, `512 MiB`.
fn size(bytes: u64) -> String {
    match bytes / MIB {
        mib if mib >= 1024 => format!("{:.1} GiB", mib as f64 / 1024.0),
        mib => format!("{mib} MiB"),
    }
}

//! What is said of machines that nobody here has.

use nix::errno::Errno;

use super::python::Python;
use super::{Finding, Readings, findings};

/// A machine that has everything.
fn machine() -> Readings {
    Readings {
        own_network: Ok(()),
        user_namespace: Ok(()),
        most_user_namespaces: Some(15_000),
        unprivileged_user_namespaces: None,
        apparmor_restricts: None,
        has_user_namespaces: true,
        filtered: false,
        root: false,
        second_interface: Ok(()),
        own_mounts: Ok(()),
        landlock: Ok(()),
        adopts_orphans: Ok(()),
        sees_listeners: Ok(()),
        traces: Ok(()),
        tracing_works: Ok(()),
        ptrace_scope: Some(1),
        tracer: 0,
        python: Python::Read("3.11.2".into()),
        processors: 4,
        slowness: 1.0,
        memory: Some((3 << 30, 4 << 30)),
        memory_for_files: Some(4 << 30),
        most_processes: Some(30_000),
        kernel: "Linux 6.8".into(),
        rustc: Some("rustc 1.88.0".into()),
    }
}

/// One without namespaces, for a reason that `change` gives.
fn without_namespaces(errno: Errno, change: impl FnOnce(&mut Readings)) -> Finding {
    let mut readings = machine();
    readings.own_network = Err(format!("unshare 被拒绝（{errno:?}）"));
    readings.second_interface = Err("场景没有单独的网络".into());
    readings.user_namespace = Err(errno);
    change(&mut readings);
    findings(&readings).remove(0)
}

fn of(name: &str, change: impl FnOnce(&mut Readings)) -> Finding {
    let mut readings = machine();
    change(&mut readings);
    let found = findings(&readings).into_iter().find(|finding| finding.name == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn a_machine_that_has_everything_needs_nothing() {
    for finding in findings(&machine()) {
        assert_eq!((&finding.cause, &finding.remedy), (&None, &None), "{finding:?}");
        assert_ne!(finding.state, "没有");
    }
}

/// The switch that is off is named, and the command that turns it on.
fn assert_names(finding: &Finding, cause: &str, remedy: &str) {
    assert!(finding.cause.as_deref().is_some_and(|text| text.contains(cause)), "{finding:?}");
    assert!(finding.remedy.as_deref().is_some_and(|text| text.contains(remedy)), "{finding:?}");
}

#[test]
fn whatever_forbids_namespaces_is_told_from_the_rest() {
    let none = without_namespaces(Errno::ENOSPC, |one| one.most_user_namespaces = Some(0));
    assert_names(&none, "max_user_namespaces 是 0", "sysctl user.max_user_namespaces=15000");
    let used_up = without_namespaces(Errno::ENOSPC, |_| {});
    assert_names(&used_up, "用完了（user.max_user_namespaces 是 15000）", "sysctl user.max");
    let debian = without_namespaces(Errno::EPERM, |one| one.unprivileged_user_namespaces = Some(0));
    assert_names(&debian, "unprivileged_userns_clone 是 0", "unprivileged_userns_clone=1");
    let docker = without_namespaces(Errno::EPERM, |one| {
        one.filtered = true;
        one.root = true;
        one.apparmor_restricts = Some(1); // root is not what it restricts
    });
    assert_names(&docker, "seccomp", "--security-opt seccomp=unconfined");
    assert!(docker.remedy.as_ref().unwrap().contains("--cap-add SYS_ADMIN"));
    let unknown = without_namespaces(Errno::EPERM, |_| {});
    assert_names(&unknown, "看不出是哪一条规定", "chroot");
    let old = without_namespaces(Errno::EINVAL, |one| one.has_user_namespaces = false);
    assert_names(&old, "CONFIG_USER_NS", "内核");
}

#[test]
fn a_namespace_without_power_is_the_work_of_apparmor() {
    let ubuntu = of("单独的网络", |one| {
        one.own_network = Err("写不了 /proc/self/uid_map（EPERM）".into());
        one.apparmor_restricts = Some(1);
    });
    assert_names(&ubuntu, "AppArmor", "apparmor_restrict_unprivileged_userns=0");
    assert!(ubuntu.cause.unwrap().contains("uid_map"));
    let other = of("单独的网络", |one| one.own_network = Err("启用不了 lo 网卡（x）".into()));
    assert_names(&other, "启用不了 lo 网卡", "docker run");
}

#[test]
fn the_second_interface_waits_for_the_network() {
    let first = of("第二张网卡", |one| {
        one.own_network = Err("x".into());
        one.second_interface = Err("y".into());
    });
    assert_names(&first, "没有单独的网络", "单独的网络");
    let alone = of("第二张网卡", |one| one.second_interface = Err("建不了第二张网卡".into()));
    assert_names(&alone, "建不了第二张网卡", "modprobe dummy");
}

#[test]
fn what_keeps_one_from_tracing_is_told_apart() {
    let refused = |change: fn(&mut Readings)| {
        of("跟踪程序", |one| {
            one.traces = Err(Errno::EPERM);
            change(one);
        })
    };
    assert_names(&refused(|one| one.ptrace_scope = Some(3)), "是 3", "重启");
    assert_names(&refused(|one| one.ptrace_scope = Some(2)), "是 2", "ptrace_scope=1");
    assert_names(&refused(|one| one.tracer = 77), "进程 77", "不要在调试器");
    assert_names(&refused(|one| one.filtered = true), "seccomp", "--cap-add SYS_PTRACE");
    assert_eq!(refused(|_| {}).cause.unwrap(), "系统不让跟踪子进程（EPERM）");
    assert!(of("跟踪程序", |_| {}).meaning.contains("睡眠不用真的等"));
    let unreliable = of("跟踪程序", |one| one.tracing_works = Err("时间不走".into()));
    assert!(unreliable.cause.unwrap().contains("时间不走"));
}

#[test]
fn a_python_that_is_not_known_says_which_are() {
    let newer = of("Python 的行号", |one| one.python = Python::Untried("3.99.0".into()));
    assert_names(&newer, "3.99.0，认得的是 3.8 到", "python3.");
    let other = of("Python 的行号", |one| one.python = Python::Unreadable("3.13.0".into()));
    assert_names(&other, "3.13.0", "debug");
    assert!(of("Python 的行号", |_| {}).meaning.contains("（3.11.2）"));
    let none = of("Python 的行号", |one| one.python = Python::Missing);
    assert_eq!((none.state.as_str(), none.cause), ("用不着", None));
}

#[test]
fn sockets_and_orphans_have_their_reasons() {
    let listeners = of("查看监听端口", |one| one.sees_listeners = Err(Errno::ENOENT));
    assert_names(&listeners, "ENOENT", "modprobe inet_diag");
    let orphans = of("收养孤儿进程", |one| {
        one.adopts_orphans = Err(Errno::EPERM);
        one.filtered = true;
    });
    assert_names(&orphans, "seccomp", "seccomp=unconfined");
    let elsewhere = of("收养孤儿进程", |one| one.adopts_orphans = Err(Errno::ENOSYS));
    assert_eq!(elsewhere.remedy, None);
}

#[test]
fn little_of_something_has_a_remedy_and_is_not_missing() {
    let busy = of("处理器", |one| one.slowness = 2.34);
    assert!(busy.meaning.contains("慢了 2.3 倍") && busy.remedy.is_some());
    let memory = of("内存", |one| one.memory = Some((300 << 20, 1 << 30)));
    assert_eq!(memory.state, "空 300 MiB");
    assert!(memory.remedy.is_some());
    let files = of("内存里的文件", |one| one.memory_for_files = Some(64 << 20));
    assert!(files.meaning.contains("不到 2.1 GiB") && files.remedy.is_some());
    let processes = of("进程数的上限", |one| one.most_processes = Some(100));
    assert_eq!(processes.state, "100 个");
    assert!(processes.remedy.is_some());
    let rust = of("Rust", |one| one.rustc = None);
    assert_names(&rust, "找不到 rustc", "rustup.rs");
}

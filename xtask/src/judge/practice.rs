//! Did the programs do what their lesson teaches (`做法`), and not only print the same?
//!
//! Only a traced scene can tell, and only one that came to its end.

use std::collections::{BTreeMap, BTreeSet};

use tracer::{Call, Ended, Half, Outcome, Step};

use crate::observe::{Event, Kind};
use crate::script::{Demand, Practice, Scene};

use super::facts::is_cut;
use super::{Failure, Rule, Subject, Unchecked, is_traced};

/// The demands that were not met.
pub fn check(scene: &Scene, events: &[Event]) -> Vec<Failure> {
    if !is_traced(events) || is_cut(events) {
        return Vec::new();
    }
    let failures = scene.demands.iter().filter_map(|demand| {
        let deeds = Deeds::of(events, demand.terminal)?;
        let (got, detail) = deeds.against(demand, scene)?;
        Some(Failure {
            rule: Rule::Mechanism,
            line: demand.line,
            subject: Subject::Terminal(demand.terminal),
            expected: Some(demand.practice.to_string()),
            got: Some(got),
            detail,
            event: None,
        })
    });
    failures.collect()
}

/// The demands, where nobody saw what the programs did.
pub fn unchecked(scene: &Scene, events: &[Event]) -> Vec<Unchecked> {
    if is_traced(events) {
        return Vec::new();
    }
    let what = |demand: &Demand| {
        let name = &scene.terminals[demand.terminal].name;
        let what = format!("「{name}」是不是真的这样做：{}", demand.practice);
        Unchecked { line: demand.line, what }
    };
    scene.demands.iter().map(what).collect()
}

/// A step of a program.
struct Deed<'a> {
    /// Index into the scene's events.
    event: usize,
    pid: i32,
    tid: i32,
    step: &'a Step,
}

/// What the processes of one terminal did since its program runs.
struct Deeds<'a> {
    root: i32,
    deeds: Vec<Deed<'a>>,
    /// When the script stopped it.
    stopped: Option<usize>,
}

/// What was done instead, and a sentence about it.
type Instead = Option<(String, String)>;

impl<'a> Deeds<'a> {
    /// `None`: the program was never started.
    fn of(events: &'a [Event], terminal: usize) -> Option<Deeds<'a>> {
        let root = events.iter().find_map(|event| match event.kind {
            Kind::Started { terminal: t, pid, .. } if t == terminal => Some(pid),
            _ => None,
        })?;
        let stopped = events.iter().position(
            |event| matches!(event.kind, Kind::Stopped { terminal: t, .. } if t == terminal),
        );
        let traced = events.iter().enumerate().filter_map(|(index, event)| match &event.kind {
            Kind::Traced { terminal: t, pid, tid, step } if *t == terminal => {
                Some(Deed { event: index, pid: *pid, tid: *tid, step })
            }
            _ => None,
        });
        let mut deeds: Vec<Deed> = traced.collect();
        // what comes before belongs to whoever starts it
        let exec = |deed: &Deed| deed.pid == root && matches!(deed.step, Step::Exec { .. });
        if let Some(begin) = deeds.iter().position(exec) {
            deeds.drain(..=begin);
        }
        Some(Deeds { root, deeds, stopped })
    }

    fn against(&self, demand: &Demand, scene: &Scene) -> Instead {
        match demand.practice {
            Practice::Processes(count) => self.processes(count),
            Practice::Threads(count) => self.threads(count),
            Practice::WaitForChildren => {
                let is_counted = |other: &Demand| {
                    other.terminal == demand.terminal
                        && matches!(other.practice, Practice::Processes(1..))
                };
                self.waits(scene.demands.iter().any(is_counted))
            }
            Practice::TerminateChild => self.terminates(),
            Practice::ReuseAddress => self.reuses_address(),
            Practice::HalfClose => self.half_closes(),
            Practice::ConnectionsAtOnce(count) => {
                let connections = self.connections();
                let enough = connections.most >= count as usize;
                (!enough).then(|| (connections.in_words(), String::new()))
            }
            Practice::OneConnection => {
                let connections = self.connections();
                let detail = "关闭（close）这个客户端的连接，再接受（accept）下一个";
                (connections.most != 1).then(|| (connections.in_words(), detail.to_owned()))
            }
            Practice::CloseConnections => self.closes(),
        }
    }

    /// Process that made it, and the new one's number.
    fn made_processes(&self) -> Vec<(i32, i32)> {
        let made = self.deeds.iter().filter_map(|deed| match deed.step {
            Step::NewProcess { child } => Some((deed.pid, *child)),
            _ => None,
        });
        made.collect()
    }

    fn count_threads(&self) -> usize {
        self.deeds.iter().filter(|deed| matches!(deed.step, Step::NewThread { .. })).count()
    }

    fn made_in_words(&self) -> String {
        let (processes, threads) = (self.made_processes().len(), self.count_threads());
        match (processes, threads) {
            (0, 0) => "子进程和线程都没有创建".to_owned(),
            (_, 0) => format!("创建了 {processes} 个子进程"),
            (0, _) => format!("创建了 {threads} 个线程，没有创建子进程"),
            _ => format!("创建了 {processes} 个子进程、{threads} 个线程"),
        }
    }

    fn processes(&self, wanted: u32) -> Instead {
        let made = self.made_processes();
        if made.len() == wanted as usize {
            return None;
        }
        let of_children = made.iter().filter(|(parent, _)| *parent != self.root).count();
        let detail = if of_children > 0 {
            format!("其中 {of_children} 个是子进程创建的：fork 之后，子进程也接着做了父进程的事")
        } else if made.is_empty() && self.count_threads() > 0 {
            "线程在同一个进程里，不是另一个进程".to_owned()
        } else {
            String::new()
        };
        Some((self.made_in_words(), detail))
    }

    fn threads(&self, wanted: u32) -> Instead {
        let made = self.count_threads();
        if made == wanted as usize {
            return None;
        }
        let instead = made == 0 && !self.made_processes().is_empty();
        let detail = if instead {
            "子进程是另一个进程，不是同一个进程里的线程"
        } else {
            ""
        };
        Some((self.made_in_words(), detail.to_owned()))
    }

    /// `counted`: if there is no child at all, another demand says so.
    fn waits(&self, counted: bool) -> Instead {
        let made = self.made_processes();
        if made.is_empty() {
            return (!counted).then(|| ("没有创建子进程".to_owned(), String::new()));
        }
        let waited: BTreeSet<i32> = self
            .deeds
            .iter()
            .filter_map(|deed| match deed.step {
                Step::Leave { call: Call::Wait { .. }, outcome: Outcome::Done(child) } => {
                    i32::try_from(*child).ok()
                }
                _ => None,
            })
            .collect();
        let left: Vec<String> = made
            .iter()
            .map(|(_, child)| *child)
            .filter(|child| !waited.contains(child) && !self.was_stopped_with(*child))
            .map(|child| child.to_string())
            .collect();
        if left.is_empty() {
            return None;
        }
        let got = format!(
            "创建了 {} 个子进程，等到了 {} 个",
            made.len(),
            made.iter().filter(|(_, child)| waited.contains(child)).count()
        );
        let detail = format!(
            "没有等的是进程 {}：子进程先结束，就成了僵尸进程（zombie）；父进程先结束，子进程就成了孤儿，见 wait(2)",
            left.join("、")
        );
        Some((got, detail))
    }

    /// It still lived when the script stopped the program.
    fn was_stopped_with(&self, pid: i32) -> bool {
        let Some(stopped) = self.stopped else { return false };
        let ended =
            self.deeds.iter().find(|deed| deed.pid == pid && matches!(deed.step, Step::Ended(_)));
        ended.is_none_or(|ended| ended.event > stopped)
    }

    fn terminates(&self) -> Instead {
        let mut parents: BTreeMap<i32, i32> = BTreeMap::new();
        let mut elsewhere = Vec::new();
        for deed in &self.deeds {
            let (from, to) = match deed.step {
                Step::NewProcess { child } => {
                    parents.insert(*child, deed.pid);
                    continue;
                }
                Step::Ended(_) => {
                    parents.remove(&deed.pid);
                    continue;
                }
                // it may end of it before the call is left
                Step::Enter(Call::Kill { target, signal: 1.. }) => (deed.pid, *target),
                // a signal to a whole group names no child, but reaches it
                Step::Signal { from: Some(from), .. } => (*from, deed.pid),
                _ => continue,
            };
            if parents.get(&to) == Some(&from) {
                return None;
            }
            elsewhere.push(to);
        }
        let got = match elsewhere.first() {
            None => "没有发过信号".to_owned(),
            Some(target) => format!("信号发给了 {target}，那不是它还活着的子进程"),
        };
        Some((got, "请求子进程结束：给它发 SIGTERM，见 kill(2)".to_owned()))
    }

    fn reuses_address(&self) -> Instead {
        let mut allowed: BTreeSet<(i32, i32)> = BTreeSet::new();
        let mut bound: BTreeSet<(i32, i32)> = BTreeSet::new();
        let mut any = false;
        let mut late = false;
        for deed in &self.deeds {
            match deed.step {
                Step::Leave { call: Call::Socket { .. }, outcome: Outcome::Done(fd) } => {
                    // the number may have belonged to another socket before
                    let new = (deed.pid, i32::try_from(*fd).unwrap_or(-1));
                    allowed.remove(&new);
                    bound.remove(&new);
                }
                Step::Leave {
                    call: Call::SetOption { fd, option, value },
                    outcome: Outcome::Done(_),
                } if option == "SO_REUSEADDR" => {
                    late |= bound.contains(&(deed.pid, *fd));
                    match value {
                        Some(0) => allowed.remove(&(deed.pid, *fd)),
                        _ => allowed.insert((deed.pid, *fd)),
                    };
                }
                Step::Leave { call: Call::Bind { fd, .. }, .. } => {
                    any = true;
                    if !allowed.contains(&(deed.pid, *fd)) {
                        bound.insert((deed.pid, *fd));
                    }
                }
                Step::NewProcess { child } => {
                    let inherit = |set: &mut BTreeSet<(i32, i32)>| {
                        let own: Vec<i32> =
                            set.iter().filter(|one| one.0 == deed.pid).map(|one| one.1).collect();
                        set.extend(own.into_iter().map(|fd| (*child, fd)));
                    };
                    inherit(&mut allowed);
                    inherit(&mut bound);
                }
                _ => {}
            }
        }
        let got = match (any, late) {
            (false, _) => "没有绑定过地址（bind）",
            (true, true) => "先绑定（bind），后设置 SO_REUSEADDR",
            (true, false) if !bound.is_empty() => "绑定（bind）之前没有设置 SO_REUSEADDR",
            _ => return None,
        };
        let detail = "bind(2) 检查地址能不能用的时候，这个选项必须已经设好，见 socket(7)";
        Some((got.to_owned(), detail.to_owned()))
    }

    fn half_closes(&self) -> Instead {
        let mut half = Vec::new();
        let mut whole = false;
        for deed in &self.deeds {
            match deed.step {
                Step::Enter(Call::Shutdown { fd, object, how }) => match how {
                    Half::Write => half.push((deed.pid, *fd, object)),
                    Half::Both => whole = true,
                    Half::Read => {}
                },
                Step::Enter(Call::Receive { fd, object, .. })
                | Step::Leave { call: Call::Receive { fd, object, .. }, .. } => {
                    let same = |(pid, half_fd, half): &(i32, i32, &tracer::Object)| {
                        *pid == deed.pid && (half_fd == fd || *half == object)
                    };
                    if half.iter().any(same) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        let got = match (half.is_empty(), whole) {
            (false, _) => "关闭了发送的一半，可是之后没有再接收",
            (true, true) => "两个方向一起关闭了（SHUT_RDWR）",
            (true, false) => "没有调用 shutdown",
        };
        let detail =
            "半关闭是 shutdown(2) 只关闭发送的一半（SHUT_WR）：对方读到文件结束，自己还能接收答复";
        Some((got.to_owned(), detail.to_owned()))
    }

    fn closes(&self) -> Instead {
        let connections = self.connections();
        if connections.total == 0 {
            return Some((connections.in_words(), String::new()));
        }
        // at the end of a program the kernel closes everything: that does not count
        let left = if self.stopped.is_some() { 0 } else { connections.left };
        let got = format!("接受了 {} 个连接，有 {left} 个没有关闭（close）", connections.total);
        let detail = "程序结束时内核会收走它们；一直运行的服务器端却会把描述符用完";
        (left > 0).then(|| (got, detail.to_owned()))
    }

    fn connections(&self) -> Connections {
        let mut count = Connections { total: 0, most: 0, left: 0 };
        // who holds an open connection: process and descriptor, and by which accept it came
        let mut open: BTreeMap<(i32, i32), usize> = BTreeMap::new();
        let mut closing: BTreeSet<i32> = BTreeSet::new();
        for deed in &self.deeds {
            let pid = deed.pid;
            match deed.step {
                Step::Leave { call: Call::Accept { .. }, outcome: Outcome::Done(fd) } => {
                    count.total += 1;
                    open.insert((pid, i32::try_from(*fd).unwrap_or(-1)), count.total);
                }
                // the number is free from here on: another thread may get it before this call is left
                Step::Enter(Call::Close { fd, .. }) => {
                    closing.insert(deed.tid);
                    open.remove(&(pid, *fd));
                }
                Step::Leave { call: Call::Close { fd, .. }, .. } if !closing.remove(&deed.tid) => {
                    open.remove(&(pid, *fd));
                }
                Step::NewProcess { child } => {
                    let own: Vec<_> = open.range((pid, i32::MIN)..=(pid, i32::MAX)).collect();
                    let inherited: Vec<_> =
                        own.into_iter().map(|((_, fd), one)| ((*child, *fd), *one)).collect();
                    open.extend(inherited);
                }
                // what accept(2) of std gives does not outlive an exec
                Step::Exec { .. } => open.retain(|(holder, _), _| *holder != pid),
                Step::Ended(how) => {
                    // a child's copies go with it, as they should; so does what a signal cut off
                    if pid == self.root && matches!(how, Ended::Code(_)) {
                        count.left += open.keys().filter(|(holder, _)| *holder == pid).count();
                    }
                    open.retain(|(holder, _), _| *holder != pid);
                }
                _ => {}
            }
            let distinct: BTreeSet<usize> = open.values().copied().collect();
            count.most = count.most.max(distinct.len());
        }
        count
    }
}

/// Accepted connections.
struct Connections {
    total: usize,
    /// At one moment.
    most: usize,
    /// Still open when the program ended by itself.
    left: usize,
}

impl Connections {
    fn in_words(&self) -> String {
        match self.total {
            0 => "没有接受过连接（accept）".to_owned(),
            total => format!("一共接受了 {total} 个连接，同时最多 {} 个", self.most),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use tracer::{Family, Object, SocketKind};

    use crate::judge::judge;
    use crate::observe::{Clock, Exit, Window};
    use crate::script::{StopSignal, parse};

    use super::*;

    const ROOT: i32 = 10;

    fn done(pid: i32, call: Call, value: i64) -> (i32, Step) {
        (pid, Step::Leave { call, outcome: Outcome::Done(value) })
    }

    fn fork(pid: i32, child: i32) -> (i32, Step) {
        (pid, Step::NewProcess { child })
    }

    fn thread(child: i32) -> (i32, Step) {
        (ROOT, Step::NewThread { child })
    }

    fn wait(child: i32) -> (i32, Step) {
        let call = Call::Wait { child: Some(child), ended: Some(Ended::Code(0)) };
        done(ROOT, call, child.into())
    }

    fn ended(pid: i32) -> (i32, Step) {
        (pid, Step::Ended(Ended::Code(0)))
    }

    fn accept(fd: i64) -> (i32, Step) {
        done(ROOT, Call::Accept { fd: 3, local: None, peer: None }, fd)
    }

    fn connection() -> Object {
        let addr: SocketAddr = "127.0.0.1:1".parse().unwrap();
        Object::Connection { local: addr, peer: addr }
    }

    fn close(pid: i32, fd: i32) -> (i32, Step) {
        done(pid, Call::Close { fd, object: connection() }, 0)
    }

    fn socket() -> (i32, Step) {
        done(ROOT, Call::Socket { family: Family::Ipv4, kind: SocketKind::Stream }, 3)
    }

    fn reuse(value: i32) -> (i32, Step) {
        let option = "SO_REUSEADDR".to_owned();
        done(ROOT, Call::SetOption { fd: 3, option, value: Some(value) }, 0)
    }

    fn bind() -> (i32, Step) {
        done(ROOT, Call::Bind { fd: 3, addr: None }, 0)
    }

    fn shutdown(how: Half) -> (i32, Step) {
        (ROOT, Step::Enter(Call::Shutdown { fd: 4, object: connection(), how }))
    }

    fn receive() -> (i32, Step) {
        let call = Call::Receive { fd: 4, object: connection(), data: Default::default() };
        (ROOT, Step::Enter(call))
    }

    fn kill(target: i32) -> (i32, Step) {
        (ROOT, Step::Enter(Call::Kill { target, signal: 15 }))
    }

    fn events(deeds: &[(i32, Step)], tracing: bool) -> Vec<Event> {
        let mut kinds = Vec::new();
        if tracing {
            kinds.push(Kind::Tracing { clock: Clock::Virtual { seed: 0 } });
        }
        kinds.push(Kind::Started { terminal: 0, pid: ROOT, parent: 1 });
        // whoever starts the program may do what it likes
        let before = [fork(ROOT, 90), (ROOT, Step::Exec { program: "x".into(), args: vec![] })];
        for (pid, step) in before.iter().chain(deeds).cloned() {
            kinds.push(Kind::Traced { terminal: 0, pid, tid: pid, step });
        }
        kinds.push(Kind::Exited { terminal: 0, exit: Exit::Code(0) });
        let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind };
        kinds.into_iter().map(event).collect()
    }

    fn scene(practice: &str) -> Scene {
        let text = format!("场景 试\n主 $ lesson-x\n主 做法 {practice}\n");
        parse(&text).unwrap().scenes.remove(0)
    }

    /// What is said to have been done instead; empty: nothing is wrong.
    fn got(practice: &str, deeds: &[(i32, Step)]) -> String {
        let verdict = judge(&scene(practice), &events(deeds, true));
        assert_eq!(verdict.unchecked, []);
        let [failure] = verdict.failures.as_slice() else { return String::new() };
        assert_eq!((failure.rule, failure.line), (Rule::Mechanism, 3));
        assert_eq!(failure.expected.as_deref(), Some(practice));
        format!("{}；{}", failure.got.as_deref().unwrap(), failure.detail)
    }

    #[test]
    fn processes_and_threads_are_counted_exactly() {
        let two = [fork(ROOT, 11), fork(ROOT, 12)];
        assert_eq!(got("创建 2 个子进程", &two), "");
        assert_eq!(got("创建 1 个子进程", &two), "创建了 2 个子进程；");
        let runaway = [fork(ROOT, 11), fork(11, 12)];
        assert!(got("创建 1 个子进程", &runaway).contains("1 个是子进程创建的"));
        let threads = [thread(11), thread(12)];
        assert_eq!(got("创建 2 个线程", &threads), "");
        assert!(got("创建 2 个子进程", &threads).contains("不是另一个进程"));
        assert!(got("创建 2 个线程", &two).contains("子进程是另一个进程"));
        assert_eq!(got("创建 0 个子进程", &threads), "");
        assert_eq!(got("创建 0 个线程", &[]), "");
    }

    #[test]
    fn every_child_must_be_waited_for() {
        let right = [fork(ROOT, 11), fork(ROOT, 12), wait(12), wait(11)];
        assert_eq!(got("等待每个子进程", &right), "");
        let wrong = got("等待每个子进程", &right[..3]);
        assert!(wrong.starts_with("创建了 2 个子进程，等到了 1 个") && wrong.contains("进程 11"));
        assert_eq!(got("等待每个子进程", &[]), "没有创建子进程；");
    }

    #[test]
    fn a_signal_must_reach_a_living_child() {
        assert_eq!(got("终止子进程", &[fork(ROOT, 11), kill(11)]), "");
        let signal = (11, Step::Signal { number: 15, from: Some(ROOT) });
        assert_eq!(got("终止子进程", &[fork(ROOT, 11), kill(-10), signal]), "");
        assert!(got("终止子进程", &[fork(ROOT, 11)]).contains("没有发过信号"));
        assert!(got("终止子进程", &[fork(ROOT, 11), ended(11), kill(11)]).contains("发给了 11"));
    }

    #[test]
    fn the_address_must_be_allowed_again_before_it_is_bound() {
        let phrase = "先允许重用地址再绑定";
        assert_eq!(got(phrase, &[socket(), reuse(1), bind()]), "");
        assert!(got(phrase, &[socket(), bind(), reuse(1)]).contains("先绑定"));
        assert!(got(phrase, &[socket(), bind()]).contains("没有设置"));
        assert!(got(phrase, &[socket(), reuse(1), reuse(0), bind()]).contains("没有设置"));
        // another socket with the same number
        assert!(got(phrase, &[socket(), reuse(1), socket(), bind()]).contains("没有设置"));
        assert!(got(phrase, &[socket()]).contains("没有绑定过"));
    }

    #[test]
    fn half_a_close_leaves_the_other_half_open() {
        assert_eq!(got("半关闭", &[shutdown(Half::Write), receive()]), "");
        assert!(got("半关闭", &[receive()]).contains("没有调用 shutdown"));
        assert!(got("半关闭", &[shutdown(Half::Both), receive()]).contains("一起关闭"));
        assert!(got("半关闭", &[receive(), shutdown(Half::Write)]).contains("之后没有再接收"));
    }

    #[test]
    fn connections_are_counted_while_anybody_holds_them() {
        let two = [accept(4), accept(5), close(ROOT, 4), close(ROOT, 5)];
        let in_turn = [accept(4), close(ROOT, 4), accept(4), close(ROOT, 4)];
        assert_eq!(got("同时至少 2 个连接", &two), "");
        assert!(got("同时至少 2 个连接", &in_turn).contains("一共接受了 2 个连接，同时最多 1 个"));
        assert_eq!(got("每次只有 1 个连接", &in_turn), "");
        assert!(got("每次只有 1 个连接", &two).contains("同时最多 2 个"));
        assert!(got("每次只有 1 个连接", &[]).contains("没有接受过连接"));
        // a child has the connection, the parent accepts the next
        let child = [accept(4), fork(ROOT, 11), close(ROOT, 4), accept(4), ended(11)];
        assert_eq!(got("同时至少 2 个连接", &child), "");
        let child = [accept(4), fork(ROOT, 11), close(ROOT, 4), ended(11), accept(4)];
        assert_eq!(got("每次只有 1 个连接", &child), "");
    }

    #[test]
    fn connections_must_be_closed_by_a_program_that_ends_by_itself() {
        let right = [accept(4), close(ROOT, 4), ended(ROOT)];
        assert_eq!(got("连接全部关闭", &right), "");
        let wrong = [accept(4), accept(5), close(ROOT, 4), ended(ROOT)];
        assert!(got("连接全部关闭", &wrong).contains("有 1 个没有关闭"));
        let mut stopped = events(&wrong, true);
        let kind = Kind::Stopped { terminal: 0, signal: StopSignal::Int };
        stopped.insert(5, Event { at: Duration::ZERO, window: Window::exact(0), kind });
        assert_eq!(check(&scene("连接全部关闭"), &stopped), []);
    }

    #[test]
    fn a_number_may_be_given_away_before_its_close_is_left() {
        let step = |tid, step| (tid, step);
        let closing = Call::Close { fd: 4, object: connection() };
        let steps = [
            step(ROOT, accept(4).1),
            step(ROOT, Step::Enter(closing)),
            step(77, accept(4).1),
            step(ROOT, close(ROOT, 4).1),
            step(77, accept(5).1),
        ];
        let mut kinds = events(&[], true);
        for (tid, step) in steps {
            let kind = Kind::Traced { terminal: 0, pid: ROOT, tid, step };
            kinds.push(Event { at: Duration::ZERO, window: Window::exact(0), kind });
        }
        assert_eq!(check(&scene("同时至少 2 个连接"), &kinds), []);
    }

    #[test]
    fn without_tracing_nothing_is_passed_and_nothing_fails() {
        let verdict = judge(&scene("半关闭"), &events(&[], false));
        assert!(verdict.passed());
        let [unchecked] = verdict.unchecked.as_slice() else { panic!("{verdict:?}") };
        assert_eq!(
            (unchecked.line, unchecked.what.as_str()),
            (3, "「主」是不是真的这样做：半关闭")
        );
        let mut cut = events(&[], true);
        let kind = Kind::OutOfTime { step: None, listens: Vec::new() };
        cut.push(Event { at: Duration::ZERO, window: Window::exact(0), kind });
        assert_eq!(check(&scene("半关闭"), &cut), [], "what was cut off may still have come");
    }
}

//! Errors of system calls, in Chinese (`errno(3)`): one table for everybody who speaks of them.

use std::io;

use nix::errno::Errno;

use crate::call::Call;
use crate::object::Object;

/// Every error of Linux that has a number of its own, as numbered on x86-64 and aarch64 (include/uapi/asm-generic/errno.h).
#[rustfmt::skip]
const WORDS: [(i32, &str, &str); 131] = [
    (1, "EPERM", "不允许这样做"),
    (2, "ENOENT", "没有这个文件或目录"),
    (3, "ESRCH", "没有这个进程"),
    (4, "EINTR", "被信号打断"),
    (5, "EIO", "读写设备出错"),
    (6, "ENXIO", "没有这个设备，或者另一头没有人"),
    (7, "E2BIG", "参数太长"),
    (8, "ENOEXEC", "不是能执行的格式"),
    (9, "EBADF", "描述符没有打开"),
    (10, "ECHILD", "没有子进程"),
    (11, "EAGAIN", "现在还不行，要等"),
    (12, "ENOMEM", "内存不足"),
    (13, "EACCES", "没有权限"),
    (14, "EFAULT", "地址不对"),
    (15, "ENOTBLK", "不是块设备"),
    (16, "EBUSY", "正在被使用"),
    (17, "EEXIST", "已经有了"),
    (18, "EXDEV", "不在同一个文件系统里"),
    (19, "ENODEV", "没有这种设备"),
    (20, "ENOTDIR", "路径中间有一段不是目录"),
    (21, "EISDIR", "是一个目录"),
    (22, "EINVAL", "参数不对"),
    (23, "ENFILE", "整台机器打开的文件太多"),
    (24, "EMFILE", "这个进程打开的文件太多"),
    (25, "ENOTTY", "不是终端，或者不支持这个操作"),
    (26, "ETXTBSY", "文件正在被执行"),
    (27, "EFBIG", "文件太大"),
    (28, "ENOSPC", "磁盘已满"),
    (29, "ESPIPE", "管道和套接字里不能移动位置"),
    (30, "EROFS", "只读文件系统"),
    (31, "EMLINK", "链接太多"),
    (32, "EPIPE", "对方已经关闭"),
    (33, "EDOM", "超出定义域"),
    (34, "ERANGE", "结果超出范围"),
    (35, "EDEADLK", "会成死锁"),
    (36, "ENAMETOOLONG", "名字太长"),
    (37, "ENOLCK", "没有锁可用了"),
    (38, "ENOSYS", "内核没有这个系统调用"),
    (39, "ENOTEMPTY", "目录不是空的"),
    (40, "ELOOP", "符号链接太多，或者绕成了圈"),
    (42, "ENOMSG", "没有这种消息"),
    (43, "EIDRM", "已经被删除"),
    (44, "ECHRNG", "通道号超出范围"),
    (45, "EL2NSYNC", "第二级没有同步"),
    (46, "EL3HLT", "第三级停止"),
    (47, "EL3RST", "第三级重置"),
    (48, "ELNRNG", "链路号超出范围"),
    (49, "EUNATCH", "协议驱动没有装上"),
    (50, "ENOCSI", "没有 CSI 结构"),
    (51, "EL2HLT", "第二级停止"),
    (52, "EBADE", "无效的交换"),
    (53, "EBADR", "请求描述符不对"),
    (54, "EXFULL", "交换区已满"),
    (55, "ENOANO", "没有阳极"),
    (56, "EBADRQC", "请求码不对"),
    (57, "EBADSLT", "槽位不对"),
    (59, "EBFONT", "字体文件格式不对"),
    (60, "ENOSTR", "不是流设备"),
    (61, "ENODATA", "没有数据"),
    (62, "ETIME", "定时器到时了"),
    (63, "ENOSR", "流资源不足"),
    (64, "ENONET", "机器不在网络上"),
    (65, "ENOPKG", "没有安装这个软件包"),
    (66, "EREMOTE", "对象在远处"),
    (67, "ENOLINK", "链路已经断开"),
    (68, "EADV", "通告出错"),
    (69, "ESRMNT", "srmount 出错"),
    (70, "ECOMM", "发送时通信出错"),
    (71, "EPROTO", "协议出错"),
    (72, "EMULTIHOP", "试图跨越多段"),
    (73, "EDOTDOT", "RFS 专用的错误"),
    (74, "EBADMSG", "不是数据消息，或者消息坏了"),
    (75, "EOVERFLOW", "值太大，放不下"),
    (76, "ENOTUNIQ", "名字在网络上不是唯一的"),
    (77, "EBADFD", "描述符的状态不对"),
    (78, "EREMCHG", "远处的地址变了"),
    (79, "ELIBACC", "用不了需要的共享库"),
    (80, "ELIBBAD", "共享库坏了"),
    (81, "ELIBSCN", "程序里的 .lib 段坏了"),
    (82, "ELIBMAX", "要链接的共享库太多"),
    (83, "ELIBEXEC", "不能直接执行共享库"),
    (84, "EILSEQ", "字节不成字符"),
    (85, "ERESTART", "被打断的调用应当重做"),
    (86, "ESTRPIPE", "流管道出错"),
    (87, "EUSERS", "用户太多"),
    (88, "ENOTSOCK", "不是套接字"),
    (89, "EDESTADDRREQ", "没有说发给谁"),
    (90, "EMSGSIZE", "一个消息装不下这么多"),
    (91, "EPROTOTYPE", "这种套接字不能用这个协议"),
    (92, "ENOPROTOOPT", "协议没有这个选项"),
    (93, "EPROTONOSUPPORT", "不支持这个协议"),
    (94, "ESOCKTNOSUPPORT", "不支持这种套接字"),
    (95, "EOPNOTSUPP", "不支持这个操作"),
    (96, "EPFNOSUPPORT", "不支持这个协议族"),
    (97, "EAFNOSUPPORT", "不支持这个地址族"),
    (98, "EADDRINUSE", "地址已被占用"),
    (99, "EADDRNOTAVAIL", "本机没有这个地址"),
    (100, "ENETDOWN", "网络没有启用"),
    (101, "ENETUNREACH", "没有到那个网络的路"),
    (102, "ENETRESET", "网络重置，连接断了"),
    (103, "ECONNABORTED", "连接已被放弃"),
    (104, "ECONNRESET", "连接被对方重置"),
    (105, "ENOBUFS", "没有缓冲区可用了"),
    (106, "EISCONN", "已经连上了"),
    (107, "ENOTCONN", "没有连接"),
    (108, "ESHUTDOWN", "这一头已经关闭，不能再发送"),
    (109, "ETOOMANYREFS", "引用太多"),
    (110, "ETIMEDOUT", "没有回应"),
    (111, "ECONNREFUSED", "对方没有在监听"),
    (112, "EHOSTDOWN", "那台机器没有开"),
    (113, "EHOSTUNREACH", "到不了那台机器"),
    (114, "EALREADY", "上一次还没有做完"),
    (115, "EINPROGRESS", "还在进行"),
    (116, "ESTALE", "文件句柄已经失效"),
    (117, "EUCLEAN", "文件系统需要修复"),
    (118, "ENOTNAM", "不是有名字的 XENIX 文件"),
    (119, "ENAVAIL", "没有可用的 XENIX 信号量"),
    (120, "EISNAM", "是有名字的文件"),
    (121, "EREMOTEIO", "远处读写出错"),
    (122, "EDQUOT", "超出磁盘配额"),
    (123, "ENOMEDIUM", "没有放进介质"),
    (124, "EMEDIUMTYPE", "介质的种类不对"),
    (125, "ECANCELED", "已经取消"),
    (126, "ENOKEY", "没有需要的密钥"),
    (127, "EKEYEXPIRED", "密钥已经过期"),
    (128, "EKEYREVOKED", "密钥已被吊销"),
    (129, "EKEYREJECTED", "密钥被拒绝"),
    (130, "EOWNERDEAD", "锁的主人已经死了"),
    (131, "ENOTRECOVERABLE", "状态恢复不了"),
    (132, "ERFKILL", "无线电被开关关掉了"),
    (133, "EHWPOISON", "内存页坏了"),
];

/// The name of an error: `ECONNREFUSED`.
pub fn errno_name(errno: i32) -> String {
    row(errno).map_or_else(|| format!("{errno} 号错误"), |(_, name, _)| (*name).to_owned())
}

/// What an error says, in Chinese; `None`: there is no such error.
pub fn errno_words(errno: i32) -> Option<&'static str> {
    row(errno).map(|(.., words)| *words)
}

/// What the system says about a failure, in Chinese, with the name of the error; what it does not know, as it says it
/// itself.
pub fn error_in_words(error: &io::Error) -> String {
    let number = error.raw_os_error();
    match number.and_then(|number| Some((number, errno_words(number)?))) {
        Some((number, words)) => format!("{words}（{}）", errno_name(number)),
        None => error.to_string(),
    }
}

/// What went wrong with a call, in Chinese, with the name of the error.
pub fn failure_in_words(call: &Call, errno: i32) -> String {
    let words = match (Errno::from_raw(errno), call) {
        (Errno::EINVAL, Call::Accept { .. }) => Some("没有在监听"),
        // they wait as long as they may (SO_RCVTIMEO, SO_SNDTIMEO of socket(7)), or not at all (O_NONBLOCK)
        (Errno::EAGAIN, Call::Accept { .. }) => Some("还没有客户端来"),
        (Errno::EAGAIN, Call::Receive { .. }) => Some("还没有数据"),
        (Errno::EAGAIN, Call::Send { .. }) => Some("还发不出去"),
        (Errno::EAGAIN, Call::LockFile { .. }) => Some("锁在别人手里"),
        // not a connection: datagrams, of which nobody takes those before (udp(7))
        (
            Errno::ECONNREFUSED,
            Call::Send { object: Object::Socket { .. }, .. }
            | Call::Receive { object: Object::Socket { .. }, .. },
        ) => Some("先前发去的没有人收"),
        (Errno::EINPROGRESS, Call::Connect { .. }) => Some("还在连接"),
        (Errno::ENOENT, Call::Connect { .. }) => Some("没有那个套接字文件"),
        _ => errno_words(errno),
    };
    let name = errno_name(errno);
    match words {
        Some(words) => format!("{words}（{name}）"),
        None => name,
    }
}

fn row(errno: i32) -> Option<&'static (i32, &'static str, &'static str)> {
    WORDS.iter().find(|(number, ..)| *number == errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 41 and 58 are other names of EAGAIN and EDEADLK on other machines: Linux has no such numbers here.
    #[test]
    fn every_error_of_linux_has_words_and_its_own_name() {
        for errno in (1..=133).filter(|errno| ![41, 58].contains(errno)) {
            let words = errno_words(errno).unwrap_or_else(|| panic!("{errno}"));
            assert!(!words.is_ascii(), "{words}");
            let known = Errno::from_raw(errno);
            assert_eq!(errno_name(errno), format!("{known:?}"), "{errno}");
        }
        assert_eq!(errno_words(134), None);
        assert_eq!(WORDS.len(), 131);
    }

    #[test]
    fn who_does_not_wait_has_not_waited_in_vain() {
        let accept = Call::Accept { fd: 3, local: None, peer: None, client: None };
        assert_eq!(failure_in_words(&accept, libc_eagain()), "还没有客户端来（EAGAIN）");
        let datagram =
            Call::Send { fd: 3, object: Object::Socket { id: 1 }, data: Default::default() };
        assert_eq!(failure_in_words(&datagram, 111), "先前发去的没有人收（ECONNREFUSED）");
        let socket = Call::Other { number: 1 };
        assert_eq!(failure_in_words(&socket, 93), "不支持这个协议（EPROTONOSUPPORT）");
        assert_eq!(failure_in_words(&socket, 999), "999 号错误");
    }

    fn libc_eagain() -> i32 {
        Errno::EAGAIN as i32
    }
}

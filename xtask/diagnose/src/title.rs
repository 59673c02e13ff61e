//! What each kind of cause is called in a report: the name of a mistake in a few characters, never more than its code says.

use super::Code;

impl Code {
    /// Its name in a report.
    pub fn title(self) -> &'static str {
        match self {
            Code::LockWithoutOwner => "没有人放锁",
            Code::LockHeldByWaiter => "拿着锁等别的",
            Code::LockHeld => "锁一直不放",
            Code::LockTakenTwice => "同一把锁锁了两次",
            Code::LockedAtFork => "fork 时锁着",
            Code::LocksInOppositeOrder => "加锁的次序相反",
            Code::ThreadsJoinEachOther => "互相 join",
            Code::ChannelNeverSent => "通道里没有人发",
            Code::ChannelNeverReceived => "通道里没有人收",
            Code::SelectNeverReady => "几个通道都等不到",
            Code::ConditionNeverNotified => "条件变量没有人通知",
            Code::BarrierTooFew => "到屏障的线程不够",
            Code::WaitGroupNeverDone => "等待组没有做完",
            Code::ParkNeverUnparked => "park 之后没有人 unpark",
            Code::EventNeverSet => "事件没有人设",
            Code::SemaphoreNeverReleased => "信号量没有人还",
            Code::QueueNeverFilled => "队列里没有人放",
            Code::QueueNeverEmptied => "队列满了没有人取",
            Code::TaskNeverDone => "没有人说做完了",
            Code::FutureNeverDone => "结果没有人给",
            Code::PoolTasksWaitForEachOther => "池里的任务互相等",
            Code::PoolWorkerDied => "池里的工人没了",
            Code::PoolResultNeverComes => "池的结果不来",
            Code::NothingToDo => "事件循环里都在等",
            Code::NeverWoken => "没有人叫醒",
            Code::StoppedBySignal => "被信号停住",
            Code::PipeEndLeftOpen => "管道写的一头没有关",
            Code::PipeWriterIdle => "管道没有人写",
            Code::PipeHoldersWaitElsewhere => "写管道的在等别的",
            Code::PipeNeverRead => "管道满了没有人读",
            Code::PipesOfEachOther => "两个进程互相等管道",
            Code::NewlineMissing => "没有换行",
            Code::BothSend => "两边都在发",
            Code::BothListen => "两边都在等对方先说",
            Code::SendCutShort => "只发出了一部分",
            Code::BytesMissing => "要的字节数没有到齐",
            Code::ByteOrderDiffers => "长度的字节序不同",
            Code::TextTakenForLength => "把文字当作长度",
            Code::FullReadTakenForPart => "靠「没有收满」判断结束",
            Code::MessagesStuckTogether => "两条消息一次收到",
            Code::BufferDropped => "缓冲区里的丢了",
            Code::BufferNotFlushed => "没有 flush",
            Code::AnswerNeverComes => "等不到回复",
            Code::ServesOneAtATime => "一次只接待一个",
            Code::ConnectionKeptOpen => "还有进程拿着连接",
            Code::HalfCloseMissing => "没有半关闭",
            Code::NeverAccepted => "没有人 accept",
            Code::ConnectionToItself => "连接的两头是同一个进程",
            Code::ConnectionNeglected => "连接放着不管也不关",
            Code::PeerWaitsElsewhere => "对方在等别的",
            Code::InputNeverComes => "等键盘输入",
            Code::ChildNeverEnds => "子进程不结束",
            Code::ClientNeverComes => "没有客户端来",
            Code::FileLockTakenTwice => "同一个文件锁了两次",
            Code::FileLockHeld => "文件锁一直不放",
            Code::FifoNeverOpened => "命名管道另一头没有人打开",
            Code::SignalNeverComes => "信号没有人发",
            Code::SocketNeverSpokenTo => "套接字没有人发来",
            Code::NobodyListens => "没有人监听",
            Code::ListensOnOtherFamily => "监听的是另一种 IP",
            Code::ListensOnOtherAddress => "监听的是别的地址",
            Code::ListensOnOtherPort => "监听的是别的端口",
            Code::PortByteOrder => "端口的字节序反了",
            Code::NoLongerListens => "已经不监听了",
            Code::NotYetListening => "还没有监听就去连",
            Code::ServerCouldNotBind => "服务器端没有绑定成",
            Code::AddressHasListener => "端口已经有人监听",
            Code::AddressInTimeWait => "端口还在 TIME-WAIT",
            Code::ResetWithUnread => "没有读完就关闭",
            Code::PeerHasClosed => "对方已经关闭",
            Code::PipeHasNoReader => "管道没有人读了",
            Code::AcceptWithoutListen => "没有 listen",
            Code::BoundTwice => "绑定了两次",
            Code::NotConnected => "还没有连接",
            Code::ThreadsLeftBehind => "没有等线程",
            Code::EndIgnored => "收到结束还在收",
            Code::SentAfterShutdown => "关闭发送之后又发",
            Code::LingerResets => "SO_LINGER 让关闭变成重置",
            Code::PortTakenElsewhere => "端口被外面的程序占着",
            Code::AddressHasConnection => "端口上还有没结束的连接",
            Code::ConnectedTwice => "连接了两次",
            Code::NoDestination => "没有写发给谁",
            Code::DatagramTooLong => "数据报太长",
            Code::NotOpen => "描述符没有打开",
            Code::AddressNotHere => "本机没有这个地址",
            Code::PortIsPrivileged => "端口要管理员才能用",
            Code::NetworkUnreachable => "没有路到那个地址",
            Code::NoSuchSocketFile => "没有这个套接字文件",
            Code::TooManyOpen => "打开的描述符太多",
            Code::KilledByFault => "出错被信号终止",
            Code::NoExitCode => "被信号终止的没有退出码",
            Code::TextCutInCharacter => "从一个字的中间断开",
            Code::ComputesForEver => "一直在计算",
            Code::AsksForEver => "一遍一遍地问",
            Code::AsksForZombie => "结束的子进程没有人等",
            Code::NotReadyYet => "问得太早",
            Code::TimeLimitReached => "到了自己的时限",
            Code::DatagramRefused => "数据报没有人收",
            Code::SocketFileExists => "套接字文件已经在",
            Code::WaitsForItself => "等自己做完",
            Code::BehindThePoll => "select 看不见缓冲区",
            Code::LockPoisoned => "锁中毒",
            Code::ReceivedInPart => "把一次 recv 当作一条消息",
            Code::DatagramCut => "数据报被截断",
            Code::SocketPathTooLong => "套接字的路径太长",
            Code::CalledFromWithin => "在自己里面等自己",
            Code::LoopNotWoken => "没有叫醒事件循环",
            Code::LockTakenByHandler => "信号处理函数要同一把锁",
            Code::WaitsAlone => "一个人在等",
            Code::StandstillUnexplained => "谁也走不动",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use text::width;

    use super::*;

    #[test]
    fn every_kind_has_a_short_title_of_its_own() {
        let titles: BTreeSet<&str> = Code::ALL.iter().map(|code| code.title()).collect();
        assert_eq!(titles.len(), Code::ALL.len());
        for title in titles {
            assert!((4..=30).contains(&width(title)), "{title}");
            assert!(!title.contains(['。', '，', '：']), "a name, not a sentence: {title}");
        }
    }
}

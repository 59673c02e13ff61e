//! Which kinds of causes say no more than that another program came to its end or to a halt first, or that nobody types
//! any more: where something is wrong with another program too, that comes first.

use super::Code;

impl Code {
    /// It explains a failure by what another program, or whoever types, did or did not do, and not why that was so.
    pub fn leads_elsewhere(self) -> bool {
        matches!(
            self,
            Code::PeerHasClosed
                | Code::PeerWaitsElsewhere
                | Code::PipeHasNoReader
                | Code::PipeHoldersWaitElsewhere
                | Code::ChildNeverEnds
                | Code::ClientNeverComes
                | Code::NobodyListens
                | Code::NoLongerListens
                | Code::ServerCouldNotBind
                | Code::DatagramRefused
                | Code::TimeLimitReached
                | Code::NoExitCode
                | Code::InputNeverComes
                | Code::WaitsAlone
                | Code::StandstillUnexplained
        )
    }
}

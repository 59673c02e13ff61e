//! Every limit of a scene: what it may use, how long things may take, how often it is looked at. All in one place, each
//! with its unit and its reason; whoever keeps to one takes it from here.

use std::ops::RangeInclusive;
use std::time::Duration;

// --- what a scene may use -------------------------------------------------------------------------------------------

/// Processes of a scene at once. Lessons start two.
pub const PROCESSES: u64 = 400;
/// From so many processes on they are counted with care: stopped meanwhile. No lesson comes near.
pub const PROCESSES_UNSTOPPED: usize = 50;
/// Processes and threads that the kernel itself lets a scene have: the last resort, should it grow faster than it is looked
/// at, so well above [`PROCESSES`].
pub const PROCESSES_FOR_THE_KERNEL: u64 = PROCESSES * 4;
/// Memory of all processes of a scene together, in bytes. Lessons need 20 MB.
pub const MEMORY: u64 = 2 << 30;
/// The same if what several of them share, or one has mapped several times, is counted each time: more is not taken apart,
/// which costs the kernel time for every page.
pub const MEMORY_MAPPED: u64 = 4 * MEMORY;
/// What a scene's folder takes on the disk, in bytes. Room for a prepared file of the greatest size and two copies of it.
pub const DISK: u64 = 3 << 30;
/// Named memory (`shm_overview(7)`) of a scene that has a place for it of its own, in bytes: below [`MEMORY`].
pub const SHARED_MEMORY: u64 = 1 << 30;
/// New files of a scene of which is told: nobody reads more of them.
pub const FILES: usize = 1000;
/// The length of a path that is told whole, in bytes (`PATH_MAX`, linux/limits.h).
pub const PATH_SHOWN: usize = 4096;
/// Output of one terminal, both streams together, in bytes. More is a program out of control: no lesson prints a
/// quarter of it.
pub const OUTPUT: u64 = 64 << 20;
/// Lines of standard output beyond what a script asks for at most: a loop that prints short lines without end takes half a
/// minute for [`OUTPUT`].
pub const LINES_TOO_MANY: u64 = 1_000_000;

/// Threads of all programs together that are followed one by one when they are traced; with more, the scene is played
/// without tracing.
pub const THREADS: usize = 2000;
/// Of one traced write to an output, so many bytes are looked at: twice [`OUTPUT`], which ends the scene anyway.
pub const WRITTEN_AT_ONCE: usize = 128 << 20;
/// Of what a thread is about to write to an output, so many bytes are looked at before: should it die in that call, nobody
/// can look any more. A pipe takes 4 KiB as one piece (pipe(7), `PIPE_BUF`).
pub const WRITTEN_BEFORE_DEATH: usize = 16 << 10;

/// So many calls of programs (what they print, too) are told for a picture; after that only who begins and ends. A
/// picture shows some hundred lines.
pub const TOLD_FOR_A_PICTURE: u64 = 20_000;
/// A scene of which a picture is made is ended after so many calls: each stops its program twice, which costs some 80
/// microseconds in all, several times as much on a busy machine, and somebody waits.
pub const SEEN_FOR_A_PICTURE: u64 = 50_000;
/// Of programs that are judged so many writes to their outputs are followed; then the scene is played without tracing,
/// which is twenty times as fast for them. Lessons write fifteen hundred times.
pub const WRITES_FOR_A_VERDICT: u64 = 20_000;

// --- what a script may ask for --------------------------------------------------------------------------------------

/// What a scene may be given (限时), in seconds: somebody waits for it.
pub const SCENE_SECONDS: RangeInclusive<u64> = 1..=3600;
/// How often one line may be repeated: ten times what the longest lesson prints.
pub const REPETITIONS: u64 = 10_000_000;
/// A prepared file, in bytes: three of it find room in [`DISK`].
pub const PREPARED_FILE: u64 = 1 << 30;
/// A script, in bytes: a hundred times the longest of a lesson. What is bigger is no script.
pub const SCRIPT: u64 = 1 << 20;
/// Of a line that is wrong, so many characters are shown before and behind the mistake.
pub const SHOWN_OF_A_LINE: usize = 200;
/// A typed line, in bytes: a pipe takes it whole or not at all (`PIPE_BUF`, pipe(7)).
pub const TYPED_LINE: usize = 4_000;

// --- how long things may take ---------------------------------------------------------------------------------------

/// A scene whose script says nothing (限时).
pub const SCENE_TIME: Duration = Duration::from_secs(20);
/// A scene that is played step by step: somebody explains between the steps.
pub const STEP_BY_STEP: Duration = Duration::from_secs(2 * 3600);
/// Processor time of a traced thread without a system call: then it computes for ever.
pub const COMPUTING: Duration = Duration::from_secs(5);
/// Threads that only ask, again and again, whether something has come yet, while everybody else waits for ever: after so
/// many questions nothing will come.
pub const QUESTIONS: u32 = 20_000;
/// Whoever asks in vain so often in a row, and does nothing else meanwhile, does not wait but asks (`没有忙等`).
pub const ASKED_IN_VAIN: u32 = 1_000;
/// A shorter sleep, or a wait with a shorter limit, is no wait but a question.
pub const MOMENT: Duration = Duration::from_millis(1);
/// So often in a row a thread has received the end of a connection or a pipe, and has done nothing else: it never looks.
pub const ENDS: u32 = 5_000;

/// For so long nobody has done anything but wait, for ever or again and again: then, when the time of a scene is up, it is
/// said who waits for what.
pub const LULL: Duration = Duration::from_secs(10);

/// A stranger's program is compiled no longer: those of exercises need a second, and a constant may be computed for ever.
pub const COMPILING: Duration = Duration::from_secs(30);
/// A student's file, in bytes: those of exercises have a hundredth of it.
pub const STUDENT_FILE: u64 = 1 << 20;
/// Programs of one's own that are traced (`trace -- COMMAND`): no script says how long they may take.
pub const OWN_PROGRAMS_TIME: Duration = Duration::from_secs(60);
/// How long the next of one's own programs waits to be started before it is said what for.
pub const AWAITED: Duration = Duration::from_secs(1);
/// How much longer than its limit a scene in virtual time may take on our clock, before it counts as hanging.
pub const VIRTUAL_TIME_GRACE: Duration = Duration::from_secs(5);
/// How long after its scene's limit a helper process ends itself: something must hold it up.
pub const HELPER_GRACE: Duration = Duration::from_secs(15);
/// How long the children of a program that was stopped as in a terminal may take to die of the same signal.
/// Longer only while one of them is about to.
pub const STOPPED_GROUP_GRACE: Duration = Duration::from_secs(1);
/// How long the kernel may take to find that a cable is plugged into a second interface; it does so in the background.
pub const CARRIER_TIME: Duration = Duration::from_secs(2);
/// How long the trial of tracing may take. Its program sleeps for three seconds, which must not pass; a busy machine may
/// need a while all the same.
pub const TRACING_TRIAL_TIME: Duration = Duration::from_secs(2);
/// On a busy machine's own clock scenes get so many times their limit, not more.
pub const SLOWNESS: f64 = 5.0;

// --- how often is looked --------------------------------------------------------------------------------------------

/// How often a scene is looked at: a fork that never ends doubles in a few milliseconds.
pub const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How often it is measured in full: processes, memory, disk.
pub const MEASURE_EVERY: Duration = Duration::from_millis(100);
/// Less often if that takes long: then so many times what it took pass before it is measured again, ...
pub const MEASURE_PAUSE: u32 = 9;
/// ... but never more than this.
pub const MEASURE_AT_LEAST: Duration = Duration::from_millis(300);
/// How often a condition is looked at of which nothing tells: that somebody listens, that a full input has room.
pub const POLL_EVERY: Duration = Duration::from_millis(1);
/// So much time of traced programs may pass, with nothing to tell, before the scene's limits are looked at again.
pub const TRACED_TIME_UNTOLD: Duration = Duration::from_secs(1);

/// A thread that is about to write lets another end its line first, on one output: so long after each
/// piece of it at most.
pub const LINE_TIME: Duration = Duration::from_millis(50);
/// A line of more pieces than this keeps nobody.
pub const LINE_PIECES: u32 = 32;

// --- how much at once -----------------------------------------------------------------------------------------------

/// So many bytes are read from one pipe before the others get their turn.
pub const READ_AT_ONCE: usize = 1 << 20;
/// So many processes are killed before it is looked anew who is there.
pub const KILLED_AT_ONCE: usize = 200;
/// The whole of `trace --input`, in bytes.
pub const INPUT: u64 = 16 << 20;
/// A line of `trace --input`, in bytes without its end: it is written at once or not at all (`PIPE_BUF`, `pipe(7)`).
pub const INPUT_LINE: usize = 4095;

/// A read of a pipe that asks for less wants a record that is written at once (pipe(7) calls such a write atomic), and nobody reads
/// that in pieces: the report of a failed `execve(2)` of Rust's standard library, the tokens of make. No kernel is unkind to it.
pub const PIPE_RECORD: u64 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever acts first must be the one that can say why.
    #[test]
    fn the_last_resorts_come_last() {
        assert!(LOOK_EVERY < MEASURE_EVERY);
        assert!(VIRTUAL_TIME_GRACE + STOPPED_GROUP_GRACE < HELPER_GRACE);
        assert!((PROCESSES_UNSTOPPED as u64) < PROCESSES && PROCESSES < PROCESSES_FOR_THE_KERNEL);
    }
}

//! The registers of a stopped thread, as far as system calls use them: one part per machine.

use std::io;

use lines::Registers;
use nix::errno::Errno;

/// Registers of a stopped thread.
#[derive(Clone, Copy)]
pub struct Regs(Inner);

#[cfg(target_arch = "x86_64")]
type Inner = libc::user_regs_struct;

#[cfg(target_arch = "aarch64")]
type Inner = libc::user_regs_struct;

/// `NT_PRSTATUS` of elf.h: the general registers.
const NT_PRSTATUS: usize = 1;

fn regset(
    request: libc::c_uint,
    tid: i32,
    set: usize,
    at: *mut libc::c_void,
    length: usize,
) -> io::Result<()> {
    let mut iov = libc::iovec { iov_base: at, iov_len: length };
    // SAFETY: `at` points to `length` writable bytes that live through the call (ptrace(2), PTRACE_GETREGSET).
    let done = unsafe { libc::ptrace(request, tid, set, &raw mut iov) };
    Errno::result(done)?;
    Ok(())
}

impl Regs {
    /// Those of a thread that is stopped.
    pub fn read(tid: i32) -> io::Result<Regs> {
        // SAFETY: all-zero bytes are valid registers.
        let mut inner: Inner = unsafe { std::mem::zeroed() };
        regset(
            libc::PTRACE_GETREGSET,
            tid,
            NT_PRSTATUS,
            (&raw mut inner).cast(),
            size_of::<Inner>(),
        )?;
        Ok(Regs(inner))
    }

    /// Gives them to the thread.
    pub fn write(&self, tid: i32) -> io::Result<()> {
        let mut inner = self.0;
        regset(
            libc::PTRACE_SETREGSET,
            tid,
            NT_PRSTATUS,
            (&raw mut inner).cast(),
            size_of::<Inner>(),
        )
    }
}

#[cfg(target_arch = "x86_64")]
impl Regs {
    /// Number of the system call; only while in it.
    pub fn number(&self) -> i64 {
        self.0.orig_rax as i64
    }

    /// Argument `nth`, from 0.
    pub fn arg(&self, nth: usize) -> u64 {
        let regs = &self.0;
        [regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9][nth]
    }

    pub fn set_arg(&mut self, nth: usize, value: u64) {
        let regs = &mut self.0;
        *[&mut regs.rdi, &mut regs.rsi, &mut regs.rdx, &mut regs.r10, &mut regs.r8, &mut regs.r9]
            [nth] = value;
    }

    /// What the call returned: a negative errno is an error.
    pub fn result(&self) -> i64 {
        self.0.rax as i64
    }

    pub fn set_result(&mut self, result: i64) {
        self.0.rax = result as u64;
    }

    /// At a seccomp stop: another call is made. At its exit: it was this one after all.
    pub fn become_call(&mut self, tid: i32, number: i64) -> io::Result<()> {
        self.0.orig_rax = number as u64;
        self.write(tid)
    }

    /// At a seccomp stop, or at an exit: the call is not made, or no longer looked at; this is its result.
    pub fn skip(&mut self, tid: i32, result: i64) -> io::Result<()> {
        self.0.orig_rax = u64::MAX;
        self.0.rax = result as u64;
        self.write(tid)
    }

    /// At a seccomp stop: the call is not made now; the thread makes it when it goes on. At an exit: it makes it again.
    pub fn make_again(&mut self, tid: i32) -> io::Result<()> {
        /// Length of the instruction `syscall`.
        const LENGTH: u64 = 2;
        let number = self.number();
        self.0.rip -= LENGTH;
        self.skip(tid, number)
    }

    pub fn stack(&self) -> u64 {
        self.0.rsp
    }

    /// Where it is, and the registers that a call of a function keeps (x86-64 psABI).
    pub fn kept(&self) -> Vec<u64> {
        let regs = &self.0;
        vec![regs.rip, regs.rbx, regs.rbp, regs.r12, regs.r13, regs.r14, regs.r15]
    }

    /// Those that lead to the caller of the function that it is in (numbers of the x86-64 psABI).
    pub fn for_callers(&self) -> Registers {
        let regs = &self.0;
        [(3, regs.rbx), (12, regs.r12), (13, regs.r13), (14, regs.r14), (15, regs.r15)]
            .into_iter()
            .fold(Registers::new(regs.rip, regs.rsp, Some(regs.rbp)), |all, (number, value)| {
                all.with(number, value)
            })
    }
}

/// A call puts its return address on the stack, also where no function makes a frame.
#[cfg(target_arch = "x86_64")]
pub const CALLS_PUSH: bool = true;

/// A return address, from what a function keeps as one.
#[cfg(target_arch = "x86_64")]
pub fn return_address(kept: u64) -> u64 {
    kept
}

/// `NT_ARM_SYSTEM_CALL` of elf.h.
#[cfg(target_arch = "aarch64")]
const NT_ARM_SYSTEM_CALL: usize = 0x404;

#[cfg(target_arch = "aarch64")]
impl Regs {
    /// Number of the system call; only while in it. The kernel looks at the lower half of the register.
    pub fn number(&self) -> i64 {
        i64::from(self.0.regs[8] as i32)
    }

    /// Argument `nth`, from 0.
    pub fn arg(&self, nth: usize) -> u64 {
        self.0.regs[nth]
    }

    pub fn set_arg(&mut self, nth: usize, value: u64) {
        self.0.regs[nth] = value;
    }

    /// What the call returned: a negative errno is an error. The first argument has been lost by then.
    pub fn result(&self) -> i64 {
        self.0.regs[0] as i64
    }

    pub fn set_result(&mut self, result: i64) {
        self.0.regs[0] = result as u64;
    }

    /// At a seccomp stop: another call is made. At its exit: it was this one after all. The register with the number keeps
    /// it, so that a call that is made again is the one that the program made.
    pub fn become_call(&mut self, tid: i32, number: i64) -> io::Result<()> {
        let mut number = number as i32;
        regset(
            libc::PTRACE_SETREGSET,
            tid,
            NT_ARM_SYSTEM_CALL,
            (&raw mut number).cast(),
            size_of::<i32>(),
        )?;
        self.write(tid)
    }

    /// At a seccomp stop, or at an exit: the call is not made, or no longer looked at; this is its result.
    pub fn skip(&mut self, tid: i32, result: i64) -> io::Result<()> {
        self.0.regs[0] = result as u64;
        self.become_call(tid, -1)
    }

    /// At a seccomp stop: the call is not made now; the thread makes it when it goes on. At an exit: it makes it again.
    pub fn make_again(&mut self, tid: i32) -> io::Result<()> {
        /// Length of the instruction `svc`.
        const LENGTH: u64 = 4;
        let first = self.arg(0);
        self.0.pc -= LENGTH;
        self.skip(tid, first as i64)
    }

    pub fn stack(&self) -> u64 {
        self.0.sp
    }

    /// Where it is, and the registers that a call of a function keeps (AAPCS64).
    pub fn kept(&self) -> Vec<u64> {
        std::iter::once(self.0.pc).chain(self.0.regs[19..=29].iter().copied()).collect()
    }

    /// Those that lead to the caller of the function that it is in (numbers of "DWARF for the Arm 64-bit architecture").
    pub fn for_callers(&self) -> Registers {
        let regs = &self.0;
        let start = Registers::new(regs.pc, regs.sp, Some(regs.regs[29]));
        let known = (19..=30).map(|number| (number, regs.regs[number]));
        known.fold(start, |all, (number, value)| all.with(number, value))
    }
}

/// A call leaves its return address in a register: on the stack, outside of frames, are only those that are long over.
#[cfg(target_arch = "aarch64")]
pub const CALLS_PUSH: bool = false;

/// A return address, from what a function keeps as one: libraries that are built with pointer authentication sign it, in
/// bits that no address of a program has (Documentation/arch/arm64/pointer-authentication.rst of Linux).
#[cfg(target_arch = "aarch64")]
pub fn return_address(kept: u64) -> u64 {
    /// Addresses of programs that have not asked for more (Documentation/arch/arm64/memory.rst).
    const BITS: u32 = 48;
    kept & ((1 << BITS) - 1)
}

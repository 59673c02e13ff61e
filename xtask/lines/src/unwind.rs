//! From a function to its caller, as `.eh_frame` tells it: where each function keeps its return address and the registers
//! that it gives back (DWARF 5, 6.4; System V ABI of the machine). Compilers write that for every function, with debug
//! information or without, so that a panic or an exception finds its way out.

use addr2line::gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, Encoding, EvaluationResult, Format,
    FrameDescriptionEntry, NativeEndian, ParsedEhFrameHdr, Register, RegisterRule, UnwindContext,
    UnwindExpression, UnwindSection, Value, Vendor,
};

use super::{Elf, Slice};

/// The registers that a function may not lose, by their numbers in DWARF, and what else leads to its caller.
#[cfg(target_arch = "x86_64")]
mod machine {
    /// Registers that have a number here.
    pub const COUNT: usize = 17;
    /// The stack pointer.
    pub const STACK: usize = 7;
    /// The frame pointer, where one is kept.
    pub const FRAME: usize = 6;
    /// A function gives them back as they were.
    pub const KEPT: &[usize] = &[3, 6, 12, 13, 14, 15];
}

#[cfg(not(target_arch = "x86_64"))]
mod machine {
    pub const COUNT: usize = 32;
    pub const STACK: usize = 31;
    pub const FRAME: usize = 29;
    /// The return address among them: a function that calls no other leaves it where it is.
    pub const KEPT: &[usize] = &[19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30];
}

use machine::{COUNT, FRAME, KEPT, STACK};

/// Registers of a thread within one of the functions on its stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    /// Where it goes on in that function.
    pub code: u64,
    /// It has called another one, and goes on behind that call; not so where a signal has broken it off.
    pub has_called: bool,
    /// By their numbers in DWARF; of some nobody knows the value any more.
    values: [Option<u64>; COUNT],
}

impl Registers {
    /// Of a thread of which not more is known than these three.
    pub fn new(code: u64, stack: u64, frame: Option<u64>) -> Registers {
        let mut registers = Registers { code, has_called: false, values: [None; COUNT] };
        registers.values[STACK] = Some(stack);
        registers.values[FRAME] = frame;
        registers
    }

    /// One more is known, by its number in DWARF.
    #[must_use]
    pub fn with(mut self, register: usize, value: u64) -> Registers {
        if let Some(slot) = self.values.get_mut(register) {
            *slot = Some(value);
        }
        self
    }

    /// The stack pointer.
    pub fn stack(&self) -> Option<u64> {
        self.values[STACK]
    }

    /// The frame pointer.
    pub fn frame(&self) -> Option<u64> {
        self.values[FRAME]
    }

    fn value(&self, register: Register) -> Option<u64> {
        self.values.get(usize::from(register.0)).copied().flatten()
    }
}

/// Why the caller is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCaller {
    /// There is none: it is the first function of the thread.
    First,
    /// A register that is needed is not known, or memory cannot be read.
    Lost,
    /// Nothing is written about this address.
    Untold,
}

/// The section, and the table that makes searching it quick.
pub struct Frames<'files> {
    section: EhFrame<Slice<'files>>,
    table: Option<ParsedEhFrameHdr<Slice<'files>>>,
    bases: BaseAddresses,
}

/// What a thread's memory holds.
pub type Memory<'a> = &'a dyn Fn(u64) -> Option<u64>;

impl<'files> Frames<'files> {
    /// Nothing if a program has no such section.
    pub fn read(elf: &Elf<'files>) -> Option<Frames<'files>> {
        let read = |name: &str| {
            let header = elf.section_header_by_name(name).ok()??;
            let (bytes, _) = elf.section_data(&header).ok()?;
            Some((bytes, header.sh_addr))
        };
        let address = |name: &str| {
            elf.section_header_by_name(name).ok().flatten().map_or(0, |header| header.sh_addr)
        };
        let (bytes, start) = read(".eh_frame")?;
        let bases = BaseAddresses::default()
            .set_eh_frame(start)
            .set_text(address(".text"))
            .set_got(address(".got"));
        let mut section = EhFrame::new(bytes, NativeEndian);
        section.set_address_size(8);
        if cfg!(target_arch = "aarch64") {
            section.set_vendor(Vendor::AArch64);
        }
        let Some((bytes, start)) = read(".eh_frame_hdr") else {
            return Some(Frames { section, table: None, bases });
        };
        let bases = bases.set_eh_frame_hdr(start);
        let table = EhFrameHdr::new(bytes, NativeEndian).parse(&bases, 8).ok();
        Some(Frames { section, table, bases })
    }

    fn entry(&self, address: u64) -> Option<FrameDescriptionEntry<Slice<'files>>> {
        let Frames { section, table, bases } = self;
        let parse = EhFrame::cie_from_offset;
        let found = match table.as_ref().and_then(ParsedEhFrameHdr::table) {
            Some(table) => table.fde_for_address(section, bases, address, parse),
            None => section.fde_for_address(bases, address, parse),
        };
        found.ok()
    }

    /// The caller of the function that `address` is in, an address of the file. The thread has its file `moved` by so much.
    pub fn caller(
        &self,
        address: u64,
        registers: &Registers,
        moved: u64,
        memory: Memory,
    ) -> Result<Registers, NoCaller> {
        let Some(entry) = self.entry(address) else { return Err(NoCaller::Untold) };
        let mut context = UnwindContext::new();
        let row = entry.unwind_info_for_address(&self.section, &self.bases, &mut context, address);
        let Ok(row) = row else { return Err(NoCaller::Untold) };
        let evaluate = |expression: &UnwindExpression<usize>, initial| {
            self.evaluate(expression, initial, registers, moved, memory)
        };
        let frame = match row.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => {
                registers.value(*register).map(|value| value.wrapping_add_signed(*offset))
            }
            CfaRule::Expression(expression) => evaluate(expression, None),
        };
        let Some(frame) = frame else { return Err(NoCaller::Lost) };
        // nothing: of this register nothing is written
        let recover = |register: usize| {
            let register = Register(register as u16);
            Some(match row.register(register) {
                RegisterRule::SameValue => registers.value(register),
                RegisterRule::Offset(offset) => memory(frame.wrapping_add_signed(offset)),
                RegisterRule::ValOffset(offset) => Some(frame.wrapping_add_signed(offset)),
                RegisterRule::Register(other) => registers.value(other),
                RegisterRule::Constant(value) => Some(value),
                RegisterRule::Expression(at) => evaluate(&at, Some(frame)).and_then(memory),
                RegisterRule::ValExpression(value) => evaluate(&value, Some(frame)),
                _ => return None,
            })
        };
        let mut values: [Option<u64>; COUNT] = std::array::from_fn(|number| {
            let untouched = || registers.values[number].filter(|_| KEPT.contains(&number));
            recover(number).unwrap_or_else(untouched)
        });
        let back = usize::from(entry.cie().return_address_register().0);
        let code = match recover(back) {
            // the outermost function says that it has none
            None if !KEPT.contains(&back) => return Err(NoCaller::First),
            _ => values.get(back).copied().flatten(),
        };
        values[STACK] = recover(STACK).flatten().or(Some(frame));
        match code {
            Some(0) => Err(NoCaller::First),
            Some(code) => Ok(Registers { code, has_called: !entry.is_signal_trampoline(), values }),
            None => Err(NoCaller::Lost),
        }
    }

    fn evaluate(
        &self,
        expression: &UnwindExpression<usize>,
        initial: Option<u64>,
        registers: &Registers,
        moved: u64,
        memory: Memory,
    ) -> Option<u64> {
        /// More steps than any such expression has.
        const MOST: u32 = 1000;
        let encoding = Encoding { address_size: 8, format: Format::Dwarf32, version: 4 };
        let mut evaluation = expression.get(&self.section).ok()?.evaluation(encoding);
        evaluation.set_max_iterations(MOST);
        if let Some(initial) = initial {
            evaluation.set_initial_value(initial);
        }
        let mut state = evaluation.evaluate().ok()?;
        loop {
            state = match state {
                EvaluationResult::Complete => break,
                EvaluationResult::RequiresMemory { address, size: 8, .. } => {
                    let value = memory(address)?;
                    evaluation.resume_with_memory(Value::Generic(value)).ok()?
                }
                EvaluationResult::RequiresRegister { register, .. } => {
                    let value = registers.value(register)?;
                    evaluation.resume_with_register(Value::Generic(value)).ok()?
                }
                EvaluationResult::RequiresRelocatedAddress(address) => {
                    evaluation.resume_with_relocated_address(address.wrapping_add(moved)).ok()?
                }
                _ => return None,
            };
        }
        evaluation.value_result()?.to_u64(u64::MAX).ok()
    }
}

//! The stack of a thread: the functions it is in, from the innermost outwards.
//!
//! Each function's file tells where its caller is (`.eh_frame`). Where it does not, as in programs of Go, frame pointers do:
//! then every function keeps, at its frame, a pair (frame of its caller, return address).

use lines::{NoCaller, Registers};

use super::memory;
use super::modules::Modules;
use super::regs;

/// So much of a stack is read at once.
const SIZE: usize = 64 << 10;
/// A chain of pairs that nobody has told of is believed when it has so many.
const CHAIN: usize = 3;
/// More functions are not looked for: one that calls itself for ever.
const MOST: usize = 256;

/// Where a thread is in each of its functions, the innermost first. Of a call that is the call's own instruction, and not
/// the next one, to which it returns: that may belong to another line, or even to another function.
pub fn walk(modules: &mut Modules, pid: i32, tid: i32, innermost: Registers) -> Vec<u64> {
    let Some(pointer) = innermost.stack() else { return Vec::new() };
    let words = Words::read(tid, pointer);
    let memory = |at: u64| words.at(at).or_else(|| memory::read_u64(tid, at).ok());
    let mut found = vec![innermost.code];
    let mut registers = innermost;
    let mut at = innermost.code;
    while found.len() < MOST {
        let caller = modules.locate(pid, tid, at).map_or(Err(NoCaller::Untold), |located| {
            located.program.frames()?.caller(located.address, &registers, located.moved, &memory)
        });
        let mut next = match caller {
            Ok(next) => next,
            Err(NoCaller::First) => break,
            Err(why) => {
                let code = modules.code(pid, tid);
                let Some(index) = words.pair(&registers, &code) else { break };
                if regs::CALLS_PUSH && found.len() == 1 && why == NoCaller::Untold {
                    found.extend(words.called_below(index, &code).map(|address| address - 1));
                }
                words.caller(index)
            }
        };
        next.code = regs::return_address(next.code);
        // outwards is upwards; only the innermost function may have put nothing on the stack
        let inner = registers.stack();
        if next.stack() < inner || next.stack() == inner && found.len() > 1 {
            break;
        }
        at = next.code.wrapping_sub(next.has_called.into());
        registers = next;
        found.push(at);
    }
    found
}

/// The words of a stack, from the stack pointer up.
struct Words {
    words: Vec<u64>,
    start: u64,
}

impl Words {
    fn read(tid: i32, pointer: u64) -> Words {
        let bytes = memory::read_some(tid, pointer, SIZE).unwrap_or_default();
        let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().unwrap_or_default());
        Words { words: bytes.chunks_exact(8).map(word).collect(), start: pointer }
    }

    fn index_of(&self, address: u64) -> Option<usize> {
        let offset = address.checked_sub(self.start)?;
        let index = usize::try_from(offset / 8).ok()?;
        (offset % 8 == 0 && index < self.words.len()).then_some(index)
    }

    fn at(&self, address: u64) -> Option<u64> {
        Some(self.words[self.index_of(address)?])
    }

    fn is_pair(&self, index: usize, code: &[(u64, u64)]) -> bool {
        let back = self.words.get(index + 1).copied().map(regs::return_address);
        back.is_some_and(|back| is_code(code, back))
    }

    /// The pair of the function that has these registers: where its frame pointer says, or else the innermost of the chain
    /// that goes furthest out. What functions that have returned left behind are chains too, but they break off.
    fn pair(&self, registers: &Registers, code: &[(u64, u64)]) -> Option<usize> {
        let told = registers.frame().and_then(|frame| self.index_of(frame));
        if let Some(index) = told.filter(|index| self.is_pair(*index, code)) {
            return Some(index);
        }
        let first = self.index_of(registers.stack()?)?;
        let chains = (first..self.words.len()).map(|index| (index, self.chain(index, code)));
        let long = chains.filter(|(_, (length, _))| *length >= CHAIN);
        let furthest = long.max_by_key(|(index, (_, last))| (*last, usize::MAX - index));
        furthest.map(|(index, _)| index)
    }

    /// How many pairs lead on from one another, and where the last of them is.
    fn chain(&self, first: usize, code: &[(u64, u64)]) -> (usize, usize) {
        let (mut length, mut index) = (0, first);
        while self.is_pair(index, code) {
            length += 1;
            match self.index_of(self.words[index]) {
                Some(higher) if higher > index => index = higher,
                _ => break,
            }
        }
        (length, index)
    }

    /// Before the function of the pair calls another one that makes no pair, it puts its return address below.
    fn called_below(&self, index: usize, code: &[(u64, u64)]) -> Option<u64> {
        self.words[..index].iter().copied().find(|word| is_code(code, *word))
    }

    fn caller(&self, index: usize) -> Registers {
        let after = self.start + 8 * (index as u64 + 2);
        let mut caller = Registers::new(self.words[index + 1], after, Some(self.words[index]));
        caller.has_called = true;
        caller
    }
}

fn is_code(code: &[(u64, u64)], address: u64) -> bool {
    code.iter().any(|(start, end)| (*start..*end).contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code lies from 1000 to 2000; the stack begins at 8000.
    const CODE: &[(u64, u64)] = &[(1000, 2000)];

    fn words(words: &[u64]) -> Words {
        Words { words: words.to_vec(), start: 8000 }
    }

    #[test]
    fn a_frame_pointer_says_where_the_pair_is() {
        let words = words(&[1, 1500, 8040, 1100, 5, 0, 1200]);
        let told = Registers::new(1300, 8000, Some(8016));
        assert_eq!(words.pair(&told, CODE), Some(2));
        assert_eq!(words.called_below(2, CODE), Some(1500));
        let caller = words.caller(2);
        assert_eq!((caller.code, caller.stack(), caller.frame()), (1100, Some(8032), Some(8040)));
        // nobody knows it, and a chain of two is too short
        assert_eq!(words.pair(&Registers::new(1300, 8000, None), CODE), None);
    }

    #[test]
    fn the_chain_that_goes_furthest_is_that_of_functions_that_have_not_returned() {
        // one of three that breaks off, and one of three that goes further
        let words = words(&[8016, 1001, 8032, 1002, 0, 1003, 8064, 1004, 8080, 1005, 0, 1006]);
        assert_eq!(words.pair(&Registers::new(1300, 8000, None), CODE), Some(6));
        // nothing below the stack pointer counts
        assert_eq!(words.pair(&Registers::new(1300, 8056, None), CODE), None);
    }
}

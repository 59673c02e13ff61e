//! The symbol table of a program (`elf(5)`).

use elf::abi;
use elf::symbol::Symbol;
use elf::{ElfBytes, ParseError};

use super::Elf;

/// What begins at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named<'files> {
    /// Where it begins.
    pub start: u64,
    /// Where it ends; the table may say nothing about that.
    end: Option<u64>,
    /// Its name, as it stands in the table.
    pub name: &'files str,
}

/// All that is defined, by address.
#[derive(Debug, Default)]
pub struct Symbols<'files>(Vec<Named<'files>>);

impl<'files> Symbols<'files> {
    /// Those of a program; of one that has been stripped those that others may use.
    pub fn read(elf: &Elf<'files>) -> Result<Symbols<'files>, ParseError> {
        let table = match ElfBytes::symbol_table(elf)? {
            Some(table) => Some(table),
            None => elf.dynamic_symbol_table()?,
        };
        let Some((table, names)) = table else { return Ok(Symbols::default()) };
        let mut found: Vec<_> = table
            .iter()
            .enumerate()
            .filter_map(|(index, symbol)| {
                let name =
                    names.get(symbol.st_name as usize).ok().filter(|name| !name.is_empty())?;
                let size = Some(symbol.st_size).filter(|size| *size != 0);
                let end = size.and_then(|size| symbol.st_value.checked_add(size));
                let underscores = name.len() - name.trim_start_matches('_').len();
                let order = (rank(&symbol)?, underscores, usize::MAX - index);
                Some((symbol.st_value, order, end, name))
            })
            .collect();
        // of several of one address the one that others can see most of, of these `read` and not `__read`, or the last
        found.sort_unstable();
        found.dedup_by_key(|(address, ..)| *address);
        let named = found.into_iter().map(|(start, _, end, name)| Named { start, end, name });
        Ok(Symbols(named.collect()))
    }

    /// What an address belongs to: the last that begins at or before it, if it is not over there. Between two that a stripped
    /// library still names lie others that it does not.
    pub fn at(&self, address: u64) -> Option<Named<'files>> {
        let after = self.0.partition_point(|named| named.start <= address);
        let named = self.0.get(after.checked_sub(1)?)?;
        named.end.is_none_or(|end| address < end).then_some(*named)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Named<'files>> {
        self.0.iter()
    }
}

/// Which symbol of one address names it: that with the lowest rank. Nothing if it is defined elsewhere, or is no code or data.
fn rank(symbol: &Symbol) -> Option<(bool, u8)> {
    let elsewhere = symbol.st_shndx == abi::SHN_UNDEF
        || (symbol.st_shndx >= abi::SHN_LORESERVE && symbol.st_shndx != abi::SHN_XINDEX);
    let without_kind = match symbol.st_symtype() {
        abi::STT_FUNC | abi::STT_OBJECT => false,
        abi::STT_NOTYPE if symbol.st_size != 0 => true,
        _ => return None,
    };
    let visible = match symbol.st_bind() {
        abi::STB_GLOBAL | abi::STB_WEAK if symbol.st_vis() == abi::STV_HIDDEN => 1,
        abi::STB_GLOBAL | abi::STB_WEAK => 0,
        abi::STB_LOCAL => 2,
        _ => 3,
    };
    (!elsewhere).then_some((without_kind, visible))
}

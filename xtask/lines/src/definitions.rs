//! Where a program or library has the things that others may use by their name.

use std::fs::File;
use std::path::Path;

use elf::ElfBytes;
use elf::abi;
use elf::endian::NativeEndian;
use memmap2::Mmap;

/// Pages of every machine begin at multiples of this.
const PAGE: u64 = 4096;

/// How far each of these names is from where the file's first part lies in memory; `None` for a name that it does not
/// define. Nothing if there is no such file, or if it is none of this machine's programs.
pub fn definitions<const N: usize>(path: &Path, names: [&str; N]) -> Option<[Option<u64>; N]> {
    let file = File::open(path).ok()?;
    // SAFETY: the file is only read; a program that runs cannot be written to (`execve(2)`, ETXTBSY), and whoever
    // installs a library puts a new file in its place.
    let data = unsafe { Mmap::map(&file) }.ok()?;
    let elf = ElfBytes::<NativeEndian>::minimal_parse(&data).ok()?;
    let parts = elf.segments()?;
    let first = parts.iter().filter(|part| part.p_type == abi::PT_LOAD).map(|part| part.p_vaddr);
    let first = first.min()? / PAGE * PAGE;
    let common = elf.find_common_data().ok()?;
    let hashed = common.gnu_hash.zip(common.dynsyms).zip(common.dynsyms_strs);
    let mut found = names.map(|name| {
        let ((hashes, table), texts) = hashed.as_ref()?;
        let (_, symbol) = hashes.find(name.as_bytes(), table, texts).ok()??;
        symbol.st_value.checked_sub(first)
    });
    // one that no other program is to use, or that has no such hashes
    if found.iter().all(Option::is_none) {
        let (table, texts) = elf.symbol_table().ok()?.or(elf.dynamic_symbol_table().ok()?)?;
        for symbol in table.iter().filter(|symbol| symbol.st_shndx != abi::SHN_UNDEF) {
            let Ok(text) = texts.get(symbol.st_name as usize) else { continue };
            if let Some(place) = names.iter().position(|name| *name == text) {
                found[place] = symbol.st_value.checked_sub(first);
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_defined_elsewhere_is_not_found_here() {
        let own = std::env::current_exe().unwrap();
        let [main, elsewhere, nowhere] =
            definitions(&own, ["main", "getpid", "no_such_thing"]).unwrap();
        assert!(main.is_some());
        assert_eq!((elsewhere, nowhere), (None, None));
        assert!(definitions(Path::new("/proc/self/maps"), ["main"]).is_none());
    }
}

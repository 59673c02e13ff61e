//! What the file of a program or library tells of its addresses: the function, by the symbol table (`elf(5)`), and the line
//! of its source, by DWARF's line tables.
//!
//! Debug sections compressed by zlib are read as well (Go's are). Of those compressed by zstd nothing is known.

mod definitions;

pub use definitions::definitions;

use std::borrow::Cow;
use std::fs::File;

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, NativeEndian, SectionId};
use elf::abi;
use elf::endian::NativeEndian as Native;
use elf::symbol::Symbol;
use elf::{ElfBytes, ParseError};
use memmap2::Mmap;
use miniz_oxide::inflate;
use typed_arena::Arena;

type Elf<'files> = ElfBytes<'files, Native>;
type Slice<'files> = EndianSlice<'files, NativeEndian>;

/// A program or library; what it says refers to the content of [`Files`].
pub struct Program<'files> {
    /// Where each function, or thing of another kind, begins, and its name; by address.
    symbols: Vec<(u64, &'files str)>,
    lines: Option<Context<Slice<'files>>>,
}

/// Keeps what programs are read from.
#[derive(Default)]
pub struct Files {
    mapped: Arena<Mmap>,
    inflated: Arena<Vec<u8>>,
}

impl<'files> Program<'files> {
    /// Nothing if there is no such file, or if it is none of this machine's programs.
    pub fn read(path: &str, files: &'files Files) -> Option<Program<'files>> {
        let file = File::open(path).ok()?;
        // SAFETY: the file is only read; a program that runs cannot be written to (`execve(2)`, ETXTBSY), and whoever
        // installs a library puts a new file in its place.
        let data = files.mapped.alloc(unsafe { Mmap::map(&file) }.ok()?);
        let elf = Elf::minimal_parse(data).ok()?;
        let symbols = symbols(&elf).unwrap_or_default();
        let dwarf = Dwarf::load(|id| section(&elf, id, files)).ok();
        Some(Program { symbols, lines: dwarf.and_then(|dwarf| Context::from_dwarf(dwarf).ok()) })
    }

    /// The last thing that begins at or before an address, and where it begins.
    pub fn symbol(&self, address: u64) -> Option<(u64, &'files str)> {
        let after = self.symbols.partition_point(|(start, _)| *start <= address);
        self.symbols.get(after.checked_sub(1)?).copied()
    }

    /// The same with its name as it is written in Rust.
    pub fn function(&self, address: u64) -> Option<Cow<'files, str>> {
        let (_, name) = self.symbol(address)?;
        Some(addr2line::demangle_auto(name.into(), None))
    }

    /// The file and line that the code at an address comes from.
    pub fn line(&self, address: u64) -> Option<(&str, u32)> {
        let location = self.lines.as_ref()?.find_location(address).ok()??;
        Some((location.file?, location.line?))
    }
}

/// What is defined at each address. Of several the one that others can see most of, of these the last.
fn symbols<'files>(elf: &Elf<'files>) -> Result<Vec<(u64, &'files str)>, ParseError> {
    let table = match elf.symbol_table()? {
        Some(table) => Some(table),
        None => elf.dynamic_symbol_table()?,
    };
    let Some((table, names)) = table else { return Ok(Vec::new()) };
    let mut found: Vec<_> = table
        .iter()
        .enumerate()
        .filter_map(|(index, symbol)| {
            let name = names.get(symbol.st_name as usize).ok().filter(|name| !name.is_empty())?;
            Some((symbol.st_value, rank(&symbol)?, usize::MAX - index, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup_by_key(|(address, ..)| *address);
    Ok(found.into_iter().map(|(address, _, _, name)| (address, name)).collect())
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

/// Why a section cannot be read.
#[derive(Debug)]
struct Unreadable;

/// A debug section, uncompressed; empty if there is none.
fn section<'files>(
    elf: &Elf<'files>,
    id: SectionId,
    files: &'files Files,
) -> Result<Slice<'files>, Unreadable> {
    let named = |name: &str| elf.section_header_by_name(name).map_err(|_| Unreadable);
    let keep = |bytes: Vec<u8>| &files.inflated.alloc(bytes)[..];
    let (header, is_older) = match named(id.name())? {
        Some(header) => (Some(header), false),
        // the name before compression had a flag
        None => (named(&id.name().replacen(".debug", ".zdebug", 1))?, true),
    };
    let Some(header) = header else { return Ok(Slice::new(&[], NativeEndian)) };
    let (bytes, compressed) = elf.section_data(&header).map_err(|_| Unreadable)?;
    let bytes = match compressed.map(|header| (header.ch_type, header.ch_size)) {
        None if is_older => keep(inflated_older(bytes)?),
        None => bytes,
        Some((abi::ELFCOMPRESS_ZLIB, size)) => keep(inflated(bytes, size)?),
        Some(_) => return Err(Unreadable),
    };
    Ok(Slice::new(bytes, NativeEndian))
}

/// "ZLIB", the size, big end first, the compressed bytes.
fn inflated_older(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let bytes = bytes.strip_prefix(b"ZLIB").ok_or(Unreadable)?;
    let (size, bytes) = bytes.split_first_chunk().ok_or(Unreadable)?;
    inflated(bytes, u64::from_be_bytes(*size))
}

fn inflated(bytes: &[u8], size: u64) -> Result<Vec<u8>, Unreadable> {
    let limit = usize::try_from(size).map_err(|_| Unreadable)?;
    let all = inflate::decompress_to_vec_zlib_with_limit(bytes, limit).map_err(|_| Unreadable)?;
    (all.len() == limit).then_some(all).ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    /// The test's own program, which has line tables; one of its functions with a name that stays as it is.
    #[unsafe(no_mangle)]
    extern "C" fn known_by_this_name() -> u32 {
        line!()
    }

    /// Calls it; the compiler does not know whom, and so keeps it.
    fn called() -> u32 {
        std::hint::black_box(known_by_this_name as extern "C" fn() -> u32)()
    }

    /// Where that function is in the file.
    fn address_of(program: &Program, name: &str) -> u64 {
        program.symbols.iter().find(|(_, one)| *one == name).map(|(address, _)| *address).unwrap()
    }

    fn own_file() -> String {
        std::env::current_exe().unwrap().to_string_lossy().into_owned()
    }

    #[test]
    fn an_address_has_its_function_and_its_line() {
        let files = Files::default();
        let program = Program::read(&own_file(), &files).unwrap();
        let address = address_of(&program, "known_by_this_name");
        assert_eq!(program.symbol(address), Some((address, "known_by_this_name")));
        assert_eq!(program.symbol(address + 1), Some((address, "known_by_this_name")));
        let (file, line) = program.line(address).unwrap();
        assert!(file.ends_with("lines/src/lib.rs"), "{file}");
        // its beginning belongs to its head or already to its body
        assert!([line, line + 1].contains(&called()), "{line}");
        let demangled = (program.symbols.iter())
            .filter_map(|(address, _)| program.function(*address))
            .any(|name| name.contains("lines::tests::own_file"));
        assert!(demangled);
    }

    /// The same file with its debug sections rewritten; nothing if there is no `objcopy` that can.
    fn rewritten(how: &str, folder: &Path) -> Option<String> {
        let copy = folder.join(how).to_string_lossy().into_owned();
        let mut objcopy = Command::new("objcopy");
        objcopy.arg(format!("--{how}")).args([&own_file(), &copy]);
        let done = objcopy.output().is_ok_and(|output| output.status.success());
        done.then_some(copy)
    }

    #[test]
    fn compressed_lines_are_the_same_or_unknown() {
        let folder = std::env::temp_dir().join(format!("program-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let files = Files::default();
        let plain = Program::read(&own_file(), &files).unwrap();
        let address = address_of(&plain, "known_by_this_name");
        for (how, is_known) in [
            ("compress-debug-sections=zlib", true),
            ("compress-debug-sections=zlib-gnu", true),
            ("compress-debug-sections=zstd", false),
            ("strip-debug", false),
        ] {
            let Some(path) = rewritten(how, &folder) else { continue };
            let program = Program::read(&path, &files).unwrap();
            assert_eq!(program.line(address), plain.line(address).filter(|_| is_known), "{how}");
            assert_eq!(program.symbol(address), plain.symbol(address), "{how}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_compressed_is_neither_shorter_nor_longer_than_it_says() {
        // "a" without compression: RFC 1950 around one stored block of RFC 1951
        let stored = [0x78, 0x01, 0x01, 1, 0, 0xfe, 0xff, b'a', 0, 0x62, 0, 0x62];
        assert_eq!(inflated(&stored, 1).unwrap(), b"a");
        assert!(inflated(&stored, 0).is_err());
        assert!(inflated(&stored, 2).is_err());
        assert!(inflated(&stored[..6], 1).is_err());
        let older = [b"ZLIB".as_slice(), &1_u64.to_be_bytes(), &stored].concat();
        assert_eq!(inflated_older(&older).unwrap(), b"a");
        assert!(inflated_older(&older[1..]).is_err());
        assert!(inflated_older(b"ZLIB").is_err());
    }

    #[test]
    fn other_files_are_no_programs() {
        let files = Files::default();
        assert!(Program::read("/proc/self/maps", &files).is_none());
        assert!(
            Program::read(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), &files).is_none()
        );
        assert!(Program::read("/no/such/file", &files).is_none());
    }
}

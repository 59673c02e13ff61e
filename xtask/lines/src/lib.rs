//! What the file of a program or library tells of its addresses: the function, by the symbol table (`elf(5)`); the line of
//! its source and the functions that were inlined there, by DWARF; and where that function was called from, by
//! `.eh_frame`.
//!
//! Debug sections compressed by zlib are read as well (Go's are). Of those compressed by zstd nothing is known.

mod definitions;
mod sections;
mod symbols;
mod unwind;

use std::borrow::Cow;
use std::fs::File;
use std::time::SystemTime;

use addr2line::gimli::{self, AttributeValue, Dwarf, EndianSlice, NativeEndian, UnitOffset};
use addr2line::{Context, Frame};
use elf::ElfBytes;
use elf::abi;
use elf::endian::NativeEndian as Native;
use memmap2::Mmap;
use typed_arena::Arena;

pub use definitions::definitions;
pub use symbols::{Named, Symbols};
pub use unwind::{Frames, Memory, NoCaller, Registers};

type Elf<'files> = ElfBytes<'files, Native>;
type Slice<'files> = EndianSlice<'files, NativeEndian>;

/// A program or library; what it says refers to the content of [`Files`].
pub struct Program<'files> {
    symbols: Symbols<'files>,
    lines: Option<Context<Slice<'files>>>,
    frames: Option<Frames<'files>>,
    /// The parts of the file that are mapped: offset in the file, length, address.
    parts: Vec<(u64, u64, u64)>,
    written: Option<SystemTime>,
}

/// Keeps what programs are read from.
#[derive(Default)]
pub struct Files {
    mapped: Arena<Mmap>,
    inflated: Arena<Vec<u8>>,
}

/// A function that an address is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function<'program> {
    /// As it is written in Rust, with its path and types; of one that was inlined the path may be missing. Empty: not known.
    pub name: String,
    /// The file that its code comes from, as the compiler knew it.
    pub file: Option<&'program str>,
    /// The line of it.
    pub line: Option<u32>,
    /// The line where the function begins.
    pub begins: Option<u32>,
}

impl<'files> Program<'files> {
    /// Nothing if there is no such file, or if it is none of this machine's programs.
    pub fn read(path: &str, files: &'files Files) -> Option<Program<'files>> {
        let file = File::open(path).ok()?;
        // SAFETY: the file is only read; a program that runs cannot be written to (`execve(2)`, ETXTBSY), and whoever
        // installs a library puts a new file in its place.
        let data = files.mapped.alloc(unsafe { Mmap::map(&file) }.ok()?);
        let elf = Elf::minimal_parse(data).ok()?;
        let dwarf = Dwarf::load(|id| sections::section(&elf, id, files)).ok();
        let parts = elf.segments().into_iter().flatten();
        let parts = parts.filter(|part| part.p_type == abi::PT_LOAD);
        Some(Program {
            symbols: Symbols::read(&elf).unwrap_or_default(),
            lines: dwarf.and_then(|dwarf| Context::from_dwarf(dwarf).ok()),
            frames: Frames::read(&elf),
            parts: parts.map(|part| (part.p_offset, part.p_filesz, part.p_vaddr)).collect(),
            written: file.metadata().and_then(|file| file.modified()).ok(),
        })
    }

    /// When the file was written.
    pub fn written(&self) -> Option<SystemTime> {
        self.written
    }

    /// The address that a place in the file has, as the file itself counts.
    pub fn address(&self, offset: u64) -> Option<u64> {
        let inside = |(start, length, _): &&(u64, u64, u64)| {
            offset.checked_sub(*start).is_some_and(|within| within < *length)
        };
        let (start, _, address) = self.parts.iter().find(inside)?;
        Some(offset - start + address)
    }

    /// What an address belongs to by the symbol table.
    pub fn symbol(&self, address: u64) -> Option<Named<'files>> {
        self.symbols.at(address)
    }

    /// What has this name in the symbol table.
    pub fn named(&self, name: &str) -> Option<Named<'files>> {
        self.symbols.iter().find(|named| named.name == name).copied()
    }

    /// The crates of Rust that have a `main`: the program's own.
    pub fn crates_with_main(&self) -> Vec<String> {
        // `_RNvCs1234_5hello4main`, `_ZN5hello4main17h0123456789abcdefE`
        let looks_so = |name: &str| {
            name.starts_with("_RNvC") && name.ends_with("4main")
                || name.starts_with("_ZN") && name.contains("4main17h")
        };
        let names = self.symbols.iter().map(|named| named.name).filter(|name| looks_so(name));
        let crates = names.filter_map(|name| {
            let name = demangled(name.into());
            let (krate, main) = name.split_once("::")?;
            (main == "main").then(|| krate.to_owned())
        });
        crates.collect()
    }

    /// How its functions were called.
    ///
    /// # Errors
    /// It does not say.
    pub fn frames(&self) -> Result<&Frames<'files>, NoCaller> {
        self.frames.as_ref().ok_or(NoCaller::Untold)
    }

    /// The functions that an address is in, the innermost first: all but the last were inlined.
    pub fn functions(&self, address: u64) -> Vec<Function<'_>> {
        let mut found = self.by_lines(address).unwrap_or_default();
        let named = self.symbol(address);
        let name = named.map(|named| demangled(named.name.into()).into_owned());
        match (found.last_mut(), name) {
            // where the compiler was asked for lines only, the names have no paths
            (Some(outer), Some(name)) if outer.name.is_empty() || name.contains("::") => {
                outer.name = name;
            }
            (None, Some(name)) => {
                found.push(Function { name, file: None, line: None, begins: None });
            }
            _ => {}
        }
        found
    }

    fn by_lines(&self, address: u64) -> Option<Vec<Function<'_>>> {
        let lines = self.lines.as_ref()?;
        let mut frames = lines.find_frames(address).skip_all_loads().ok()?;
        let mut found = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            let name = frame.function.as_ref().and_then(|name| name.raw_name().ok());
            found.push(Function {
                name: name.map(|name| demangled(name).into_owned()).unwrap_or_default(),
                file: frame.location.as_ref().and_then(|place| place.file),
                line: frame.location.as_ref().and_then(|place| place.line),
                begins: self.declared(address, &frame),
            });
        }
        // where nothing is written about it, the first line of its code is that of its head
        if let Some(outer) = found.last_mut()
            && outer.begins.is_none()
            && let Some(start) = self.symbol(address).map(|named| named.start)
            && let Ok(Some(place)) = lines.find_location(start)
        {
            outer.begins = place.line.filter(|_| place.file == outer.file);
        }
        Some(found)
    }

    /// `DW_AT_decl_line` of a function, or of that of which it is a copy.
    fn declared(&self, address: u64, frame: &Frame<Slice<'files>>) -> Option<u32> {
        let unit = self.lines.as_ref()?.find_dwarf_and_unit(address).skip_all_loads()?;
        let mut at: UnitOffset = frame.dw_die_offset?;
        // a copy, what it is a copy of, and that one's head: no more than a few
        for _ in 0..4 {
            let entry = unit.entry(at).ok()?;
            if let Some(value) = entry.attr_value(gimli::DW_AT_decl_line).ok()? {
                return u32::try_from(value.udata_value()?).ok();
            }
            let origin = match entry.attr_value(gimli::DW_AT_abstract_origin).ok()? {
                Some(origin) => origin,
                None => entry.attr_value(gimli::DW_AT_specification).ok()??,
            };
            at = match origin {
                AttributeValue::UnitRef(offset) => offset,
                AttributeValue::DebugInfoRef(offset) => offset.to_unit_offset(&unit.header)?,
                _ => return None,
            };
        }
        None
    }
}

fn demangled(name: Cow<'_, str>) -> Cow<'_, str> {
    addr2line::demangle_auto(name, None)
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
        program.named(name).unwrap().start
    }

    fn own_file() -> String {
        std::env::current_exe().unwrap().to_string_lossy().into_owned()
    }

    #[test]
    fn an_address_has_its_function_and_its_line() {
        let files = Files::default();
        let program = Program::read(&own_file(), &files).unwrap();
        let address = address_of(&program, "known_by_this_name");
        for within in [address, address + 1] {
            let symbol = program.symbol(within).unwrap();
            assert_eq!((symbol.start, symbol.name), (address, "known_by_this_name"));
        }
        let found = program.functions(address);
        let [Function { name, file: Some(file), line: Some(line), begins: Some(begins) }] =
            found.as_slice()
        else {
            panic!("{found:?}")
        };
        assert_eq!(name, "known_by_this_name");
        assert!(file.ends_with("lines/src/lib.rs"), "{file}");
        // its beginning belongs to its head or already to its body
        assert!([line + 1, *line].contains(&called()), "{line}");
        assert_eq!(begins + 1, called());
        let demangled = (program.symbols.iter())
            .flat_map(|one| program.functions(one.start))
            .any(|function| function.name.contains("lines::tests::own_file"));
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
            let line = |program: &Program| program.functions(address)[0].line;
            assert_eq!(line(&program), line(&plain).filter(|_| is_known), "{how}");
            assert_eq!(program.symbol(address), plain.symbol(address), "{how}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
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

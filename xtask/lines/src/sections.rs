//! The sections that a debugger reads, uncompressed.

use addr2line::gimli::{NativeEndian, SectionId};
use elf::abi;
use miniz_oxide::inflate;

use super::{Elf, Files, Slice};

/// Why a section cannot be read.
#[derive(Debug)]
pub struct Unreadable;

/// A debug section, uncompressed; empty if there is none.
pub fn section<'files>(
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
    use super::*;

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
}

//! From an instruction to its line.

use crate::layout::Table;

/// The line of the instruction that is so many bytes into its function, by the function's table; `None`: it has none.
pub fn line(table: Table, bytes: &[u8], first: i32, instruction: i64) -> Option<u32> {
    // a function that has not begun yet
    if instruction < 0 {
        return positive(first);
    }
    match table {
        Table::Increments => positive(by_increments(bytes, first, instruction)),
        Table::Ranges => positive(by_ranges(bytes, first, instruction)?),
        Table::Locations => positive(by_locations(bytes, first, instruction)?),
    }
}

fn positive(line: i32) -> Option<u32> {
    u32::try_from(line).ok().filter(|line| *line > 0)
}

/// `Objects/lnotab_notes.txt` of 3.9: pairs of bytes, how many instructions and how many lines further.
fn by_increments(bytes: &[u8], first: i32, instruction: i64) -> i32 {
    let (mut at, mut line) = (0, first);
    for pair in bytes.chunks_exact(2) {
        at += i64::from(pair[0]);
        if at > instruction {
            break;
        }
        line = line.wrapping_add((pair[1] as i8).into());
    }
    line
}

/// `Objects/lnotab_notes.txt` of 3.10: pairs of bytes, how long a range is and how many lines further, or that it has none.
fn by_ranges(bytes: &[u8], first: i32, instruction: i64) -> Option<i32> {
    const NO_LINE: i8 = -128;
    let (mut end, mut line) = (0, first);
    for pair in bytes.chunks_exact(2) {
        let further = pair[1] as i8;
        if further != NO_LINE {
            line = line.wrapping_add(further.into());
        }
        end += i64::from(pair[0]);
        if instruction < end {
            return (further != NO_LINE).then_some(line);
        }
    }
    None
}

/// `Objects/locations.md` of 3.11 and newer: entries that begin with a byte that has its highest bit set.
fn by_locations(bytes: &[u8], first: i32, instruction: i64) -> Option<i32> {
    let (mut end, mut line) = (0, first);
    let mut rest = bytes;
    while let Some((head, after)) = rest.split_first() {
        let length = after.iter().take_while(|byte| *byte & 0x80 == 0).count();
        let (entry, next) = after.split_at(length);
        let kind = head >> 3 & 15;
        let further = match kind {
            13 | 14 => signed(entry),
            10..=12 => i32::from(kind) - 10,
            _ => 0,
        };
        line = line.wrapping_add(further);
        // counted in units of two bytes
        end += (i64::from(head & 7) + 1) * 2;
        if instruction < end {
            return (kind != 15).then_some(line);
        }
        rest = next;
    }
    None
}

/// Six bits a byte, the lowest first; the lowest of all is the sign.
fn signed(bytes: &[u8]) -> i32 {
    let mut value: u32 = 0;
    for (place, byte) in bytes.iter().enumerate().take(6) {
        value |= u32::from(byte & 63) << (6 * place).min(31);
        if byte & 64 == 0 {
            break;
        }
    }
    let half = (value >> 1) as i32;
    if value & 1 == 1 { -half } else { half }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn lines_go_forwards_and_backwards() {
        // 4 bytes in line 10, 300 in line 9, the rest in line 12
        let increments = [4, 0xff, 255, 0, 45, 3];
        let lines = [0, 3, 4, 303, 304, 9999].map(|at| by_increments(&increments, 10, at));
        assert_eq!(lines, [10, 10, 9, 9, 12, 12]);
        // the same, and the range between has no line
        let ranges = [4, 0, 254, 0xff, 46, 0, 6, 0x80, 8, 3];
        let lines = [0, 3, 4, 303, 304, 310, 318].map(|at| by_ranges(&ranges, 10, at));
        assert_eq!(lines, [Some(10), Some(10), Some(9), Some(9), None, Some(12), None]);
    }

    #[test]
    fn locations_of_every_kind() {
        let entry = |kind: u8, length: u8| 0x80 | kind << 3 | (length - 1);
        let table = [
            &[entry(0, 1), 0x11][..],             // 10: 2 bytes
            &[entry(11, 2), 1, 2],                // 11: 4
            &[entry(13, 8), 0b000101],            // 9: 16
            &[entry(15, 1)],                      // none: 2
            &[entry(14, 1), 64 | 16, 5, 0, 1, 2], // 9 + (16 + 5 << 6) / 2: 2
        ];
        let table = table.concat();
        let lines = [0, 2, 4, 6, 20, 22, 24, 26].map(|at| by_locations(&table, 10, at));
        let far = Some(9 + (16 + (5 << 6)) / 2);
        let nine = Some(9);
        assert_eq!(lines, [Some(10), Some(11), Some(11), nine, nine, None, far, None]);
        assert_eq!(by_locations(&[], 10, 0), None);
    }

    #[test]
    fn what_has_not_begun_is_at_its_beginning() {
        assert_eq!(line(Table::Locations, &[], 7, -2), Some(7));
        assert_eq!(line(Table::Ranges, &[], 0, -2), None);
    }
}

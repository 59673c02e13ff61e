//! A length that is followed by what it is the length of.

use super::talk::*;
use super::*;

const COUNTS: &str = "def exact(s, n):\n    all = b''\n    while len(all) < n:\n        d = s.recv(min(4096, n - len(all)))  # HERE\n        all += d\n    return all";

/// A length, and then this; the server asks for no more than its buffer holds.
fn in_pieces(header: [u8; 4], body: &[u8]) -> Vec<Event> {
    let sends = says(CLIENT, &[&header, body].concat());
    [sends, hears(SERVER, 4, &header), hears(SERVER, 4096, body)].concat()
}

#[test]
fn a_length_in_the_other_byte_order_is_seen_where_pieces_are_received() {
    let waits = |source: &str| vec![python(asks(SERVER, 4096), &[], source), asks(CLIENT, 2)];
    for header in [[5, 0, 0, 0], [0, 0, 0, 5]] {
        let found = causes(in_pieces(header, b"hello"), waits(COUNTS));
        assert_candidates(&found, Code::ByteOrderDiffers);
        assert!(found[0].sentence.contains("长度是 83886080，后面却只来了 5 字节"), "{found:#?}");
    }
    // another message came behind it
    let found = causes(in_pieces([5, 0, 0, 0], b"hello\x03\0\0\0you"), waits(COUNTS));
    assert_candidates(&found, Code::ByteOrderDiffers);
    assert!(found[0].sentence.contains("按另一种字节序读，长度是 5，早就够了"), "{found:#?}");
    let differs = |found: &[Cause]| found.iter().any(|cause| cause.code == Code::ByteOrderDiffers);
    // it would not fit, either
    assert!(!differs(&causes(in_pieces([5, 0, 0, 0], b"hell"), waits(COUNTS))));
    // whoever does not count is done with the five bytes
    let source = "while True:\n    d = s.recv(4096)  # HERE\n    if not d:\n        break";
    assert!(!differs(&causes(in_pieces([5, 0, 0, 0], b"hello"), waits(source))));
    // it has answered: then it had all of them
    let answer = [says(SERVER, b"OK"), hears(CLIENT, 2, b"OK")].concat();
    let again = [in_pieces([5, 0, 0, 0], b"hello"), answer].concat();
    assert!(!differs(&causes(again, waits(COUNTS))));
}

#[test]
fn who_wants_a_few_bytes_has_not_taken_a_number_for_their_length() {
    let story = || {
        let sends = says(CLIENT, &[&[0, 0, 0, 100], &b"hello"[..]].concat());
        [sends, hears(SERVER, 4, &[0, 0, 0, 100]), hears(SERVER, 5, b"hello")].concat()
    };
    let speaks_of_it = |asked: u64| {
        let found = causes(story(), vec![asks(SERVER, asked), asks(CLIENT, 2)]);
        found.iter().any(|cause| cause.sentence.contains("先说了长度 100"))
    };
    assert!(speaks_of_it(95), "these are lacking");
    assert!(!speaks_of_it(8), "these are others");
}

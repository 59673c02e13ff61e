//! An unkind kernel: what it keeps from whom, how often, and from whom never.

#![cfg(target_os = "linux")]

mod support;

use std::process::Command;

use events::{Activity, Call, Clock, Exit, Withheld};
use support::{ACTS, Told, VIRTUAL, act, follow_with};

const SEEDS: std::ops::Range<u64> = 1..9;

fn harsh(seed: u64, name: &str, trusting: &[usize]) -> Told {
    let mut command = Command::new(&*ACTS);
    command.arg(name);
    let told =
        follow_with(VIRTUAL, command, None, |it| it.be_harsh(seed, trusting.iter().copied()));
    assert_eq!(told.ended, Some(Exit::Code(0)), "{name}, seed {seed}: {told:#?}");
    assert!(told.stuck.is_none() && !told.computing && told.refused.is_none(), "{told:#?}");
    told
}

/// What was kept from the calls of a program, in their order.
fn kept(told: &Told) -> Vec<Withheld> {
    let of = |activity: &Activity| match activity {
        Activity::Leave { call: Call::Receive { data, .. } | Call::Send { data, .. }, .. } => {
            data.withheld
        }
        _ => None,
    };
    told.events.iter().filter_map(|event| of(&event.activity)).collect()
}

/// An act with every seed.
fn plays(name: &str) -> Vec<Told> {
    SEEDS.map(|seed| harsh(seed, name, &[])).collect()
}

/// How often this was kept from an act.
fn applied(name: &str, all: &[Told], what: Withheld) -> usize {
    let count = all.iter().filter(|told| kept(told).contains(&what)).count();
    println!("{name}: {what:?} with {count} of {} seeds", all.len());
    count
}

/// Alone, and in virtual time by a kind kernel, it prints this.
fn kindly(name: &str) -> String {
    let told = act(VIRTUAL, &[name]);
    assert_eq!(told.ended, Some(Exit::Code(0)), "{told:#?}");
    assert_eq!(kept(&told), []);
    told.text()
}

#[test]
fn a_receive_from_a_stream_gets_fewer_bytes_than_lie_there() {
    for name in ["one-read", "one-read-of-unix", "one-read-of-pipe"] {
        assert_eq!(kindly(name), "48\n", "{name}");
        let all = plays(name);
        assert!(applied(name, &all, Withheld::Rest) >= 3, "{name}");
        for told in &all {
            let is_cut = told.text() != "48\n";
            assert_eq!(is_cut, kept(told).contains(&Withheld::Rest), "{name} {told:#?}");
        }
        let end = |told: &Told| told.text().trim().parse::<usize>().unwrap();
        assert!(all.iter().map(end).any(|end| end % 3 != 0), "{name}: half a character");
    }
}

#[test]
fn who_reads_to_the_end_notices_nothing() {
    let expected = kindly("all-reads");
    let all = plays("all-reads");
    assert!(applied("all-reads", &all, Withheld::Rest) > 0);
    assert!(all.iter().all(|told| told.text() == expected));
}

#[test]
fn who_is_told_of_a_reset_is_told_of_it() {
    assert_eq!(kindly("reset"), "Err(ConnectionReset)\n");
    assert!(plays("reset").iter().all(|told| told.text() == "Err(ConnectionReset)\n"));
}

#[test]
fn two_sends_arrive_as_one() {
    assert_eq!(kindly("two-sends"), "one\ntwo\n\n");
    let all = plays("two-sends");
    assert!(applied("two-sends", &all, Withheld::Turn) > 0);
    assert!(all.iter().any(|told| told.text() == "onetwo\n\n"));
    assert!(all.iter().all(|told| told.text().replace('\n', "") == "onetwo"));
}

#[test]
fn a_send_takes_a_part_and_says_how_much() {
    for name in ["one-write", "one-write-at-once"] {
        assert_eq!(kindly(name), "true true\n", "{name}");
        let all = plays(name);
        assert!(applied(name, &all, Withheld::Part) >= 3, "{name}");
        for told in &all {
            let is_cut = kept(told).contains(&Withheld::Part);
            let expected = if is_cut { "false true\n" } else { "true true\n" };
            assert_eq!(told.text(), expected, "{name} {told:#?}");
        }
    }
}

#[test]
fn a_send_through_a_small_buffer_says_so_when_it_begins() {
    for told in plays("one-write") {
        let begins = told.events.iter().filter_map(|event| match &event.activity {
            Activity::Enter(Call::Send { data, .. }) => Some(data.withheld),
            _ => None,
        });
        assert_eq!(begins.collect::<Vec<_>>(), [Some(Withheld::Room)], "{told:#?}");
    }
}

#[test]
fn who_goes_on_until_all_is_sent_notices_nothing() {
    let all = plays("all-writes");
    assert!(applied("all-writes", &all, Withheld::Part) > 0);
    assert!(all.iter().all(|told| told.text() == "true\n"));
}

/// That is what breaking off a send does, too: the kernel itself gives up the rest, without any handler.
#[test]
fn a_process_that_was_stopped_while_it_sent_has_sent_a_part() {
    let alone = Command::new(&*ACTS).arg("stopped-write").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&alone.stdout), "true\n", "{alone:?}");
}

#[test]
fn what_no_kernel_hands_over_in_pieces_stays_whole() {
    for name in ["never-in-pieces", "edges"] {
        let expected = kindly(name);
        for seed in SEEDS {
            let told = harsh(seed, name, &[]);
            assert_eq!(told.text(), expected, "{name}, seed {seed}");
            assert_eq!(kept(&told), [], "{name}, seed {seed}");
        }
    }
}

#[test]
fn a_program_that_says_so_gets_its_first_receive_whole() {
    for seed in SEEDS {
        let told = harsh(seed, "one-read", &[0]);
        assert_eq!((told.text().as_str(), kept(&told)), ("48\n", vec![]), "seed {seed}");
    }
}

#[test]
fn a_seed_does_the_same_again() {
    for name in ["all-reads", "two-sends"] {
        for seed in SEEDS {
            let [one, other] = [(); 2].map(|()| harsh(seed, name, &[]));
            assert_eq!((one.text(), kept(&one)), (other.text(), kept(&other)), "{name} {seed}");
        }
    }
}

#[test]
fn in_real_time_the_kernel_is_as_kind_as_it_is() {
    let mut command = Command::new(&*ACTS);
    command.arg("one-read");
    let told = follow_with(Clock::Real, command, None, |it| it.be_harsh(3, []));
    assert_eq!((told.text().as_str(), kept(&told)), ("48\n", vec![]));
}

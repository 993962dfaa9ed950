//! The store in memory does what every store has to do.

mod suite;

use driftwire_store::Memory;
use pollster::block_on;

#[test]
fn findings_are_those_of_a_replay_in_any_order() {
    for order in suite::orders() {
        block_on(suite::findings_are_those_of_a_replay(&Memory::default(), &order));
    }
}

#[test]
fn what_was_told_is_known() {
    block_on(suite::notices::what_was_told_is_known(&Memory::default()));
}

#[test]
fn a_repeat_writes_nothing() {
    block_on(suite::a_repeat_writes_nothing(&Memory::default()));
}

#[test]
fn a_write_that_meets_another_is_not_made() {
    block_on(suite::a_write_that_meets_another_is_not_made(&Memory::default()));
}

#[test]
fn questions_are_answered_page_by_page() {
    block_on(suite::questions_are_answered_page_by_page(&Memory::default()));
}

/// A test of each check about declared state.
macro_rules! tests {
    ($($check:ident)*) => {
        $(#[test]
        fn $check() {
            block_on(suite::declared::$check(&Memory::default()));
        })*
    };
}
suite::declared::every_check!(tests);

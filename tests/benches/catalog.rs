//! What the catalog costs: the first question that a process asks, a look-up, and the first look-up of a row.
//!
//! Budgets: nothing is parsed when the program starts (≤ 1 ms), a look-up takes ≤ 200 ns, the tables take ≤ 1.5 MB.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints, and fails by panicking")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use driftwire_catalog::{call, calls, size_bytes};

fn main() {
    let start = Instant::now();
    black_box(call("ec2", "AuthorizeSecurityGroupIngress")).expect("a call that everybody knows");
    let first = start.elapsed();
    println!("first look-up of the process: {:.1} µs (budget 1,000)", first.as_secs_f64() * 1e6);

    // Names are read from the table before anything is timed; the rows behind them are made then, too.
    let start = Instant::now();
    let names: Vec<(&str, &str)> = calls().map(|row| (row.source, row.operation)).collect();
    let made = start.elapsed();
    println!("making each of {} rows once: {:.0} ns a row", names.len(), nanoseconds(made, names.len()));

    let runs = if std::env::args().any(|argument| argument == "--bench") { 200 } else { 1 };
    let mut best = Duration::MAX;
    for _ in 0..runs {
        let start = Instant::now();
        for (source, operation) in &names {
            black_box(call(black_box(source), black_box(operation))).expect("a row of its own name");
        }
        best = best.min(start.elapsed());
    }
    println!("a look-up, over all rows: {:.0} ns (budget 200)", nanoseconds(best, names.len()));

    let mut best = Duration::MAX;
    for _ in 0..runs {
        let start = Instant::now();
        for (source, operation) in &names {
            assert!(call(black_box(operation), black_box(source)).is_none());
        }
        best = best.min(start.elapsed());
    }
    println!("a look-up of what is not there: {:.0} ns (budget 200)", nanoseconds(best, names.len()));
    println!("the tables: {} bytes (budget 1,500,000)", size_bytes());
}

fn nanoseconds(time: Duration, units: usize) -> f64 {
    time.as_secs_f64() * 1e9 / units.max(1) as f64
}

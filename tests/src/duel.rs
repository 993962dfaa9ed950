//! Two things timed against each other in one run: what a budget is measured by.

use std::time::{Duration, Instant};

/// The quickest of several runs of two things that take turns, so that a busy machine disturbs both alike.
#[must_use]
pub fn duel(runs: usize, mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..runs {
        best.0 = best.0.min(timed(&mut one));
        best.1 = best.1.min(timed(&mut other));
    }
    best
}

fn timed(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// How many times the second time the first is.
#[must_use]
pub fn ratio((one, other): (Duration, Duration)) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

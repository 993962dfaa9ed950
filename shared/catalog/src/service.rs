//! Calls by the names that people and AWS's models use for services: `elbv2`, not the event source that it shares.

use crate::call::{Call, Target, call};
use crate::source::event_sources;

/// The rows of a call, under whatever event source its service logs it. `service` may be an event source itself.
#[must_use]
pub fn calls_of_service(service: &str, operation: &str) -> Vec<&'static Call> {
    let logged = event_sources(service).iter().filter(|source| **source != service);
    std::iter::once(service).chain(logged.copied()).filter_map(|source| call(source, operation)).collect()
}

/// The targets of such rows that belong to the service. Named by an event source that services share, all of them.
#[must_use]
pub fn targets_of_service(service: &str, rows: &[&'static Call]) -> Vec<&'static Target> {
    let all = || rows.iter().flat_map(|row| row.targets);
    let own: Vec<_> = all().filter(|target| target.service == service).collect();
    let mut targets = if own.is_empty() { all().collect() } else { own };
    // A service that logs under two event sources has each row twice.
    targets.dedup_by(|one, other| one == other);
    targets
}

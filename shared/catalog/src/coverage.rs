//! How much the catalog knows, service by service. Counts what the tables say, and nothing else.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::call::{Call, Target, calls};
use crate::kinds::Effect;
use crate::resource::{resource_type, resource_types};
use crate::terraform::terraform_kinds;

/// What is known of a set of calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Calls that the table knows.
    pub calls: usize,
    /// Of these, those whose resource type is known.
    pub typed: usize,
    /// Of these, those of which it is known where the identifier is.
    pub identified: usize,
    /// Of these, those with at least one property.
    pub with_properties: usize,
    /// Of the typed ones, those whose first type the Cloud Control API can read.
    pub readable: usize,
    /// Those that change no configuration.
    pub quiet: usize,
    /// Those that a person reviewed.
    pub reviewed: usize,
}

impl AddAssign for Coverage {
    fn add_assign(&mut self, other: Self) {
        let Self { calls, typed, identified, with_properties, readable, quiet, reviewed } = other;
        self.calls += calls;
        self.typed += typed;
        self.identified += identified;
        self.with_properties += with_properties;
        self.readable += readable;
        self.quiet += quiet;
        self.reviewed += reviewed;
    }
}

/// The coverage of every service, by event source.
#[must_use]
pub fn coverage() -> BTreeMap<&'static str, Coverage> {
    let mut sources: BTreeMap<&str, Coverage> = BTreeMap::new();
    for call in calls() {
        *sources.entry(call.source).or_default() += of(call);
    }
    sources
}

fn of(call: &Call) -> Coverage {
    let any = |holds: fn(&Target) -> bool| usize::from(call.targets.iter().any(holds));
    let first = call.targets.iter().flat_map(|it| it.resources).next();
    Coverage {
        calls: 1,
        typed: any(|it| !it.resources.is_empty()),
        identified: any(|it| !it.id.is_empty()),
        with_properties: any(|it| {
            !it.properties.is_empty() || it.decoder.is_some() || !it.collection.is_empty() || !it.from.is_empty()
        }),
        readable: usize::from(first.and_then(|it| resource_type(it)).is_some_and(|it| it.live)),
        quiet: usize::from(call.targets.iter().all(|it| it.effect == Effect::None)),
        reviewed: any(|it| it.because.is_some()),
    }
}

/// What is known of resource types: CloudFormation's, those that can be read live, and Terraform's.
#[must_use]
pub fn type_counts() -> (usize, usize, usize) {
    (resource_types().count(), resource_types().filter(|it| it.live).count(), terraform_kinds().count())
}

/// How many bytes the tables take in the binary.
#[must_use]
pub fn size_bytes() -> usize {
    let tables = [
        &crate::call::TABLE,
        &crate::resource::TABLE,
        &crate::terraform::TABLE,
        &crate::stack::TABLE,
        &crate::source::SERVICES,
        &crate::source::NAMESPACES,
    ];
    tables.into_iter().map(crate::table::Table::size).sum::<usize>()
        + crate::table::TEXTS_SIZE
        + crate::terraform::TOKENS.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_stay_small() {
        let size = size_bytes();
        println!("{size} bytes");
        assert!(size <= 1_500_000, "{size} bytes");
    }

    #[test]
    fn nothing_is_counted_that_is_not_there() {
        for (source, row) in coverage() {
            let Coverage { calls, typed, identified, with_properties, readable, quiet, reviewed } = row;
            let parts = [typed, identified, with_properties, readable, quiet, reviewed];
            assert!(parts.iter().all(|part| *part <= calls), "{source}: {row:?}");
        }
    }
}

//! Calls that change no configuration.

include!(concat!(env!("OUT_DIR"), "/ignored.rs"));

/// A pattern of such calls.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ignored {
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
}

/// The class of a call that changes no configuration: `auth-session`, `crypto-dataplane`, …
///
/// `service` is an event source without `.amazonaws.com`, `operation` an event name without an API date.
#[must_use]
pub fn ignored_class(service: &str, operation: &str) -> Option<&'static str> {
    of(service, operation).or_else(|| of("*", operation))
}

fn of(service: &str, operation: &str) -> Option<&'static str> {
    let start = IGNORED.partition_point(|row| row.service < service);
    let rows = IGNORED.get(start..).unwrap_or_default().iter().take_while(|row| row.service == service);
    rows.into_iter().find(|row| matches(row.name, operation)).map(|row| row.class)
}

/// Whether a name fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    if after.is_empty() {
        return true;
    }
    rest.char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .any(|at| rest.get(at..).is_some_and(|tail| matches(after, tail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("PutJob*Result", "PutJobSuccessResult"));
        assert!(matches("*", "CreateSession"));
        assert!(!matches("PutJob*Result", "PutJobSuccess"));
        assert!(!matches("Describe*", "UpdateDescribe"));
    }

    #[test]
    fn every_service_has_its_reads_ignored() {
        assert_eq!(ignored_class("anything", "DescribeThings"), Some("read-misflagged"));
        assert_eq!(ignored_class("signin", "ConsoleLogin"), Some("auth-session"));
        assert_eq!(ignored_class("ec2", "ModifySnapshotAttribute"), None);
    }

    #[test]
    fn every_pattern_is_found_by_its_own_service() {
        for row in IGNORED.iter().filter(|row| !row.name.contains('*') && row.service != "*") {
            assert!(ignored_class(row.service, row.name).is_some(), "{}:{}", row.service, row.name);
        }
    }
}

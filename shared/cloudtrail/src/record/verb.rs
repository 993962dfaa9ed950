//! What a call's name says: its API date, and whether its verb reads. It knows no service's own calls.

/// Verbs of calls that change nothing, each followed by a capital letter.
const READING: [&str; 28] = [
    "Get",
    "List",
    "Describe",
    "Head",
    "Lookup",
    "Search",
    "Select",
    "Query",
    "Scan",
    "Check",
    "Validate",
    "Preview",
    "Simulate",
    "Test",
    "Estimate",
    "Filter",
    "Discover",
    "Download",
    "View",
    "BatchGet",
    "BatchDescribe",
    "BatchCheck",
    "BatchList",
    "AdminGet",
    "AdminList",
    "Is",
    "Count",
    "Evaluate",
];

/// Calls whose verb reads and that still change something.
const WRITING: [&str; 5] =
    ["CheckInLicense", "CheckoutLicense", "CheckoutBorrowLicense", "TestFailover", "TestMigration"];

/// Whether the verb of `operation` only reads.
pub(super) fn reads(operation: &str) -> bool {
    let has_verb = |verb: &str| {
        operation
            .strip_prefix(verb)
            .is_some_and(|rest| rest.bytes().next().is_none_or(|byte| byte.is_ascii_uppercase()))
    };
    READING.into_iter().any(has_verb) && !WRITING.contains(&operation)
}

/// `name` without `20150331`, `20150331v2` or `2020_05_31` at its end.
pub(super) fn without_api_date(name: &str) -> &str {
    without_date(without_version(name)).or_else(|| without_date(name)).unwrap_or(name)
}

/// Without `v2`.
fn without_version(name: &str) -> &str {
    let rest = name.trim_end_matches(|digit: char| digit.is_ascii_digit());
    if rest.len() == name.len() {
        return name;
    }
    rest.strip_suffix('v').unwrap_or(name)
}

fn without_date(name: &str) -> Option<&str> {
    let rest = without_digits(name, 2)?;
    let rest = without_digits(rest.strip_suffix('_').unwrap_or(rest), 2)?;
    let rest = without_digits(rest.strip_suffix('_').unwrap_or(rest), 4)?;
    (!rest.is_empty()).then_some(rest)
}

fn without_digits(name: &str, count: usize) -> Option<&str> {
    let (rest, digits) = name.split_at_checked(name.len().checked_sub(count)?)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_dates_are_taken_off() {
        let names = [
            ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("CreateFunction20150331", "CreateFunction"),
            ("CreateFunction2020_05_31", "CreateFunction"),
            ("CreateDistribution2020_05_31", "CreateDistribution"),
            ("UpdateDistribution2014_01_31", "UpdateDistribution"),
            ("PublishLayerVersion20181031", "PublishLayerVersion"),
            ("X20150331v12", "X"),
            ("CreateVpc", "CreateVpc"),
            ("PutObjectV2", "PutObjectV2"),
            ("CreateRule2015", "CreateRule2015"),
            ("DeleteThing_2020_05_31x", "DeleteThing_2020_05_31x"),
            ("20150331", "20150331"),
            ("20150331v2", "20150331v2"),
            ("v2", "v2"),
            ("", ""),
            ("Größe20150331", "Größe"),
            ("20150331é", "20150331é"),
        ];
        for (name, expected) in names {
            assert_eq!(without_api_date(name), expected);
        }
    }

    #[test]
    fn reading_verbs_read() {
        for name in [
            "GetObject",
            "List",
            "ListBuckets",
            "DescribeInstances",
            "HeadBucket",
            "LookupEvents",
            "SearchResources",
            "BatchGetImage",
            "CheckDomainAvailability",
            "ValidateTemplate",
            "PreviewAgents",
            "SimulatePrincipalPolicy",
            "TestDNSAnswer",
            "EstimateTemplateCost",
            "SelectObjectContent",
            "Query",
        ] {
            assert!(reads(name), "{name}");
        }
    }

    #[test]
    fn other_verbs_and_lookalikes_write() {
        for name in [
            "CreateVpc",
            "BatchUpdateFindings",
            "BatchDeleteImage",
            "BatchExecuteStatement",
            "CheckInLicense",
            "CheckoutLicense",
            "CheckoutBorrowLicense",
            "TestFailover",
            "Getaway",
            "Listen",
            "Isolate",
            "IssueCertificate",
            "Headless",
            "",
        ] {
            assert!(!reads(name), "{name}");
        }
    }
}

//! A finding with one more difference is never less severe.

use driftwire_drift::Rules;
use driftwire_drift::finding::{Change, Finding};
use proptest::prelude::*;

use crate::invariants::acme;

/// Every finding of the example, with changes.
fn findings() -> Vec<Finding> {
    let (desk, records) = acme();
    let judged = records.iter().flat_map(|record| desk.judge(record).outcomes);
    judged.filter_map(|outcome| outcome.finding).filter(|finding| !finding.changes.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_more_difference_never_lowers_the_severity(picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 40)) {
        let (rules, findings) = (Rules::shipped(), findings());
        let changes: Vec<Change> = findings.iter().flat_map(|finding| finding.changes.clone()).collect();
        for (finding, more) in picks {
            let mut finding = finding.get(&findings).clone();
            let before = rules.judge(&finding).severity;
            finding.changes.push(more.get(&changes).clone());
            let after = rules.judge(&finding).severity;
            prop_assert!(after >= before, "{:?} fell to {:?}: {:?}", before, after, finding.changes);
        }
    }
}

//! How a finding fits into an event. Nothing is left out without saying so, and only from the event: the table keeps all.

use std::borrow::Cow;

use driftwire_report::v1::{Change, ChangeOp, Finding};
use serde::Serialize;
use serde_json::Value;

/// How large a finding may be in an event, in bytes. EventBridge takes entries of 256 KB (2026), with what it adds itself.
pub const LARGEST: usize = 224 * 1024;
/// How many declarations are named where even their names are too many.
const DECLARATIONS: usize = 20;
/// The attribute that stands for the whole resource.
const WHOLE: &str = "@resource";

/// A finding that fits into an event, and its JSON. Where it is too large, its largest values are left out first, then
/// the last of its changes, each marked as `elided`.
#[must_use]
pub fn fitted(finding: &Finding) -> (Cow<'_, Finding>, String) {
    let whole = json(finding);
    if whole.len() <= LARGEST {
        return (Cow::Borrowed(finding), whole);
    }
    let mut finding = finding.clone();
    let mut excess = whole.len() - LARGEST;
    let mut sizes: Vec<(usize, usize)> = finding.changes.iter().map(size).zip(0..).collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    for (size, at) in sizes {
        let Some(change) = finding.changes.get_mut(at).filter(|_| excess > 0) else { break };
        let before = json(change).len();
        *change = Change { declared: None, actual: None, elided: true, ..change.clone() };
        // Leaving a small value out may make it longer.
        excess = excess.saturating_sub(before.saturating_sub(json(change).len()));
        if size == 0 {
            break;
        }
    }
    let text = json(&finding);
    if text.len() <= LARGEST {
        return (Cow::Owned(finding), text);
    }
    shorten(&mut finding, text.len());
    let text = json(&finding);
    (Cow::Owned(finding), text)
}

/// Leaves out changes from the end, and what is left says so.
fn shorten(finding: &mut Finding, mut length: usize) {
    if json(&finding.resource.declarations).len() > LARGEST / 4 {
        finding.resource.declarations.truncate(DECLARATIONS);
        length = json(finding).len();
    }
    let rest = rest();
    length += json(&rest).len();
    while length > LARGEST
        && let Some(change) = finding.changes.pop()
    {
        length = length.saturating_sub(json(&change).len() + 1);
    }
    finding.changes.push(rest);
}

/// What stands for changes that are left out.
fn rest() -> Change {
    Change {
        attribute: WHOLE.to_owned(),
        address: None,
        property: None,
        op: ChangeOp::Replaced,
        declared: None,
        actual: None,
        redacted: false,
        pending: false,
        elided: true,
    }
}

fn size(change: &Change) -> usize {
    [&change.declared, &change.actual].into_iter().flatten().map(|value: &Value| value.to_string().len()).sum()
}

/// Our own shapes always have a JSON form.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(values: &[Value]) -> Finding {
        let change = |(at, value): (usize, &Value)| {
            json!({
                "attribute": format!("a{at}"), "address": null, "property": null, "op": "replaced", "declared": 1,
                "actual": value, "redacted": false,
            })
        };
        serde_json::from_value(json!({
            "schema": "driftwire.finding/v1", "id": "dw1-a", "kind": "modified", "status": "open", "evidence": "observed",
            "severity": "high", "rule": "logs", "title": "alice changed a log group",
            "resource": {
                "type": "AWS::Logs::LogGroup", "id": "api", "account": "111122223333", "region": "eu-west-1",
                "declarations": [],
            },
            "changes": values.iter().enumerate().map(change).collect::<Vec<_>>(),
            "who": {"kind": "person", "name": "alice@example.com", "via": "console"},
            "when": {"event_time": "2026-11-20T10:05:00Z"},
            "call": {"event_id": "e", "source": "logs.amazonaws.com", "name": "Put", "record_region": "eu-west-1"},
        }))
        .unwrap()
    }

    #[test]
    fn what_fits_is_sent_whole() {
        let finding = finding(&[json!("x")]);
        let (sent, text) = fitted(&finding);
        assert_eq!((sent.as_ref(), text.contains("elided")), (&finding, false));
    }

    #[test]
    fn the_largest_values_are_left_out_and_it_says_so() {
        let finding = finding(&[json!("x".repeat(90_000)), json!("small"), json!("y".repeat(180_000))]);
        let (sent, text) = fitted(&finding);
        assert!(text.len() <= LARGEST);
        let elided: Vec<bool> = sent.changes.iter().map(|it| it.elided).collect();
        assert_eq!(elided, [false, false, true]);
        assert_eq!((&sent.changes[2].declared, &sent.changes[2].actual), (&None, &None));
        assert_eq!(sent.changes[0], finding.changes[0]);
    }

    #[test]
    fn more_changes_than_fit_are_cut_and_it_says_so() {
        let finding = finding(&vec![json!("x".repeat(300)); 4_000]);
        let (sent, text) = fitted(&finding);
        assert!(text.len() <= LARGEST, "{}", text.len());
        assert!(sent.changes.len() > 100);
        let last = sent.changes.last().unwrap();
        assert_eq!((last.attribute.as_str(), last.elided), (WHOLE, true));
        assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), *sent);
    }
}

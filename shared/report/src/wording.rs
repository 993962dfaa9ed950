//! Says a finding in one sentence that a tired person understands.
//!
//! The sentence names who, what and where; never a whole document, never a hidden value, and nothing
//! that could act on the terminal it is shown on.

use driftwire_drift::finding::{Actor, ActorKind, Change, Finding};
use driftwire_drift::verdict::{ChangeOp, FindingKind};

use crate::network::{Direction, NetworkRule};
use crate::plain::shorten;
use crate::{address, policy, value};

mod element;

use element::{attachment, tag};

const NAME_WIDTH: usize = 64;
const VALUE_WIDTH: usize = 40;
const PLACE_WIDTH: usize = 96;
const NAMES_SHOWN: usize = 3;

/// Returns one sentence without a full stop, safe to show anywhere:
/// `alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web`.
pub fn title(finding: &Finding) -> String {
    format!("{} {}", actor(&finding.who), deed(finding))
}

/// Says a number of things: `1 finding`, `2 findings`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

fn actor(who: &Actor) -> String {
    if !who.name.trim().is_empty() {
        return shorten(&who.name, NAME_WIDTH);
    }
    let words = match who.kind {
        ActorKind::Root => "the root user",
        ActorKind::Service => "an AWS service",
        ActorKind::Pipeline => "a pipeline",
        ActorKind::Workload => "a workload",
        ActorKind::Role => "a role",
        ActorKind::Person | ActorKind::User | ActorKind::Unknown => "someone",
    };
    words.to_owned()
}

fn deed(finding: &Finding) -> String {
    let place = place(finding);
    match finding.kind {
        FindingKind::Unmanaged => format!("created {place} outside any declaration"),
        FindingKind::Deleted if finding.changes.iter().any(|change| change.pending) => {
            format!("scheduled {place} for deletion")
        }
        FindingKind::Deleted => format!("deleted {place}"),
        FindingKind::Touched => touched(finding, &place),
        FindingKind::Modified => changed(&finding.changes, &place),
        FindingKind::Undeclared => format!("{} (undeclared)", changed(&finding.changes, &place)),
    }
}

/// The declaration that owns the first change, or what AWS calls the resource.
fn place(finding: &Finding) -> String {
    let resource = &finding.resource;
    let owner = finding.changes.iter().find_map(|change| change.address.as_deref());
    let declared = resource.declarations.first().map(|one| one.address.as_str());
    let words = match owner.or(declared) {
        Some(whole) => address::short(whole),
        None => format!("{} {}", resource.kind, resource.id).trim().to_owned(),
    };
    shorten(&words, PLACE_WIDTH)
}

fn touched(finding: &Finding, place: &str) -> String {
    let call = shorten(&finding.call.name, NAME_WIDTH);
    let written = names(&finding.changes);
    let target = match written.is_empty() {
        true => format!("to {place}"),
        false => format!("{written} of {place}"),
    };
    let hidden = !finding.changes.is_empty() && finding.changes.iter().all(|change| change.redacted);
    match hidden {
        true => format!("wrote {target} with {call} (value hidden)"),
        false => format!("wrote {target} with {call}; the new value is not in the record"),
    }
}

fn changed(changes: &[Change], place: &str) -> String {
    let mut words = match changes {
        [] => format!("changed {place}"),
        [only] => one(only, place),
        several => many(several, place),
    };
    if !changes.is_empty() && changes.iter().all(|change| change.pending) {
        words.push_str(" (pending until the maintenance window)");
    }
    words
}

fn one(change: &Change, place: &str) -> String {
    if let Some(words) = network(change, place)
        .or_else(|| tag(change).map(|tag| tag.in_words(place)))
        .or_else(|| attachment(change).map(|attachment| attachment.in_words(place)))
    {
        return words;
    }
    if change.attribute == value::WHOLE {
        return whole(change, place);
    }
    let attribute = value::name(&change.attribute, NAME_WIDTH);
    let (verb, preposition) = match change.op {
        ChangeOp::Added => ("added", "to"),
        ChangeOp::Removed => ("removed", "from"),
        ChangeOp::Replaced => ("changed", "of"),
    };
    if change.redacted {
        return format!("{verb} {attribute} {preposition} {place} (value hidden)");
    }
    let without_values = format!("{verb} {attribute} {preposition} {place}");
    let declared = said(change, change.declared.as_ref());
    let actual = said(change, change.actual.as_ref());
    match (change.op, declared, actual) {
        (ChangeOp::Replaced, Some(declared), Some(actual)) if declared != actual => {
            format!("{without_values} from {declared} to {actual}")
        }
        (ChangeOp::Added, _, Some(actual)) => format!("added {attribute}={actual} to {place}"),
        (ChangeOp::Removed, Some(declared), _) => {
            format!("removed {attribute}={declared} from {place}")
        }
        _ => without_values,
    }
}

fn whole(change: &Change, place: &str) -> String {
    match change.op {
        ChangeOp::Added => format!("created {place}"),
        ChangeOp::Removed => format!("deleted {place}"),
        ChangeOp::Replaced => format!("changed {place}"),
    }
}

/// A value that fits into a sentence.
fn said(change: &Change, value: Option<&serde_json::Value>) -> Option<String> {
    value
        .filter(|value| value::is_short(value) && !policy::is_policy(value))
        .map(|value| value::in_words(&change.attribute, value, VALUE_WIDTH))
}

fn network(change: &Change, place: &str) -> Option<String> {
    let (value, inbound, outbound) = match change.op {
        ChangeOp::Added => (change.actual.as_ref(), "opened", "opened outbound"),
        ChangeOp::Removed => (change.declared.as_ref(), "closed", "closed outbound"),
        ChangeOp::Replaced => (change.actual.as_ref(), "changed a rule to allow", "changed a rule to allow outbound"),
    };
    let rule = NetworkRule::read(&change.attribute, value.filter(|_| !change.redacted)?)?;
    let verb = match rule.direction {
        Direction::Inbound => inbound,
        Direction::Outbound => outbound,
    };
    let traffic = &rule.traffic;
    let peer = rule.peer().map(|peer| format!(" to {peer}")).unwrap_or_default();
    Some(format!("{verb} {traffic}{peer} on {place}"))
}

fn many(changes: &[Change], place: &str) -> String {
    let total = changes.len();
    if let Some(words) = many_rules(changes, place) {
        return words;
    }
    let verb = shared_verb(changes);
    if changes.iter().all(|change| tag(change).is_some()) {
        let keys: Vec<String> = changes.iter().filter_map(|change| tag(change).map(|tag| tag.key)).collect();
        let (verb, preposition) = verb.unwrap_or(("changed", "of"));
        return format!("{verb} {total} tags {preposition} {place} ({})", listed(&keys));
    }
    if changes.iter().all(|change| attachment(change).is_some()) {
        return match verb {
            Some(("added", _)) => format!("attached {total} policies to {place}"),
            Some(("removed", _)) => format!("detached {total} policies from {place}"),
            _ => format!("changed {total} attachments of {place}"),
        };
    }
    if let [first, rest @ ..] = changes
        && rest.iter().all(|change| change.attribute == first.attribute)
    {
        let attribute = value::name(&first.attribute, NAME_WIDTH);
        return format!("changed {total} elements of {attribute} of {place}");
    }
    format!("changed {total} properties of {place} ({})", names(changes))
}

/// The rule that lets most in is named, the others are counted.
fn many_rules(changes: &[Change], place: &str) -> Option<String> {
    if changes.iter().any(|change| network(change, place).is_none()) {
        return None;
    }
    let worst = changes.iter().find(|change| opens_to_the_world(change)).or(changes.first());
    let others = u64::try_from(changes.len().saturating_sub(1)).unwrap_or(u64::MAX);
    let words = network(worst?, place)?;
    Some(format!("{words}, and changed {}", count(others, "more rule", "more rules")))
}

fn opens_to_the_world(change: &Change) -> bool {
    change.op != ChangeOp::Removed
        && change
            .actual
            .as_ref()
            .and_then(|value| NetworkRule::read(&change.attribute, value))
            .is_some_and(|rule| rule.is_open_to_the_world())
}

/// What all changes did, where they did the same.
fn shared_verb(changes: &[Change]) -> Option<(&'static str, &'static str)> {
    let first = changes.first()?.op;
    let words = match first {
        ChangeOp::Added => ("added", "to"),
        ChangeOp::Removed => ("removed", "from"),
        ChangeOp::Replaced => ("changed", "of"),
    };
    changes.iter().all(|change| change.op == first).then_some(words)
}

fn names(changes: &[Change]) -> String {
    let mut names: Vec<String> = Vec::new();
    for change in changes {
        let name = value::name(&change.attribute, NAME_WIDTH);
        if !names.contains(&name) && change.attribute != value::WHOLE {
            names.push(name);
        }
    }
    listed(&names)
}

fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES_SHOWN).map(String::as_str).collect();
    match names.len() > NAMES_SHOWN {
        true => format!("{}, …", shown.join(", ")),
        false => shown.join(", "),
    }
}

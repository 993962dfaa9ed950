//! Security-group rules: one facet per rule, owned by the block that declares it, inline or of its own.

use driftwire_declared::{Declaration, Tool};
use serde_json::{Value, json};

use crate::{
    compare::security_group::{Direction, Read, RuleItem, Tuple},
    compare::{Comparison, Equality},
    cover,
    facet::{RESOURCE, Subject, change},
    finding::Change,
    outcome::{Facet, FacetResult},
    understand::path,
    verdict::{ChangeOp, Reason},
    vocabulary,
};

fn property(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "SecurityGroupIngress",
        Direction::Egress => "SecurityGroupEgress",
    }
}

/// Rules were authorized or revoked.
pub(crate) fn changed(subject: Subject<'_>, direction: Direction, added: bool, rules: &Read) -> Vec<Facet> {
    let mut facets = unread(subject, direction, rules);
    let declared = cover::rules(subject.declarations, direction, &subject.resource.id);
    facets.extend(rules.tuples.iter().map(|tuple| {
        let owner = declared.iter().find(|rule| rule.tuple.is_same_rule(tuple));
        let same = owner.is_some() == added;
        let element = tuple.to_json();
        let (op, before, after) =
            if added { (ChangeOp::Added, None, Some(element)) } else { (ChangeOp::Removed, Some(element), None) };
        let mut change = base(subject, direction, op, before, after);
        if let Some(owner) = owner {
            change.address = Some(owner.declaration.address.clone());
            if owner.attribute.is_empty() && !added {
                change.attribute = RESOURCE.to_owned();
                change.declared = Some(json!("present"));
            }
        }
        if owner.is_none() && cover::may_declare(subject.declarations, tuple) {
            (change.declared, change.actual, change.redacted) = (None, None, true);
            return facet(direction, tuple, FacetResult::Unknown(Reason::Unresolved), change);
        }
        let result = match (same, added, owner) {
            (true, true, Some(owner)) if owner.attribute.is_empty() => FacetResult::Same(Reason::DeclaredBySibling),
            (true, _, _) => FacetResult::Same(Reason::Equal),
            (false, true, _) => FacetResult::Differs(Reason::UndeclaredChild),
            (false, false, _) => FacetResult::Differs(Reason::Differs),
        };
        facet(direction, tuple, result, change)
    }));
    facets
}

/// Rules were removed by their ids: those that have blocks of their own are known by them.
pub(crate) fn removed(subject: Subject<'_>, direction: Direction, ids: &[String]) -> Vec<Facet> {
    let facet = |id: &String| match owner_of(subject, id) {
        Some(owner) => Facet {
            register: format!("rule|{id}").into(),
            result: FacetResult::Differs(Reason::Deleted),
            change: Change {
                address: Some(owner.address.clone()),
                property: Some(property(direction).into()),
                ..change(RESOURCE, ChangeOp::Removed, Some(json!("present")), None)
            },
            traces: Vec::new(),
        },
        None => Facet {
            register: format!("rule|{id}").into(),
            result: FacetResult::Unknown(Reason::NoValue),
            change: Change { redacted: true, ..base(subject, direction, ChangeOp::Replaced, None, None) },
            traces: Vec::new(),
        },
    };
    ids.iter().map(facet).collect()
}

/// The declaration of the rule with this id.
fn owner_of<'s>(subject: Subject<'s>, rule_id: &str) -> Option<&'s Declaration> {
    subject.declarations.iter().copied().find(|declaration| {
        let names = |name: &&str| vocabulary::value(declaration, name).and_then(Value::as_str) == Some(rule_id);
        declaration.id.as_deref() == Some(rule_id) || ["security_group_rule_id", "id"].iter().any(names)
    })
}

/// What a call says of rules in a way that cannot be read.
fn unread(subject: Subject<'_>, direction: Direction, rules: &Read) -> Vec<Facet> {
    let change = Change { redacted: true, ..base(subject, direction, ChangeOp::Replaced, None, None) };
    let facet = Facet {
        register: format!("{}|?", property(direction)).into(),
        result: FacetResult::Unknown(Reason::NoValue),
        change,
        traces: Vec::new(),
    };
    std::iter::repeat_n(facet, usize::from(rules.unread > 0)).collect()
}

/// A rule, known by its own id, has new values.
pub(crate) fn modified(subject: Subject<'_>, item: &RuleItem, members: &Value) -> Vec<Facet> {
    let rule_id = item.rule_id.as_deref().unwrap_or_default();
    let (Some(owner), Some(root)) = (owner_of(subject, rule_id), members.as_object()) else {
        return unnamed(subject, item);
    };
    let mut facets = Vec::new();
    for (member, names) in MEMBERS {
        let actual = path::first(root, member).cloned().unwrap_or_default();
        let Some((name, declared)) = names.iter().find_map(|name| path::located(&owner.attributes, name)) else {
            continue;
        };
        // The older type keeps a list of the one source.
        let actual = if declared.is_array() && !actual.is_null() { Value::Array(vec![actual]) } else { actual };
        let equality = if member.starts_with("cidr") { Equality::Cidr } else { Equality::Default };
        let result = match subject.context.compare(owner.tool, declared, &actual, equality) {
            Comparison::Equal(_) => FacetResult::Same(Reason::Equal),
            Comparison::Different(_) if is_meaningless_port(member, item) => continue,
            Comparison::Different(_) => FacetResult::Differs(Reason::Differs),
            Comparison::Unknown(unknown) => FacetResult::Unknown(crate::facet::reason_of(unknown)),
        };
        let change = Change {
            address: Some(owner.address.clone()),
            property: Some(upper_first(member).into()),
            ..change(name, crate::facet::op(declared, &actual), Some(declared.clone()), Some(actual))
        };
        facets.push(Facet { register: format!("rule|{rule_id}|{member}").into(), result, change, traces: Vec::new() });
    }
    facets
}

/// The members of a rule in EC2's words, and the tools' names of them.
const MEMBERS: &[(&str, &[&str])] = &[
    ("ipProtocol", &["ip_protocol", "protocol"]),
    ("fromPort", &["from_port"]),
    ("toPort", &["to_port"]),
    ("cidrIpv4", &["cidr_ipv4", "cidr_blocks", "CidrIp"]),
    ("cidrIpv6", &["cidr_ipv6", "ipv6_cidr_blocks"]),
    ("prefixListId", &["prefix_list_id", "prefix_list_ids", "SourcePrefixListId", "DestinationPrefixListId"]),
    ("referencedGroupId", &["referenced_security_group_id", "source_security_group_id", "DestinationSecurityGroupId"]),
    ("description", &["description"]),
];

/// Ports beside a protocol that has none say nothing.
fn is_meaningless_port(member: &str, item: &RuleItem) -> bool {
    matches!(member, "fromPort" | "toPort")
        && item.tuple.as_ref().is_some_and(|tuple| tuple.from_port.is_none() && tuple.to_port.is_none())
}

fn upper_first(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A rule that no block of its own declares: its new form is either among the declared rules or an addition.
fn unnamed(subject: Subject<'_>, item: &RuleItem) -> Vec<Facet> {
    let Some(tuple) = &item.tuple else {
        return unread(subject, Direction::Ingress, &Read { unread: 1, ..Read::default() });
    };
    let declared = [Direction::Ingress, Direction::Egress].into_iter().find_map(|direction| {
        let tuple = Tuple { direction, ..tuple.clone() };
        let known = cover::rules(subject.declarations, direction, &subject.resource.id)
            .iter()
            .any(|rule| rule.tuple.is_same_rule(&tuple));
        known.then_some(tuple)
    });
    let result = if declared.is_some() {
        FacetResult::Same(Reason::Equal)
    } else {
        FacetResult::Differs(Reason::UndeclaredChild)
    };
    let tuple = declared.unwrap_or_else(|| tuple.clone());
    let change = base(subject, tuple.direction, ChangeOp::Added, None, Some(tuple.to_json()));
    vec![facet(tuple.direction, &tuple, result, change)]
}

/// Descriptions of rules were changed: part of how a rule is declared, not of what it is.
pub(crate) fn described(subject: Subject<'_>, direction: Direction, rules: &Read) -> Vec<Facet> {
    let declared = cover::rules(subject.declarations, direction, &subject.resource.id);
    rules
        .tuples
        .iter()
        .filter_map(|tuple| {
            let rule = declared.iter().find(|rule| rule.tuple.is_same_rule(tuple))?;
            let same = rule.tuple.description.as_deref().unwrap_or_default()
                == tuple.description.as_deref().unwrap_or_default();
            let name = match rule.declaration.tool {
                Tool::CloudFormation => "Description",
                _ => "description",
            };
            let attribute = if rule.attribute.is_empty() {
                name.to_owned()
            } else {
                format!("{}[{}].{name}", rule.attribute, rule.position)
            };
            let text = |tuple: &Tuple| tuple.description.clone().map(Value::from);
            let change = Change {
                address: Some(rule.declaration.address.clone()),
                property: Some(format!("{}.Description", property(direction)).into()),
                ..change(attribute, ChangeOp::Replaced, text(&rule.tuple), text(tuple))
            };
            let result = if same { FacetResult::Same(Reason::Equal) } else { FacetResult::Differs(Reason::Differs) };
            Some(Facet {
                register: format!("{}.Description|{}", property(direction), tuple.key()).into(),
                result,
                change,
                traces: Vec::new(),
            })
        })
        .collect()
}

fn base(
    subject: Subject<'_>,
    direction: Direction,
    op: ChangeOp,
    declared: Option<Value>,
    actual: Option<Value>,
) -> Change {
    let group = subject
        .declarations
        .iter()
        .find(|it| it.attributes.contains_key(cover::rules_attribute(it, direction)))
        .or_else(|| subject.declarations.first());
    let attribute = group.map_or(direction.as_str(), |it| cover::rules_attribute(it, direction));
    Change {
        address: group.map(|it| it.address.clone()),
        property: Some(property(direction).into()),
        ..change(attribute, op, declared, actual)
    }
}

fn facet(direction: Direction, tuple: &Tuple, result: FacetResult, change: Change) -> Facet {
    Facet { register: format!("{}|{}", property(direction), tuple.key()).into(), result, change, traces: Vec::new() }
}

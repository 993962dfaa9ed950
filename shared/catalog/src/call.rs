//! The table of calls.

use crate::kinds::{Decoder, Delta, Effect, Flag, Why};
use crate::packed;
use crate::spelling::{block_path, lowered, pascal_path, raised};
use crate::table::{self, Slot, Table, kept, kept_text, table, text, texts};

/// What one call touches.
#[derive(Debug, PartialEq)]
pub struct Call {
    /// The event source without its domain: `ec2`.
    pub source: &'static str,
    /// The operation as CloudTrail logs it, without an API date: `ModifyInstanceAttribute`.
    pub operation: &'static str,
    /// What it touches; several when the name means several things or touches several resources.
    pub targets: &'static [Target],
}

/// One kind of resource that a call touches, and how.
#[derive(Debug, PartialEq)]
pub struct Target {
    /// botocore's name of the service: `elbv2`; empty where a reviewed row knows a call that the models lack.
    pub service: &'static str,
    /// Whether AWS's model raises the first letters of the members, which CloudTrail lowers.
    pub raised: bool,
    /// Types that it may be, the likeliest first: CloudFormation's, or Terraform's where CloudFormation has none; `AWS::Glue::*`
    /// is any type of a namespace. The index decides. None: the call is known, but not what it changes.
    pub resources: &'static [&'static str],
    /// All types that were considered, the likeliest first.
    pub candidates: &'static [Candidate],
    /// Terraform types that may declare it, the likeliest first.
    pub terraform: &'static [&'static str],
    /// Paths to the identifier, tried in order; the syntax is that of `data/README.md`.
    pub id: &'static [&'static str],
    /// Members that name a parent of the resource.
    pub parents: &'static [&'static str],
    /// Members that merely name something else: a subnet, a role, a key.
    pub references: &'static [&'static str],
    /// Applies only if the request has this member.
    pub when: Option<&'static str>,
    /// What happens to the resource.
    pub effect: Effect,
    /// The collection whose element is put, added, removed or replaced; empty for other effects.
    pub collection: &'static str,
    /// Paths to the parts of the element's key.
    pub key: &'static [&'static str],
    /// The member that holds tags, tag keys or elements; empty where it has none.
    pub from: &'static str,
    /// Members that steer the call and configure nothing.
    pub options: &'static [&'static str],
    /// For [`Effect::None`]: why nothing changes.
    pub why: Option<Why>,
    /// A member that, when false, delays the change to a maintenance window.
    pub pending: Option<&'static str>,
    /// The decoder of a shape that is not a table row.
    pub decoder: Option<Decoder>,
    /// What is peculiar about the parameters.
    pub flags: &'static [Flag],
    /// For a reviewed row: why it was written.
    pub because: Option<&'static str>,
    /// What the members mean.
    pub properties: &'static [Property],
}

impl Target {
    /// A path of this target as AWS's documentation spells it: `VpcId` for `vpcId`.
    #[must_use]
    pub fn spelled(&self, path: &str) -> String {
        if self.raised { raised(path) } else { path.to_owned() }
    }
}

/// A type that a target may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The type's name.
    pub kind: &'static str,
    /// How well it fits, where the models say so; a reviewed row's own types may have no score.
    pub score: Option<f64>,
}

/// What one member of a call means.
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    /// Path of the member; empty when `value` says it all.
    pub member: &'static str,
    /// The value that the call's name implies.
    pub value: Constant,
    /// The value that a missing member means.
    pub absent: Constant,
    /// CloudFormation's path.
    pub name: &'static str,
    /// Terraform's paths.
    pub terraform: &'static [TerraformPath],
    /// The equality that the property asks for.
    pub equality: Option<&'static str>,
    /// Applies only if the request has this member.
    pub when: Option<&'static str>,
    /// The scalable dimension that owns the value.
    pub band: Option<&'static str>,
    /// The member adds to the list, or removes from it.
    pub delta: Option<Delta>,
}

/// Where a property is in a Terraform declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerraformPath {
    /// The attribute of the same name, without case and underscores.
    Same,
    /// This path, in any type that has it.
    Any(&'static str),
    /// This path in this type only.
    Of(&'static str, &'static str),
}

/// A constant in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// There is none.
    None,
    /// A boolean.
    Bool(bool),
    /// A number.
    Integer(i64),
    /// A string.
    Text(&'static str),
    /// `[]`.
    EmptyList,
}

pub(crate) static TABLE: Table = table!("calls");
static CALLS: [Slot<Call>; TABLE.len()] = [const { Slot::new() }; TABLE.len()];

/// Looks a call up by event source (`ec2`) and operation (`ModifyInstanceAttribute`).
#[must_use]
pub fn call(source: &str, operation: &str) -> Option<&'static Call> {
    let made = |row: usize| CALLS.get(row)?.get().map(|it| (it.source, it.operation));
    at(TABLE.find((source, operation), made)?)
}

/// All calls, sorted by event source and operation.
pub fn calls() -> impl Iterator<Item = &'static Call> {
    (0..TABLE.len()).filter_map(at)
}

fn at(row: usize) -> Option<&'static Call> {
    table::row(&TABLE, &CALLS, row, |(source, operation), targets: Vec<packed::Target>| Call {
        source: text(source),
        operation: text(operation),
        targets: kept(targets.into_iter().map(target).collect()),
    })
}

fn target(packed: packed::Target) -> Target {
    let packed::Target { service, effect, ranked, resources, terraform, id, properties, more } = packed;
    let (raised, resources) = (resources >= packed::RAISED, usize::from(resources % packed::RAISED));
    let candidates: Vec<Candidate> = ranked.into_iter().map(candidate).collect();
    let mut target = Target {
        service: text(service),
        raised,
        resources: kept(candidates.iter().take(resources).map(|it| it.kind).collect()),
        candidates: kept(candidates),
        terraform: texts(terraform),
        id: members(id, raised),
        parents: &[],
        references: &[],
        when: None,
        effect,
        collection: "",
        key: &[],
        from: "",
        options: &[],
        why: None,
        pending: None,
        decoder: None,
        flags: &[],
        because: None,
        properties: kept(properties.into_iter().map(|it| property(it, raised)).collect()),
    };
    for more in more {
        add(&mut target, more);
    }
    target
}

/// Adds what few rows have.
fn add(target: &mut Target, more: packed::More) {
    let raised = target.raised;
    match more {
        packed::More::Parents(list) => target.parents = members(list, raised),
        packed::More::References(list) => target.references = members(list, raised),
        packed::More::When(member) => target.when = Some(logged(member, raised)),
        packed::More::Collection(name) => target.collection = text(name),
        packed::More::Key(list) => target.key = members(list, raised),
        packed::More::From(member) => target.from = logged(member, raised),
        packed::More::Options(list) => target.options = members(list, raised),
        packed::More::Why(why) => target.why = Some(why),
        packed::More::Pending(member) => target.pending = Some(logged(member, raised)),
        packed::More::Decoder(decoder) => target.decoder = Some(decoder),
        packed::More::Flags(flags) => target.flags = kept(flags),
        packed::More::Because(list) => target.because = Some(kept_text(texts(list).join("; "))),
    }
}

/// Paths as CloudTrail logs them.
fn members(numbers: Vec<packed::Text>, raised: bool) -> &'static [&'static str] {
    kept(numbers.into_iter().map(|it| logged(it, raised)).collect())
}

/// A member's path as CloudTrail logs it; the tables have AWS's spelling, which CloudFormation's properties share.
fn logged(number: packed::Text, raised: bool) -> &'static str {
    let text = text(number);
    let lowered = if raised { lowered(text) } else { return text };
    if lowered == text { text } else { kept_text(lowered) }
}

fn candidate((kind, score): (packed::Text, u8)) -> Candidate {
    Candidate { kind: text(kind), score: (score > 0).then(|| f64::from(score) / packed::SCORE) }
}

fn property(packed: packed::Property, raised: bool) -> Property {
    let same = |number, terraform| {
        let member = logged(number, raised);
        Property {
            member,
            value: Constant::None,
            absent: Constant::None,
            name: if raised && !member.contains(['>', '[']) { text(number) } else { kept_text(pascal_path(member)) },
            terraform,
            equality: None,
            when: None,
            band: None,
            delta: None,
        }
    };
    match packed {
        packed::Property::Same(member) => same(member, &[TerraformPath::Same]),
        packed::Property::Bare(member) => same(member, &[]),
        packed::Property::Nested(member) => {
            same(member, kept(vec![TerraformPath::Any(kept_text(block_path(text(member))))]))
        }
        packed::Property::Full(full) => {
            let packed::FullProperty { member, value, absent, name, terraform, equality, when, band, delta } = *full;
            Property {
                member: member.map(|it| logged(it, raised)).unwrap_or_default(),
                value: constant(value),
                absent: constant(absent),
                name: text(name),
                terraform: kept(terraform.into_iter().map(terraform_path).collect()),
                equality: equality.map(text),
                when: when.map(|it| logged(it, raised)),
                band: band.map(text),
                delta,
            }
        }
    }
}

fn terraform_path(packed: packed::TerraformPath) -> TerraformPath {
    match packed {
        packed::TerraformPath::Same => TerraformPath::Same,
        packed::TerraformPath::Any(path) => TerraformPath::Any(text(path)),
        packed::TerraformPath::Of(kind, path) => TerraformPath::Of(text(kind), text(path)),
    }
}

fn constant(packed: Option<packed::Constant>) -> Constant {
    match packed {
        None => Constant::None,
        Some(packed::Constant::Bool(it)) => Constant::Bool(it),
        Some(packed::Constant::Integer(it)) => Constant::Integer(it),
        Some(packed::Constant::Text(it)) => Constant::Text(text(it)),
        Some(packed::Constant::EmptyList) => Constant::EmptyList,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_own_name() {
        let mut count = 0;
        for known in calls() {
            let found = call(known.source, known.operation).unwrap();
            assert!(std::ptr::eq(found, known), "{}:{}", known.source, known.operation);
            assert!(!known.targets.is_empty());
            count += 1;
        }
        assert_eq!(count, TABLE.len());
    }

    #[test]
    fn a_call_that_does_not_exist_is_not_found() {
        for (source, operation) in
            [("ec2", "OpenEverything"), ("ec2", ""), ("", ""), ("nowhere", "CreateVpc"), ("ec2:Create", "Vpc")]
        {
            assert!(call(source, operation).is_none(), "{source}:{operation}");
        }
    }
}

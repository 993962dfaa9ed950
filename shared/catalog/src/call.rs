//! The table of calls.

use crate::kinds::{Decoder, Effect, Flag, Why};
use crate::packed::{self, block_path, pascal_path};
use crate::table::{self, Slot, Table, kept, table, text, texts};

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

static TABLE: Table = table!("calls");
static CALLS: [Slot<Call>; TABLE.len()] = [const { Slot::new() }; TABLE.len()];

/// Looks a call up by event source (`ec2`) and operation (`ModifyInstanceAttribute`).
#[must_use]
pub fn call(source: &str, operation: &str) -> Option<&'static Call> {
    at(TABLE.find(source, operation)?)
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
    let packed::Target { service, effect, resources, ranked, terraform, id, parents, references, properties, rest } =
        packed;
    let packed::Rest { when, collection, key, from, options, why, pending, decoder, flags, because } =
        rest.map(|it| *it).unwrap_or_default();
    Target {
        service: text(service),
        resources: texts(resources),
        candidates: kept(
            ranked
                .into_iter()
                .map(|(kind, hundredths)| Candidate {
                    kind: text(kind),
                    score: (hundredths > 0).then(|| f64::from(hundredths) / 100.0),
                })
                .collect(),
        ),
        terraform: texts(terraform),
        id: texts(id),
        parents: texts(parents),
        references: texts(references),
        when: when.map(text),
        effect,
        collection: collection.map(text).unwrap_or_default(),
        key: texts(key),
        from: from.map(text).unwrap_or_default(),
        options: texts(options),
        why,
        pending: pending.map(text),
        decoder,
        flags: kept(flags),
        because: because.map(text),
        properties: kept(properties.into_iter().map(property).collect()),
    }
}

fn property(packed: packed::Property) -> Property {
    let same = |member, terraform| Property {
        member: text(member),
        value: Constant::None,
        absent: Constant::None,
        name: kept_text(pascal_path(text(member))),
        terraform,
        equality: None,
        when: None,
        band: None,
    };
    match packed {
        packed::Property::Same(member) => same(member, &[TerraformPath::Same]),
        packed::Property::Bare(member) => same(member, &[]),
        packed::Property::Nested(member) => {
            same(member, kept(vec![TerraformPath::Any(kept_text(block_path(text(member))))]))
        }
        packed::Property::Full(full) => {
            let packed::FullProperty { member, value, absent, name, terraform, equality, when, band } = *full;
            Property {
                member: member.map(text).unwrap_or_default(),
                value: constant(value),
                absent: constant(absent),
                name: text(name),
                terraform: kept(terraform.into_iter().map(terraform_path).collect()),
                equality: equality.map(text),
                when: when.map(text),
                band: band.map(text),
            }
        }
    }
}

fn kept_text(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
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

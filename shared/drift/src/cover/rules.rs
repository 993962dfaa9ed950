//! The rules of security groups that declarations declare, inline or in blocks of their own, in every tool's words.

use driftwire_declared::{Declaration, unresolved};
use serde_json::{Map, Value};

use crate::compare::security_group::{self, Direction, Source, Tuple};
use crate::understand::path;
use crate::vocabulary::{has_properties, kind_of};

/// A declared security-group rule.
#[derive(Debug)]
pub(crate) struct DeclaredRule<'d> {
    pub(crate) declaration: &'d Declaration,
    /// The inline attribute; empty for a rule with a block of its own.
    pub(crate) attribute: &'static str,
    /// Which of the inline blocks.
    pub(crate) position: usize,
    pub(crate) tuple: Tuple,
}

/// The attribute that holds a group's rules of one direction, in the words of its declaration.
pub(crate) fn rules_attribute(declaration: &Declaration, direction: Direction) -> &'static str {
    let native = declaration.tool == driftwire_declared::Tool::Pulumi;
    match direction {
        _ if !has_properties(declaration) => direction.as_str(),
        Direction::Ingress if native => "securityGroupIngress",
        Direction::Egress if native => "securityGroupEgress",
        Direction::Ingress => "SecurityGroupIngress",
        Direction::Egress => "SecurityGroupEgress",
    }
}

/// The rules that the declarations of a security group declare in one direction: own blocks first, then inline ones.
pub(crate) fn rules<'d>(declarations: &[&'d Declaration], direction: Direction, group: &str) -> Vec<DeclaredRule<'d>> {
    let mut own = Vec::new();
    let mut inline = Vec::new();
    for declaration in declarations.iter().copied() {
        let attributes = &declaration.attributes;
        let read = match kind_of(declaration).as_ref() {
            "aws_security_group_rule" => security_group::from_terraform_rule(attributes),
            "aws_vpc_security_group_ingress_rule" => {
                security_group::from_terraform_single_rule(Direction::Ingress, attributes)
            }
            "aws_vpc_security_group_egress_rule" => {
                security_group::from_terraform_single_rule(Direction::Egress, attributes)
            }
            "AWS::EC2::SecurityGroupIngress" => security_group::from_cloudformation(Direction::Ingress, attributes),
            "AWS::EC2::SecurityGroupEgress" => security_group::from_cloudformation(Direction::Egress, attributes),
            _ => {
                let attribute = rules_attribute(declaration, direction);
                let blocks = path::values(&declaration.attributes, &format!("{attribute}[]"));
                for (position, block) in blocks.into_iter().enumerate() {
                    let read = match block.as_object() {
                        Some(block) if has_properties(declaration) => {
                            security_group::from_cloudformation(direction, block)
                        }
                        Some(block) => security_group::from_terraform_block(direction, group, block),
                        None => continue,
                    };
                    let rule = |tuple| DeclaredRule { declaration, attribute, position, tuple };
                    inline.extend(read.tuples.into_iter().map(rule));
                }
                continue;
            }
        };
        let tuples = read.tuples.into_iter().filter(|tuple| tuple.direction == direction);
        own.extend(tuples.map(|tuple| DeclaredRule { declaration, attribute: "", position: 0, tuple }));
    }
    own.append(&mut inline);
    own
}

/// Whether a stack declares a rule that could not be resolved, and that may be this one.
pub(crate) fn may_declare(declarations: &[&Declaration], tuple: &Tuple) -> bool {
    let direction = tuple.direction;
    let of_direction = match direction {
        Direction::Ingress => "AWS::EC2::SecurityGroupIngress",
        Direction::Egress => "AWS::EC2::SecurityGroupEgress",
    };
    declarations.iter().filter(|it| has_properties(it)).any(|declaration| {
        if kind_of(declaration) == of_direction {
            return may_be(&declaration.attributes, tuple);
        }
        let inline = declaration.attributes.get(rules_attribute(declaration, direction));
        inline.is_some_and(|list| {
            unresolved(list).is_some()
                || list.as_array().is_some_and(|rules| rules.iter().any(|rule| is_open_or_may_be(rule, tuple)))
        })
    })
}

fn is_open_or_may_be(rule: &Value, tuple: &Tuple) -> bool {
    unresolved(rule).is_some() || rule.as_object().is_some_and(|rule| may_be(rule, tuple))
}

/// Whether a rule that could not be resolved is this one, once each of its unknown members says what this one says.
fn may_be(rule: &Map<String, Value>, tuple: &Tuple) -> bool {
    if security_group::from_cloudformation(tuple.direction, rule).unread == 0 {
        return false;
    }
    let mut completed = rule.clone();
    for (name, value) in &mut completed {
        let is_open = unresolved(value).is_some() || value.as_str().is_some_and(|text| text.contains("{{resolve:"));
        if let Some(said) = said(tuple, name).filter(|_| is_open) {
            *value = said;
        }
    }
    let read = security_group::from_cloudformation(tuple.direction, &completed);
    read.tuples.iter().any(|other| other.is_same_rule(tuple))
}

/// What a rule says in a member of a stack's rule; none where it has another kind of source.
fn said(tuple: &Tuple, member: &str) -> Option<Value> {
    let name = member.to_ascii_lowercase();
    match (&tuple.source, name.as_str()) {
        (_, "ipprotocol") => Some(Value::from(tuple.protocol.as_str())),
        (_, "fromport") => tuple.from_port.map(Value::from),
        (_, "toport") => tuple.to_port.map(Value::from),
        (Source::Cidr(network), "cidrip") if !network.contains(':') => Some(Value::from(network.as_str())),
        (Source::Cidr(network), "cidripv6") if network.contains(':') => Some(Value::from(network.as_str())),
        (Source::PrefixList(id), "sourceprefixlistid" | "destinationprefixlistid")
        | (Source::Group { id, .. }, "sourcesecuritygroupid" | "destinationsecuritygroupid") => {
            Some(Value::from(id.as_str()))
        }
        _ => None,
    }
}

//! Every identifier that a declaration gives its resource, in whatever tool's vocabulary. Looks nothing up.

use driftwire_catalog::{TerraformKind, resource_type};
use driftwire_declared::{Declaration, Tool};

use super::spelling::{is_arn, is_generated, joined, partition, short};
use crate::understand::path;
use crate::vocabulary::{self, is_respelled, kind_of};

/// The identifier of a resource of which an account has one in a region: a password policy, a recorder.
pub(crate) const SINGLETON: &str = "@singleton";

/// What a resource is called.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// Those that make two declarations speak of one resource, the catalog's first one first.
    pub(super) ids: Vec<String>,
    /// Those that only lead to it, because another resource of the type may share them.
    pub(super) names: Vec<String>,
    /// Its ARN, if the declaration has it.
    pub(super) arn: Option<String>,
    /// The ARN that its type and its place imply, where the declaration has none.
    pub(super) implied: Option<String>,
}

impl Aliases {
    fn id(&mut self, id: Option<String>) {
        push(&mut self.ids, id);
    }

    fn name(&mut self, name: Option<String>) {
        let ids = &self.ids;
        push(&mut self.names, name.filter(|name| !ids.contains(name)));
    }
}

fn push(list: &mut Vec<String>, text: Option<String>) {
    if let Some(text) = text.filter(|text| !text.is_empty() && !list.contains(text)) {
        list.push(text);
    }
}

/// The aliases of the resource that a declaration speaks of.
pub(super) fn aliases(declaration: &Declaration, row: Option<&TerraformKind>) -> Aliases {
    let kind = kind_of(declaration);
    if kind.starts_with("AWS::") { of_stack(declaration, &kind, row) } else { of_terraform(declaration, row) }
}

/// The resources of which a declaration of a stack says a part: type, and what the declaration calls each.
pub(super) fn owners(declaration: &Declaration, row: &TerraformKind) -> Vec<(&'static str, Aliases)> {
    let mut owners = Vec::new();
    let known = resource_type(row.name);
    for (kind, ids) in row.of {
        // Several properties are ways to say one owner; a list names several owners.
        let said = |path: &&str| -> Vec<String> {
            path::values(&declaration.attributes, path).into_iter().filter_map(path::text).collect()
        };
        let named = ids.iter().map(said).find(|it| !it.is_empty());
        // What the template leaves open may stand in the physical id.
        let physical = || {
            let referred = known.map(|it| if it.reference.is_empty() { it.id } else { it.reference })?;
            let part = |path: &&str| part_of(declaration.id.as_deref(), referred, path);
            ids.iter().find_map(part).map(|id| vec![id])
        };
        for id in named.or_else(physical).unwrap_or_default() {
            // Some calls say the part by its own id: an association.
            let names = declaration.id.iter().filter(|own| is_generated(own)).cloned().collect();
            owners.push((*kind, Aliases { ids: vec![id], names, ..Aliases::default() }));
        }
    }
    owners
}

/// A text attribute by its exact name, or what the declaration is known to be called by it.
pub(super) fn text_at(declaration: &Declaration, attribute: &str) -> Option<String> {
    let exact = declaration.attributes.get(attribute).or_else(|| declaration.identifiers.get(attribute));
    exact
        .and_then(path::text)
        .or_else(|| vocabulary::text(declaration, attribute).filter(|_| is_respelled(declaration)))
}

fn of_terraform(declaration: &Declaration, row: Option<&TerraformKind>) -> Aliases {
    let mut aliases = Aliases::default();
    let arn = || text_at(declaration, "arn").filter(|arn| is_arn(arn));
    let Some(row) = row else {
        aliases.id(text_at(declaration, "id"));
        aliases.name(text_at(declaration, "name"));
        aliases.arn = arn();
        return aliases;
    };
    for expression in row.id {
        let part = |attribute: &str| match attribute.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(constant) => Some(constant.to_owned()),
            None if attribute == "@account" => {
                Some(declaration.account.clone().unwrap_or_else(|| SINGLETON.to_owned()))
            }
            None => vocabulary::text(declaration, attribute),
        };
        aliases.id(joined(expression, part));
    }
    if row.id.is_empty() {
        aliases.id(text_at(declaration, "id").filter(|_| !row.part));
        aliases.id(Some(SINGLETON.to_owned()));
    }
    if row.part {
        return aliases;
    }
    aliases.id(text_at(declaration, "id"));
    aliases.arn = arn();
    let kind = resource_type(row.resource);
    aliases.name(kind.filter(|kind| is_of_account(kind.id)).map(|_| SINGLETON.to_owned()));
    let value = |property: &str| vocabulary::text(declaration, property);
    let own = |name: bool| {
        let id = || text_at(declaration, "id");
        if name { text_at(declaration, "name").or_else(id) } else { id() }
    };
    if let Some(kind) = kind.filter(|kind| kind.id.len() > 1) {
        aliases.name(composite(kind.id, value, || own(false)));
    }
    if aliases.arn.is_none() {
        let template = kind.and_then(|kind| kind.arn);
        aliases.implied = template.and_then(|template| implied(template, declaration, value, own));
    }
    aliases
}

/// A composite identifier. One part may be what the resource itself is called.
fn composite(
    parts: &[&str],
    value: impl Fn(&str) -> Option<String>,
    own: impl Fn() -> Option<String>,
) -> Option<String> {
    let mut unnamed = 0;
    let texts: Option<Vec<String>> = parts
        .iter()
        .map(|part| {
            let named = value(part);
            unnamed += usize::from(named.is_none());
            named.or_else(|| own().filter(|own| !own.contains(['/', '|', ','])))
        })
        .map(|text| text.map(|text| short(&text).to_owned()))
        .collect();
    texts.filter(|_| unnamed < 2).map(|texts| texts.join("|"))
}

/// A declaration in CloudFormation's words: properties, and the physical id.
fn of_stack(declaration: &Declaration, name: &str, row: Option<&TerraformKind>) -> Aliases {
    let mut aliases = Aliases::default();
    let physical = declaration.id.clone();
    let kind = resource_type(name);
    let (primary, others) = kind.map(|it| (it.id, it.other_ids)).unwrap_or_default();
    // A stack may call a resource otherwise than AWS does.
    let own_words = kind.map(|it| it.reference).filter(|it| !it.is_empty() && declaration.tool == Tool::CloudFormation);
    let referred = own_words.unwrap_or(primary);
    let value = |property: &str| {
        let declared = || vocabulary::value(declaration, property);
        declared().and_then(path::text).or_else(|| part_of(physical.as_deref(), referred, property))
    };
    aliases.id(physical.clone());
    for parts in std::iter::once(&primary).chain(others) {
        let texts: Option<Vec<String>> = parts.iter().map(|part| value(part)).collect();
        let Some(texts) = texts.filter(|texts| !texts.is_empty()) else { continue };
        aliases.id(Some(texts.join("|")));
        if texts.len() > 1 {
            aliases.id(Some(texts.iter().map(|text| short(text)).collect::<Vec<_>>().join("|")));
        }
    }
    for expression in row.map(|row| row.id).unwrap_or_default() {
        let said = joined(expression, |part| match part {
            "@id" => own_segment(declaration),
            _ => value(part),
        });
        aliases.id(said.as_deref().map(|said| short(said).to_owned()));
    }
    aliases.name(is_of_account(primary).then(|| SINGLETON.to_owned()));
    let name = own_name(declaration, name);
    // A name below a parent is a name only with the parent's.
    let parents = primary.iter().filter(|_| primary.len() > 1).filter_map(|part| value(part)).filter(|it| !is_arn(it));
    let parts: Vec<String> = parents.chain(name.clone()).collect();
    let is_whole = primary.len() < 2 || parts.len() > 1;
    aliases.name(name.as_ref().filter(|_| is_whole).map(|_| parts.join("|")));
    let single = if let [one] = primary { Some(*one) } else { None };
    let own_id = || single.and_then(value).or_else(|| physical.clone());
    let is_own = |text: &String| is_arn(text) && !text.contains('|');
    // An ARN that a stack gives as a part of what identifies a resource is its parent's.
    let read_only = kind.map(|it| it.read_only).unwrap_or_default();
    let singles = others.iter().filter_map(|parts| if let [one] = parts { Some(*one) } else { None });
    aliases.arn = std::iter::once("Arn")
        .chain(single)
        .chain(singles)
        .filter(|property| primary.len() < 2 || !primary.contains(property) || read_only.contains(property))
        .find_map(|property| value(property).filter(is_own))
        .or_else(|| physical.clone().filter(is_own));
    if aliases.arn.is_none() {
        let own = |by_name: bool| if by_name { name.clone().or_else(own_id) } else { own_id() };
        let template = kind.and_then(|kind| kind.arn);
        aliases.implied = template.and_then(|template| implied(template, declaration, value, own));
    }
    aliases
}

/// What a resource itself is called below its parent: the last segment of its physical id.
pub(crate) fn own_segment(declaration: &Declaration) -> Option<String> {
    let id = declaration.id.as_deref()?;
    short(id).rsplit(['|', '/']).next().map(str::to_owned)
}

/// The part of a physical id, `a|b`, that is a property.
fn part_of(physical: Option<&str>, referred: &[&str], property: &str) -> Option<String> {
    let parts: Vec<&str> = physical?.split('|').collect();
    let at = referred.iter().position(|it| *it == property).filter(|_| parts.len() == referred.len())?;
    parts.get(at).map(|part| (*part).to_owned())
}

/// Whether an account is all that identifies a resource: it has one.
fn is_of_account(id: &[&str]) -> bool {
    !id.is_empty() && id.iter().all(|part| ["AccountId", "AwsAccountId", "Account"].contains(part))
}

/// What a stack calls a resource: the property that is `Name`, or its type's own name with `Name`, `Id` or `Identifier`.
fn own_name(declaration: &Declaration, kind: &str) -> Option<String> {
    let kind = kind.rsplit("::").next().unwrap_or_default();
    let names = |property: &str| {
        let property = raised(property);
        ["Name", "Identifier", "Id"]
            .iter()
            .find_map(|suffix| property.strip_suffix(suffix))
            .is_some_and(|stem| if stem.is_empty() { property == "Name" } else { kind.ends_with(stem) })
    };
    let said = || declaration.attributes.iter().chain(&declaration.identifiers);
    text_at(declaration, "Name")
        .or_else(|| text_at(declaration, "name").filter(|_| declaration.tool == Tool::Pulumi))
        .or_else(|| said().find(|(property, _)| names(property)).and_then(|it| path::text(it.1)))
}

/// A property's name with its first letter raised, as templates spell it.
fn raised(property: &str) -> String {
    let mut letters = property.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The ARN of a template whose parts are all known. `own` is what the resource itself is called: by name, or by id.
fn implied(
    template: &str,
    declaration: &Declaration,
    value: impl Fn(&str) -> Option<String>,
    own: impl Fn(bool) -> Option<String>,
) -> Option<String> {
    let mut arn = String::with_capacity(template.len());
    let mut rest = template;
    let mut unnamed = 0;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}')?;
        arn.push_str(before);
        let text = match variable {
            "Partition" => partition(declaration.region.as_deref()).to_owned(),
            "Region" => declaration.region.clone()?,
            "Account" => declaration.account.clone()?,
            // In a path, `/team/` and `web` are `team/web`.
            _ if variable.ends_with("WithPath") => {
                let folder = value("Path").unwrap_or_default();
                format!("{}{}", folder.trim_start_matches('/'), own(true)?)
            }
            _ => match value(variable) {
                Some(text) => text,
                None => {
                    unnamed += 1;
                    own(variable.ends_with("Name"))?
                }
            },
        };
        arn.push_str(Some(text).filter(|text| !is_arn(text))?.as_str());
        rest = after;
    }
    arn.push_str(rest);
    (unnamed < 2).then_some(arn)
}

//! Packs the rows of calls.

use std::collections::BTreeMap;

use crate::merge::Target;
use crate::packed::{self, Constant, Key, More, Property, RAISED, TerraformPath, Text};
use crate::rows::{CallRow, FullProperty, PropertyRow};
use crate::spelling::{block_path, pascal_path};
use crate::texts::Texts;

/// The packed rows, sorted by event source and operation.
pub(crate) fn calls(calls: &BTreeMap<(String, String), Vec<Target>>, texts: &mut Texts) -> Vec<(Key, Vec<u8>)> {
    let pack = |((source, name), targets): (&(String, String), &Vec<Target>)| {
        let key = (texts.number(source), texts.number(name));
        let targets: Vec<packed::Target> = targets.iter().map(|it| target(it, texts)).collect();
        (key, postcard::to_stdvec(&targets).expect("a row can be packed"))
    };
    calls.iter().map(pack).collect()
}

fn target(target: &Target, texts: &mut Texts) -> packed::Target {
    let Target { service, raised, row, ranked, terraform } = target;
    let more = more(row, texts);
    let mut all = |list: &[String]| list.iter().map(|it| texts.number(it)).collect::<Vec<_>>();
    let (id, terraform) = (all(row.id.as_slice()), all(terraform));
    let resources = u8::try_from(row.resource.as_slice().len()).ok().filter(|it| *it < RAISED);
    packed::Target {
        service: texts.number(service),
        effect: row.effect,
        ranked: ranked.iter().map(|(kind, score)| (texts.number(kind), *score)).collect(),
        resources: resources.expect("a handful of types") + if *raised { RAISED } else { 0 },
        terraform,
        id,
        properties: row.properties.iter().map(|it| property(it, texts)).collect(),
        more,
    }
}

fn more(row: &CallRow, texts: &mut Texts) -> Vec<More> {
    let because: Vec<String> = row.because.iter().flat_map(|it| it.split("; ")).map(str::to_owned).collect();
    let mut all = |list: &[String]| -> Option<Vec<Text>> {
        let numbers = || list.iter().map(|it| texts.number(it)).collect();
        (!list.is_empty()).then(numbers)
    };
    let lists = [
        all(&row.parents).map(More::Parents),
        all(&row.references).map(More::References),
        all(row.key.as_slice()).map(More::Key),
        all(&row.options).map(More::Options),
        all(&because).map(More::Because),
    ];
    let mut one = |text: &Option<String>| text.as_ref().map(|it| texts.number(it));
    let singles = [
        one(&row.when).map(More::When),
        one(&row.collection).map(More::Collection),
        one(&row.from).map(More::From),
        one(&row.pending).map(More::Pending),
        row.why.map(More::Why),
        row.decoder.map(More::Decoder),
        (!row.flags.is_empty()).then(|| More::Flags(row.flags.clone())),
    ];
    lists.into_iter().chain(singles).flatten().collect()
}

fn property(row: &PropertyRow, texts: &mut Texts) -> Property {
    let full = match row {
        PropertyRow::Same(member) => return Property::Same(texts.number(member)),
        PropertyRow::Full(full) => full,
    };
    if let Some(short) = shortened(full, texts) {
        return short;
    }
    let FullProperty { member, value, absent, property, terraform, equality, when, band, delta } = full.as_ref();
    let name = property.clone().unwrap_or_else(|| pascal_path(member.as_deref().unwrap_or_default()));
    Property::Full(Box::new(packed::FullProperty {
        member: member.as_ref().map(|it| texts.number(it)),
        value: value.as_ref().map(|it| constant(it, texts)),
        absent: absent.as_ref().map(|it| constant(it, texts)),
        name: texts.number(&name),
        terraform: match terraform {
            None => vec![TerraformPath::Same],
            Some(paths) => {
                paths.as_slice().iter().filter(|it| !it.is_empty()).map(|it| terraform_path(it, texts)).collect()
            }
        },
        equality: equality.as_ref().map(|it| texts.number(it)),
        when: when.as_ref().map(|it| texts.number(it)),
        band: band.as_ref().map(|it| texts.number(it)),
        delta: *delta,
    }))
}

/// A property whose paths follow from its member's.
fn shortened(full: &FullProperty, texts: &mut Texts) -> Option<Property> {
    let FullProperty {
        member,
        value: None,
        absent: None,
        property,
        terraform,
        equality: None,
        when: None,
        band: None,
        delta: None,
    } = full
    else {
        return None;
    };
    let member = member.as_ref()?;
    if property.as_ref().is_some_and(|it| *it != pascal_path(member)) {
        return None;
    }
    match terraform.as_ref().map(|it| it.as_slice()) {
        None => Some(Property::Same(texts.number(member))),
        Some([none]) if none.is_empty() => Some(Property::Bare(texts.number(member))),
        Some([path]) if *path == block_path(member) => Some(Property::Nested(texts.number(member))),
        Some(_) => None,
    }
}

fn terraform_path(path: &str, texts: &mut Texts) -> TerraformPath {
    match path.split_once('.') {
        Some((kind, rest)) if kind.starts_with("aws_") => TerraformPath::Of(texts.number(kind), texts.number(rest)),
        _ => TerraformPath::Any(texts.number(path)),
    }
}

fn constant(value: &toml::Value, texts: &mut Texts) -> Constant {
    match value {
        toml::Value::Boolean(it) => Constant::Bool(*it),
        toml::Value::Integer(it) => Constant::Integer(*it),
        toml::Value::String(it) => Constant::Text(texts.number(it)),
        toml::Value::Array(it) if it.is_empty() => Constant::EmptyList,
        other => panic!("a constant must be a boolean, an integer, a string or an empty list, not {other}"),
    }
}

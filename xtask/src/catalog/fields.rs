//! Walks the shape of a request or a response. Knows paths as AWS's model spells them; decides nothing about their meaning.

use super::model::{Member, Service, Shape, ShapeKind};
use super::nouns::fold;

/// A member of a request or a response, or a member of a structure in it.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    /// `vpcConfig.subnetIds`, `loadBalancers[].loadBalancerArn`.
    pub(crate) path: String,
    /// The same path as it is logged where that is another one: EC2's wire names, S3's `bucketName`.
    pub(crate) wire: Option<String>,
    /// The path of EC2's older calls, which log a list of ids as a set: `InstancesSet[].InstanceId`.
    set: Option<String>,
    pub(crate) name: &'a str,
    /// The name in lower case, letters and digits only.
    pub(crate) folded: String,
    pub(crate) holds: Holds,
    /// Whether it and all that it is in are required or part of the URI.
    pub(crate) required: bool,
    /// How many structures it is in.
    pub(crate) depth: usize,
    /// The folded name of the structure or list that it is in; empty at the top.
    pub(crate) holder: String,
    pub(crate) member: &'a Member,
    pub(crate) shape: &'a Shape,
}

/// What a member holds, as far as the generator asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    /// A number, flag or time.
    Other,
    Texts,
    /// A list of numbers or flags.
    Others,
    /// A map of plain values.
    Map,
    Structure,
    /// A list of structures, or anything deeper.
    Structures,
    Blob,
    Document,
}

impl Holds {
    /// What a shape holds.
    pub(crate) fn of(service: &Service, shape: &Shape) -> Self {
        let element = || service.shapes.get(&shape.element).map(|it| (it.kind, it.document));
        match shape.kind {
            _ if shape.document => Self::Document,
            ShapeKind::Text => Self::Text,
            ShapeKind::Boolean | ShapeKind::Number | ShapeKind::Timestamp => Self::Other,
            ShapeKind::Blob => Self::Blob,
            ShapeKind::Structure => Self::Structure,
            ShapeKind::List => match element() {
                Some((ShapeKind::Text, false)) => Self::Texts,
                Some((ShapeKind::Boolean | ShapeKind::Number | ShapeKind::Timestamp, false)) => Self::Others,
                _ => Self::Structures,
            },
            ShapeKind::Map => match element() {
                Some((ShapeKind::Structure | ShapeKind::List | ShapeKind::Map | ShapeKind::Blob, _)) => {
                    Self::Structures
                }
                _ => Self::Map,
            },
        }
    }
}

/// Where lists of structures are entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    Enter,
    Leave,
}

/// The members of a shape, those of structures in it to `depth` levels, the outer ones first.
pub(crate) fn fields<'a>(service: &'a Service, shape: Option<&str>, depth: usize, lists: Lists) -> Vec<Field<'a>> {
    let Some(shape) = shape.and_then(|name| service.shapes.get(name)) else { return Vec::new() };
    let mut all: Vec<Field<'a>> = shape.members.iter().filter_map(|it| field(service, it, None)).collect();
    let mut start = 0;
    for _ in 0..depth {
        let end = all.len();
        let mut inner = Vec::new();
        for outer in all.get(start..end).unwrap_or_default() {
            let entered = match outer.holds {
                Holds::Structure => Some(outer.shape),
                Holds::Structures if lists == Lists::Enter => {
                    service.shapes.get(&outer.shape.element).filter(|it| it.kind == ShapeKind::Structure)
                }
                _ => None,
            };
            let members = entered.map(|it| it.members.as_slice()).unwrap_or_default();
            inner.extend(members.iter().filter_map(|it| field(service, it, Some(outer))));
        }
        all.extend(inner);
        start = end;
    }
    all
}

/// A member's name in EC2's requests, where it is not the model's.
fn ec2_name(service: &Service, member: &Member, model: &str) -> Option<String> {
    let name = member.query_name.as_ref().or(member.location.as_ref()).filter(|_| service.protocol == "ec2")?;
    (fold(name) != fold(model)).then(|| name.clone())
}

/// One member, in what it is in.
fn field<'a>(service: &'a Service, member: &'a Member, outer: Option<&Field<'a>>) -> Option<Field<'a>> {
    let shape = service.shapes.get(&member.shape)?;
    let model = member.name.clone();
    let own_wire = (service.name == "s3" && member.name == "Bucket").then(|| "BucketName".to_owned());
    let own_wire = own_wire.or_else(|| ec2_name(service, member, &model));
    let (path, wire, required, depth, holder) = match outer {
        None => (model, own_wire, member.required || member.in_uri, 0, String::new()),
        Some(outer) => {
            let dot = if outer.holds == Holds::Structures { "[]." } else { "." };
            let outer_wire = outer.wire.as_ref().unwrap_or(&outer.path);
            let wire = (own_wire.is_some() || outer.wire.is_some())
                .then(|| format!("{outer_wire}{dot}{}", own_wire.as_ref().unwrap_or(&model)));
            let required = outer.required && member.required;
            (format!("{}{dot}{model}", outer.path), wire, required, outer.depth + 1, outer.folded.clone())
        }
    };
    let folded = fold(&member.name);
    let holds = Holds::of(service, shape);
    let of_ids = member.name.strip_suffix("Ids").filter(|_| holds == Holds::Texts && service.protocol == "ec2");
    let set = of_ids.filter(|_| depth == 0).map(|noun| format!("{noun}sSet[].{noun}Id"));
    Some(Field { path, wire, set, name: &member.name, folded, holds, required, depth, holder, member, shape })
}

impl Field<'_> {
    /// Its paths: the model's, and the wire's where that differs.
    pub(crate) fn paths(&self) -> Vec<String> {
        let list = if self.holds == Holds::Texts { "[]" } else { "" };
        let own = std::iter::once(&self.path).chain(&self.wire).map(|path| format!("{path}{list}"));
        own.chain(self.set.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_lists_and_the_wire() {
        let text = Shape::default();
        let item = Shape {
            kind: ShapeKind::Structure,
            members: vec![Member { name: "InstanceId".to_owned(), shape: "Text".to_owned(), ..Member::default() }],
            ..Shape::default()
        };
        let list = Shape { kind: ShapeKind::List, element: "Item".to_owned(), ..Shape::default() };
        let location = Some("instancesSet".to_owned());
        let instances =
            Member { name: "Instances".to_owned(), shape: "List".to_owned(), location, ..Member::default() };
        let top = Shape { kind: ShapeKind::Structure, members: vec![instances], ..Shape::default() };
        let shapes = [("Text", text), ("Item", item), ("List", list), ("Top", top)];
        let service = Service {
            protocol: "ec2".to_owned(),
            shapes: shapes.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect(),
            ..Service::default()
        };
        let all = fields(&service, Some("Top"), 1, Lists::Enter);
        let paths: Vec<String> = all.iter().flat_map(Field::paths).collect();
        assert_eq!(paths, ["Instances", "instancesSet", "Instances[].InstanceId", "instancesSet[].InstanceId"]);
    }
}

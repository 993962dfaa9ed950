//! Tiny models for tests: one service with a few operations, and types for it.

use super::model::{Member, Models, Operation, Property, ResourceType, Service, Shape, ShapeKind};

/// A member of a tiny request: name, shape (`Text`, `Texts`, `Number`, or one added by [`structure`]), whether it is required.
pub(crate) type Field<'a> = (&'a str, &'a str, bool);

/// A service `store` with the plain shapes.
pub(crate) fn service() -> Service {
    let mut service = Service { name: "store".to_owned(), protocol: "json".to_owned(), ..Service::default() };
    service.endpoint_prefix = "store".to_owned();
    service.signing_name = "store".to_owned();
    service.service_id = "Store".to_owned();
    let list = Shape { kind: ShapeKind::List, element: "Text".to_owned(), ..Shape::default() };
    let number = Shape { kind: ShapeKind::Number, ..Shape::default() };
    for (name, shape) in [("Text", Shape::default()), ("Texts", list), ("Number", number)] {
        service.shapes.insert(name.to_owned(), shape);
    }
    service
}

/// Adds a structure.
pub(crate) fn structure(service: &mut Service, name: &str, fields: &[Field<'_>]) {
    let member = |(name, shape, required): &Field<'_>| Member {
        name: (*name).to_owned(),
        shape: (*shape).to_owned(),
        required: *required,
        ..Member::default()
    };
    let members = fields.iter().map(member).collect();
    service.shapes.insert(name.to_owned(), Shape { kind: ShapeKind::Structure, members, ..Shape::default() });
}

/// Adds an operation with its request and response.
pub(crate) fn operation(service: &mut Service, name: &str, request: &[Field<'_>], response: &[Field<'_>]) {
    let (input, output) = (format!("{name}Request"), format!("{name}Response"));
    structure(service, &input, request);
    structure(service, &output, response);
    let operation =
        Operation { name: name.to_owned(), input: Some(input), output: Some(output), ..Operation::default() };
    service.operations.insert(name.to_owned(), operation);
}

/// A type with text properties, identified by some of them.
pub(crate) fn kind(name: &str, properties: &[&str], id: &[&str]) -> ResourceType {
    let text = Property { kinds: vec!["string".to_owned()], ..Property::default() };
    ResourceType {
        name: name.to_owned(),
        properties: properties.iter().map(|name| ((*name).to_owned(), text.clone())).collect(),
        id: id.iter().map(|name| (*name).to_owned()).collect(),
        ..ResourceType::default()
    }
}

/// Lets a type's handler call actions.
pub(crate) fn handler(kind: &mut ResourceType, handler: &str, actions: &[&str]) {
    kind.handlers.insert(handler.to_owned(), actions.iter().map(|name| (*name).to_owned()).collect());
}

/// Models of one service and some types.
pub(crate) fn models(service: Service, kinds: Vec<ResourceType>) -> Models {
    let mut models = Models::default();
    models.services.insert(service.name.clone(), service);
    models.types.extend(kinds.into_iter().map(|kind| (kind.name.clone(), kind)));
    models
}

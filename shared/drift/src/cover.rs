//! What declarations say of a property or of a collection, each in its own vocabulary, and which of them owns it.

mod rules;

use std::borrow::Cow;

use driftwire_catalog::{Element, ElementList, Property, TerraformPath};
use driftwire_declared::{Declaration, unresolved};
use serde_json::{Map, Value};

use crate::compare::says_nothing;
use crate::index::{joined, own_segment, short};
use crate::understand::path;
use crate::understand::record_sets::{self, RECORD_SETS};
use crate::vocabulary::{self, camel, has_properties, is_kind, is_respelled, native_name, row_of, snake, spelled};

pub(crate) use rules::{may_declare, rules, rules_attribute};

/// A declared value of a property.
#[derive(Debug)]
pub(crate) struct Owner<'d> {
    pub(crate) declaration: &'d Declaration,
    /// The path as the declaration spells it.
    pub(crate) attribute: String,
    pub(crate) value: Cow<'d, Value>,
}

/// The declarations that declare a property. Empty: it is undeclared.
///
/// A copy that the provider keeps of a live value (`computed`) declares nothing.
pub(crate) fn owners<'d>(declarations: &[&'d Declaration], property: &Property, of_element: bool) -> Vec<Owner<'d>> {
    let mut owners = Vec::new();
    for declaration in declarations.iter().copied() {
        // The declaration of an element: its `name` is not the resource's.
        let row = row_of(declaration);
        let is_element = !of_element && row.is_some_and(|row| row.element.is_some());
        let found = if has_properties(declaration) {
            // Of a part that is made of elements, nothing else is the resource's.
            if is_element || row.is_some_and(|row| row.part && !of_element && !row.lists.is_empty()) {
                continue;
            }
            // An element of its own says what is below the collection.
            let below = property.name.split_once('.').map(|(_, below)| below).filter(|_| of_element);
            declared_at(declaration, std::iter::once(property.name).chain(below), property)
                .or_else(|| Some((property.name.to_owned(), Cow::Borrowed(open_properties(declaration)?))))
        } else if is_element {
            declared_at(declaration, own_paths(declaration, property), property)
        } else {
            declared_at(declaration, terraform_paths(declaration, property), property)
        };
        if let Some((attribute, value)) = found
            && !is_copy(declaration, &attribute)
        {
            owners.push(Owner { declaration, attribute, value });
        }
    }
    // Where a block of its own declares the property, what the whole has is the provider's copy.
    let is_part = |owner: &Owner<'_>| row_of(owner.declaration).is_some_and(|row| row.part);
    if owners.len() > 1 && owners.iter().any(is_part) {
        owners.retain(is_part);
    }
    owners
}

/// What stands for properties that nobody knows: a function that makes them was not evaluated.
fn open_properties(declaration: &Declaration) -> Option<&Value> {
    let is_open = |(name, value): &(&String, &Value)| name.starts_with("Fn::") && unresolved(value).is_some();
    declaration.attributes.iter().find(is_open).map(|(_, value)| value)
}

/// A part that a stack declares inside its resource: parts are called as the properties are.
pub(crate) fn part_inside<'d>(declarations: &[&'d Declaration], part: &str) -> Option<Owner<'d>> {
    let whole = declarations.iter().filter(|it| has_properties(it) && row_of(it).is_none_or(|row| !row.part));
    whole.copied().find_map(|declaration| {
        let (attribute, value) = path::located(&declaration.attributes, part).filter(|(_, it)| !says_nothing(it))?;
        Some(Owner { declaration, attribute, value: Cow::Borrowed(value) })
    })
}

/// The first path that leads to something, or else to a null or an empty text. Where the call's member walks a list, so does the path: its
/// `[0]` then stands for every entry.
fn declared_at<'d, 'p>(
    declaration: &'d Declaration,
    paths: impl Iterator<Item = &'p str>,
    property: &Property,
) -> Option<(String, Cow<'d, Value>)> {
    let walks = path::walks(property.member) && !property.member.ends_with("[]");
    let mut null = None;
    for path in paths {
        let path = spelled(declaration, path);
        let Some((attribute, value)) = value_at(&declaration.attributes, &path, walks) else { continue };
        if value.is_null() || value.as_str() == Some("") {
            null = null.or(Some((attribute, value)));
            continue;
        }
        return Some((attribute, value));
    }
    null
}

/// The value at a path, or those of every entry; a block that a state has none of is nothing.
pub(crate) fn value_at<'d>(
    attributes: &'d Map<String, Value>,
    path: &str,
    walks: bool,
) -> Option<(String, Cow<'d, Value>)> {
    let Some((attribute, value)) = path::located(attributes, path) else {
        let (block, _) = path.split_once("[0]")?;
        let (_, none) =
            path::located(attributes, block).filter(|(_, value)| value.as_array().is_some_and(Vec::is_empty))?;
        return Some((path.to_owned(), Cow::Borrowed(none)));
    };
    if walks && path.contains("[0]") && !value.is_null() {
        let every = path::values(attributes, &path.replace("[0]", "[]"));
        if every.len() > 1 {
            let flat = every.into_iter().flat_map(|value| match value {
                Value::Array(elements) => elements.clone(),
                single => vec![single.clone()],
            });
            return Some((path.replace("[0]", "[]"), Cow::Owned(Value::Array(flat.collect()))));
        }
    }
    Some((attribute, Cow::Borrowed(value)))
}

pub(crate) fn terraform_paths<'p>(
    declaration: &'p Declaration,
    property: &'p Property,
) -> impl Iterator<Item = &'p str> {
    property.terraform.iter().filter_map(|path| match path {
        TerraformPath::Same => {
            Some(property.member.trim_start_matches('>')).filter(|member| !member.is_empty()).or(Some(property.name))
        }
        TerraformPath::Any(path) => Some(*path),
        TerraformPath::Of(kind, path) => is_kind(declaration, kind).then_some(*path),
    })
}

/// The paths that name the declaration's own type.
fn own_paths<'p>(declaration: &'p Declaration, property: &'p Property) -> impl Iterator<Item = &'p str> {
    property.terraform.iter().filter_map(|path| {
        if let TerraformPath::Of(kind, path) = path { is_kind(declaration, kind).then_some(*path) } else { None }
    })
}

/// The first path that the catalog writes out for a declaration.
pub(crate) fn explicit_path(declaration: &Declaration, property: &'static Property) -> Option<&'static str> {
    property.terraform.iter().find_map(|path| match path {
        TerraformPath::Of(kind, path) => is_kind(declaration, kind).then_some(*path),
        TerraformPath::Any(path) => Some(*path).filter(|path| !path.is_empty()),
        TerraformPath::Same => None,
    })
}

/// Whether an attribute is the copy of a live value that the provider keeps in its state. Pulumi's inputs have none.
pub(crate) fn is_copy(declaration: &Declaration, attribute: &str) -> bool {
    let top = attribute.split(['.', '[']).next().unwrap_or(attribute);
    !is_respelled(declaration) && row_of(declaration).is_some_and(|row| row.computed.contains(&top))
}

/// A declared element of a collection.
#[derive(Debug)]
pub(crate) struct DeclaredElement<'d> {
    pub(crate) declaration: &'d Declaration,
    /// Where it stands; empty when the whole declaration is the element.
    pub(crate) attribute: String,
    pub(crate) key: String,
    pub(crate) members: Option<&'d Map<String, Value>>,
    /// The entry of an inline list.
    pub(crate) value: Option<&'d Value>,
}

/// The elements of a collection that declarations declare, by key; those that a block of their own declares first.
pub(crate) fn elements<'d>(declarations: &[&'d Declaration], collection: &str) -> Vec<DeclaredElement<'d>> {
    let mut own = Vec::new();
    let mut inline = Vec::new();
    for declaration in declarations.iter().copied() {
        let Some(row) = row_of(declaration) else { continue };
        if let Some(Element { collection: of, key }) = row.element
            && of == collection
            && let Some(key) = own_key(declaration, key)
        {
            own.push(DeclaredElement {
                declaration,
                attribute: String::new(),
                key,
                members: Some(&declaration.attributes),
                value: None,
            });
        }
        for list in row.lists.iter().filter(|list| list.collection == collection) {
            listed(declaration, list, &mut inline);
        }
    }
    own.append(&mut inline);
    if collection == RECORD_SETS {
        own.iter_mut().for_each(|element| element.key = record_sets::plain(&element.key));
    }
    own
}

/// A declaration whose list may hold an element that could not be resolved: whether it declares another is not known.
pub(crate) fn unresolved_list<'d>(declarations: &[&'d Declaration], collection: &str) -> Option<&'d Declaration> {
    declarations.iter().copied().filter(|it| has_properties(it)).find(|declaration| {
        let mut lists = row_of(declaration).into_iter().flat_map(|row| row.lists);
        lists.any(|list| {
            let found =
                path::located(&declaration.attributes, list.attribute).filter(|_| list.collection == collection);
            found.is_some_and(|(_, value)| is_open(value, |entry| element_key(list.key, entry).is_none()))
        })
    })
}

/// Whether a list, or an entry of it without a key, is an unresolved reference.
pub(crate) fn is_open(list: &Value, lacks_key: impl Fn(Option<&Map<String, Value>>) -> bool) -> bool {
    let is_unresolved = |value: &Value| unresolved(value).is_some();
    let is_open = |entry: &Value| {
        let members = entry.as_object();
        is_unresolved(entry) || members.is_some_and(|it| it.values().any(is_unresolved)) && lacks_key(members)
    };
    is_unresolved(list) || list.as_array().is_some_and(|entries| entries.iter().any(is_open))
}

fn listed<'d>(declaration: &'d Declaration, list: &ElementList, out: &mut Vec<DeclaredElement<'d>>) {
    let ElementList { collection: _, attribute, key } = list;
    let attribute =
        if has_properties(declaration) { list_name(declaration, list) } else { spelled(declaration, attribute) };
    // A block that may stand once is an entry, too.
    let is_list = declaration.attributes.get(attribute.as_ref()).is_none_or(|it| !it.is_object());
    let values = path::values(&declaration.attributes, &format!("{attribute}[]"));
    for (position, value) in values.into_iter().enumerate() {
        let members = value.as_object();
        let key =
            if key.is_empty() { path::text(value).map(|text| plain_key(&text)) } else { element_key(key, members) };
        if let Some(key) = key {
            out.push(DeclaredElement {
                declaration,
                attribute: if is_list { format!("{attribute}[{position}]") } else { attribute.clone().into_owned() },
                key,
                members,
                value: Some(value),
            });
        }
    }
}

/// The attribute that would hold an element of a collection, in the words of the declarations; the collection's name if none does.
pub(crate) fn home<'d>(
    declarations: &[&'d Declaration],
    collection: &str,
    key: &str,
) -> (String, Option<&'d Declaration>) {
    match list_of(declarations, collection, key) {
        Some((list, declaration)) => (list_name(declaration, list).into_owned(), Some(declaration)),
        None => (collection.to_owned(), declarations.first().copied()),
    }
}

/// Whether a declaration has a place for an element of a collection.
pub(crate) fn has_place(declarations: &[&Declaration], collection: &str, key: &str) -> bool {
    list_of(declarations, collection, key).is_some()
}

/// A list as the declaration calls it, or would.
fn list_name(declaration: &Declaration, list: &ElementList) -> Cow<'static, str> {
    if has_properties(declaration) {
        let declared = path::located(&declaration.attributes, list.attribute).map(|(name, _)| Cow::Owned(name));
        return declared.unwrap_or_else(|| native_name(declaration, list.attribute));
    }
    if !is_respelled(declaration) {
        return Cow::Borrowed(list.attribute);
    }
    let name = spelled(declaration, list.attribute);
    if declaration.attributes.contains_key(name.as_ref()) {
        return Cow::Owned(name.into_owned());
    }
    Cow::Owned(camel(&vocabulary::plural(list.attribute)))
}

/// The list that would hold an element, and whose it is. Constants in a list's key say which elements are its own.
fn list_of<'d>(
    declarations: &[&'d Declaration],
    collection: &str,
    key: &str,
) -> Option<(&'static ElementList, &'d Declaration)> {
    declarations.iter().copied().find_map(|declaration| {
        // What a stack's part adds to a list of another is complete as it is: nothing else would be added to it.
        let row = row_of(declaration).filter(|row| row.of.is_empty())?;
        let mut lists = row.lists.iter();
        let list = lists.find(|list| {
            list.collection == collection
                && list.key.iter().zip(key.split('|')).all(|(part, key)| constant(part).is_none_or(|it| it == key))
        });
        list.map(|list| (list, declaration))
    })
}

/// A constant in an expression of the catalog: `'text'`.
pub(crate) fn constant(part: &str) -> Option<&str> {
    part.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''))
}

/// An element that nobody declares, as the list that would hold it would spell it; `None` where no list of blocks would.
pub(crate) fn in_words(
    declarations: &[&Declaration],
    collection: &str,
    key: &str,
    set: &[(&'static Property, Value)],
) -> Option<Value> {
    let (list, declaration) = list_of(declarations, collection, key)?;
    let words = |name: &str| match is_respelled(declaration) {
        true => camel(name),
        false if has_properties(declaration) => native_name(declaration, name).into_owned(),
        false => name.to_owned(),
    };
    let mut members = Map::new();
    let parts = list.key.iter().zip(key.split('|'));
    for (part, key) in parts.filter(|(part, key)| constant(part).is_none() && !key.is_empty()) {
        let wanted = if key.starts_with("pl-") {
            "prefix_list"
        } else if key.contains(':') {
            "ipv6"
        } else {
            ""
        };
        let name = part.split(',').find(|name| snake(name).contains(wanted)).unwrap_or(part);
        members.insert(words(name), typed(key));
    }
    for (property, value) in set.iter().filter(|(_, value)| !value.is_null()) {
        if has_properties(declaration) {
            let inside = property.name.strip_prefix(collection).and_then(|rest| rest.strip_prefix('.'));
            path::nest(&mut members, &words(inside.unwrap_or(property.name)), value.clone());
        } else if let Some(name) = terraform_paths(declaration, property).next() {
            members.insert(words(&snake(below(list.attribute, name))), value.clone());
        }
    }
    (!list.key.is_empty()).then_some(Value::Object(members))
}

/// A part of a key as a number or a switch, where it is one.
fn typed(key: &str) -> Value {
    match (key.parse::<i64>(), key.parse::<bool>()) {
        (Ok(number), _) => Value::from(number),
        (_, Ok(switch)) => Value::from(switch),
        _ => Value::from(key),
    }
}

/// A path inside an entry of a list: `value` of `parameter[0].value` in `parameter[3]`.
pub(crate) fn below<'p>(entry: &str, path: &'p str) -> &'p str {
    let list = entry.split('[').next().unwrap_or(entry);
    let rest = path.strip_prefix(list);
    rest.and_then(|rest| rest.strip_prefix("[0].").or_else(|| rest.strip_prefix('.'))).unwrap_or(path)
}

/// The key of an element from its members; a comma separates alternatives, quotes hold a constant.
pub(crate) fn element_key(parts: &[&str], members: Option<&Map<String, Value>>) -> Option<String> {
    key_of_parts(parts, |name| members.and_then(|members| path::first(members, name)).and_then(path::text))
}

/// The key of a declaration that is an element as a whole: also from what only identifies it.
fn own_key(declaration: &Declaration, parts: &[&str]) -> Option<String> {
    key_of_parts(parts, |name| match name {
        "@id" => own_segment(declaration),
        _ => vocabulary::value(declaration, name).and_then(path::text),
    })
}

fn key_of_parts(parts: &[&str], text: impl Fn(&str) -> Option<String>) -> Option<String> {
    let part = |part: &str| -> Option<String> {
        part.split(',')
            .find_map(|name| constant(name).map(str::to_owned).or_else(|| text(name).map(|text| plain_key(&text))))
    };
    let [single] = parts else {
        return parts.iter().map(|it| part(it)).collect::<Option<Vec<_>>>().map(|keys| keys.join("|"));
    };
    joined(single, part)
}

/// A key without what one side may leave out: `false` and `"false"`, a role's ARN and its name, stay comparable.
pub(crate) fn plain_key(text: &str) -> String {
    if text.starts_with("arn:") && text.contains(":policy/") { text.to_owned() } else { short(text).to_owned() }
}

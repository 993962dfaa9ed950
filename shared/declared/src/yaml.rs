//! Reads YAML as CloudFormation does, into JSON values: short tags become functions, dates and odd numbers stay text.
//!
//! Depth and what aliases multiply are bounded. Knows nothing of templates but how a function is written short.

mod scalar;

use std::{borrow::Cow, collections::BTreeMap};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

/// Lists and objects within each other, a short tag counted as one: as deep as JSON is read.
const DEEPEST: usize = 127;
/// What aliases and anchors may copy in all.
const MOST_COPIED_BYTES: usize = 32 << 20;
/// What a value costs besides its text.
const VALUE_BYTES: usize = 32;

/// Why a text is not YAML that can be read. Tells nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
    /// What is wrong.
    pub(crate) reason: String,
}

/// A text, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Yaml {
    /// The first document.
    pub(crate) value: Value,
    /// How many documents there are.
    pub(crate) documents: usize,
}

/// Reads YAML into the JSON that it stands for, with CloudFormation's short tags as functions.
///
/// Nothing is returned for what is not YAML, is a single scalar, holds several documents, or is nested or multiplied
/// beyond reason.
#[must_use]
pub fn yaml(text: &str) -> Option<Value> {
    let Yaml { value, documents } = parse(text).ok()?;
    (documents == 1 && (value.is_object() || value.is_array())).then_some(value)
}

/// Parses a text.
///
/// # Errors
/// When it is not YAML, or nested or multiplied beyond reason.
pub(crate) fn parse(text: &str) -> Result<Yaml, YamlError> {
    let mut builder = Builder::default();
    let mut first = None;
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| wrong(error.marker(), error.info()))?;
        let is_end = event == Event::DocumentEnd;
        builder.take(event, span.start)?;
        if is_end {
            documents += 1;
            let root = builder.root.take().unwrap_or_default();
            first.get_or_insert(root);
            builder = Builder { copied: builder.copied, ..Builder::default() };
        }
    }
    Ok(Yaml { value: first.unwrap_or_default(), documents })
}

fn wrong(at: &Marker, reason: &str) -> YamlError {
    YamlError { line: at.line(), column: at.col() + 1, reason: reason.to_owned() }
}

/// A list or an object that is not at its end yet.
#[derive(Debug)]
struct Frame {
    anchor: usize,
    tag: Option<Tag>,
    open: Open,
}

#[derive(Debug)]
enum Open {
    List(Vec<Value>),
    Object { members: Map<String, Value>, key: Key, merged: Vec<Map<String, Value>> },
}

/// The key whose value comes next.
#[derive(Debug)]
enum Key {
    None,
    Name(String),
    Merge,
}

/// Puts values together.
#[derive(Debug, Default)]
struct Builder {
    frames: Vec<Frame>,
    tagged: usize,
    anchors: BTreeMap<usize, Anchored>,
    copied: usize,
    root: Option<Value>,
}

/// What an alias stands for.
#[derive(Debug)]
struct Anchored {
    value: Value,
    depth: usize,
    bytes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Marker) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), at),
            Event::SequenceStart(anchor, tag) => self.open(anchor, tag, Open::List(Vec::new()), at),
            Event::MappingStart(anchor, tag) => {
                self.open(anchor, tag, Open::Object { members: Map::new(), key: Key::None, merged: Vec::new() }, at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn depth(&self) -> usize {
        self.frames.len() + self.tagged
    }

    fn open(&mut self, anchor: usize, tag: Option<Cow<'_, Tag>>, open: Open, at: Marker) -> Result<(), YamlError> {
        if self.depth() >= DEEPEST {
            return Err(wrong(&at, "nested too deeply"));
        }
        self.tagged += usize::from(tag.is_some());
        self.frames.push(Frame { anchor, tag: tag.map(Cow::into_owned), open });
        Ok(())
    }

    fn close(&mut self, at: Marker) -> Result<(), YamlError> {
        let Some(Frame { anchor, tag, open }) = self.frames.pop() else { return Ok(()) };
        self.tagged = self.tagged.saturating_sub(usize::from(tag.is_some()));
        let value = match open {
            Open::List(items) => Value::Array(items),
            Open::Object { mut members, merged, .. } => {
                // What is written out wins over what is merged; of what is merged, the first.
                for (name, value) in merged.into_iter().flatten() {
                    members.entry(name).or_insert(value);
                }
                Value::Object(members)
            }
        };
        self.put(scalar::tagged(value, tag.as_ref()), anchor, at)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        at: Marker,
    ) -> Result<(), YamlError> {
        if let Some(Frame { open: Open::Object { key: key @ Key::None, .. }, .. }) = self.frames.last_mut() {
            let merges = text == "<<" && style == ScalarStyle::Plain;
            *key = if merges { Key::Merge } else { Key::Name(text.to_owned()) };
            return self.anchor(&Value::from(text), anchor, at);
        }
        self.put(scalar::read(text, style, tag), anchor, at)
    }

    fn alias(&mut self, anchor: usize, at: Marker) -> Result<(), YamlError> {
        let Some(Anchored { value, depth, bytes }) = self.anchors.get(&anchor) else {
            return Err(wrong(&at, "an alias inside of what it stands for"));
        };
        if self.frames.len() + self.tagged + depth > DEEPEST {
            return Err(wrong(&at, "nested too deeply"));
        }
        self.copied = self.copied.saturating_add(*bytes);
        if self.copied > MOST_COPIED_BYTES {
            return Err(wrong(&at, "aliases that multiply the document beyond reason"));
        }
        let value = value.clone();
        if let Some(Frame { open: Open::Object { key: key @ Key::None, .. }, .. }) = self.frames.last_mut() {
            let Value::String(name) = value else { return Err(wrong(&at, "a key that is not a text")) };
            *key = Key::Name(name);
            return Ok(());
        }
        self.put(value, 0, at)
    }

    fn anchor(&mut self, value: &Value, anchor: usize, at: Marker) -> Result<(), YamlError> {
        if anchor == 0 {
            return Ok(());
        }
        let (depth, bytes) = measure(value);
        self.copied = self.copied.saturating_add(bytes);
        if self.copied > MOST_COPIED_BYTES {
            return Err(wrong(&at, "anchors that multiply the document beyond reason"));
        }
        self.anchors.insert(anchor, Anchored { value: value.clone(), depth, bytes });
        Ok(())
    }

    fn put(&mut self, value: Value, anchor: usize, at: Marker) -> Result<(), YamlError> {
        self.anchor(&value, anchor, at)?;
        match self.frames.last_mut().map(|frame| &mut frame.open) {
            None => self.root = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Object { members, key, merged }) => match std::mem::replace(key, Key::None) {
                Key::Name(name) => {
                    members.insert(name, value);
                }
                Key::Merge => merge(value, merged).ok_or_else(|| wrong(&at, "a merge of what is not an object"))?,
                Key::None => return Err(wrong(&at, "a key that is not a text")),
            },
        }
        Ok(())
    }
}

fn merge(value: Value, merged: &mut Vec<Map<String, Value>>) -> Option<()> {
    match value {
        Value::Object(members) => merged.push(members),
        Value::Array(items) => {
            for item in items {
                let Value::Object(members) = item else { return None };
                merged.push(members);
            }
        }
        _ => return None,
    }
    Some(())
}

/// Returns how deep a value is, and about how much memory it takes.
fn measure(value: &Value) -> (usize, usize) {
    let (mut deepest, mut bytes) = (0, VALUE_BYTES);
    let mut inner = |value: &Value, name: usize| {
        let (depth, size) = measure(value);
        deepest = deepest.max(depth + 1);
        bytes += size + name;
    };
    match value {
        Value::String(text) => bytes += text.len(),
        Value::Array(items) => items.iter().for_each(|item| inner(item, 0)),
        Value::Object(members) => members.iter().for_each(|(name, value)| inner(value, VALUE_BYTES + name.len())),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    (deepest, bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        parse(text).unwrap().value
    }

    fn reason(text: &str) -> String {
        let YamlError { line, column, reason } = parse(text).unwrap_err();
        format!("{line}:{column} {reason}")
    }

    #[test]
    fn short_tags_are_functions_and_so_are_lists_and_objects_under_them() {
        assert_eq!(
            read(
                "A: !Join ['', [!Ref B, !Sub '${C}-x']]\nD: !If\n  - E\n  - !GetAtt F.G.H\n  - !Transform {Name: I}\n"
            ),
            json!({
                "A": {"Fn::Join": ["", [{"Ref": "B"}, {"Fn::Sub": "${C}-x"}]]},
                "D": {"Fn::If": ["E", {"Fn::GetAtt": ["F", "G.H"]}, {"Fn::Transform": {"Name": "I"}}]},
            })
        );
    }

    #[test]
    fn anchors_aliases_and_merges_are_followed() {
        let text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a, &t text, *t]\nd: {<<: [{y: 9}, *a]}\n";
        assert_eq!(
            read(text),
            json!({"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": [{"x": 1, "y": 2}, "text", "text"], "d": {"x": 1, "y": 9}})
        );
        assert_eq!(read("&k key: 1\nb: {*k : 2}"), json!({"key": 1, "b": {"key": 2}}));
        assert_eq!(reason("a: &a [*a]"), "1:8 an alias inside of what it stands for");
        assert_eq!(reason("a: {<<: 5}"), "1:9 a merge of what is not an object");
    }

    #[test]
    fn keys_are_text_whatever_they_look_like() {
        assert_eq!(read("443: a\nyes: b\n'<<': c\n"), json!({"443": "a", "yes": "b", "<<": "c"}));
        assert_eq!(reason("{[a]: b}"), "1:4 a key that is not a text");
    }

    #[test]
    fn aliases_cannot_multiply_a_document_beyond_reason() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let inner = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
        }
        assert!(reason(&text).ends_with("beyond reason"), "{}", reason(&text));
    }

    #[test]
    fn depth_is_bounded_also_by_way_of_aliases_and_tags() {
        let nested = |depth: usize, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(DEEPEST, "x")).is_ok());
        assert!(reason(&nested(DEEPEST + 1, "x")).ends_with("nested too deeply"));
        assert!(reason(&nested(100_000, "x")).ends_with("recursion limit exceeded"));
        assert!(
            reason(&(0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>())
                .ends_with("nested too deeply")
        );
        assert!(
            reason(&format!("a: &a {}\nb: {}", nested(100, "x"), nested(100, "*a"))).ends_with("nested too deeply")
        );
        assert!(reason(&"!Not [".repeat(100)).ends_with("nested too deeply"));
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        assert_eq!(reason("a: 1\n b: 2"), "2:3 mapping values are not allowed in this context");
        assert_eq!(reason("a: *nowhere"), "1:4 while parsing node, found unknown anchor");
    }

    #[test]
    fn only_whole_documents_of_lists_or_objects_are_yaml_to_compare() {
        assert_eq!(yaml("swagger: '2.0'\nn: 1"), Some(json!({"swagger": "2.0", "n": 1})));
        assert_eq!(yaml("- a\n- b"), Some(json!(["a", "b"])));
        for text in ["", "word", "5", "a: b\n---\nc: d", "{a: ", "\"quoted\""] {
            assert_eq!(yaml(text), None, "{text}");
        }
        assert_eq!(parse("a: b\n---\nc: d").unwrap().documents, 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn json_is_yaml(keys in prop::collection::vec("[a-zA-Z0-9 ]{1,8}", 1..5), text in "[ -~]{0,20}", number in any::<i64>()) {
            let value: Value = keys.iter().map(|key| (key.clone(), json!([text, number, {"b": true}, null]))).collect::<Map<_, _>>().into();
            prop_assert_eq!(read(&value.to_string()), value);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "([ \\n\\-:\\[\\]{}&*!?|>'\"%@`#,<a-c0-2]|\\PC){0,80}") {
            let first = parse(&text);
            prop_assert_eq!(first, parse(&text));
        }
    }
}

//! A table of a rules file, read key by key: each wrong key, type or value becomes an error at its own place.

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::judge::glob::Glob;
use crate::judge::refusal::{RulesError, Source, listed, suggestion};

/// A value and where it starts.
pub(super) struct Placed<'t, 'i> {
    pub(super) source: Source<'i>,
    pub(super) key: &'t str,
    pub(super) value: &'t Spanned<DeValue<'i>>,
}

/// A table, and what errors call it.
pub(super) struct Table<'t, 'i> {
    source: Source<'i>,
    name: &'static str,
    start: usize,
    entries: &'t DeTable<'i>,
}

impl<'t, 'i> Table<'t, 'i> {
    /// A table whose keys are all known.
    pub(super) fn new(
        source: Source<'i>,
        name: &'static str,
        table: &'t Spanned<DeTable<'i>>,
        known: &[&str],
    ) -> Result<Self, RulesError> {
        Self::checked(source, name, table.span().start, table.get_ref(), known)
    }

    fn checked(
        source: Source<'i>,
        name: &'static str,
        start: usize,
        entries: &'t DeTable<'i>,
        known: &[&str],
    ) -> Result<Self, RulesError> {
        let unknown = entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        match unknown.min_by_key(|key| key.span().start) {
            None => Ok(Self { source, name, start, entries }),
            Some(key) => {
                let (found, known_names) = (key.get_ref(), listed(known));
                let hint = suggestion(found, known);
                Err(source.refuse(
                    key.span().start,
                    format!("unknown key `{found}` in {name}{hint} (expected {known_names})"),
                ))
            }
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &'t str) -> Option<Placed<'t, 'i>> {
        let (_, value) = self.entries.iter().find(|(known, _)| known.get_ref() == key)?;
        Some(Placed { source: self.source, key, value })
    }

    /// The value of a key that must be there.
    pub(super) fn required(&self, key: &'t str) -> Result<Placed<'t, 'i>, RulesError> {
        self.get(key).ok_or_else(|| self.refuse(format!("{} has no `{key}`; expected one", self.name)))
    }

    /// A text, if the key is there.
    pub(super) fn text(&self, key: &'t str) -> Result<Option<String>, RulesError> {
        self.get(key).map(|placed| placed.text().map(str::to_owned)).transpose()
    }

    /// A flag, if the key is there.
    pub(super) fn flag(&self, key: &'t str) -> Result<Option<bool>, RulesError> {
        self.get(key).map(|placed| placed.flag()).transpose()
    }

    /// A pattern, if the key is there.
    pub(super) fn glob(&self, key: &'t str) -> Result<Option<Glob>, RulesError> {
        let Some(placed) = self.get(key) else { return Ok(None) };
        match Glob::new(placed.text()?) {
            Ok(glob) => Ok(Some(glob)),
            Err(error) => {
                Err(placed.refuse(format!("`{key}` is {error}; expected text in which `*` and `?` are wildcards")))
            }
        }
    }

    /// A list of texts; empty where the key is not there.
    pub(super) fn texts(&self, key: &'t str) -> Result<Vec<String>, RulesError> {
        let Some(placed) = self.get(key) else { return Ok(Vec::new()) };
        placed.list()?.iter().map(|item| Placed { value: item, ..placed }.text().map(str::to_owned)).collect()
    }

    /// The tables of a list; empty where the key is not there.
    pub(super) fn tables(&self, key: &'t str, name: &'static str, known: &[&str]) -> Result<Vec<Self>, RulesError> {
        let Some(placed) = self.get(key) else { return Ok(Vec::new()) };
        let DeValue::Array(items) = placed.value.get_ref() else {
            return Err(placed.mismatch(placed.value.get_ref(), "a list of tables"));
        };
        items.iter().map(|item| Placed { value: item, ..placed }.table(name, known)).collect()
    }

    /// A table inside, if the key is there.
    pub(super) fn table(&self, key: &'t str, name: &'static str, known: &[&str]) -> Result<Option<Self>, RulesError> {
        self.get(key).map(|placed| placed.table(name, known)).transpose()
    }

    /// An error at the table's start.
    pub(super) fn refuse(&self, message: impl Into<String>) -> RulesError {
        self.source.refuse(self.start, message)
    }

    /// The line of the table's start.
    pub(super) fn line(&self) -> usize {
        self.source.line(self.start)
    }
}

impl<'t, 'i> Placed<'t, 'i> {
    /// The text.
    pub(super) fn text(&self) -> Result<&'t str, RulesError> {
        match self.value.get_ref() {
            DeValue::String(text) => Ok(text),
            other => Err(self.mismatch(other, "text in quotes")),
        }
    }

    fn flag(&self) -> Result<bool, RulesError> {
        match self.value.get_ref() {
            DeValue::Boolean(flag) => Ok(*flag),
            other => Err(self.mismatch(other, "`true` or `false`")),
        }
    }

    fn list(&self) -> Result<&'t [Spanned<DeValue<'i>>], RulesError> {
        match self.value.get_ref() {
            DeValue::Array(items) => Ok(items),
            other => Err(self.mismatch(other, "a list")),
        }
    }

    fn table(&self, name: &'static str, known: &[&str]) -> Result<Table<'t, 'i>, RulesError> {
        match self.value.get_ref() {
            DeValue::Table(entries) => Table::checked(self.source, name, self.value.span().start, entries, known),
            other => Err(self.mismatch(other, "a table")),
        }
    }

    /// One of a closed list of names.
    pub(super) fn one_of<T: Copy>(&self, known: &[(&str, T)]) -> Result<T, RulesError> {
        let found = self.text()?;
        if let Some((_, value)) = known.iter().find(|(name, _)| *name == found) {
            return Ok(*value);
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let (key, hint, names) = (self.key, suggestion(found, &names), listed(&names));
        Err(self.refuse(format!("`{key}` is `{found}`; expected one of {names}{hint}")))
    }

    /// Any value, as JSON.
    pub(super) fn json(&self) -> Value {
        json(self.value.get_ref())
    }

    /// An error at the value.
    pub(super) fn refuse(&self, message: impl Into<String>) -> RulesError {
        self.source.refuse(self.value.span().start, message)
    }

    /// An error at a character inside the text.
    pub(super) fn refuse_inside(&self, text: &str, character: usize, message: impl Into<String>) -> RulesError {
        self.source.refuse(self.source.inside(&self.value.span(), text, character), message)
    }

    fn mismatch(&self, found: &DeValue<'_>, expected: &str) -> RulesError {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "`true` or `false`",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.refuse(format!("`{}` is {found}; expected {expected}", self.key))
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::from(number.to_string()), Value::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(entries) => Value::Object(
            entries.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect(),
        ),
    }
}

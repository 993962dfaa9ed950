//! The settings of a function, read once. All that is wrong with them is said together. It never looks at the environment
//! itself: what the variables are is given to it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;

/// The variables that a function is set up with, and what is wrong with them.
#[derive(Debug, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Settings {
    /// Settings from variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { variables: variables.into_iter().collect(), problems: Vec::new() }
    }

    /// Reads all of a function's settings: `None` where one of them is missing or wrong.
    ///
    /// # Errors
    /// With every problem that was met, not the first only.
    pub fn read<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Result<T, SettingsError> {
        let value = read(self);
        let mut problems = std::mem::take(&mut self.problems);
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => {
                if problems.is_empty() {
                    problems.push("a setting is missing".to_owned());
                }
                Err(SettingsError { problems })
            }
        }
    }

    /// A variable that may be missing; an empty one is.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A variable that has to be there.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.problem(name, "not set");
        }
        value
    }

    /// A variable, or what it is where it is missing.
    #[must_use]
    pub fn text_or(&self, name: &str, otherwise: &str) -> String {
        self.optional(name).unwrap_or_else(|| otherwise.to_owned())
    }

    /// A list with commas between its members; empty where the variable is missing.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.optional(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// A variable that holds JSON.
    pub fn json<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        match serde_json::from_str(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(name, format!("expected JSON: {error}"));
                None
            }
        }
    }

    /// Notes what is wrong with a setting: `SINKS[1].url`, `expected https://…`.
    pub fn problem(&mut self, name: impl fmt::Display, problem: impl fmt::Display) {
        self.problems.push(format!("{name}: {problem}"));
    }
}

/// What is wrong with the settings of a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings are not complete: {}", problems.join("; "))]
pub struct SettingsError {
    /// One line for each, with the name of the setting first.
    pub problems: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn all_problems_are_said_together() {
        let mut settings = settings(&[("SINKS", "[{"), ("EMPTY", " ")]);
        let read = settings.read(|it| {
            let (table, sinks, empty) = (it.text("TABLE"), it.json::<Vec<String>>("SINKS"), it.text("EMPTY"));
            it.problem("SINKS[1].url", "expected https://…");
            Some((table?, sinks?, empty?))
        });
        insta::assert_snapshot!(read.unwrap_err(), @"the settings are not complete: TABLE: not set; SINKS: expected JSON: invalid type: map, expected a string at line 1 column 1; EMPTY: not set; SINKS[1].url: expected https://…");
    }

    #[test]
    fn what_is_there_is_read() {
        let mut settings = settings(&[("TABLE", " drift "), ("ACCOUNTS", "111122223333, ,444455556666")]);
        assert_eq!(settings.read(|it| it.text("TABLE")).unwrap(), "drift");
        assert_eq!(settings.list("ACCOUNTS"), ["111122223333", "444455556666"]);
        assert!(settings.list("OTHERS").is_empty());
        assert_eq!(settings.text_or("LOG_LEVEL", "info"), "info");
    }
}

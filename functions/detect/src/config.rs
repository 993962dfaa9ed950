//! What `detect` is set up with.

use driftwire_runtime::Settings;
use jiff::SignedDuration;

use crate::envelope::Expected;

/// How long a change of a pipeline waits for its declared state, in minutes, where nothing is said.
const HOLD_MINUTES: &str = "60";

/// Everything from the environment.
#[derive(Debug)]
pub(crate) struct Config {
    /// The table.
    pub(crate) table: String,
    /// The URL of the queue for what cannot be read.
    pub(crate) quarantine: String,
    /// The secret that holds the key of all hashes.
    pub(crate) hash_key: String,
    /// What is taken for a record, and how long a change waits.
    pub(crate) limits: Limits,
}

/// What is taken for a record, and how long a change waits.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Where records come from.
    pub(crate) expected: Expected,
    /// How long a change of a pipeline waits for its declared state.
    pub(crate) patience: SignedDuration,
}

impl Config {
    /// Reads the settings; each problem is noted in them.
    pub(crate) fn read(settings: &mut Settings) -> Option<Self> {
        let (table, quarantine) = (settings.text("TABLE"), settings.text("QUARANTINE_QUEUE"));
        let (hash_key, patience) = (settings.text("HASH_KEY_SECRET"), patience(settings));
        let expected = Expected { source: settings.text_or("SOURCE_PREFIX", "aws."), accounts: accounts(settings)? };
        Some(Self {
            table: table?,
            quarantine: quarantine?,
            hash_key: hash_key?,
            limits: Limits { expected, patience: patience? },
        })
    }
}

fn patience(settings: &mut Settings) -> Option<SignedDuration> {
    let minutes = settings.text_or("HOLD_MINUTES", HOLD_MINUTES).parse().ok().filter(|it| (1..=1440).contains(it));
    if minutes.is_none() {
        settings.problem("HOLD_MINUTES", "expected a whole number of minutes from 1 to 1440");
    }
    minutes.map(SignedDuration::from_mins)
}

fn accounts(settings: &mut Settings) -> Option<Vec<String>> {
    let accounts = settings.list("ACCOUNTS");
    let is_account = |it: &String| it.len() == 12 && it.bytes().all(|digit| digit.is_ascii_digit());
    if let Some(wrong) = accounts.iter().find(|it| !is_account(it)) {
        settings.problem("ACCOUNTS", format!("expected accounts of twelve digits, found `{wrong}`"));
        return None;
    }
    Some(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, String> {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::new(owned).read(Config::read).map_err(|error| error.to_string())
    }

    #[test]
    fn all_problems_are_told_together() {
        let told = read(&[("ACCOUNTS", "1234"), ("HOLD_MINUTES", "soon")]).unwrap_err();
        for name in ["TABLE", "QUARANTINE_QUEUE", "HASH_KEY_SECRET", "ACCOUNTS", "HOLD_MINUTES"] {
            assert!(told.contains(name), "{told}");
        }
    }

    #[test]
    fn what_is_not_said_is_safe() {
        let config = read(&[("TABLE", "t"), ("QUARANTINE_QUEUE", "q"), ("HASH_KEY_SECRET", "s")]).unwrap();
        assert_eq!(config.limits.expected.source, "aws.");
        assert_eq!(config.limits.patience, SignedDuration::from_mins(60));
    }
}

//! Decides whether a declaration can say that a resource runs, so that starting or stopping it changes configuration. Only a
//! property that is a word for running says so; what merely has such a word in its name does not.

use super::bridge::Ranked;
use super::nouns::fold;
use super::score::{Call, Candidate};

/// Properties that say whether a resource runs.
const RUN_STATE: &[&str] = &[
    "state",
    "status",
    "enabled",
    "isenabled",
    "desiredstate",
    "desiredstatus",
    "runstate",
    "islogging",
    "active",
    "paused",
    "suspended",
    "desiredcapacity",
    "startoncreation",
    "monitoring",
    "start",
];

/// What a word for running may end with.
const ENDS: &[&str] = &["enabled", "status", "state"];

/// Whether a declaration can say that the resource runs.
pub(crate) fn runs(call: &Call<'_>, best: Option<&Candidate<'_, '_>>, terraform: &Ranked) -> bool {
    let Some(best) = best else { return terraform.runs };
    let kind = best.kind.model;
    let fixed = |name: &&str| kind.read_only.iter().chain(&kind.id).any(|path| path == name);
    let mut names = best.kind.properties.values().filter(|name| !fixed(name)).map(|name| fold(name));
    let aspect = call.stems.iter().filter(|word| !best.kind.stems.contains(word) && word.len() > 3);
    let words: Vec<&str> = RUN_STATE.iter().copied().chain(aspect.map(String::as_str)).collect();
    names.any(|name| words.iter().any(|word| is_state(&name, word)))
        || terraform.runs
        || terraform.names.iter().any(|name| name.ends_with("_state") || name.ends_with("_status"))
}

/// Whether a folded name is a word, or the word and that it is on: `monitoringenabled`.
fn is_state(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|end| end.is_empty() || ENDS.contains(&end))
}

/// Whether an argument of a Terraform type says that the resource runs.
pub(crate) fn says_running(argument: &str) -> bool {
    let moment = ["time", "date", "day", "hours", "port", "timestamp", "at", "position", "ip", "address"];
    let starts =
        argument.strip_prefix("start_").is_some_and(|what| !moment.contains(&what.rsplit('_').next().unwrap_or(what)));
    starts || RUN_STATE.contains(&fold(argument).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_word_for_running_in_it_is_no_state() {
        assert!(is_state("enabled", "enabled"));
        assert!(is_state("monitoringstatus", "monitoring"));
        assert!(!is_state("relationaldatabasename", "relational"));
        assert!(!is_state("operationpreferences", "operation"));
        assert!(!is_state("startdate", "start"));
    }

    #[test]
    fn an_argument_that_says_when_is_no_state() {
        assert!(says_running("start_application"));
        assert!(!says_running("start_time"));
        assert!(!says_running("start_date"));
    }
}

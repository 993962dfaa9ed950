//! Decides which operations change the control plane: the model's `readonly` trait, then IAM's access level, then the verb; what
//! only works on data is left out by a reviewed list. It never looks at resources.

mod data_plane;

use data_plane::is_data;

use super::model::{Models, Operation, Service};
use super::nouns::verb_and_noun;
use super::sources::prefixes;

/// Verbs of operations that change nothing.
const READING: &[&str] = &[
    "calculate",
    "check",
    "compare",
    "compute",
    "count",
    "describe",
    "detect",
    "discover",
    "download",
    "estimate",
    "fetch",
    "filter",
    "find",
    "get",
    "has",
    "head",
    "is",
    "list",
    "lookup",
    "poll",
    "predict",
    "preview",
    "query",
    "receive",
    "recognize",
    "retrieve",
    "scan",
    "search",
    "select",
    "simulate",
    "synthesize",
    "translate",
    "validate",
    "verify",
    "view",
    "converse",
    "classify",
    "infer",
    "explain",
    "suggest",
    "rank",
    "rerank",
    "agentic",
    "introspect",
    "decode",
    "decrypt",
    "encrypt",
    "sample",
    "forward",
    "hybrid",
    "reverse",
    "geocode",
    "autocomplete",
    "optimize",
];

/// Whether an operation changes something, in the control plane.
pub(crate) fn changes_configuration(models: &Models, service: &Service, operation: &Operation) -> bool {
    mutates(models, service, operation) && !is_data(&service.name, &operation.name)
}

/// Whether an operation changes something at all.
fn mutates(models: &Models, service: &Service, operation: &Operation) -> bool {
    let verb = verb_and_noun(&operation.name).0;
    if operation.read_only || reads(&operation.name) {
        return false;
    }
    match level(models, service, operation) {
        Some(level) => level != "Read" && level != "List",
        None => !READING.contains(&verb.as_str()),
    }
}

/// Whether the name says that nothing is changed, whatever IAM's level: what hands out credentials is called writing there.
fn reads(name: &str) -> bool {
    let begins = |verb: &&str| {
        name.strip_prefix(*verb)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|it: char| it.is_ascii_uppercase()))
    };
    ["Get", "List", "Describe", "Search", "BatchGet"].iter().any(begins)
}

/// IAM's access level of the action of the operation's name.
fn level<'a>(models: &'a Models, service: &Service, operation: &Operation) -> Option<&'a str> {
    let name = operation.name.to_ascii_lowercase();
    let found = prefixes(service).into_iter().find_map(|prefix| models.actions.get(&format!("{prefix}:{name}")));
    found.map(|action| action.level.as_str()).filter(|level| !level.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::model::Action;
    use super::*;

    fn changes(level: Option<&str>, name: &str, read_only: bool) -> bool {
        let service = Service { name: "one".to_owned(), signing_name: "one".to_owned(), ..Service::default() };
        let mut models = Models::default();
        if let Some(level) = level {
            let action = Action { level: level.to_owned() };
            models.actions.insert(format!("one:{}", name.to_ascii_lowercase()), action);
        }
        changes_configuration(
            &models,
            &service,
            &Operation { name: name.to_owned(), read_only, ..Operation::default() },
        )
    }

    #[test]
    fn the_trait_wins_over_iam_and_iam_over_the_verb() {
        assert!(!changes(Some("Write"), "CreateThing", true));
        assert!(changes(Some("Write"), "CheckThing", false));
        assert!(!changes(Some("List"), "CreateThing", false));
        assert!(changes(None, "CreateThing", false));
        assert!(!changes(None, "CheckThing", false));
    }

    #[test]
    fn what_is_named_a_read_is_one() {
        for name in ["GetThing", "ListThings", "DescribeThing", "SearchThings", "BatchGetThing"] {
            assert!(!changes(Some("Write"), name, false), "{name}");
        }
        assert!(changes(Some("Write"), "GetawayThing", false));
    }

    #[test]
    fn data_is_left_out() {
        assert!(is_data("s3", "PutObject"));
        assert!(is_data("sesv2", "UpdateContact"));
        assert!(!is_data("sesv2", "UpdateContactList"));
        assert!(!is_data("ssm-contacts", "UpdateContact"));
        assert!(is_data("kms", "GenerateDataKeyPair"));
        assert!(!is_data("s3", "PutObjectLockConfiguration"));
        assert!(is_data("bedrock-runtime", "InvokeModel"));
    }
}

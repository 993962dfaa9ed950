//! Decides what an operation does to the resource it is about: creates, deletes, updates, touches it, or changes nothing of it.
//! What may change configuration is never called `none`; what only starts work on a resource is.

use super::bridge::Ranked;
use super::nouns::{crosses, similarity};
use super::runs::runs;
use super::score::{Call, Candidate};

/// What a row says happens, with the reason where nothing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Create,
    Delete,
    Update,
    Tag,
    Untag,
    Touch,
    /// A new object that nobody declares.
    Child,
    /// Work that is started, stopped or steered.
    Runtime,
}

/// Last words of nouns that name work, not configuration.
const WORK: &[&str] = &[
    "job",
    "execution",
    "session",
    "run",
    "task",
    "snapshot",
    "backup",
    "export",
    "import",
    "test",
    "report",
    "query",
    "assessment",
    "build",
    "invalidation",
    "upload",
    "preview",
    "recommendation",
    "scan",
    "simulation",
    "token",
    "message",
    "comment",
    "command",
    "invocation",
    "evaluation",
    "recording",
    "calculation",
    "replay",
    "analysis",
    "generation",
    "url",
    "ticket",
    "case",
    "estimate",
    "attempt",
    "transaction",
    "batch",
    "summary",
    "download",
    "diagnostic",
    "feedback",
    "workload-estimate",
    "exploration",
    "refresh",
    "finding",
    "migration",
    "rotation",
    "recovery",
    "upgrade",
    "review",
    "milestone",
    "annotation",
    "artifact",
    "log",
    "backfill",
    "change",
    "resize",
    "update",
    "verification",
];

/// Those of them that are run, and not kept.
const JOBS: &[&str] = &["job", "execution", "run", "session", "task"];

/// Verbs that start, stop or steer work.
const RUNTIME: &[&str] = &[
    "abort",
    "acknowledge",
    "build",
    "cancel",
    "check",
    "complete",
    "continue",
    "download",
    "evaluate",
    "execute",
    "export",
    "failover",
    "flush",
    "generate",
    "heartbeat",
    "initiate",
    "invoke",
    "notify",
    "pause",
    "poll",
    "post",
    "preview",
    "publish",
    "purge",
    "reboot",
    "rebalance",
    "rebuild",
    "record",
    "redrive",
    "refresh",
    "render",
    "replay",
    "report",
    "resend",
    "respond",
    "restart",
    "resume",
    "resync",
    "retry",
    "rollback",
    "run",
    "send",
    "signal",
    "simulate",
    "start",
    "stop",
    "submit",
    "suspend",
    "sync",
    "synchronize",
    "test",
    "trigger",
    "unsuspend",
    "validate",
    "verify",
    "wait",
];

/// Last words of nouns that name a setting, which starting or stopping changes.
const SETTINGS: &[&str] = &[
    "association",
    "disassociation",
    "encryption",
    "configuration",
    "creation",
    "deletion",
    "logging",
    "monitoring",
    "replication",
    "protection",
    "sharing",
    "share",
];

/// What the operation does. `terraform`: candidate types; `properties`: whether a member is known to be a property.
pub(crate) fn effect(
    call: &Call<'_>,
    best: Option<&Candidate<'_, '_>>,
    terraform: &Ranked,
    properties: bool,
) -> Effect {
    if let Some(effect) = tagging(call) {
        return effect;
    }
    if sets_job(call, best, terraform) {
        return Effect::Runtime;
    }
    let work = call.stems.last().is_some_and(|last| WORK.contains(&last.as_str()));
    let job = call.stems.last().is_some_and(|last| JOBS.contains(&last.as_str()));
    let own = best.map_or(terraform.exact && !(job && call.creates()), |it| is_own(call, it)) && !returns(call);
    if call.links() {
        return match (own, call_handler(call)) {
            (true, "create") => Effect::Create,
            (true, _) => Effect::Delete,
            (false, _) => Effect::Touch,
        };
    }
    if call.creates() && own && !has_create(call) {
        return Effect::Create;
    }
    if ["finding", "feedback", "handshake"].contains(&call.stems.last().map_or("", String::as_str)) && !own {
        return if call.creates() { Effect::Child } else { Effect::Runtime };
    }
    if call.verb == "cancel" && !work {
        let ends = own && best.is_some_and(|it| it.handlers.contains("delete"));
        return if ends { Effect::Delete } else { Effect::Touch };
    }
    if call.deletes() && own {
        return Effect::Delete;
    }
    if work && !own && (call.creates() || call.deletes()) {
        return Effect::Child;
    }
    if RUNTIME.contains(&call.verb.as_str()) {
        let switch = ["start", "stop", "suspend", "resume", "pause", "unsuspend", "publish", "rollback"]
            .contains(&call.verb.as_str());
        let settles = switch
            && (call.stems.iter().any(|word| SETTINGS.contains(&word.as_str()))
                || best.is_none() && !terraform.names.is_empty() && !job && (!work || terraform.exact)
                || call.verb == "publish" && own);
        let steers = !settles && (work && !own || !switch || !runs(call, best, terraform));
        return if steers { Effect::Runtime } else { Effect::Touch };
    }
    if properties && !call.creates() && !call.deletes() { Effect::Update } else { Effect::Touch }
}

/// Whether the verb only sounds like creation: the service has an operation that creates the same.
fn has_create(call: &Call<'_>) -> bool {
    const OTHERS: &[&str] =
        &["publish", "register", "generate", "initialize", "issue", "request", "provision", "upload", "launch"];
    OTHERS.contains(&call.verb.as_str()) && call.service.operations.contains_key(&format!("Create{}", call.noun))
}

/// Whether a resource that was to be deleted is taken back: `RestoreSecret`, but not `RestoreTableFromBackup`.
fn returns(call: &Call<'_>) -> bool {
    call.verb == "restore" && !call.operation.name.contains("From") && !call.operation.name.contains("ToPoint")
}

/// Tagging, by the operation's name.
pub(crate) fn tagging(call: &Call<'_>) -> Option<Effect> {
    let name = call.operation.name.as_str();
    let tags = call.stems.iter().any(|word| ["tag", "tagging"].contains(&word.as_str()));
    if name.starts_with("Untag") && name != "Untag" {
        return Some(Effect::Untag);
    }
    if name.starts_with("Tag") && !call.noun.is_empty() {
        return Some(Effect::Tag);
    }
    let about_tags = ["Option", "Policy", "Template", "Sync", "Rule", "Schema", "Key", "LF", "Budget", "Definition"];
    if !tags || about_tags.iter().any(|it| call.noun.contains(it)) {
        return None;
    }
    match call.verb.as_str() {
        "add" | "put" | "set" | "create" | "change" | "update" | "modify" => Some(Effect::Tag),
        "remove" | "delete" => Some(Effect::Untag),
        _ => None,
    }
}

/// Whether the operation is about the type itself: the names agree, or the type's handler alone calls it.
pub(crate) fn is_own(call: &Call<'_>, best: &Candidate<'_, '_>) -> bool {
    if call.is_place(best.kind) {
        return false;
    }
    if call.links() {
        let link = |end: &&str| {
            let words: Vec<String> = call.stems.iter().cloned().chain([(**end).to_owned()]).collect();
            similarity(&words, &best.kind.stems) > 0.95
        };
        // What is known of a type without handlers is its name.
        let calls = !best.handlers.is_empty() || best.kind.model.handlers.is_empty();
        let named = ["association", "attachment", "addition"].iter().any(link) && calls;
        let element = ["add", "remove"].contains(&call.verb.as_str()) && best.name > 0.95;
        return named || element && best.handlers.contains(call_handler(call)) && !call.aside;
    }
    let handled = best.handlers.contains(call_handler(call));
    let named = best.name > 0.88 && (handled || !longer(call, best));
    let only = best.handlers.len() == 1 && ["create", "delete"].contains(&call.verb.as_str());
    named || best.alone && handled && only && best.name >= 0.5 && ends_alike(call, best)
}

/// Whether what the operation's noun says behind the type's name is nothing of its own: a `ManagedPrefixList` is a prefix list, a
/// `DetectorVersion` is no detector.
fn ends_alike(call: &Call<'_>, best: &Candidate<'_, '_>) -> bool {
    const PLAIN: [&str; 3] = ["configuration", "config", "definition"];
    let behind = call.stems.iter().rev().take_while(|word| !best.kind.stems.contains(word));
    crosses(&call.stems, &best.kind.stems) || behind.into_iter().all(|word| PLAIN.contains(&word.as_str()))
}

/// The handler that an operation of this verb would be called by.
fn call_handler(call: &Call<'_>) -> &'static str {
    match () {
        () if call.deletes() || ["disassociate", "detach", "dissociate"].contains(&call.verb.as_str()) => "delete",
        () if call.creates() || call.links() => "create",
        () => "update",
    }
}

/// Whether the operation's noun is the type's and more: `BucketEncryption` of `Bucket`.
fn longer(call: &Call<'_>, best: &Candidate<'_, '_>) -> bool {
    let own = call.stems.iter().skip_while(|word| best.kind.namespace.contains(word));
    let longer = call.stems.len() > best.kind.stems.len() && !own.eq(best.kind.stems.iter());
    longer && best.kind.stems.iter().all(|word| call.stems.contains(word))
}

/// Whether a job is set that is not the type itself: its run is steered, and nothing is configured.
fn sets_job(call: &Call<'_>, best: Option<&Candidate<'_, '_>>, terraform: &Ranked) -> bool {
    const SETTING: &[&str] = &["update", "put", "modify", "set", "change", "extend", "edit"];
    const ASPECTS: &[&str] = &["status", "state", "priority", "progress"];
    let mut words = call.stems.iter().rev().skip_while(|word| ASPECTS.contains(&word.as_str()));
    let is_job = |word: &&String| JOBS.contains(&word.as_str()) || ["query", "evaluation"].contains(&word.as_str());
    let Some(job) = words.next().filter(is_job) else { return false };
    let part = |it: &Candidate<'_, '_>| it.handlers.contains("update") && !JOBS.contains(&job.as_str());
    let itself = best.is_some_and(|it| it.name > 0.99 || it.kind.stems.last() == Some(job) || part(it));
    SETTING.contains(&call.verb.as_str()) && !itself && !terraform.exact
}

#[cfg(test)]
mod tests {
    use super::super::model::Models;
    use super::super::score::Index;
    use super::super::tiny;
    use super::*;

    fn of(operation: &str, change: impl FnOnce(&mut Vec<&'static str>)) -> Effect {
        let mut service = tiny::service();
        tiny::operation(&mut service, operation, &[("ShelfId", "Text", true)], &[]);
        let mut properties = vec!["ShelfId"];
        change(&mut properties);
        let mut kind = tiny::kind("AWS::Store::Shelf", &properties, &["ShelfId"]);
        tiny::handler(&mut kind, "update", &[&format!("store:{}", operation.to_ascii_lowercase())]);
        let models: Models = tiny::models(service, vec![kind]);
        let service = &models.services["store"];
        let call = Call::new(&models, service, &service.operations[operation]);
        let index = Index::new(&models);
        let ranked = index.rank(&call);
        let terraform = Ranked { names: Vec::new(), exact: false, runs: false };
        effect(&call, ranked.first(), &terraform, false)
    }

    #[test]
    fn only_the_type_itself_is_created_and_deleted() {
        assert_eq!(of("CreateShelf", |_| ()), Effect::Create);
        assert_eq!(of("DeleteShelf", |_| ()), Effect::Delete);
        assert_eq!(of("CreateShelfLamp", |_| ()), Effect::Touch);
        assert_eq!(of("DeleteShelfLamp", |_| ()), Effect::Touch);
    }

    #[test]
    fn a_job_on_a_resource_is_its_child() {
        assert_eq!(of("CreateShelfImportJob", |_| ()), Effect::Child);
        assert_eq!(of("StartShelfCountingJob", |_| ()), Effect::Runtime);
    }

    #[test]
    fn starting_changes_configuration_only_where_a_property_says_it_runs() {
        assert_eq!(of("StartShelf", |_| ()), Effect::Runtime);
        assert_eq!(of("StartShelf", |all| all.push("Status")), Effect::Touch);
    }

    #[test]
    fn what_may_change_configuration_is_never_nothing() {
        for operation in ["EnableShelf", "DisableShelf", "AttachShelf", "AssociateShelf", "PutShelfLamp", "SetShelf"] {
            assert_eq!(of(operation, |_| ()), Effect::Touch, "{operation}");
        }
    }

    #[test]
    fn a_run_that_is_steered_changes_no_configuration() {
        for operation in ["UpdateShelfExecution", "UpdateShelfRun", "SetShelfJobPriority"] {
            assert_eq!(of(operation, |_| ()), Effect::Runtime, "{operation}");
        }
        // A query that the type's own handler sets is a part of it.
        assert_eq!(of("UpdateShelfQuery", |_| ()), Effect::Touch);
        assert_eq!(of("UpdateShelfLamp", |_| ()), Effect::Touch);
    }

    #[test]
    fn what_a_thing_is_for_is_not_what_is_created() {
        assert_eq!(of("CreateLampForShelf", |_| ()), Effect::Touch);
        assert_eq!(of("DeleteLampForShelf", |_| ()), Effect::Touch);
    }

    #[test]
    fn a_property_with_a_word_for_running_in_it_says_nothing() {
        assert_eq!(of("StopShelf", |all| all.push("StatusPreferences")), Effect::Runtime);
        assert_eq!(of("StopShelf", |all| all.push("StatusEnabled")), Effect::Touch);
    }

    #[test]
    fn tags_are_told_by_the_name() {
        assert_eq!(of("TagShelf", |_| ()), Effect::Tag);
        assert_eq!(of("RemoveTagsFromShelf", |_| ()), Effect::Untag);
        assert_eq!(of("CreateShelfTagOption", |_| ()), Effect::Touch);
    }
}

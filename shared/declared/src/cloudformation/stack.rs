//! What `DescribeStacks` says of a stack, and what the statuses of a stack and its resources mean for what is declared.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{file, place::Place};
use crate::{SkipReason, Standing};

/// A stack.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// The id, an ARN.
    pub(super) id: Option<String>,
    /// The name.
    pub(super) name: Option<String>,
    /// `UPDATE_COMPLETE`; empty where it is not told.
    pub(super) status: String,
    /// When it was last changed, as written.
    pub(super) changed_at: Option<String>,
    /// What its parameters were given.
    pub(super) parameters: BTreeMap<String, Given>,
    /// Its tags.
    pub(super) tags: BTreeMap<String, String>,
    /// Where its events are told, if that is said.
    pub(super) notification_arns: Option<Vec<Value>>,
}

/// What a parameter was given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// The value; asterisks where it is hidden.
    pub(super) value: Option<String>,
    /// What the value, as the name of a Systems Manager parameter, stood for.
    pub(super) resolved: Option<String>,
}

impl Stack {
    /// Reads a stack, and of its resources what it does not say itself.
    pub(super) fn read(stack: &Map<String, Value>, resources: &[Value]) -> Self {
        let text = |key: &str| stack.get(key).and_then(Value::as_str).map(str::to_owned);
        let list = |key: &str| stack.get(key).and_then(Value::as_array);
        let told = || resources.iter().find_map(|element| element.get("StackId")?.as_str()).map(str::to_owned);
        let id = text("StackId").or_else(told);
        let named = id.as_deref().and_then(|id| id.split('/').nth(1)).map(str::to_owned);
        Self {
            name: text("StackName").or(named),
            status: text("StackStatus").unwrap_or_default(),
            changed_at: text("LastUpdatedTime").or_else(|| text("CreationTime")),
            parameters: list("Parameters").into_iter().flatten().filter_map(given).collect(),
            tags: file::pairs(list("Tags").map_or(&[], Vec::as_slice), "Key", "Value"),
            notification_arns: list("NotificationARNs").cloned(),
            id,
        }
    }

    /// The version, for people: `UPDATE_COMPLETE 2026-11-20T10:00:00Z`.
    pub(super) fn version(&self) -> String {
        let status = if self.status.is_empty() { "no status" } else { &self.status };
        self.changed_at.as_ref().map_or_else(|| status.to_owned(), |changed_at| format!("{status} {changed_at}"))
    }

    pub(super) fn place(&self) -> Place {
        self.id.as_deref().and_then(Place::of_arn).unwrap_or_default()
    }

    /// Decides what the stack's status means for its resources.
    pub(super) fn reality(&self) -> Reality {
        match self.status.as_str() {
            // Nothing was made yet, what was made was taken back, or all is gone.
            "REVIEW_IN_PROGRESS" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_COMPLETE" => Reality::None,
            // What is left still waits to be destroyed.
            "DELETE_FAILED" => Reality::Standing(Standing::Deposed),
            status if status.ends_with("_IN_PROGRESS") => Reality::Standing(Standing::Changing),
            // What failed shows in the resources' own statuses.
            _ => Reality::Standing(Standing::Current),
        }
    }

    /// Whether an operation ended halfway: the template may not say what exists.
    pub(super) fn ended_halfway(&self) -> bool {
        matches!(
            self.status.as_str(),
            "CREATE_FAILED" | "UPDATE_FAILED" | "UPDATE_ROLLBACK_FAILED" | "IMPORT_ROLLBACK_FAILED" | "DELETE_FAILED"
        )
    }
}

fn given(parameter: &Value) -> Option<(String, Given)> {
    let text = |key: &str| match parameter.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(scalar @ (Value::Number(_) | Value::Bool(_))) => Some(scalar.to_string()),
        _ => None,
    };
    Some((text("ParameterKey")?, Given { value: text("ParameterValue"), resolved: text("ResolvedValue") }))
}

/// What a stack's status means for its resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reality {
    /// The template declares nothing that exists.
    None,
    /// Its resources stand like this, unless their own status says otherwise.
    Standing(Standing),
}

/// What a stack says of one of its resources.
#[derive(Debug)]
pub(super) struct Live<'s> {
    /// The physical id.
    pub(super) id: Option<&'s str>,
    /// `CREATE_COMPLETE`; empty where it is not told.
    pub(super) status: &'s str,
}

impl<'s> Live<'s> {
    /// Reads an element of `ListStackResources` or `DescribeStackResources`, with its logical id.
    pub(super) fn read(element: &'s Value) -> Option<(&'s str, Self)> {
        let text = |key: &str| element.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let status = text("ResourceStatus").unwrap_or_default();
        Some((text("LogicalResourceId")?, Self { id: text("PhysicalResourceId"), status }))
    }

    /// Why there is no such resource in the stack, if so.
    pub(super) fn absent(&self) -> Option<SkipReason> {
        match self.status {
            "DELETE_COMPLETE" | "DELETE_SKIPPED" | "EXPORT_COMPLETE" => Some(SkipReason::LeftStack),
            "CREATE_FAILED" | "IMPORT_FAILED" | "REVIEW_IN_PROGRESS" => Some(SkipReason::NotYetCreated),
            _ if self.id.is_none() => Some(SkipReason::NotYetCreated),
            _ => None,
        }
    }

    /// How the resource stands in a stack that stands like this.
    pub(super) fn standing(&self, stack: Standing) -> Standing {
        let is_undecided = self.status.ends_with("_IN_PROGRESS") || self.status.ends_with("_FAILED");
        if stack == Standing::Current && is_undecided { Standing::Changing } else { stack }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_status_decides_what_is_declared() {
        let reality = |status: &str| Stack { status: status.to_owned(), ..Stack::default() }.reality();
        for status in ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE"] {
            assert_eq!(reality(status), Reality::None, "{status}");
        }
        for status in [
            "UPDATE_IN_PROGRESS",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "IMPORT_IN_PROGRESS",
            "ROLLBACK_IN_PROGRESS",
            "DELETE_IN_PROGRESS",
        ] {
            assert_eq!(reality(status), Reality::Standing(Standing::Changing), "{status}");
        }
        for status in ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "IMPORT_ROLLBACK_COMPLETE", ""] {
            assert_eq!(reality(status), Reality::Standing(Standing::Current), "{status}");
        }
        assert_eq!(reality("DELETE_FAILED"), Reality::Standing(Standing::Deposed));
    }

    #[test]
    fn a_resource_has_a_status_of_its_own() {
        let live = |status: &'static str, id| Live { id, status };
        assert_eq!(live("DELETE_COMPLETE", Some("x")).absent(), Some(SkipReason::LeftStack));
        assert_eq!(live("CREATE_FAILED", Some("x")).absent(), Some(SkipReason::NotYetCreated));
        assert_eq!(live("CREATE_IN_PROGRESS", None).absent(), Some(SkipReason::NotYetCreated));
        assert_eq!(live("UPDATE_COMPLETE", Some("x")).absent(), None);
        assert_eq!(live("UPDATE_FAILED", Some("x")).standing(Standing::Current), Standing::Changing);
        assert_eq!(live("UPDATE_COMPLETE", Some("x")).standing(Standing::Changing), Standing::Changing);
        assert_eq!(live("CREATE_COMPLETE", Some("x")).standing(Standing::Current), Standing::Current);
        assert_eq!(live("DELETE_FAILED", Some("x")).standing(Standing::Deposed), Standing::Deposed);
    }

    #[test]
    fn a_stack_is_read_as_it_is_described() {
        let stack = json!({
            "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/1", "StackStatus": "UPDATE_COMPLETE",
            "CreationTime": "2026-01-01T00:00:00Z", "LastUpdatedTime": "2026-11-20T10:00:00Z",
            "Parameters": [{"ParameterKey": "Size", "ParameterValue": 5}, {"ParameterKey": "Image", "ParameterValue": "/ami", "ResolvedValue": "ami-1"}],
        });
        let stack = Stack::read(stack.as_object().unwrap(), &[]);
        assert_eq!(stack.name.as_deref(), Some("app"));
        let of_resources = Stack::read(&Map::new(), &[json!({"LogicalResourceId": "A"}), json!({"StackId": stack.id})]);
        assert_eq!((of_resources.id, of_resources.status), (stack.id.clone(), String::new()));
        assert_eq!(stack.version(), "UPDATE_COMPLETE 2026-11-20T10:00:00Z");
        assert_eq!(stack.parameters["Size"].value.as_deref(), Some("5"));
        assert_eq!(stack.parameters["Image"].resolved.as_deref(), Some("ami-1"));
    }
}

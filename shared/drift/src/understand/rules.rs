//! Security-group rules that a call names by their own ids.

use serde_json::Value;

use super::{effect::Effect, path};
use crate::{
    call::Call,
    compare::security_group::{self, Direction, Read},
};

/// A revocation may name rules by their ids alone; the answer then says which they were.
pub(super) fn revoked_by_id(call: &Call<'_>, read: Read) -> Read {
    if !read.tuples.is_empty() || rule_ids(call).is_empty() {
        return read;
    }
    let Some(answer) = path::first(call.response(), "revokedSecurityGroupRuleSet") else { return read };
    let items = security_group::from_rule_set(answer);
    let unread = items.iter().filter(|item| item.tuple.is_none()).count();
    Read { tuples: items.into_iter().filter_map(|item| item.tuple).collect(), unread }
}

/// The `sgr-` ids that a call names.
pub(super) fn rule_ids(call: &Call<'_>) -> Vec<String> {
    let paths = [
        "securityGroupRuleIds[].securityGroupRuleId",
        "securityGroupRuleIds[]",
        "securityGroupRuleId[].securityGroupRuleId",
        "securityGroupRuleId[]",
    ];
    let ids = |path: &&str| path::values(&call.request, path).into_iter().filter_map(path::text).collect::<Vec<_>>();
    paths.iter().map(ids).find(|ids| !ids.is_empty()).unwrap_or_default()
}

pub(super) fn modified_rules<'c>(call: &'c Call<'_>) -> Vec<Effect<'c>> {
    let updates = path::values(&call.request, "securityGroupRule[]")
        .into_iter()
        .chain(path::values(&call.request, "securityGroupRules[]"));
    let members = updates
        .filter_map(Value::as_object)
        .map(|update| path::first(update, "securityGroupRule").cloned().unwrap_or_default());
    security_group::from_modification(Direction::Ingress, &call.request)
        .into_iter()
        .zip(members)
        .map(|(item, members)| Effect::Rule { item: Box::new(item), members })
        .collect()
}

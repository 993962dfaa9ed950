//! The names under which declarations are kept outside a process, and asked for: wider than an alias, so that few are
//! asked for and none is missed. What a name leads to is never the answer; the index over it gives that. Knows no store.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use driftwire_catalog::is_global;
use driftwire_declared::Declaration;
use serde::{Deserialize, Serialize};

use super::spelling::{is_generated, without_partition};
use super::{Index, Resource, SINGLETON, is_arn};
use crate::outcome::Named;

/// What stands for the account of a declaration that does not say it.
const ANY_ACCOUNT: &str = "-";

/// Everything that leads to a declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The names that lead to it: ARNs without partition, `#` and a generated id, `account|name`.
    pub names: BTreeSet<String>,
    /// The resources that it speaks of, as it alone names them.
    pub places: Vec<Place>,
}

/// A resource as one declaration names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The type.
    pub kind: String,
    /// The identifier.
    pub id: String,
    /// The account, where the declaration says it.
    pub account: Option<String>,
    /// The region, where the declaration says it.
    pub region: Option<String>,
}

impl Reach {
    /// What leads to a declaration.
    #[must_use]
    pub fn of(declaration: &Declaration) -> Self {
        let account = declaration.account.as_deref();
        let index = Index::new(vec![declaration.clone()]);
        let mut names: BTreeSet<String> = index.aliases.keys().map(|key| wide(key, account)).collect();
        // A range is asked for with the resource that it is for: by every part of what the autoscaler calls that.
        for target in index.bands.keys() {
            let target = target.split('|').next().unwrap_or_default();
            names.extend(target.split(['/', ':']).skip(1).map(|part| scoped(account, part)));
        }
        Self { names, places: index.resources.iter().map(Place::of).collect() }
    }
}

impl Place {
    fn of(resource: &Resource) -> Self {
        let Resource { kind, id, account, region, .. } = resource;
        Self { kind: kind.clone(), id: id.clone(), account: account.clone(), region: region.clone() }
    }

    /// The resource, where what the declaration does not say is as in a call.
    #[must_use]
    pub fn named(&self, account: &str, region: &str) -> Named {
        Named {
            kind: self.kind.clone(),
            id: self.id.clone(),
            account: self.account.clone().unwrap_or_else(|| account.to_owned()),
            region: region_of(&self.kind, self.region.as_deref().unwrap_or(region)),
        }
    }
}

impl Index {
    /// An index of nothing that notes under which names it is asked for declarations: what a decision has to be given.
    #[must_use]
    pub fn noting() -> Self {
        Self { asked: Some(Mutex::default()), ..Self::default() }
    }

    /// The names that an index which notes them was asked for.
    #[must_use]
    pub fn asked(self) -> BTreeSet<String> {
        self.asked.map(|it| it.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
    }

    pub(super) fn note(&self, alias: &str, account: &str) {
        if let Some(asked) = &self.asked {
            asked.lock().unwrap_or_else(PoisonError::into_inner).extend(names_of(alias, account));
        }
    }
}

/// The region that a resource is known by: `global` where its service has none.
pub(crate) fn region_of(kind: &str, region: &str) -> String {
    if is_global(kind) && !kind.starts_with("AWS::S3::") { "global".to_owned() } else { region.to_owned() }
}

/// The names under which what an alias leads to may be kept: where the account is known, and where it is not.
fn names_of(alias: &str, account: &str) -> [String; 2] {
    [wide(alias, Some(account)), wide(alias, None)]
}

/// The name that an alias is part of. What is unique by itself has no account.
fn wide(alias: &str, account: Option<&str>) -> String {
    if alias.starts_with('#') {
        return alias.to_owned();
    }
    if is_arn(alias) {
        return without_partition(alias).unwrap_or_else(|| alias.to_owned());
    }
    match alias.split_once('\0') {
        Some((kind, SINGLETON)) => scoped(account, &format!("{kind} {SINGLETON}")),
        Some((_, id)) if is_arn(id) => without_partition(id).unwrap_or_else(|| id.to_owned()),
        Some((_, id)) if is_generated(id) => format!("#{id}"),
        Some((_, id)) => scoped(account, id),
        None => scoped(account, alias.split_once(':').map_or(alias, |(_, name)| name)),
    }
}

/// A name within an account. Its case does not count: some services fold it.
fn scoped(account: Option<&str>, name: &str) -> String {
    format!("{}|{}", account.unwrap_or(ANY_ACCOUNT), name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use driftwire_declared::Tool;
    use serde_json::json;

    use super::*;

    fn reach(kind: &str, attributes: &serde_json::Value) -> Reach {
        Reach::of(&Declaration {
            account: Some("111122223333".to_owned()),
            region: Some("eu-west-1".to_owned()),
            attributes: attributes.as_object().unwrap().clone(),
            ..Declaration::new(Tool::Terraform, kind, format!("{kind}.main"))
        })
    }

    #[test]
    fn a_group_is_reached_by_its_id_and_its_arn() {
        let arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0";
        let group = reach("aws_security_group", &json!({"id": "sg-0123456789abcdef0", "name": "Web", "arn": arn}));
        assert!(group.names.contains("#sg-0123456789abcdef0"), "{group:?}");
        assert!(group.names.contains("arn:*:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0"));
        assert_eq!(group.places[0].named("", "").id, "sg-0123456789abcdef0");
    }

    #[test]
    fn a_range_is_reached_by_the_name_of_what_it_is_for() {
        let target = json!({"id": "service/prod/api", "resource_id": "service/prod/api", "scalable_dimension": "ecs:service:DesiredCount", "min_capacity": 1, "max_capacity": 4});
        let names = reach("aws_appautoscaling_target", &target).names;
        assert!(names.contains("111122223333|api"), "{names:?}");
    }

    #[test]
    fn a_name_without_an_account_is_asked_for_with_any_other() {
        assert_eq!(names_of("AWS::IAM::Role\0Deploy", "111122223333"), ["111122223333|deploy", "-|deploy"]);
        assert_eq!(names_of("iam:Deploy", "111122223333"), ["111122223333|deploy", "-|deploy"]);
    }
}

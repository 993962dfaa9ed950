//! The rules in force: the shipped ones, and what a rules file adds to them or overrides by id.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::condition::Condition;
use super::file::{self, IgnoreRule, PipelineMatch, RuleEntry, RulesFile, Trust};
use super::glob::Glob;
use super::refusal::{RulesError, Source};
use crate::finding::{Actor, ActorKind, ResourceRef};
use crate::verdict::Severity;

/// The rules inside the binary.
pub const SHIPPED: &str = include_str!("../../rules/default.toml");

/// What errors call the shipped rules.
pub(crate) const SHIPPED_ORIGIN: &str = "shipped rules";

/// The rules in force.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pipelines: Vec<PipelineMatch>,
    ignores: Vec<IgnoreRule>,
    tag_keys: BTreeSet<String>,
    tag_prefixes: Vec<String>,
    pub(crate) rules: Vec<Rule>,
    places: Places,
}

/// Which rules are asked about a type of resource: their places, in order.
#[derive(Debug, Clone, Default)]
struct Places {
    /// For each type that some rule is limited to: those rules, and all that are not limited.
    of_type: BTreeMap<String, Vec<usize>>,
    /// The rules that are not limited to types.
    of_any: Vec<usize>,
}

/// A rule that gives a severity.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) when: Condition,
    pub(crate) severity: Severity,
    pub(crate) title: String,
    pub(crate) is_final: bool,
}

impl Rules {
    /// The shipped rules alone.
    #[must_use]
    pub fn shipped() -> Self {
        // A test reads the shipped file in full, so the fallback is never taken.
        let file = file::read(Source { origin: SHIPPED_ORIGIN, text: SHIPPED }, Trust::Tested).unwrap_or_default();
        let entries = file.rules.into_iter();
        let rules: Vec<Rule> = entries.filter_map(|entry| complete(entry, None).ok().flatten()).collect();
        Self { places: Places::of(&rules), rules, ..Self::default() }
    }

    /// The shipped rules with a file's additions before them, and its overrides in place of those of the same id.
    ///
    /// # Errors
    ///
    /// The file is refused whole for the first thing in it that is wrong; reading it again does not help.
    pub fn parse(text: &str, origin: &str) -> Result<Self, RulesError> {
        let file = file::read(Source { origin, text }, Trust::Unread)?;
        Self::with(file)
    }

    pub(crate) fn with(file: RulesFile) -> Result<Self, RulesError> {
        let RulesFile { pipelines, ignores, tag_keys, tag_prefixes, rules } = file;
        let mut shipped = Self::shipped().rules;
        let mut own = Vec::with_capacity(rules.len());
        for entry in rules {
            let place = shipped.iter().position(|rule| rule.id == entry.id);
            let replaced = place.map(|place| shipped.remove(place));
            own.extend(complete(entry, replaced)?);
        }
        own.extend(shipped);
        Ok(Self { pipelines, ignores, tag_keys, tag_prefixes, places: Places::of(&own), rules: own })
    }

    /// The rules that can fire on a finding, by what their conditions are limited to; each with its place.
    pub(crate) fn candidates(&self, resource: &str, call: &str, kind: &str) -> impl Iterator<Item = (usize, &Rule)> {
        let places = self.places.of_type.get(resource).unwrap_or(&self.places.of_any);
        let rules = places.iter().filter_map(|place| Some((*place, self.rules.get(*place)?)));
        rules.filter(move |(_, rule)| rule.when.narrow().admits(resource, call, kind))
    }

    /// The pipeline that the actor is, if the file says so. WAIT-NOT-HIDE: this only delays a finding.
    #[must_use]
    pub fn pipeline(&self, actor: &Actor) -> Option<&PipelineMatch> {
        self.pipelines.iter().find(|pipeline| {
            let PipelineMatch { principal, role, session, user_agent, reason: _, place: _ } = pipeline;
            given(principal.as_ref(), |glob| matches_principal(glob, actor))
                && given(role.as_ref(), |glob| matches_role(glob, actor))
                && given(session.as_ref(), |glob| actor.session.as_deref().is_some_and(|name| glob.matches(name)))
                && given(user_agent.as_ref(), |glob| {
                    actor.user_agent.as_deref().is_some_and(|agent| glob.matches(agent))
                })
        })
    }

    /// The entry that says never to report this, if one was in force at the time of the event.
    #[must_use]
    pub fn ignored(
        &self,
        resource: &ResourceRef,
        attribute: &str,
        address: Option<&str>,
        actor: &Actor,
        event_time: Timestamp,
    ) -> Option<&IgnoreRule> {
        self.ignores.iter().find(|rule| {
            let IgnoreRule {
                address: block,
                kind,
                account,
                region,
                actor: who,
                attribute: path,
                reason: _,
                expires,
                place: _,
            } = rule;
            expires.is_none_or(|expires| event_time < expires)
                && given(block.as_ref(), |glob| address.is_some_and(|address| glob.matches(address)))
                && given(kind.as_ref(), |glob| matches_type(glob, resource, address))
                && given(account.as_ref(), |glob| glob.matches(&resource.account))
                && given(region.as_ref(), |glob| glob.matches(&resource.region))
                && given(who.as_ref(), |glob| matches_actor(glob, actor))
                && given(path.as_ref(), |glob| glob.matches_path(attribute))
        })
    }

    /// Whether the file says to leave a tag alone.
    #[must_use]
    pub fn ignores_tag(&self, key: &str) -> bool {
        self.tag_keys.contains(key) || self.tag_prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    }
}

impl Places {
    fn of(rules: &[Rule]) -> Self {
        let mut of_any = Vec::new();
        let mut of_type: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for name in rules.iter().filter_map(|rule| rule.when.narrow().types()).flatten() {
            of_type.entry(name.clone()).or_default();
        }
        for (place, rule) in rules.iter().enumerate() {
            match rule.when.narrow().types() {
                Some(types) => of_type
                    .iter_mut()
                    .filter(|(name, _)| types.contains(name))
                    .for_each(|(_, places)| places.push(place)),
                None => of_type.values_mut().chain([&mut of_any]).for_each(|places| places.push(place)),
            }
        }
        Self { of_type, of_any }
    }
}

/// A rule as it is in force, or none where it is switched off.
fn complete(entry: RuleEntry, shipped: Option<Rule>) -> Result<Option<Rule>, RulesError> {
    let RuleEntry { id, when, severity, title, is_enabled, is_final, examples: _, line: _, incomplete } = entry;
    let base = shipped.map(|rule| (rule.when, rule.severity, rule.title, rule.is_final));
    if !is_enabled && base.is_some() {
        return Ok(None);
    }
    let rule = match (when, severity, title, base) {
        (Some(when), Some(severity), Some(title), base) => {
            let is_final = is_final.or(base.map(|(.., is_final)| is_final)).unwrap_or_default();
            Rule { id, when, severity, title, is_final }
        }
        (when, severity, title, Some(base)) => Rule {
            id,
            when: when.unwrap_or(base.0),
            severity: severity.unwrap_or(base.1),
            title: title.unwrap_or(base.2),
            is_final: is_final.unwrap_or(base.3),
        },
        (_, _, _, None) => return incomplete.map_or(Ok(None), Err),
    };
    Ok(is_enabled.then_some(rule))
}

/// A pattern that is not given does not ask for anything.
fn given(glob: Option<&Glob>, matches: impl Fn(&Glob) -> bool) -> bool {
    glob.is_none_or(matches)
}

/// The principal as AWS writes it, and the role behind a session in the form of IAM.
fn matches_principal(glob: &Glob, actor: &Actor) -> bool {
    let principal = actor.principal.as_deref();
    let role_arns = principal
        .and_then(role_of_session)
        .into_iter()
        .chain(actor.role.clone().filter(|role| role.starts_with("arn:")));
    principal.is_some_and(|principal| glob.matches(principal))
        || role_arns
            .into_iter()
            .any(|arn| glob.matches(&arn) || glob.without_role_path().is_some_and(|glob| glob.matches(&arn)))
}

fn matches_role(glob: &Glob, actor: &Actor) -> bool {
    let of_session = actor.principal.as_deref().and_then(role_of_session);
    let known = actor.role.as_deref().into_iter().chain(of_session.as_deref());
    known
        .into_iter()
        .any(|role| glob.matches(role) || role.rsplit_once('/').is_some_and(|(_, name)| glob.matches(name)))
}

/// `arn:aws:iam::111122223333:role/deploy` of `arn:aws:sts::111122223333:assumed-role/deploy/session`.
fn role_of_session(principal: &str) -> Option<String> {
    let (head, tail) = principal.split_once(":assumed-role/")?;
    let (name, _) = tail.split_once('/')?;
    Some(format!("{}:role/{name}", head.replacen(":sts:", ":iam:", 1)))
}

/// What AWS says of the actor; never what a caller can choose, such as the name of a session.
fn matches_actor(glob: &Glob, actor: &Actor) -> bool {
    let chosen = actor.session.as_deref() == Some(actor.name.as_str()) && actor.kind != ActorKind::Person;
    let name = (!chosen).then_some(actor.name.as_str());
    let principal = actor.principal.as_deref().filter(|principal| role_of_session(principal).is_none());
    name.into_iter().chain(principal).any(|text| glob.matches(text)) || matches_role(glob, actor)
}

/// CloudFormation's name of the type, or the declaring tool's: of the block that owns the change, where one does.
fn matches_type(glob: &Glob, resource: &ResourceRef, address: Option<&str>) -> bool {
    let owners =
        resource.declarations.iter().filter(|declaration| address.is_none_or(|address| declaration.address == address));
    glob.matches(&resource.kind) || owners.into_iter().any(|declaration| glob.matches(&declaration.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::file::finding;

    const BASIC: &str = r#"{ resource = { type = "AWS::ECS::Service", account = "111122223333", region = "eu-west-1", declarations = [{ address = "module.api.aws_ecs_service.web[0]", type = "aws_ecs_service" }] } }"#;

    fn with_rule(lines: &str) -> Rules {
        Rules::parse(&format!("[[rule]]\n{lines}\n"), "r.toml").unwrap()
    }

    fn open_ssh() -> crate::finding::Finding {
        finding(
            r#"{ resource = { type = "AWS::EC2::SecurityGroup" }, changes = [{ attribute = "ingress", actual = { protocol = "tcp", from_port = 22, to_port = 22, cidr = "0.0.0.0/0" } }] }"#,
        )
    }

    #[test]
    fn an_override_by_id_keeps_what_it_does_not_say() {
        let judgement = with_rule("id = 'sg-open-to-world'\nseverity = 'info'\ntitle = 'ours'").judge(&open_ssh());
        let ours = judgement.fired.iter().find(|fired| fired.rule == "sg-open-to-world").unwrap();
        assert_eq!(ours.severity, Severity::Info);
        assert_eq!(judgement.severity, Severity::High, "another shipped rule still fires");
    }

    #[test]
    fn a_rule_can_be_switched_off_and_a_new_one_added() {
        let off = with_rule("id = 'sg-open-to-world'\nenabled = false").judge(&open_ssh());
        assert_eq!((off.severity, off.rule.as_str()), (Severity::High, "sg-port-open-to-world"));
        let own = with_rule(
            "id = 'own'\nwhen = 'resource.type.endsWith(\"Group\")'\nseverity = 'critical'\ntitle = 'ours first'",
        )
        .judge(&open_ssh());
        assert_eq!(
            (own.rule.as_str(), own.title.as_str()),
            ("own", "ours first"),
            "a file's rules come before the shipped ones"
        );
    }

    #[test]
    fn a_new_rule_must_be_complete() {
        let refused = Rules::parse("[[rule]]\nid = 'sg-open-to-wrold'\nseverity = 'low'\n", "r.toml");
        let message = refused.map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            message,
            "r.toml:1:1: the rule `sg-open-to-wrold` has no `when`, and no rule of that id is shipped; expected one"
        );
    }

    #[test]
    fn a_pipeline_matches_when_all_that_is_given_matches() {
        let rules = Rules::parse(
            "[[pipeline]]\nprincipal = 'arn:aws:iam::*:role/ci/github-deploy*'\nuser_agent = '*Terraform/*'\nreason = 'deploys'\n\
             [[pipeline]]\nrole = 'cdk-*-deploy-role-*'\nreason = 'cdk'\n",
            "r.toml",
        )
        .unwrap();
        let mut who = finding(BASIC).who;
        who.principal = Some("arn:aws:sts::111122223333:assumed-role/github-deploy-main/run-7".to_owned());
        assert!(rules.pipeline(&who).is_none(), "no user agent");
        who.user_agent = Some("APN/1.0 HashiCorp/1.0 Terraform/1.11.4".to_owned());
        let matched = rules.pipeline(&who).unwrap();
        assert_eq!((matched.reason.as_str(), matched.place.as_str()), ("deploys", "r.toml:1"));
        assert!(!matched.is_only_claimed());
        who.principal = Some(
            "arn:aws:sts::111122223333:assumed-role/cdk-hnb659fds-deploy-role-111122223333-us-east-1/x".to_owned(),
        );
        assert_eq!(rules.pipeline(&who).map(|matched| matched.reason.as_str()), Some("cdk"));
        who.principal = Some("arn:aws:iam::111122223333:user/github-deploy-main".to_owned());
        assert!(rules.pipeline(&who).is_none());
    }

    fn ignored(entry: &str, attribute: &str) -> bool {
        let rules = Rules::parse(&format!("[[ignore]]\nreason = 'noise'\n{entry}\n"), "r.toml").unwrap();
        let mut found = finding(BASIC);
        found.who.principal = Some("arn:aws:sts::111122223333:assumed-role/scaler/chosen-name".to_owned());
        found.who.role = Some("scaler".to_owned());
        found.who.kind = ActorKind::Role;
        found.who.name = "scaler".to_owned();
        found.who.session = Some("chosen-name".to_owned());
        let time = "2026-12-31T23:59:59Z".parse().unwrap();
        rules.ignored(&found.resource, attribute, Some("module.api.aws_ecs_service.web[0]"), &found.who, time).is_some()
    }

    #[test]
    fn an_ignore_entry_matches_when_all_that_is_given_matches() {
        assert!(ignored("address = 'module.api.aws_ecs_service.*'\nattribute = 'desired_count'", "desired_count"));
        assert!(!ignored("address = 'module.api.aws_ecs_service.*'\nattribute = 'desired_count'", "task_definition"));
        assert!(ignored("address = 'module.api.aws_ecs_service.web[0]'", "x"));
        assert!(!ignored("address = 'module.api.aws_ecs_service.web0'", "x"));
        assert!(ignored("type = 'AWS::ECS::*'", "x"));
        assert!(ignored("type = 'aws_ecs_*'\naccount = '1111*'\nregion = 'eu-*'", "x"));
        assert!(!ignored("type = 'aws_ecs_*'\nregion = 'us-*'", "x"));
        assert!(ignored("actor = 'scaler'", "x"));
        assert!(ignored("actor = 'arn:aws:iam::*:role/scaler'", "x"));
    }

    #[test]
    fn an_actor_is_never_matched_by_what_it_chose() {
        assert!(!ignored("actor = '*chosen-name'", "x"));
    }

    #[test]
    fn an_expired_entry_no_longer_matches() {
        assert!(ignored("type = '*'\nexpires = '2027-01-01'", "x"));
        assert!(!ignored("type = '*'\nexpires = 2026-12-31", "x"));
    }

    #[test]
    fn tags_are_ignored_by_key_and_prefix() {
        let rules =
            Rules::parse("[ignore_tags]\nkeys = ['LastScanned']\nkey_prefixes = ['kubernetes.io/']\n", "r.toml")
                .unwrap();
        assert!(rules.ignores_tag("LastScanned"));
        assert!(rules.ignores_tag("kubernetes.io/cluster/a"));
        assert!(!rules.ignores_tag("LastScannedBy"));
        assert!(!Rules::shipped().ignores_tag("Owner"));
    }
}

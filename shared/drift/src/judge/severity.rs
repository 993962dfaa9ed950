//! Gives a finding its severity, and says which rules and modifiers did.

use super::condition::{Condition, Reach, Scope};
use super::context::Variables;
use super::parts::{Facts, kind_name};
use super::rules::{Rule, Rules};
use crate::finding::{Actor, ActorKind, Channel, Finding};
use crate::verdict::{FindingKind, Severity};

/// How much a finding matters, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The severity.
    pub severity: Severity,
    /// The id of the rule that gave it, or `base-…` where no rule fired.
    pub rule: String,
    /// That rule's wording.
    pub title: String,
    /// Every rule that fired, in the order they were asked.
    pub fired: Vec<Fired>,
    /// What moved the severity of the rule up or down.
    pub modifiers: Vec<Modifier>,
    /// Conditions that could not be answered, and so did not fire: SAY-WHAT-YOU-HID.
    pub problems: Vec<Problem>,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The rule's id.
    pub rule: String,
    /// The rule's own severity.
    pub severity: Severity,
    /// The change it fired on; absent where it fired on all together, or on a finding without changes.
    pub change: Option<usize>,
}

/// What moves a severity by one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Modifier {
    /// The account's root user did it: one step up.
    Root,
    /// A person did it without a second factor: one step up.
    NoSecondFactor,
    /// A pipeline did it: one step down, not below low.
    Pipeline,
    /// A controller of a cluster did it, with the cluster's own identity: one step down, not below low. A user agent
    /// alone, which anyone can set, is no such identity, and what is critical stays so.
    Controller,
}

/// A condition that could not be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule's id.
    pub rule: String,
    /// The change it was asked about.
    pub change: Option<usize>,
    /// What went wrong, without any value of the finding.
    pub message: String,
}

/// The outcome for one change, or for all together. `order` is the rule's place; base severities come last.
struct Outcome<'a> {
    severity: Severity,
    order: usize,
    rule: &'a str,
    title: &'a str,
    modifier: Option<Modifier>,
}

impl Rules {
    /// Judges a finding. Its own `severity`, `rule` and `rule_title` are not looked at.
    #[must_use]
    pub fn judge(&self, finding: &Finding) -> Judgement {
        let candidates = self.candidates(&finding.resource.kind, &finding.call.name, kind_name(finding.kind)).collect();
        let changes: Vec<Facts<'_>> = finding.changes.iter().map(Facts::of).collect();
        let mut judge =
            Judge { finding, changes: &changes, candidates, variables: None, fired: Vec::new(), problems: Vec::new() };
        let mut outcomes = Vec::new();
        match changes.len() {
            0 => outcomes.push(judge.outcome(None)),
            count => {
                outcomes.extend((0..count).map(|index| judge.outcome(Some(index))));
                if count > 1 {
                    outcomes.extend(judge.together());
                }
            }
        }
        // The highest; among equals the rule that comes first, and its first change.
        let highest =
            outcomes.into_iter().reduce(|best, next| match (next.severity, best.order) > (best.severity, next.order) {
                true => next,
                false => best,
            });
        let highest = highest.unwrap_or_else(|| judge.base());
        Judgement {
            severity: highest.severity,
            rule: highest.rule.to_owned(),
            title: highest.title.to_owned(),
            modifiers: highest.modifier.into_iter().collect(),
            fired: judge.fired,
            problems: judge.problems,
        }
    }
}

struct Judge<'a> {
    finding: &'a Finding,
    changes: &'a [Facts<'a>],
    candidates: Vec<(usize, &'a Rule)>,
    /// What CEL sees, once it was needed.
    variables: Option<Variables>,
    fired: Vec<Fired>,
    problems: Vec<Problem>,
}

impl<'a> Judge<'a> {
    /// The outcome for one change, or for a finding without any.
    fn outcome(&mut self, change: Option<usize>) -> Outcome<'a> {
        let firing = self.ask(change, |_| true);
        let decides_alone = firing.iter().find(|(_, rule)| rule.is_final);
        if let Some((order, rule)) = decides_alone {
            return Outcome {
                severity: rule.severity,
                order: *order,
                rule: &rule.id,
                title: &rule.title,
                modifier: None,
            };
        }
        self.highest(firing).unwrap_or_else(|| self.base())
    }

    /// The outcome for all changes together, of the rules that combine several.
    fn together(&mut self) -> Option<Outcome<'a>> {
        let firing = self.ask(None, |rule| !rule.is_final && rule.when.reach() == Reach::AllChanges);
        self.highest(firing)
    }

    /// The rules that fire on one change, or on all.
    fn ask(&mut self, change: Option<usize>, is_asked: impl Fn(&Rule) -> bool) -> Vec<(usize, &'a Rule)> {
        let mut firing = Vec::new();
        for (order, rule) in self.candidates.iter().filter(|(_, rule)| is_asked(rule)) {
            match answer(&rule.when, self.finding, self.changes, change, &mut self.variables) {
                Ok(true) => {
                    self.fired.push(Fired { rule: rule.id.clone(), severity: rule.severity, change });
                    firing.push((*order, *rule));
                }
                Ok(false) => {}
                Err(message) => self.problems.push(Problem { rule: rule.id.clone(), change, message }),
            }
        }
        firing
    }

    fn highest(&self, firing: Vec<(usize, &'a Rule)>) -> Option<Outcome<'a>> {
        let best = firing.into_iter().reduce(|best, next| if next.1.severity > best.1.severity { next } else { best });
        best.map(|(order, rule)| self.modified(rule.severity, order, &rule.id, &rule.title))
    }

    /// The outcome where no rule fired.
    fn base(&self) -> Outcome<'a> {
        let (rule, severity, title) = base(self.finding.kind);
        self.modified(severity, usize::MAX, rule, title)
    }

    fn modified(&self, severity: Severity, order: usize, rule: &'a str, title: &'a str) -> Outcome<'a> {
        let modifier = modifier(&self.finding.who);
        let moved = match modifier {
            Some(Modifier::Root | Modifier::NoSecondFactor) => one_up(severity),
            Some(Modifier::Controller) if severity == Severity::Critical => severity,
            Some(Modifier::Pipeline | Modifier::Controller) => one_down(severity),
            None => severity,
        };
        Outcome { severity: moved, order, rule, title, modifier: modifier.filter(|_| moved != severity) }
    }
}

/// What a condition says of one change, or of all: of the finding as it is where that suffices, otherwise by CEL.
fn answer(
    when: &Condition,
    finding: &Finding,
    changes: &[Facts<'_>],
    change: Option<usize>,
    variables: &mut Option<Variables>,
) -> Result<bool, String> {
    let asked = change.map_or(changes, |index| changes.get(index..=index).unwrap_or_default());
    if let Some(answer) = when.answer(Scope::of(finding, asked)) {
        return Ok(answer);
    }
    let variables = variables.get_or_insert_with(|| Variables::of(finding, changes));
    when.ask(match change {
        Some(index) => variables.with_change(index),
        None => variables.with_all(),
    })
}

/// The severity of a kind of finding that no rule knows more about.
fn base(kind: FindingKind) -> (&'static str, Severity, &'static str) {
    match kind {
        FindingKind::Modified => ("base-modified", Severity::Medium, "differs from the code"),
        FindingKind::Deleted => ("base-deleted", Severity::High, "deleted, though the code declares it"),
        FindingKind::Unmanaged => ("base-unmanaged", Severity::Low, "created outside the code"),
        FindingKind::Undeclared => ("base-undeclared", Severity::Low, "set by hand, not in the code"),
        FindingKind::Touched => ("base-touched", Severity::Medium, "changed by hand, the value is not known"),
    }
}

/// What the actor does to a severity.
///
/// A session of IAM Identity Center always says that there was no second factor, because it was asked for elsewhere.
/// Calls with a long-term key say nothing, which is not a no.
fn modifier(actor: &Actor) -> Option<Modifier> {
    let without_second_factor = actor.mfa == Some(false);
    match actor.kind {
        ActorKind::Root => Some(Modifier::Root),
        ActorKind::Person if without_second_factor && !is_identity_center(actor) => Some(Modifier::NoSecondFactor),
        ActorKind::User if without_second_factor && actor.via == Channel::Console => Some(Modifier::NoSecondFactor),
        ActorKind::Pipeline => Some(Modifier::Pipeline),
        ActorKind::Workload if actor.via == Channel::Kubernetes => Some(Modifier::Controller),
        ActorKind::Person
        | ActorKind::User
        | ActorKind::Role
        | ActorKind::Workload
        | ActorKind::Service
        | ActorKind::Unknown => None,
    }
}

fn is_identity_center(actor: &Actor) -> bool {
    let role = actor
        .role
        .as_deref()
        .is_some_and(|role| role.rsplit('/').next().unwrap_or(role).starts_with("AWSReservedSSO_"));
    role || actor.principal.as_deref().is_some_and(|principal| principal.contains(":assumed-role/AWSReservedSSO_"))
}

fn one_up(severity: Severity) -> Severity {
    match severity {
        Severity::Info => Severity::Low,
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}

fn one_down(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
        Severity::Info => Severity::Info,
    }
}

#[cfg(test)]
mod tests;

//! Decides which resources of a template are declarations, and makes them; counts the others by reason: NO-SILENCE.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    scope::{Missing, Scope},
    stack::Reality,
};
use crate::{Declaration, Format, Redactor, SkipReason, Standing, Tool, Warning};

/// As many resources as `DescribeStackResources` tells.
const ONE_ANSWER: usize = 100;

/// Where in a resource something else was expected, and what.
type Wrong = (&'static str, &'static str);

/// Makes declarations of resources.
#[derive(Debug)]
pub(super) struct Reader<'r> {
    pub(super) declarations: Vec<Declaration>,
    pub(super) skipped: BTreeMap<SkipReason, usize>,
    pub(super) warnings: Vec<Warning>,
    pub(super) version: String,
    scope: &'r Scope<'r>,
    origin: &'r str,
    redactor: &'r Redactor,
    format: Format,
    tags: BTreeMap<String, String>,
    unlisted: usize,
}

impl<'r> Reader<'r> {
    pub(super) fn new(scope: &'r Scope<'r>, origin: &'r str, redactor: &'r Redactor, format: Format) -> Self {
        let tags = scope.stack.tags.iter().map(|(key, value)| (key.clone(), shown(value, redactor))).collect();
        Self {
            declarations: Vec::new(),
            skipped: BTreeMap::new(),
            warnings: Vec::new(),
            version: if format == Format::Stack { scope.stack.version() } else { "no stack".to_owned() },
            scope,
            origin,
            redactor,
            format,
            tags,
            unlisted: 0,
        }
    }

    /// Reads one resource.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(&mut self, logical_id: &str, resource: &Value) -> Result<(), Wrong> {
        if logical_id.starts_with("Fn::") {
            self.skip(SkipReason::Unprocessed);
            return Ok(());
        }
        let resource = resource.as_object().ok_or(("", "an object with `Type` and `Properties`"))?;
        // Tools of others put their modules where a type should be.
        if resource
            .get("Type")
            .and_then(Value::as_object)
            .is_some_and(|it| it.keys().all(|key| key.starts_with("Fn::")))
        {
            self.skip(SkipReason::Unprocessed);
            return Ok(());
        }
        let kind = resource.get("Type").and_then(Value::as_str).ok_or((".Type", "the resource's type, a text"))?;
        match self.standing(logical_id, kind, resource.get("Condition")) {
            Ok(standing) => self.declare(logical_id, kind, resource.get("Properties"), standing),
            Err(reason) => {
                self.skip(reason);
                Ok(())
            }
        }
    }

    /// Adds what there is to say of the whole.
    pub(super) fn finish(mut self) -> Self {
        let Scope { stack, resources, live, .. } = self.scope;
        if stack.ended_halfway() {
            self.warnings.push(Warning::StackHalfway { status: stack.status.clone() });
        }
        if self.unlisted > 0 && live.len() == ONE_ANSWER {
            self.warnings.push(Warning::ResourcesCutShort);
        }
        let unprocessed = live
            .iter()
            .filter(|(logical_id, live)| live.absent().is_none() && !resources.contains_key(**logical_id))
            .count();
        if unprocessed > 0 {
            *self.skipped.entry(SkipReason::Unprocessed).or_default() += unprocessed;
        }
        self
    }

    fn skip(&mut self, reason: SkipReason) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Decides how a resource stands, or why it is not a declaration.
    fn standing(&mut self, logical_id: &str, kind: &str, condition: Option<&Value>) -> Result<Standing, SkipReason> {
        let standing = match self.scope.stack.reality() {
            Reality::Standing(standing) => standing,
            Reality::None => return Err(SkipReason::StackStatus(self.scope.stack.status.clone())),
        };
        foreign(kind).map_or(Ok(()), Err)?;
        let holds = match condition {
            None => Some(true),
            Some(condition) => condition.as_str().and_then(|name| self.scope.condition(name)),
        };
        if holds == Some(false) {
            return Err(SkipReason::ConditionFalse);
        }
        if self.format != Format::Stack {
            return if holds.is_some() { Ok(standing) } else { Err(SkipReason::ConditionUnknown) };
        }
        // Of a resource that is there, the condition was true.
        let Some(live) = self.scope.live.get(logical_id) else {
            self.unlisted += 1;
            return Err(SkipReason::NotYetCreated);
        };
        live.absent().map_or_else(|| Ok(live.standing(standing)), Err)
    }

    fn declare(
        &mut self,
        logical_id: &str,
        kind: &str,
        properties: Option<&Value>,
        standing: Standing,
    ) -> Result<(), Wrong> {
        let mut attributes = match properties {
            None | Some(Value::Null) => Map::new(),
            Some(properties @ Value::Object(members)) => match self.scope.resolve(properties) {
                Ok(Value::Object(attributes)) => attributes,
                Err(Missing::NoValue) => Map::new(),
                Err(Missing::Unknown(reason)) => members.keys().map(|name| (name.clone(), reason.mark())).collect(),
                Ok(_) => return Err((".Properties", "an object")),
            },
            Some(_) => return Err((".Properties", "an object")),
        };
        self.redactor.redact_attributes(kind, &mut attributes);
        self.declarations.push(Declaration {
            id: self.scope.physical_id(logical_id).map(str::to_owned),
            origin: self.origin.to_owned(),
            version: self.version.clone(),
            account: self.scope.place.account.clone(),
            region: self.scope.place.region.clone(),
            attributes,
            standing,
            default_tags: self.tags.clone(),
            ..Declaration::new(Tool::CloudFormation, kind, logical_id)
        });
        Ok(())
    }
}

/// Why a type of resource is never a declaration, if so.
fn foreign(kind: &str) -> Option<SkipReason> {
    if kind.starts_with("AWS::Serverless::") || kind.ends_with("::MODULE") {
        return Some(SkipReason::Unprocessed);
    }
    match kind {
        "AWS::CDK::Metadata"
        | "AWS::CloudFormation::CustomResource"
        | "AWS::CloudFormation::WaitCondition"
        | "AWS::CloudFormation::WaitConditionHandle" => return Some(SkipReason::NotInAws),
        _ => {}
    }
    match kind.split_once("::").map_or(kind, |(vendor, _)| vendor) {
        "AWS" => None,
        "Custom" => Some(SkipReason::NotInAws),
        vendor => Some(SkipReason::OtherProvider(vendor.to_owned())),
    }
}

/// A tag's value, unless it looks like a secret.
fn shown(text: &str, redactor: &Redactor) -> String {
    if redactor.redact_value(&mut Value::from(text)) { redactor.hash(text) } else { text.to_owned() }
}

//! Which declared resource a call means: every declaration under every alias of the resource it speaks of.
//!
//! An alias never leads to a resource by its text alone: type (or service), account and region must agree, where both
//! sides say them. A look-up costs the same whatever the number of declarations.

use std::collections::BTreeMap;

use driftwire_catalog::{TerraformKind, is_global, terraform};
use driftwire_declared::{Declaration, Standing};
use hashbrown::HashMap;
use serde_json::Value;

use crate::understand::path;

/// A resource that at least one declaration speaks of.
#[derive(Debug)]
pub struct Resource {
    /// CloudFormation's type name, or the tool's where the catalog knows none.
    pub kind: String,
    /// The identifier that its declarations give it first.
    pub id: String,
    /// Its ARN, if a declaration has it.
    pub arn: Option<String>,
    /// Its account, if a declaration says or implies it.
    pub account: Option<String>,
    /// Its region, if a declaration says or implies it.
    pub region: Option<String>,
    /// Positions of its declarations in [`Index::declarations`]: whole ones first, then parts.
    declarations: Vec<usize>,
    /// How many of them declare the whole resource.
    whole: usize,
}

/// The identifier of a resource of which an account has one in a region: a password policy, a recorder.
pub(crate) const SINGLETON: &str = "@singleton";

/// What an alias leads to.
#[derive(Debug, Clone, Copy)]
pub enum Found<'i> {
    /// One declared resource.
    One(&'i Resource),
    /// Several, and nothing in the record tells them apart.
    Several,
    /// None.
    Nothing,
}

/// All declarations, by every alias of their resources.
#[derive(Debug, Default)]
pub struct Index {
    declarations: Vec<Declaration>,
    resources: Vec<Resource>,
    /// `<type>\0<alias>`, `arn:…`, `#<generated id>` and `<service>:<name>` to positions in `resources`.
    aliases: HashMap<Box<str>, Vec<usize>>,
    /// `<resource id>|<scalable dimension>` to the range an autoscaler was given.
    bands: BTreeMap<String, (f64, f64)>,
}

impl Index {
    /// Indexes declarations. Declarations of one resource unite, whatever state they come from.
    #[must_use]
    pub fn new(mut declarations: Vec<Declaration>) -> Self {
        // The order of the states must not matter.
        declarations.sort_by(|one, other| (&one.address, &one.origin).cmp(&(&other.address, &other.origin)));
        let mut index = Self { declarations: Vec::new(), ..Self::default() };
        let parts_last = |declaration: &Declaration| terraform(&declaration.kind).is_some_and(|row| row.part);
        for (position, declaration) in declarations.iter().enumerate().filter(|(_, it)| !parts_last(it)) {
            index.add(position, declaration);
        }
        for (position, declaration) in declarations.iter().enumerate().filter(|(_, it)| parts_last(it)) {
            index.add(position, declaration);
        }
        index.declarations = declarations;
        index
    }

    /// How many declarations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.declarations.len()
    }

    /// Whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.declarations.is_empty()
    }

    /// All declarations, sorted by address.
    #[must_use]
    pub fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }

    /// All resources that declarations speak of.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The declarations of a resource: whole ones first, then parts; deposed ones left out.
    pub fn of<'i>(&'i self, resource: &'i Resource) -> impl Iterator<Item = &'i Declaration> {
        resource
            .declarations
            .iter()
            .filter_map(|position| self.declarations.get(*position))
            .filter(|declaration| declaration.standing != Standing::Deposed)
    }

    /// Whether all that is left of a resource waits to be destroyed.
    #[must_use]
    pub fn is_deposed(&self, resource: &Resource) -> bool {
        self.of(resource).next().is_none()
    }

    /// Whether a declaration says that the resource exists, rather than only something of it.
    #[must_use]
    pub fn declares_existence(&self, resource: &Resource) -> bool {
        resource.whole > 0
    }

    /// The resource of a type that an identifier means, in an account and region.
    #[must_use]
    pub fn find(&self, kind: &str, id: &str, account: &str, region: &str) -> Found<'_> {
        let (account, region) = place_of_arn(id).unwrap_or((account, region));
        let mut key = String::with_capacity(kind.len() + id.len() + 1);
        // One in an account, and the declaration does not say in which.
        let singleton = (id == account).then_some(SINGLETON);
        for alias in spellings(id).chain(singleton) {
            key.clear();
            key.push_str(kind);
            key.push('\0');
            key.push_str(alias);
            match self.pick(&key, account, region) {
                Found::Nothing => {}
                found => return found,
            }
        }
        Found::Nothing
    }

    /// The resource that a text names by itself: an ARN, or an id that AWS generated, or a name within a service.
    #[must_use]
    pub fn find_by_text(&self, service: &str, text: &str, account: &str, region: &str) -> Found<'_> {
        if text.starts_with("arn:") {
            let (account, region) = place_of_arn(text).unwrap_or((account, region));
            return self.pick(text, account, region);
        }
        if is_generated(text) {
            return self.pick(&format!("#{text}"), account, region);
        }
        self.pick(&format!("{service}:{text}"), account, region)
    }

    /// The range that an autoscaler was given for a dimension: `service/prod/api|ecs:service:DesiredCount`.
    #[must_use]
    pub fn band(&self, target: &str) -> Option<(f64, f64)> {
        self.bands.get(target).copied()
    }

    fn pick(&self, key: &str, account: &str, region: &str) -> Found<'_> {
        let Some(positions) = self.aliases.get(key) else { return Found::Nothing };
        let mut best: Option<(&Resource, u8)> = None;
        let mut tied = false;
        for resource in positions.iter().filter_map(|position| self.resources.get(*position)) {
            let Some(agreement) = agreement(resource, account, region) else { continue };
            match best {
                Some((_, score)) if score > agreement => {}
                Some((_, score)) if score == agreement => tied = true,
                _ => (best, tied) = (Some((resource, agreement)), false),
            }
        }
        match (best, tied) {
            (None, _) => Found::Nothing,
            (Some(_), true) => Found::Several,
            (Some((resource, _)), false) => Found::One(resource),
        }
    }

    fn add(&mut self, position: usize, declaration: &Declaration) {
        let row = terraform(&declaration.kind);
        let kind = row.map_or(declaration.kind.as_str(), |row| row.resource);
        let part = row.is_some_and(|row| row.part);
        let ids = identifiers(declaration, row);
        let arn = (!part).then(|| text_at(declaration, "arn")).flatten().filter(|arn| arn.starts_with("arn:"));
        self.add_band(declaration);
        let Some(first) = ids.first().cloned().or_else(|| arn.clone()) else { return };
        let known = ids.iter().chain(&arn).find_map(|id| self.same_resource(kind, id, declaration));
        let at = known.unwrap_or_else(|| {
            self.resources.push(Resource {
                kind: kind.to_owned(),
                id: first,
                arn: None,
                account: None,
                region: None,
                declarations: Vec::new(),
                whole: 0,
            });
            self.resources.len() - 1
        });
        if let Some(resource) = self.resources.get_mut(at) {
            resource.declarations.push(position);
            resource.whole += usize::from(!part);
            resource.arn = resource.arn.take().or_else(|| arn.clone());
            resource.account = resource.account.take().or_else(|| declaration.account.clone());
            resource.region = resource.region.take().or_else(|| declaration.region.clone());
        }
        for id in &ids {
            self.alias(format!("{kind}\0{id}"), at);
            if !part {
                let key = if is_generated(id) { format!("#{id}") } else { format!("{}:{id}", service_of(kind)) };
                self.alias(key, at);
            }
        }
        if let Some(arn) = arn {
            self.alias(format!("{kind}\0{arn}"), at);
            self.alias(arn, at);
        }
    }

    fn same_resource(&self, kind: &str, id: &str, declaration: &Declaration) -> Option<usize> {
        self.aliases.get(format!("{kind}\0{id}").as_str())?.iter().copied().find(|position| {
            self.resources.get(*position).is_some_and(|resource| {
                agrees(resource.account.as_deref(), declaration.account.as_deref())
                    && (is_global(kind) || agrees(resource.region.as_deref(), declaration.region.as_deref()))
            })
        })
    }

    fn alias(&mut self, key: String, at: usize) {
        let positions = self.aliases.entry(key.into_boxed_str()).or_default();
        if !positions.contains(&at) {
            positions.push(at);
        }
    }

    fn add_band(&mut self, declaration: &Declaration) {
        if declaration.kind != "aws_appautoscaling_target" {
            return;
        }
        let number = |name: &str| declaration.attributes.get(name).and_then(Value::as_f64);
        if let (Some(id), Some(dimension), Some(low), Some(high)) = (
            text_at(declaration, "resource_id"),
            text_at(declaration, "scalable_dimension"),
            number("min_capacity"),
            number("max_capacity"),
        ) {
            self.bands.insert(format!("{id}|{dimension}"), (low, high));
        }
    }
}

fn agrees(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// How well a resource's place agrees with a record's; `None` if it contradicts it. More is better.
fn agreement(resource: &Resource, account: &str, region: &str) -> Option<u8> {
    let account = match resource.account.as_deref() {
        Some(declared) if !account.is_empty() && declared != account => return None,
        Some(_) => 2,
        None => 0,
    };
    let region = match resource.region.as_deref() {
        _ if is_global(&resource.kind) => 1,
        Some(declared) if !region.is_empty() && declared != region => return None,
        Some(_) => 1,
        None => 0,
    };
    Some(account + region)
}

/// Account and region of an ARN, where it has them.
fn place_of_arn(id: &str) -> Option<(&str, &str)> {
    let mut parts = id.strip_prefix("arn:")?.split(':');
    let (_, _, region, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some((account, region))
}

/// The ways in which a call may spell an identifier that a declaration has: as it is, and its last parts.
///
/// `arn:aws:lambda:…:function:api:PROD` is also `api`; `/hostedzone/Z1` is also `Z1`; a queue's URL is also its name.
fn spellings(id: &str) -> impl Iterator<Item = &str> {
    let resource_of_arn = id.starts_with("arn:").then(|| id.splitn(6, ':').nth(5)).flatten();
    let after_type = resource_of_arn.and_then(|part| part.split_once([':', '/']).map(|(_, name)| name));
    let without_qualifier = resource_of_arn
        .and_then(|part| part.strip_prefix("function:"))
        .or_else(|| id.split_once(":function:").map(|(_, name)| name))
        .and_then(|name| name.split(':').next());
    let last = id.rsplit('/').next().filter(|last| !last.is_empty());
    let unqualified = (!id.starts_with("arn:") && !id.contains('/')).then(|| id.split(':').next()).flatten();
    let mut seen = Vec::new();
    [Some(id), resource_of_arn, after_type, without_qualifier, last, unqualified].into_iter().flatten().filter(
        move |spelling| {
            let new = !seen.contains(spelling);
            seen.push(*spelling);
            new
        },
    )
}

/// An id that AWS generated and that is unique by itself: `sg-0123456789abcdef0`.
fn is_generated(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(prefix, hex)| {
        matches!(hex.len(), 8 | 17)
            && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            && !prefix.is_empty()
            && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    })
}

/// CloudTrail's event source of a resource type, without `.amazonaws.com`.
#[must_use]
pub fn service_of(kind: &str) -> String {
    if let Some(rest) = kind.strip_prefix("aws_") {
        return rest.split('_').next().unwrap_or_default().to_owned();
    }
    let namespace = kind.split("::").nth(1).unwrap_or_default();
    match namespace {
        "StepFunctions" => "states".to_owned(),
        "ElasticLoadBalancingV2" => "elasticloadbalancing".to_owned(),
        "ApiGatewayV2" => "apigateway".to_owned(),
        "CloudWatch" => "monitoring".to_owned(),
        "EFS" => "elasticfilesystem".to_owned(),
        "Elasticsearch" | "OpenSearchService" => "es".to_owned(),
        "Cognito" => "cognito-idp".to_owned(),
        "CertificateManager" => "acm".to_owned(),
        "DocDB" | "Neptune" => "rds".to_owned(),
        "ApplicationAutoScaling" => "application-autoscaling".to_owned(),
        "MSK" => "kafka".to_owned(),
        "EMR" => "elasticmapreduce".to_owned(),
        "AmazonMQ" => "amazonmq".to_owned(),
        "NetworkFirewall" => "network-firewall".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

fn text_at(declaration: &Declaration, attribute: &str) -> Option<String> {
    declaration.attributes.get(attribute).and_then(path::text)
}

/// The identifiers that a declaration gives its resource, the catalog's first one first.
fn identifiers(declaration: &Declaration, row: Option<&TerraformKind>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut add = |id: Option<String>| {
        if let Some(id) = id.filter(|id| !ids.contains(id)) {
            ids.push(id);
        }
    };
    let Some(row) = row else {
        add(text_at(declaration, "id"));
        add(text_at(declaration, "name"));
        return ids;
    };
    for expression in row.id {
        let part = |attribute: &str| match attribute.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(constant) => Some(constant.to_owned()),
            None if attribute == "@account" => {
                Some(declaration.account.clone().unwrap_or_else(|| SINGLETON.to_owned()))
            }
            None => path::first(&declaration.attributes, attribute).and_then(path::text),
        };
        add(joined(expression, part));
    }
    if !row.part {
        add(text_at(declaration, "id"));
    }
    if row.id.is_empty() {
        add(Some(SINGLETON.to_owned()));
    }
    ids
}

/// Joins the parts of `a|b`, each reduced to its last segment if it is an ARN; a single part stays as it is.
pub(crate) fn joined(expression: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    if !expression.contains('|') {
        return value(expression);
    }
    let parts: Option<Vec<String>> =
        expression.split('|').map(|part| value(part).map(|text| short(&text).to_owned())).collect();
    parts.map(|parts| parts.join("|"))
}

/// The last segment of an ARN, of a path or of a URL; other text as it is.
pub(crate) fn short(text: &str) -> &str {
    if text.starts_with("arn:") {
        return text.rsplit(['/', ':']).next().unwrap_or(text);
    }
    if text.starts_with("https://") { text.rsplit('/').next().unwrap_or(text) } else { text }
}

//! Which declared resource a call means: every declaration under every alias of the resource it speaks of.
//!
//! An alias never leads to a resource by its text alone: type (or service), account and region must agree, where both
//! sides say them. A look-up costs the same whatever the number of declarations.

mod alias;
mod name;
mod place;
mod service;
mod spelling;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::understand::path;
use crate::vocabulary::{self, kind_of, row_of};
use alias::{Aliases, aliases, owners};
use driftwire_catalog::is_global;
use driftwire_declared::{Declaration, Standing};
use hashbrown::HashMap;
use place::{agreement, agrees};
use service::{belongs, services};
use spelling::{folded, is_generated, may_be, place_of_arn, shorter, without_partition};

pub(crate) use alias::{SINGLETON, own_segment};
pub(crate) use name::region_of;
pub use name::{Place, Reach};
pub(crate) use spelling::{is_arn, joined, short};

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

impl Resource {
    /// Whether calls of a service may be about it.
    pub(crate) fn belongs_to(&self, service: &str) -> bool {
        belongs(&self.kind, self.arn.as_deref(), service)
    }
}

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

/// How well an identifier fits the resource that it leads to; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// By a shorter form of what the call says.
    Form,
    /// By a name, whole.
    Name,
    /// By an ARN or an id that AWS generated: no two resources share one.
    Sure,
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
    /// What was asked for, where somebody wants to know.
    asked: Option<Mutex<BTreeSet<String>>>,
}

impl Index {
    /// Indexes declarations. Declarations of one resource unite, whatever state they come from.
    #[must_use]
    pub fn new(mut declarations: Vec<Declaration>) -> Self {
        // The order of the states must not matter.
        declarations.sort_by(|one, other| (&one.address, &one.origin).cmp(&(&other.address, &other.origin)));
        let mut index = Self { declarations: Vec::new(), ..Self::default() };
        let parts_last = |declaration: &Declaration| row_of(declaration).is_some_and(|row| row.part);
        for (position, declaration) in declarations.iter().enumerate().filter(|(_, it)| !parts_last(it)) {
            index.add(position, declaration);
        }
        for (position, declaration) in declarations.iter().enumerate().filter(|(_, it)| parts_last(it)) {
            index.add(position, declaration);
            let Some(row) = row_of(declaration).filter(|row| !row.of.is_empty()) else { continue };
            let owners = owners(declaration, row);
            if owners.is_empty() {
                // Whose part it is could not be resolved: it stands alone.
                index.place(position, declaration, (row.name, false), aliases(declaration, Some(row)));
            }
            for (kind, aliases) in owners {
                index.place(position, declaration, (kind, true), aliases);
            }
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
        self.seek(kind, id, account, region).0
    }

    /// The same, with how well the identifier fits. `AWS::Glue::*` is any type of the namespace, or one of Terraform's own
    /// that belongs to the service.
    pub(crate) fn seek(&self, kind: &str, id: &str, account: &str, region: &str) -> (Found<'_>, Fit) {
        let place = place_of_arn(id).unwrap_or((account, region));
        if let found @ (Found::One(_) | Found::Several) = self.by_arn(id, place, |resource| resource.kind == kind) {
            return (found, Fit::Sure);
        }
        let mut key = String::with_capacity(kind.len() + id.len() + 1);
        let mut look = |id: &str, accept: &dyn Fn(&Resource) -> bool| {
            key.clear();
            key.push_str(kind);
            key.push('\0');
            key.push_str(&folded(kind, id));
            self.pick(&key, place, accept)
        };
        let found = look(id, &|_| true);
        if !matches!(found, Found::Nothing) {
            return (found, if is_arn(id) || is_generated(id) { Fit::Sure } else { Fit::Name });
        }
        for form in shorter(kind, id) {
            let found = look(form, &|it| !is_arn(id) || may_be(id, kind, it.arn.as_deref()));
            if !matches!(found, Found::Nothing) {
                return (found, Fit::Form);
            }
        }
        // One in an account, and the declaration does not say in which.
        if id == place.0 { (look(SINGLETON, &|_| true), Fit::Name) } else { (Found::Nothing, Fit::Form) }
    }

    /// The resource that an identifier means among all of a service: by ARN first, else by what exactly one is called.
    /// `namespace` is `AWS::Glue::`; types that CloudFormation lacks count too.
    pub(crate) fn seek_any(&self, namespace: &str, service: &str, id: &str, place: (&str, &str)) -> (Found<'_>, Fit) {
        let place = place_of_arn(id).unwrap_or(place);
        let fits = |it: &Resource| {
            it.kind.starts_with(namespace)
                || it.kind.starts_with("aws_") && belongs(&it.kind, it.arn.as_deref(), service)
        };
        if let found @ (Found::One(_) | Found::Several) = self.by_arn(id, place, |_| true) {
            return (found, Fit::Sure);
        }
        for form in std::iter::once(id).chain(shorter(namespace, id)) {
            let accept = |it: &Resource| fits(it) && (!is_arn(id) || may_be(id, &it.kind, it.arn.as_deref()));
            let found = self.by_name(service, form, place, accept);
            if !matches!(found, Found::Nothing) {
                let fit = if is_generated(form) { Fit::Sure } else { Fit::Name };
                return (found, if form == id { fit } else { fit.min(Fit::Form) });
            }
        }
        (Found::Nothing, Fit::Form)
    }

    /// The resource that a text names by itself: an ARN, or an id that AWS generated, or a name within a service.
    #[must_use]
    pub fn find_by_text(&self, service: &str, text: &str, account: &str, region: &str) -> Found<'_> {
        if is_arn(text) {
            return self.by_arn(text, place_of_arn(text).unwrap_or((account, region)), |_| true);
        }
        self.by_name(service, text, (account, region), |_| true)
    }

    /// The resource that an ARN means, whether a declaration has it or its type implies it.
    fn by_arn(&self, arn: &str, place: (&str, &str), accept: impl Fn(&Resource) -> bool) -> Found<'_> {
        if !is_arn(arn) {
            return Found::Nothing;
        }
        match self.pick(arn, place, &accept) {
            Found::Nothing => without_partition(arn).map_or(Found::Nothing, |open| self.pick(&open, place, &accept)),
            found => found,
        }
    }

    /// The resource of a service that has a generated id, or a name.
    fn by_name(&self, service: &str, name: &str, place: (&str, &str), accept: impl Fn(&Resource) -> bool) -> Found<'_> {
        if is_generated(name) {
            return self.pick(&format!("#{name}"), place, &accept);
        }
        match self.pick(&format!("{service}:{name}"), place, &accept) {
            Found::Nothing if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                let folds = |it: &Resource| accept(it) && matches!(folded(&it.kind, name), Cow::Owned(_));
                self.pick(&format!("{service}:{}", name.to_ascii_lowercase()), place, &folds)
            }
            found => found,
        }
    }

    /// The range that an autoscaler was given for a dimension of a target: `service/main/api`.
    #[must_use]
    pub fn band(&self, target: &str, dimension: &str) -> Option<(f64, f64)> {
        self.bands.get(&format!("{target}|{dimension}")).copied()
    }

    /// The ranges for a dimension of all targets whose names begin so.
    pub fn bands_below(&self, prefix: &str, dimension: &str) -> impl Iterator<Item = (f64, f64)> {
        let targets = self.bands.range(prefix.to_owned()..).take_while(move |(target, _)| target.starts_with(prefix));
        targets.filter(move |(target, _)| target.ends_with(dimension)).map(|(_, range)| *range)
    }

    fn pick(&self, key: &str, (account, region): (&str, &str), accept: &dyn Fn(&Resource) -> bool) -> Found<'_> {
        self.note(key, account);
        let Some(positions) = self.aliases.get(key) else { return Found::Nothing };
        let mut best: Option<(&Resource, u8)> = None;
        let mut tied = false;
        for resource in positions.iter().filter_map(|position| self.resources.get(*position)) {
            let Some(agreement) = agreement(resource, account, region).filter(|_| accept(resource)) else { continue };
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
        let row = row_of(declaration);
        let kind = row.map_or_else(|| kind_of(declaration), |row| Cow::Borrowed(row.resource));
        let kind = kind.as_ref();
        let part = row.is_some_and(|row| row.part);
        self.add_band(declaration, kind);
        // What a stack declares as a part of others is no resource of its own.
        if row.is_none_or(|row| row.of.is_empty()) {
            self.place(position, declaration, (kind, part), aliases(declaration, row));
        }
    }

    /// Enters a declaration under every alias of a resource that it speaks of, as a whole or in part.
    fn place(&mut self, position: usize, declaration: &Declaration, (kind, part): (&str, bool), aliases: Aliases) {
        let Aliases { ids, names, arn, implied } = aliases;
        let Some(first) = ids.first().or(names.first()).or(arn.as_ref()).cloned() else { return };
        let known = ids.iter().find_map(|id| self.same_resource(kind, id, declaration));
        let known = known.or_else(|| arn.as_ref().and_then(|arn| self.same_arn(kind, arn)));
        let known = known.or_else(|| ids.iter().filter(|_| part).find_map(|id| self.same_form(kind, id, declaration)));
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
        let services = if part { Vec::new() } else { services(kind, arn.as_deref()) };
        for id in ids.iter().chain(&names) {
            let id = folded(kind, id);
            self.alias(format!("{kind}\0{id}"), at);
            if is_generated(&id) && !part {
                self.alias(format!("#{id}"), at);
            } else if !is_arn(&id) {
                services.iter().for_each(|service| self.alias(format!("{service}:{id}"), at));
            }
        }
        for arn in arn.into_iter().chain(implied) {
            self.alias(arn, at);
        }
    }

    fn same_resource(&self, kind: &str, id: &str, declaration: &Declaration) -> Option<usize> {
        self.aliases.get(format!("{kind}\0{}", folded(kind, id)).as_str())?.iter().copied().find(|position| {
            self.resources.get(*position).is_some_and(|resource| {
                agrees(resource.account.as_deref(), declaration.account.as_deref())
                    && (is_global(kind) || agrees(resource.region.as_deref(), declaration.region.as_deref()))
            })
        })
    }

    /// The resource that a part names by its ARN, or by a longer form of its name.
    fn same_form(&self, kind: &str, id: &str, declaration: &Declaration) -> Option<usize> {
        let arn = || self.same_arn(kind, id).filter(|_| is_arn(id));
        arn().or_else(|| shorter(kind, id).find_map(|form| self.same_resource(kind, form, declaration)))
    }

    fn same_arn(&self, kind: &str, arn: &str) -> Option<usize> {
        let is_own = |position: &usize| {
            self.resources.get(*position).is_some_and(|it| it.kind == kind && it.arn.as_deref() == Some(arn))
        };
        self.aliases.get(arn)?.iter().copied().find(is_own)
    }

    fn alias(&mut self, key: String, at: usize) {
        let positions = self.aliases.entry(key.into_boxed_str()).or_default();
        if !positions.contains(&at) {
            positions.push(at);
        }
    }

    fn add_band(&mut self, declaration: &Declaration, kind: &str) {
        if kind != "AWS::ApplicationAutoScaling::ScalableTarget" {
            return;
        }
        let text = |name: &str| vocabulary::text(declaration, name);
        let number = |name: &str| vocabulary::value(declaration, name).and_then(path::number);
        // A stack's physical id is `service/main/api|ecs:service:DesiredCount|ecs`, and known where the parts are not.
        let physical = || {
            let mut parts = declaration.id.as_deref()?.split('|').map(str::to_owned);
            parts.next().zip(parts.next())
        };
        let target = physical().or_else(|| text("resource_id").zip(text("scalable_dimension")));
        if let (Some((id, dimension)), Some(range)) = (target, number("min_capacity").zip(number("max_capacity"))) {
            self.bands.insert(format!("{id}|{dimension}"), range);
        }
    }
}

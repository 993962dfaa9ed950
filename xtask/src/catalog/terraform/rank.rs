//! Ranks the CloudFormation types that may be the twin of a Terraform type. A score is the sum of votes whose weights were
//! set once:
//!
//! | vote | weight | what it says |
//! |---|---|---|
//! | name | 1.0 | how near the names are, with and without the service's words, in Terraform's and Pulumi's spelling |
//! | same name | 0.6 | whether they are the same |
//! | properties | 0.8 | which share of the arguments and of the properties have the same name |
//!
//! Only types of the service's own namespaces are ranked. Nothing here knows a type by name.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Models, ResourceType, TerraformType};
use super::super::nouns::{fold, similarity, singular, stems, words};
use super::super::sources::namespace;
use super::super::terraform_names::module;
use super::namespaces::homes;

/// The weight of the arguments and properties that have the same name.
const PROPERTIES: f64 = 0.8;
/// What the same name counts more than a near one.
const EXACT: f64 = 0.6;
/// From here on, names are the same.
pub(crate) const SAME: f64 = 0.995;
/// A pair below this score is not looked at.
const LEAST: f64 = 0.75;

/// A CloudFormation type that may be a Terraform type's twin.
#[derive(Debug, Clone)]
pub(crate) struct Pair<'a> {
    pub(crate) resource: &'a str,
    pub(crate) score: f64,
    /// How near the names are: 1 where they are the same.
    pub(crate) name: f64,
}

/// Every pair that is worth a look, the best first, by Terraform's name.
pub(crate) fn pairs(models: &Models) -> BTreeMap<&str, Vec<Pair<'_>>> {
    let homes = homes(models);
    let mut kinds: BTreeMap<&str, Vec<Kind<'_>>> = BTreeMap::new();
    for model in models.types.values() {
        kinds.entry(namespace(&model.name)).or_default().push(Kind::new(model));
    }
    models
        .terraform
        .values()
        .map(|of| {
            let home = homes.get(of.name.as_str()).into_iter().flatten();
            let near = home.filter_map(|it| kinds.get(it.as_str())).flatten();
            (of.name.as_str(), ranked(of, near))
        })
        .collect()
}

fn ranked<'a, 'k>(of: &TerraformType, kinds: impl Iterator<Item = &'k Kind<'a>>) -> Vec<Pair<'a>>
where
    'a: 'k,
{
    let spellings = spellings(of);
    let arguments = arguments(of);
    let mut pairs: Vec<Pair<'a>> = kinds
        .map(|kind| {
            let (name, overlap) = (kind.near(&spellings), kind.overlap(&arguments));
            let score = PROPERTIES.mul_add(overlap, name) + if name >= SAME { EXACT } else { 0.0 };
            Pair { resource: &kind.model.name, score, name }
        })
        .filter(|pair| pair.score >= LEAST)
        .collect();
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.resource.cmp(b.resource)));
    pairs
}

/// A CloudFormation type, prepared.
#[derive(Debug)]
struct Kind<'a> {
    model: &'a ResourceType,
    stems: Vec<String>,
    namespace: Vec<String>,
    properties: BTreeSet<String>,
}

impl<'a> Kind<'a> {
    fn new(model: &'a ResourceType) -> Self {
        let noun = model.name.rsplit("::").next().unwrap_or_default();
        let read_only: BTreeSet<&str> = model.read_only.iter().map(String::as_str).collect();
        let own = fold(noun);
        let settable = model.properties.keys().filter(|name| !read_only.contains(name.as_str()));
        let properties = settable.map(|name| short(&meet(name), &own)).filter(|it| !common(it)).collect();
        Self { model, stems: stems(noun), namespace: stems(namespace(&model.name)), properties }
    }

    /// How near the names are.
    fn near(&self, spellings: &[Vec<String>]) -> f64 {
        let whole: Vec<String> = self.namespace.iter().chain(&self.stems).cloned().collect();
        let near = |spelling: &Vec<String>| similarity(spelling, &self.stems).max(similarity(spelling, &whole));
        spellings.iter().map(near).fold(0.0, f64::max)
    }

    /// Which share of the arguments and properties have the same name.
    fn overlap(&self, arguments: &BTreeSet<String>) -> f64 {
        let shared = arguments.intersection(&self.properties).count();
        let total = arguments.len() + self.properties.len();
        if total == 0 { 0.0 } else { share(2 * shared, total) }
    }
}

/// The words of a type's name, as often as it can be read: `aws_lb` is also a `LoadBalancer`, and one of `lb`.
fn spellings(of: &TerraformType) -> Vec<Vec<String>> {
    let whole = of.name.trim_start_matches("aws_");
    let class = of.token.rsplit(':').next().unwrap_or_default();
    let service = stems(module(&of.token));
    let with_service = || service.iter().cloned().chain(stems(class)).collect();
    let mut all = vec![stems(whole), stems(class), with_service()];
    if let Some((_, noun)) = whole.split_once('_') {
        all.push(stems(noun));
    }
    all
}

/// The names of a type's arguments, as they meet properties.
fn arguments(of: &TerraformType) -> BTreeSet<String> {
    let noun = fold(of.token.rsplit(':').next().unwrap_or_default());
    of.inputs.keys().map(|name| short(&meet(name), &noun)).filter(|it| !common(it)).collect()
}

/// A name without case, underscores and plural.
fn meet(name: &str) -> String {
    let words = words(name);
    let (last, rest) = words.split_last().map_or((String::new(), &[][..]), |(last, rest)| (singular(last), rest));
    rest.concat() + &last
}

/// A name without the noun of its own type: `functionname` of a function is `name`.
fn short(name: &str, noun: &str) -> String {
    name.strip_prefix(noun).filter(|rest| !rest.is_empty()).unwrap_or(name).to_owned()
}

/// Names that say nothing about which type it is.
fn common(name: &str) -> bool {
    ["region", "tag", "tagsall", "timeout", "description"].contains(&name)
}

/// One number as a share of another.
fn share(part: usize, whole: usize) -> f64 {
    let number = |it: usize| u32::try_from(it).map_or(f64::MAX, f64::from);
    number(part) / number(whole)
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{Attribute, Property};
    use super::*;

    fn terraform(name: &str, token: &str, inputs: &[&str]) -> TerraformType {
        let inputs = inputs.iter().map(|it| ((*it).to_owned(), Attribute::default())).collect();
        TerraformType { name: name.to_owned(), token: token.to_owned(), inputs, ..TerraformType::default() }
    }

    fn resource(name: &str, properties: &[&str]) -> ResourceType {
        let properties = properties.iter().map(|it| ((*it).to_owned(), Property::default())).collect();
        ResourceType { name: name.to_owned(), properties, ..ResourceType::default() }
    }

    fn best(of: &TerraformType, kinds: &[ResourceType]) -> (String, f64) {
        let kinds: Vec<Kind<'_>> = kinds.iter().map(Kind::new).collect();
        let ranked = ranked(of, kinds.iter());
        ranked.first().map(|pair| (pair.resource.to_owned(), pair.name)).unwrap()
    }

    #[test]
    fn a_short_name_is_read_in_pulumi_s_spelling() {
        let of = terraform("aws_lb", "aws:lb/loadBalancer:LoadBalancer", &["subnets"]);
        let kinds = [
            resource("AWS::ElasticLoadBalancingV2::Listener", &["Port"]),
            resource("AWS::ElasticLoadBalancingV2::LoadBalancer", &["Subnets"]),
        ];
        let (name, near) = best(&of, &kinds);
        assert_eq!(name, "AWS::ElasticLoadBalancingV2::LoadBalancer");
        assert!(near >= SAME);
    }

    #[test]
    fn the_same_name_wins_over_more_common_properties() {
        let of = terraform("aws_internet_gateway", "aws:ec2/internetGateway:InternetGateway", &["vpc_id"]);
        let kinds = [resource("AWS::EC2::EgressGateway", &["VpcId"]), resource("AWS::EC2::InternetGateway", &["Kind"])];
        assert_eq!(best(&of, &kinds).0, "AWS::EC2::InternetGateway");
    }

    #[test]
    fn a_property_with_the_noun_in_front_or_in_the_plural_is_the_same() {
        let of = terraform("aws_x_function", "aws:x/function:Function", &["name", "layers", "tags"]);
        let twin = resource("AWS::X::Function", &["FunctionName", "Layer", "Tags"]);
        let overlap = Kind::new(&twin).overlap(&arguments(&of));
        assert!(overlap > 0.99, "{overlap}");
    }

    #[test]
    fn only_the_service_s_own_namespaces_are_ranked() {
        let mut models = Models::default();
        let of = terraform("aws_glue_job", "aws:glue/job:Job", &[]);
        models.terraform.insert(of.name.clone(), of);
        for kind in [resource("AWS::Glue::Job", &[]), resource("AWS::DataBrew::Job", &[])] {
            models.types.insert(kind.name.clone(), kind);
        }
        let pairs = pairs(&models);
        let names: Vec<&str> = pairs.values().flatten().map(|pair| pair.resource).collect();
        assert_eq!(names, ["AWS::Glue::Job"]);
    }
}

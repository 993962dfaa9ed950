//! Ranks the Terraform types that an operation may touch: those of its CloudFormation candidates, and those whose own name is near
//! the operation's noun. It reads names and arguments only.

use std::collections::{BTreeMap, BTreeSet};

use std::path::Path;

use super::effect::Effect;
use super::identify::looks_like_id;
use super::model::{Models, TerraformType};
use super::nouns::{fold, similarity, stems};
use super::runs::says_running;
use super::score::{Call, Candidate};
use super::terraform;

/// A row names no more types.
const MOST: usize = 5;
/// A type below this score is no candidate.
const THRESHOLD: f64 = 1.15;
/// A type that no CloudFormation candidate leads to needs this score.
const ALONE: f64 = 1.6;

/// Modules of Pulumi's provider whose name is not the service's: module, services.
const MODULES: &[(&str, &[&str])] = &[
    ("alb", &["elbv2"]),
    ("appautoscaling", &["application-autoscaling"]),
    ("applicationloadbalancing", &["elbv2"]),
    ("bcmdata", &["bcm-data-exports"]),
    ("bedrock", &["bedrock", "bedrock-agent", "bedrock-agentcore-control", "bedrock-data-automation"]),
    ("bedrockfoundation", &["bedrock"]),
    ("bedrockmodel", &["bedrock"]),
    ("cfg", &["config"]),
    ("chime", &["chime-sdk-voice", "chime"]),
    ("chimesdkmediapipelines", &["chime-sdk-media-pipelines"]),
    ("cloudformation", &["cloudformation"]),
    ("cloudfront", &["cloudfront", "cloudfront-keyvaluestore"]),
    ("cloudwatch", &["cloudwatch", "logs", "events"]),
    ("cognito", &["cognito-idp", "cognito-identity"]),
    ("costexplorer", &["ce"]),
    ("devopsguru", &["devops-guru"]),
    ("directoryservice", &["ds"]),
    ("ebs", &["ec2"]),
    ("ec2", &["ec2", "autoscaling"]),
    ("ec2clientvpn", &["ec2"]),
    ("ec2transitgateway", &["ec2"]),
    ("ecrpublic", &["ecr-public"]),
    ("elasticsearch", &["es"]),
    ("inspector2", &["inspector2"]),
    ("kinesis", &["kinesis", "firehose", "kinesisanalytics", "kinesisvideo"]),
    ("lb", &["elbv2"]),
    ("lex", &["lexv2-models", "lex-models"]),
    ("msk", &["kafka"]),
    ("mskconnect", &["kafkaconnect"]),
    ("opensearch", &["opensearch", "opensearchserverless"]),
    ("opensearchingest", &["osis"]),
    ("pinpoint", &["pinpoint", "pinpoint-sms-voice-v2"]),
    ("rds", &["rds"]),
    ("redshift", &["redshift"]),
    ("resourceexplorer", &["resource-explorer-2"]),
    ("s3", &["s3"]),
    ("s3control", &["s3control"]),
    ("serverlessrepository", &["serverlessrepo"]),
    ("servicecatalog", &["servicecatalog", "servicecatalog-appregistry"]),
    ("ses", &["ses", "sesv2"]),
    ("sesv2", &["sesv2", "ses"]),
    ("sfn", &["stepfunctions"]),
    ("verifiedaccess", &["ec2"]),
    ("vpc", &["ec2"]),
    ("vpn", &["ec2"]),
    ("wafregional", &["waf-regional"]),
];

/// Terraform's types by service, prepared.
#[derive(Debug)]
pub(crate) struct Bridge<'a> {
    by_service: BTreeMap<&'a str, Vec<Block<'a>>>,
    /// Terraform's types of each CloudFormation type.
    by_kind: BTreeMap<String, Vec<(String, f64)>>,
    /// What each Terraform type declares of CloudFormation's.
    declares: BTreeMap<String, Declared>,
}

/// The CloudFormation type that a Terraform type declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    kind: String,
    /// Whether it declares only a part of it.
    part: bool,
}

/// Ranked Terraform types.
#[derive(Debug)]
pub(crate) struct Ranked {
    /// The best first.
    pub(crate) names: Vec<String>,
    /// Whether the first has exactly the name of the operation's noun.
    pub(crate) exact: bool,
    /// Whether an argument of the first says that the resource runs.
    pub(crate) runs: bool,
}

/// A Terraform type, prepared.
#[derive(Debug)]
struct Block<'a> {
    model: &'a TerraformType,
    /// Its name's ways of being read: Pulumi's class, Terraform's name with and without the service.
    names: Vec<Vec<String>>,
    inputs: BTreeSet<String>,
}

impl<'a> Bridge<'a> {
    /// Prepares every type. `by_kind`: what each CloudFormation type is in Terraform. `declares`: the reverse, where it is sure.
    pub(crate) fn new(
        models: &'a Models,
        by_kind: BTreeMap<String, Vec<(String, f64)>>,
        declares: BTreeMap<String, Declared>,
    ) -> Self {
        let mut by_service: BTreeMap<&str, Vec<Block<'a>>> = BTreeMap::new();
        for model in models.terraform.values() {
            for service in services(models, model) {
                by_service.entry(service).or_default().push(Block::new(model, service));
            }
        }
        Self { by_service, by_kind, declares }
    }

    /// The Terraform types that an operation may touch, the best first. `ranked`: its CloudFormation candidates.
    pub(crate) fn rank(&self, call: &Call<'_>, ranked: &[Candidate<'_, '_>]) -> Ranked {
        let mut exact: BTreeSet<&str> = BTreeSet::new();
        let mut scores: BTreeMap<&str, f64> = BTreeMap::new();
        for block in self.by_service.get(call.service.name.as_str()).into_iter().flatten() {
            let name = block.near_to(call);
            let through =
                ranked.iter().zip([1.3, 1.0, 0.7]).map(|(it, weight)| weight * step(block.near(&it.kind.stems)));
            let through = through.fold(0.0, f64::max);
            let score = 2.0 * name + through + 0.5 * block.share(call);
            let score = score + if name > 0.99 { 0.7 } else { 0.0 };
            if name > 0.95 {
                exact.insert(&block.model.name);
            }
            let least = if through >= 0.5 { THRESHOLD } else { ALONE };
            if score >= least && (name > 0.3 || through > 0.0) {
                scores.insert(&block.model.name, score);
            }
        }
        for (candidate, weight) in ranked.iter().zip([2.2, 1.7, 1.2]) {
            for (name, score) in self.by_kind.get(&candidate.kind.model.name).into_iter().flatten() {
                *scores.entry(name).or_default() += weight * score.clamp(0.5, 1.0);
            }
        }
        let mut all: Vec<(&str, f64)> = scores.into_iter().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let best = all.first().map_or(0.0, |(_, score)| *score);
        all.retain(|(_, score)| *score >= 0.5 * best);
        let exact = all.first().is_some_and(|(name, _)| exact.contains(name));
        let blocks = self.by_service.get(call.service.name.as_str()).into_iter().flatten();
        let runs = blocks
            .filter(|block| all.first().is_some_and(|(name, _)| block.model.name == *name))
            .any(|block| block.model.inputs.keys().any(|argument| says_running(argument)));
        Ranked { names: all.into_iter().take(MOST).map(|(name, _)| name.to_owned()).collect(), exact, runs }
    }
}

impl Bridge<'_> {
    /// The Terraform type that has exactly the noun of the operation, and that no CloudFormation type has for a twin.
    pub(crate) fn alone(&self, call: &Call<'_>) -> Option<String> {
        let twin = |name: &str| self.declares.contains_key(name);
        let blocks = self.by_service.get(call.service.name.as_str()).into_iter().flatten();
        let mut exact = blocks.filter(|block| block.near(&call.stems) > 0.99 && !twin(&block.model.name));
        exact.next().map(|block| block.model.name.clone())
    }

    /// The first of ranked types that declares a CloudFormation type.
    pub(crate) fn declaring<'n>(&self, found: &'n Ranked, kind: &str) -> Option<&'n str> {
        let mut names = found.names.iter().map(String::as_str);
        names.find(|name| self.declares.get(*name).is_some_and(|it| it.kind == kind))
    }

    /// The ranked types that declare what a call is about: one of its resources, or, unknown to CloudFormation, a thing of the
    /// operation's noun. What merely touches a resource may be about others too.
    pub(crate) fn kept(
        &self,
        call: &Call<'_>,
        found: Ranked,
        resources: &[(String, f64)],
        effect: Effect,
    ) -> Vec<String> {
        let fits = |name: &String| match self.declares.get(name) {
            Some(of) => {
                // A part of another resource may be a type of its own in CloudFormation.
                resources.iter().any(|(it, _)| *it == of.kind || it == name) || of.part && ends_in(name, call)
            }
            None => resources.iter().any(|(it, _)| it == name) || ends_in(name, call),
        };
        let (mut kept, others): (Vec<String>, Vec<String>) = found.names.into_iter().partition(fits);
        if !matches!(effect, Effect::Create | Effect::Delete | Effect::Update) {
            kept.extend(others);
        }
        kept
    }
}

/// Whether a Terraform type's name ends in the operation's noun, as a link too where the verb links.
fn ends_in(name: &str, call: &Call<'_>) -> bool {
    let (name, noun) = (stems(name).concat(), call.stems.concat());
    let links: &[&str] = if call.links() { &["", "association", "attachment", "membership"] } else { &[""] };
    !noun.is_empty() && links.iter().any(|link| name.ends_with(&format!("{noun}{link}")))
}

/// Nearness that counts as "the same thing".
fn step(near: f64) -> f64 {
    match near {
        0.95.. => 1.0,
        0.75.. => 0.6,
        0.6.. => 0.3,
        _ => 0.0,
    }
}

impl<'a> Block<'a> {
    fn new(model: &'a TerraformType, service: &str) -> Self {
        let class = stems(model.token.rsplit(':').next().unwrap_or_default());
        let module = module(&model.token).map(fold).unwrap_or_default();
        let name: Vec<String> = stems(model.name.trim_start_matches("aws_"));
        let service = stems(service);
        let mut names: Vec<Vec<String>> = vec![class.clone(), name.clone()];
        names.extend(class.split_first().filter(|(first, _)| service.contains(first)).map(|(_, rest)| rest.to_vec()));
        for skipped in 1..name.len() {
            let (front, rest) = name.split_at_checked(skipped).unwrap_or((&[], &[]));
            let known =
                service.concat().starts_with(&front.concat()) || front.last().is_some_and(|it| service.contains(it));
            if known
                || module.starts_with(&front.concat())
                || skipped == 1 && front.first().is_some_and(|it| it.len() > 3)
            {
                names.push(rest.to_vec());
            }
        }
        names.sort();
        names.dedup();
        Self { model, names, inputs: model.inputs.keys().map(|name| fold(name)).collect() }
    }

    /// How near the operation's noun is to one of the names, as a link too where the verb links.
    fn near_to(&self, call: &Call<'_>) -> f64 {
        let plain: Vec<String> = call.stems.iter().filter(|word| *word != "resource").cloned().collect();
        let held = call.request.iter().find(|it| it.depth == 0 && it.required && looks_like_id(it));
        let holder =
            held.map(|it| stems(it.name).into_iter().filter(|word| !["id", "arn", "name"].contains(&word.as_str())));
        let in_holder: Vec<String> = holder.into_iter().flatten().chain(plain.iter().cloned()).collect();
        let own = self.near(&call.stems).max(self.near(&plain)).max(self.near(&in_holder).min(0.94));
        if !call.links() {
            return own;
        }
        let links = ["association", "attachment", "membership"].iter().map(|link| {
            let words: Vec<String> = call.stems.iter().cloned().chain([(*link).to_owned()]).collect();
            self.near(&words)
        });
        own.min(0.8).max(links.fold(0.0, f64::max))
    }

    /// How near a noun is to one of the names.
    fn near(&self, noun: &[String]) -> f64 {
        self.names.iter().map(|name| similarity(noun, name)).fold(0.0, f64::max)
    }

    /// The share of the request's members that are arguments, identifiers and tokens aside.
    fn share(&self, call: &Call<'_>) -> f64 {
        let top = call.request.iter().filter(|it| it.depth == 0 && !it.member.token && !looks_like_id(it));
        let (mut found, mut total) = (0_u32, 0_u32);
        for field in top {
            total += 1;
            found += u32::from(self.inputs.contains(&field.folded));
        }
        if total == 0 { 0.0 } else { f64::from(found) / f64::from(total) }
    }
}

/// `ec2` of `aws:ec2/vpc:Vpc`.
fn module(token: &str) -> Option<&str> {
    token.split(':').nth(1)?.split('/').next()
}

/// The services that a Terraform type belongs to.
fn services<'a>(models: &'a Models, model: &TerraformType) -> Vec<&'a str> {
    let module = module(&model.token).unwrap_or_default();
    let by_hand = MODULES.iter().find(|(name, _)| *name == module).map(|(_, services)| *services);
    let wanted = fold(module);
    let belongs = |name: &&str| match by_hand {
        Some(services) => services.contains(name),
        None => fold(name) == wanted,
    };
    let all: Vec<&str> = models.services.keys().map(String::as_str).filter(belongs).collect();
    if !all.is_empty() || by_hand.is_some() {
        return all;
    }
    models.services.keys().map(String::as_str).filter(|name| fold(name).starts_with(&wanted)).collect()
}

/// The Terraform types of each CloudFormation type: those of the reviewed overrides, and those that their names tell.
pub(crate) fn by_kind(models: &Models) -> BTreeMap<String, Vec<(String, f64)>> {
    let mut all = reviewed();
    let known: BTreeSet<String> = all.values().flatten().map(|(name, _)| name.clone()).collect();
    for (kind, found) in terraform::candidates(models) {
        let new = found.into_iter().filter(|(name, _)| !known.contains(name));
        all.entry(kind).or_default().extend(new.map(|(name, score)| (name, (score / 2.0).min(1.0))));
    }
    all
}

/// The CloudFormation type that each Terraform type declares, or a part of, as the reviewed overrides and the names tell.
pub(crate) fn declares(models: &Models) -> BTreeMap<String, Declared> {
    let twins = terraform::twins(models, &terraform::pairs(models));
    let whole = |kind: &str| Declared { kind: kind.to_owned(), part: false };
    let mut all: BTreeMap<String, Declared> =
        twins.into_iter().map(|(name, kind)| (name.to_owned(), whole(kind))).collect();
    for (kind, names) in reviewed() {
        all.extend(names.into_iter().map(|(name, worth)| (name, Declared { kind: kind.clone(), part: worth < 1.0 })));
    }
    all.retain(|name, of| *name != of.kind);
    all
}

/// The Terraform types of each CloudFormation type, as the reviewed overrides have them.
fn reviewed() -> BTreeMap<String, Vec<(String, f64)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/catalog/data/overrides/terraform");
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()).collect();
    files.sort();
    let mut all: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for text in files.iter().filter_map(|path| std::fs::read_to_string(path).ok()) {
        for (name, row) in text.parse::<toml::Table>().unwrap_or_default() {
            let Some(resource) = row.get("resource").and_then(toml::Value::as_str) else { continue };
            let part = row.get("part").is_some() || row.get("element").is_some();
            all.entry(resource.to_owned()).or_default().push((name, if part { 0.7 } else { 1.0 }));
        }
    }
    all
}

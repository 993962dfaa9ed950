//! Decides under which event sources CloudTrail logs a service, and which services a CloudFormation namespace belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::model::{Models, ResourceType, Service};
use super::nouns::fold;

/// Event sources that no field of the model says: botocore's folder, then the sources.
const SOURCES: &[(&str, &[&str])] = &[
    ("amplifyuibuilder", &["amplifyuibuilder", "amplify"]),
    ("apigatewayv2", &["apigateway"]),
    ("application-autoscaling", &["application-autoscaling", "autoscaling"]),
    ("autoscaling-plans", &["autoscaling-plans", "autoscaling"]),
    ("cloudcontrol", &["cloudcontrolapi", "cloudformation"]),
    ("cloudwatch", &["monitoring"]),
    ("codeconnections", &["codeconnections", "codestar-connections"]),
    ("codestar-connections", &["codestar-connections", "codeconnections"]),
    ("config", &["config"]),
    ("discovery", &["discovery"]),
    ("docdb", &["rds"]),
    ("es", &["es"]),
    ("greengrassv2", &["greengrass"]),
    ("identitystore", &["identitystore", "sso-directory"]),
    ("kinesisanalyticsv2", &["kinesisanalytics"]),
    ("lambda", &["lambda"]),
    ("lex-models", &["lex", "models-v2-lex", "lex-models"]),
    ("lexv2-models", &["lex", "models-v2-lex"]),
    ("location", &["geo", "location"]),
    ("mailmanager", &["ses", "mail-manager"]),
    ("marketplace-agreement", &["agreement-marketplace", "aws-marketplace"]),
    ("marketplace-catalog", &["catalog-marketplace", "aws-marketplace"]),
    ("mq", &["mq", "amazonmq"]),
    ("neptune", &["rds"]),
    ("opensearch", &["es"]),
    ("pinpoint", &["mobiletargeting", "pinpoint"]),
    ("pinpoint-email", &["ses"]),
    ("rds", &["rds"]),
    ("resourcegroupstaggingapi", &["tagging", "tag"]),
    ("s3", &["s3", "s3express"]),
    ("s3control", &["s3", "s3control"]),
    ("service-quotas", &["servicequotas", "service-quotas"]),
    ("servicecatalog-appregistry", &["servicecatalog-appregistry", "servicecatalog"]),
    ("ses", &["ses"]),
    ("sesv2", &["ses"]),
    ("sso", &["sso", "portal-sso"]),
    ("sso-admin", &["sso"]),
    ("waf", &["waf"]),
];

/// IAM's prefixes that no field of the model says.
const PREFIXES: &[(&str, &[&str])] = &[
    ("cloudcontrol", &["cloudformation"]),
    ("compute-optimizer-automation", &["aco-automation"]),
    ("iotsecuretunneling", &["iot"]),
    ("marketplace-catalog", &["aws-marketplace"]),
    ("mturk", &["mechanicalturk"]),
    ("partnercentral-account", &["partnercentral"]),
    ("partnercentral-benefits", &["partnercentral"]),
    ("partnercentral-channel", &["partnercentral"]),
    ("partnercentral-selling", &["partnercentral"]),
    ("resourcegroupstaggingapi", &["tag"]),
];

/// Namespaces of CloudFormation whose services neither their name nor their handlers tell.
const NAMESPACES: &[(&str, &[&str])] = &[
    ("AmazonMQ", &["mq"]),
    ("BCM", &["bcm-dashboards"]),
    ("CertificateManager", &["acm"]),
    ("Chime", &["chime", "chime-sdk-voice", "chime-sdk-messaging", "chime-sdk-identity", "chime-sdk-media-pipelines"]),
    ("Cognito", &["cognito-idp", "cognito-identity", "cognito-sync"]),
    ("DirectoryService", &["ds"]),
    ("ECR", &["ecr", "ecr-public"]),
    ("Elasticsearch", &["es"]),
    ("Lex", &["lexv2-models", "lex-models"]),
    ("Location", &["location"]),
    ("MediaPackage", &["mediapackage", "mediapackage-vod"]),
    ("OpenSearchService", &["opensearch"]),
    ("S3", &["s3", "s3control"]),
    ("S3Express", &["s3", "s3control"]),
    ("S3ObjectLambda", &["s3control"]),
    ("SES", &["ses", "sesv2", "mailmanager"]),
    ("SSO", &["sso-admin"]),
];

/// A namespace that a service's calls work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    pub(crate) namespace: String,
    /// Whether it is the service's own by name, not only by IAM's prefix.
    pub(crate) own: bool,
}

/// The event sources under which CloudTrail logs a service, without `.amazonaws.com`, the likeliest first.
pub(crate) fn event_sources(service: &Service) -> Vec<String> {
    if let Some((_, sources)) = SOURCES.iter().find(|(name, _)| *name == service.name) {
        return sources.iter().map(|source| (*source).to_owned()).collect();
    }
    let endpoint = dashed(&service.endpoint_prefix);
    let signing = dashed(&service.signing_name);
    let mut sources = vec![endpoint.clone()];
    if endpoint != signing && !signing.is_empty() {
        sources = vec![signing, endpoint, service.name.clone()];
    }
    let mut seen = BTreeSet::new();
    sources.retain(|source| !source.is_empty() && seen.insert(source.clone()));
    sources
}

/// An endpoint's prefix as an event source is written: without `api.`, in lower case, dots as dashes.
fn dashed(prefix: &str) -> String {
    let prefix = prefix.to_ascii_lowercase();
    prefix.strip_prefix("api.").unwrap_or(&prefix).replace('.', "-")
}

/// IAM's prefixes of a service's actions, the likeliest first.
pub(crate) fn prefixes(service: &Service) -> Vec<String> {
    let by_hand = PREFIXES.iter().find(|(name, _)| *name == service.name).map_or(&[][..], |(_, all)| all);
    let fields = [&service.signing_name, &service.endpoint_prefix, &service.name];
    let mut all: Vec<String> = by_hand.iter().map(|prefix| (*prefix).to_owned()).collect();
    for field in fields {
        let lower = field.to_ascii_lowercase();
        all.push(lower.strip_prefix("api.").unwrap_or(&lower).to_owned());
    }
    let mut seen = BTreeSet::new();
    all.retain(|prefix| !prefix.is_empty() && seen.insert(prefix.clone()));
    all
}

/// The namespaces of each service, its own first.
pub(crate) fn homes(models: &Models) -> BTreeMap<String, Vec<Home>> {
    let mut by_namespace: BTreeMap<&str, Vec<&ResourceType>> = BTreeMap::new();
    for kind in models.types.values() {
        by_namespace.entry(namespace(&kind.name)).or_default().push(kind);
    }
    let own: BTreeMap<&str, BTreeSet<&str>> =
        by_namespace.keys().map(|namespace| (*namespace, services_by_name(models, namespace))).collect();
    let has_own: BTreeSet<&str> = own.values().flatten().copied().collect();
    let mut homes: BTreeMap<String, Vec<Home>> = BTreeMap::new();
    for (namespace, kinds) in &by_namespace {
        let main = main_prefixes(kinds);
        let named = own.get(namespace).cloned().unwrap_or_default();
        for service in models.services.values() {
            let is_own = named.contains(service.name.as_str());
            let by_prefix = prefixes(service).iter().any(|prefix| main.contains(prefix.as_str()));
            let free = !has_own.contains(service.name.as_str());
            if is_own || by_prefix && free && !by_hand(namespace) {
                let home = Home { namespace: (*namespace).to_owned(), own: is_own };
                homes.entry(service.name.clone()).or_default().push(home);
            }
        }
    }
    for all in homes.values_mut() {
        all.sort_by_key(|home| !home.own);
    }
    homes
}

/// `EC2` of `AWS::EC2::VPC`.
pub(crate) fn namespace(kind: &str) -> &str {
    kind.split("::").nth(1).unwrap_or_default()
}

/// Whether a namespace's services are listed by hand, and so are complete.
fn by_hand(namespace: &str) -> bool {
    NAMESPACES.iter().any(|(name, _)| *name == namespace)
}

/// Services whose own name is a namespace's.
fn services_by_name<'a>(models: &'a Models, namespace: &str) -> BTreeSet<&'a str> {
    if let Some((_, services)) = NAMESPACES.iter().find(|(name, _)| *name == namespace) {
        return models.services.keys().map(String::as_str).filter(|name| services.contains(name)).collect();
    }
    let wanted = fold(namespace);
    let same = |service: &&Service| {
        let id = fold(&service.service_id);
        fold(&service.name) == wanted
            || id == wanted
            || id.strip_prefix("amazon").is_some_and(|rest| rest == wanted)
            || id.strip_prefix("aws").is_some_and(|rest| rest == wanted)
    };
    models.services.values().filter(same).map(|service| service.name.as_str()).collect()
}

/// IAM's prefixes that most actions of a namespace's handlers have.
fn main_prefixes<'a>(kinds: &[&'a ResourceType]) -> BTreeSet<&'a str> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for action in kinds.iter().flat_map(|kind| kind.handlers.values()).flatten() {
        if let Some((prefix, _)) = action.split_once(':') {
            *count.entry(prefix).or_default() += 1;
        }
    }
    let most = count.values().copied().max().unwrap_or_default();
    count.into_iter().filter(|(_, n)| n * 2 > most).map(|(prefix, _)| prefix).collect()
}

/// `sources.toml`: path and text.
pub(crate) fn file(models: &Models) -> (String, String) {
    let mut text = String::from("# Generated by `cargo xtask catalog`.\n\n");
    text.push_str("# botocore's service = the event sources that CloudTrail logs it under\n[services]\n");
    for service in models.services.values() {
        line(&mut text, &service.name, &event_sources(service));
    }
    text.push_str("\n# CloudFormation's namespace = the event sources of its services\n[namespaces]\n");
    let mut namespaces: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (service, homes) in homes(models) {
        let Some(service) = models.services.get(&service) else { continue };
        for home in homes {
            let sources = namespaces.entry(home.namespace).or_default();
            for source in event_sources(service) {
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
    }
    for (namespace, sources) in &mut namespaces {
        sources.sort();
        line(&mut text, namespace, sources);
    }
    ("shared/catalog/data/generated/sources.toml".to_owned(), text)
}

/// `name = ["a", "b"]`.
fn line(text: &mut String, name: &str, values: &[String]) {
    let values: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    writeln!(text, "{name} = [{}]", values.join(", ")).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str, endpoint: &str, signing: &str) -> Service {
        Service {
            name: name.to_owned(),
            endpoint_prefix: endpoint.to_owned(),
            signing_name: signing.to_owned(),
            service_id: name.to_owned(),
            ..Service::default()
        }
    }

    #[test]
    fn an_event_source_is_the_endpoint_where_the_signing_name_agrees() {
        assert_eq!(event_sources(&service("amp", "aps", "aps")), ["aps"]);
        assert_eq!(event_sources(&service("sagemaker", "api.sagemaker", "sagemaker")), ["sagemaker"]);
        assert_eq!(event_sources(&service("cloudwatch", "monitoring", "monitoring")), ["monitoring"]);
    }

    #[test]
    fn a_namespace_belongs_to_the_service_of_its_name_before_one_of_its_prefix() {
        let mut models = Models::default();
        for one in [
            service("elb", "elasticloadbalancing", "elasticloadbalancing"),
            service("elbv2", "elasticloadbalancing", "elasticloadbalancing"),
        ] {
            models.services.insert(one.name.clone(), one);
        }
        let kind = ResourceType {
            name: "AWS::Elbv2::LoadBalancer".to_owned(),
            handlers: BTreeMap::from([(
                "create".to_owned(),
                BTreeSet::from(["elasticloadbalancing:createloadbalancer".to_owned()]),
            )]),
            ..ResourceType::default()
        };
        models.types.insert(kind.name.clone(), kind);
        let homes = homes(&models);
        assert!(homes.get("elbv2").is_some_and(|all| all.iter().all(|home| home.own)));
    }
}

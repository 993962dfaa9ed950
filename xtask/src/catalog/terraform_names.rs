//! Decides what Terraform calls a type of the Pulumi provider: by a rule, and by `overrides/terraform_names.toml` where the rule
//! does not hold. It never asks whether Terraform has such a type.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The reviewed table: see its first lines.
const TABLE: &str = include_str!("../../../shared/catalog/data/overrides/terraform_names.toml");

/// The names of Terraform's types, and of their arguments.
#[derive(Debug, Deserialize)]
pub(crate) struct Names {
    /// Terraform's prefix of a module's types, where it is not the module's own name.
    modules: BTreeMap<String, String>,
    /// By Terraform's type, or a prefix of such: Pulumi's argument, Terraform's.
    #[serde(default)]
    arguments: BTreeMap<String, BTreeMap<String, String>>,
    /// By module, by type: Terraform's name.
    #[serde(flatten)]
    exceptions: BTreeMap<String, BTreeMap<String, String>>,
}

impl Names {
    /// Reads the reviewed table.
    pub(crate) fn read() -> Result<Self> {
        toml::from_str(TABLE).context("reading overrides/terraform_names.toml")
    }

    /// Terraform's name of a token: `aws_vpc` of `aws:ec2/vpc:Vpc`.
    pub(crate) fn of(&self, token: &str) -> Option<String> {
        let (module, noun) = parts(token)?;
        if let Some(name) = self.exceptions.get(module).and_then(|types| types.get(noun)) {
            return Some(name.clone());
        }
        Some(match self.modules.get(module).map_or(module, String::as_str) {
            "" => format!("aws_{}", snake(noun)),
            prefix => format!("aws_{prefix}_{}", snake(noun)),
        })
    }

    /// Terraform's name of an argument of one of its types; `argument` itself where it is the same. A list named by Pulumi's rule,
    /// which makes `lists` of a `list`, is put right; whether a block is named in the singular only Terraform knows.
    pub(crate) fn argument(&self, kind: &str, argument: &str) -> String {
        let prefix =
            self.arguments.iter().find(|(prefix, _)| prefix.ends_with('_') && kind.starts_with(prefix.as_str()));
        let own = self.arguments.get(kind).or_else(|| prefix.map(|(_, arguments)| arguments));
        match own.and_then(|arguments| arguments.get(argument)) {
            Some(name) => name.clone(),
            None if argument.ends_with("_lists") => argument.trim_end_matches('s').to_owned(),
            None => argument.to_owned(),
        }
    }

    /// Entries of the table that no token asks for, or that say what the rule says: they can go.
    pub(crate) fn needless(&self, tokens: &BTreeSet<String>) -> Vec<String> {
        let known: BTreeSet<(&str, &str)> = tokens.iter().filter_map(|token| parts(token)).collect();
        let rule = Self { modules: self.modules.clone(), arguments: BTreeMap::new(), exceptions: BTreeMap::new() };
        let exceptions = self.exceptions.iter().flat_map(|(module, types)| types.iter().map(move |it| (module, it)));
        let mut needless: Vec<String> = exceptions
            .filter(|(module, (noun, name))| {
                let by_rule = rule.of(&format!("aws:{module}/{noun}:"));
                !known.contains(&(module.as_str(), noun.as_str())) || by_rule.as_ref() == Some(*name)
            })
            .map(|(module, (noun, _))| format!("{module}.{noun}"))
            .collect();
        needless.extend(
            self.modules
                .keys()
                .filter(|module| !known.iter().any(|(it, _)| it == module))
                .map(|it| format!("modules.{it}")),
        );
        needless
    }
}

/// The module of a token: `ec2` of `aws:ec2/vpc:Vpc`.
pub(crate) fn module(token: &str) -> &str {
    parts(token).map(|(module, _)| module).unwrap_or_default()
}

/// Module and type of a token: `ec2`, `vpc`.
fn parts(token: &str) -> Option<(&str, &str)> {
    let (module, rest) = token.strip_prefix("aws:")?.split_once('/')?;
    Some((module, rest.split_once(':')?.0))
}

/// Snake case: `bucketVersioning` → `bucket_versioning`; capital letters in a row stay together.
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut inside = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && inside {
            snake.push('_');
        }
        inside = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(token: &str) -> String {
        Names::read().unwrap().of(token).unwrap()
    }

    #[test]
    fn most_names_follow_the_rule() {
        assert_eq!(name("aws:s3/bucketVersioning:BucketVersioning"), "aws_s3_bucket_versioning");
        assert_eq!(name("aws:cloudwatch/eventRule:EventRule"), "aws_cloudwatch_event_rule");
        assert_eq!(name("aws:lightsail/disk_attachment:Disk_attachment"), "aws_lightsail_disk_attachment");
        assert_eq!(name("aws:cloud9/environmentEC2:EnvironmentEC2"), "aws_cloud9_environment_ec2");
    }

    #[test]
    fn a_module_may_have_another_prefix_or_none() {
        assert_eq!(name("aws:ec2/vpc:Vpc"), "aws_vpc");
        assert_eq!(name("aws:apigateway/restApi:RestApi"), "aws_api_gateway_rest_api");
        assert_eq!(name("aws:apigatewayv2/api:Api"), "aws_apigatewayv2_api");
    }

    #[test]
    fn a_reviewed_name_wins_over_the_rule() {
        assert_eq!(name("aws:lb/loadBalancer:LoadBalancer"), "aws_lb");
        assert_eq!(name("aws:alb/loadBalancer:LoadBalancer"), "aws_alb");
        assert_eq!(name("aws:alb/listener:Listener"), "aws_alb_listener");
        assert_eq!(name("aws:cfg/rule:Rule"), "aws_config_config_rule");
        assert_eq!(name("aws:rds/instance:Instance"), "aws_db_instance");
    }

    #[test]
    fn what_is_no_token_has_no_name() {
        assert_eq!(Names::read().unwrap().of("pulumi:providers:aws"), None);
    }

    #[test]
    fn an_argument_has_terraform_s_name() {
        let names = Names::read().unwrap();
        assert_eq!(names.argument("aws_api_gateway_model", "rest_api"), "rest_api_id");
        assert_eq!(names.argument("aws_api_gateway_base_path_mapping", "rest_api"), "api_id");
        assert_eq!(names.argument("aws_iam_openid_connect_provider", "client_id_lists"), "client_id_list");
        assert_eq!(names.argument("aws_vpc", "cidr_block"), "cidr_block");
    }

    #[test]
    fn an_entry_that_nothing_needs_is_told() {
        let text = "modules = { a = 'alpha', gone = 'x' }\n[a]\nold = 'aws_z'\none = 'aws_alpha_one'\ntwo = 'aws_two'";
        let names: Names = toml::from_str(text).unwrap();
        let tokens = ["aws:a/one:One", "aws:a/two:Two"].map(str::to_owned).into();
        assert_eq!(names.needless(&tokens), ["a.old", "a.one", "modules.gone"]);
    }
}

//! Decides in which namespaces of CloudFormation the twin of a Terraform type may be.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Models, TerraformType};
use super::super::nouns::fold;
use super::super::sources::namespace;
use super::super::terraform_names::module;

/// A row of the tables below: a prefix of Terraform's names or a module of Pulumi, CloudFormation's namespaces.
type Row = (&'static str, &'static [&'static str]);

/// Types that do not belong where Pulumi's module says; the longest prefix counts.
const PREFIXES: [Row; 34] = [
    ("aws_app_cookie_stickiness_policy", &["ElasticLoadBalancing"]),
    ("aws_appintegrations_", &["AppIntegrations"]),
    ("aws_bedrockagent_", &["Bedrock"]),
    ("aws_bedrockagentcore_", &["BedrockAgentCore"]),
    ("aws_chimesdkvoice_", &["Chime"]),
    ("aws_cloudfrontkeyvaluestore_", &["CloudFront"]),
    ("aws_cloudwatch_event_", &["Events"]),
    ("aws_cloudwatch_log_", &["Logs"]),
    ("aws_cloudwatch_query_definition", &["Logs"]),
    ("aws_cognito_identity_pool", &["Cognito"]),
    ("aws_docdbelastic_", &["DocDBElastic"]),
    ("aws_internetmonitor_", &["InternetMonitor"]),
    ("aws_kinesis_analytics_", &["KinesisAnalytics"]),
    ("aws_kinesis_firehose_", &["KinesisFirehose"]),
    ("aws_kinesis_video_", &["KinesisVideo"]),
    ("aws_lambdacore_", &["Lambda"]),
    ("aws_launch_configuration", &["AutoScaling"]),
    ("aws_lexv2models_", &["Lex"]),
    ("aws_notificationscontacts_", &["NotificationsContacts"]),
    ("aws_opensearchserverless_", &["OpenSearchServerless"]),
    ("aws_pinpointsmsvoicev2_", &["SMSVOICE"]),
    ("aws_proxy_protocol_policy", &["ElasticLoadBalancing"]),
    ("aws_resiliencehubv2_", &["ResilienceHubV2"]),
    ("aws_route53_resolver_", &["Route53Resolver"]),
    ("aws_route53profiles_", &["Route53Profiles"]),
    ("aws_s3_access_point", &["S3"]),
    ("aws_s3_account_", &[]),
    ("aws_s3_directory_bucket", &["S3Express"]),
    ("aws_s3control_object_lambda_", &["S3ObjectLambda"]),
    ("aws_s3files_", &["S3Files"]),
    ("aws_s3vectors_", &["S3Vectors"]),
    ("aws_servicecatalogappregistry_", &["ServiceCatalogAppRegistry"]),
    ("aws_ssmcontacts_", &["SSMContacts"]),
    ("aws_ssmquicksetup_", &["SSMQuickSetup"]),
];

/// Modules whose namespaces have another name than the module.
const MODULES: [Row; 58] = [
    ("acm", &["CertificateManager"]),
    ("alb", &["ElasticLoadBalancingV2"]),
    ("amp", &["APS"]),
    ("appautoscaling", &["ApplicationAutoScaling"]),
    ("bcmdata", &["BCMDataExports"]),
    ("bedrockfoundation", &["Bedrock"]),
    ("bedrockmodel", &["Bedrock"]),
    ("cfg", &["Config"]),
    ("chime", &["Chime"]),
    ("chimesdkmediapipelines", &["Chime"]),
    ("cloudhsmv2", &["CloudHSM"]),
    ("cognito", &["Cognito"]),
    ("costexplorer", &["CE"]),
    ("directoryservice", &["DirectoryService"]),
    ("directoryservicedata", &[]),
    ("ebs", &["EC2"]),
    ("ec2clientvpn", &["EC2"]),
    ("ec2transitgateway", &["EC2"]),
    ("ecrpublic", &["ECR"]),
    ("elasticsearch", &["Elasticsearch"]),
    ("elb", &["ElasticLoadBalancing"]),
    ("inspector2", &["InspectorV2"]),
    ("keyspaces", &["Cassandra"]),
    ("lambdamicrovms", &["Lambda"]),
    ("lb", &["ElasticLoadBalancingV2"]),
    // CloudFormation's namespace is of the second version only.
    ("lex", &[]),
    ("macie", &["Macie"]),
    ("macie2", &["Macie"]),
    ("mailmanager", &["SES"]),
    ("mq", &["AmazonMQ"]),
    ("msk", &["MSK"]),
    ("mskconnect", &["KafkaConnect"]),
    ("opensearch", &["OpenSearchService", "OpenSearch"]),
    ("opensearchingest", &["OSIS"]),
    ("redshiftdata", &[]),
    ("resourceexplorer", &["ResourceExplorer2"]),
    ("route53recoverycontrol", &["Route53RecoveryControl"]),
    ("route53recoveryreadiness", &["Route53RecoveryReadiness"]),
    ("s3control", &["S3", "S3Outposts", "S3Express"]),
    ("s3outposts", &["S3Outposts"]),
    ("schemas", &["EventSchemas"]),
    // It creates a stack, which belongs to another service.
    ("serverlessrepository", &[]),
    ("servicequotas", &[]),
    ("ses", &["SES"]),
    ("sesv2", &["SES"]),
    ("sfn", &["StepFunctions"]),
    ("ssoadmin", &["SSO"]),
    ("timestreaminfluxdb", &["Timestream"]),
    ("timestreamquery", &["Timestream"]),
    ("timestreamwrite", &["Timestream"]),
    ("verifiedaccess", &["EC2"]),
    ("vpc", &["EC2"]),
    ("vpclattice", &["VpcLattice"]),
    ("waf", &["WAF"]),
    ("wafregional", &["WAFRegional"]),
    ("wafv2", &["WAFv2"]),
    ("workspacesweb", &["WorkSpacesWeb"]),
    ("xray", &["XRay"]),
];

/// The namespaces that each type's twin may be in (`EC2`), by Terraform's name.
pub(crate) fn homes(models: &Models) -> BTreeMap<&str, Vec<String>> {
    let namespaces: BTreeSet<&str> = models.types.keys().map(|name| namespace(name)).collect();
    models.terraform.values().map(|it| (it.name.as_str(), home(it, &namespaces))).collect()
}

fn home(of: &TerraformType, namespaces: &BTreeSet<&str>) -> Vec<String> {
    let module = module(&of.token);
    let by_prefix = PREFIXES.iter().filter(|(prefix, _)| of.name.starts_with(prefix)).max_by_key(|row| row.0.len());
    if let Some((_, spaces)) = by_prefix.or_else(|| MODULES.iter().find(|(name, _)| *name == module)) {
        return spaces.iter().map(|it| (*it).to_owned()).collect();
    }
    namespaces.iter().filter(|it| fold(it) == fold(module)).map(|it| (*it).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::model::ResourceType;
    use super::*;

    fn found(name: &str, token: &str) -> Vec<String> {
        let mut models = Models::default();
        let of = TerraformType { name: name.to_owned(), token: token.to_owned(), ..TerraformType::default() };
        models.terraform.insert(name.to_owned(), of);
        models.types.insert("AWS::AppFlow::Flow".to_owned(), ResourceType::default());
        homes(&models).remove(name).unwrap_or_default()
    }

    #[test]
    fn a_module_is_found_by_its_name_without_case_and_dashes() {
        assert_eq!(found("aws_appflow_flow", "aws:app-flow/flow:Flow"), ["AppFlow"]);
    }

    #[test]
    fn a_prefix_of_the_name_wins_over_the_module() {
        assert_eq!(found("aws_cloudwatch_log_group", "aws:cloudwatch/logGroup:LogGroup"), ["Logs"]);
        assert_eq!(found("aws_verifiedaccess_group", "aws:verifiedaccess/group:Group"), ["EC2"]);
    }

    #[test]
    fn the_tables_are_sorted_and_have_no_row_twice() {
        assert!(PREFIXES.is_sorted_by(|one, other| one.0 < other.0));
        assert!(MODULES.is_sorted_by(|one, other| one.0 < other.0));
    }
}

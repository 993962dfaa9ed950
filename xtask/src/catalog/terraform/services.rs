//! Decides to which services of AWS a Terraform type belongs, and in which namespaces of CloudFormation its twin may be.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Models, TerraformType};
use super::super::nouns::fold;
use super::super::sources::namespace;
use super::super::terraform_names::module;

/// A row of the tables below: a prefix of Terraform's names or a module of Pulumi, botocore's services, CloudFormation's namespaces.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Types that do not belong where Pulumi's module says; the longest prefix counts.
const PREFIXES: [Row; 34] = [
    ("aws_app_cookie_stickiness_policy", &["elb"], &["ElasticLoadBalancing"]),
    ("aws_appintegrations_", &["appintegrations"], &["AppIntegrations"]),
    ("aws_bedrockagent_", &["bedrock-agent"], &["Bedrock"]),
    ("aws_bedrockagentcore_", &["bedrock-agentcore-control", "bedrock-agentcore"], &["BedrockAgentCore"]),
    ("aws_chimesdkvoice_", &["chime-sdk-voice"], &["Chime"]),
    ("aws_cloudfrontkeyvaluestore_", &["cloudfront-keyvaluestore"], &["CloudFront"]),
    ("aws_cloudwatch_event_", &["events"], &["Events"]),
    ("aws_cloudwatch_log_", &["logs"], &["Logs"]),
    ("aws_cloudwatch_query_definition", &["logs"], &["Logs"]),
    ("aws_cognito_identity_pool", &["cognito-identity"], &["Cognito"]),
    ("aws_docdbelastic_", &["docdb-elastic"], &["DocDBElastic"]),
    ("aws_internetmonitor_", &["internetmonitor"], &["InternetMonitor"]),
    ("aws_kinesis_analytics_", &["kinesisanalytics"], &["KinesisAnalytics"]),
    ("aws_kinesis_firehose_", &["firehose"], &["KinesisFirehose"]),
    ("aws_kinesis_video_", &["kinesisvideo"], &["KinesisVideo"]),
    ("aws_lambdacore_", &["lambda-core"], &["Lambda"]),
    ("aws_launch_configuration", &["autoscaling"], &["AutoScaling"]),
    ("aws_lexv2models_", &["lexv2-models"], &["Lex"]),
    ("aws_notificationscontacts_", &["notificationscontacts"], &["NotificationsContacts"]),
    ("aws_opensearchserverless_", &["opensearchserverless"], &["OpenSearchServerless"]),
    ("aws_pinpointsmsvoicev2_", &["pinpoint-sms-voice-v2"], &["SMSVOICE"]),
    ("aws_proxy_protocol_policy", &["elb"], &["ElasticLoadBalancing"]),
    ("aws_resiliencehubv2_", &["resiliencehubv2"], &["ResilienceHubV2"]),
    ("aws_route53_resolver_", &["route53resolver"], &["Route53Resolver"]),
    ("aws_route53profiles_", &["route53profiles"], &["Route53Profiles"]),
    ("aws_s3_access_point", &["s3control"], &["S3"]),
    ("aws_s3_account_", &["s3control"], &[]),
    ("aws_s3_directory_bucket", &["s3"], &["S3Express"]),
    ("aws_s3control_object_lambda_", &["s3control"], &["S3ObjectLambda"]),
    ("aws_s3files_", &["s3files"], &["S3Files"]),
    ("aws_s3vectors_", &["s3vectors"], &["S3Vectors"]),
    ("aws_servicecatalogappregistry_", &["servicecatalog-appregistry"], &["ServiceCatalogAppRegistry"]),
    ("aws_ssmcontacts_", &["ssm-contacts"], &["SSMContacts"]),
    ("aws_ssmquicksetup_", &["ssm-quicksetup"], &["SSMQuickSetup"]),
];

/// Modules whose services or namespaces have another name than the module.
const MODULES: [Row; 58] = [
    ("acm", &["acm"], &["CertificateManager"]),
    ("alb", &["elbv2"], &["ElasticLoadBalancingV2"]),
    ("amp", &["amp"], &["APS"]),
    ("appautoscaling", &["application-autoscaling"], &["ApplicationAutoScaling"]),
    ("bcmdata", &["bcm-data-exports"], &["BCMDataExports"]),
    ("bedrockfoundation", &["bedrock"], &["Bedrock"]),
    ("bedrockmodel", &["bedrock"], &["Bedrock"]),
    ("cfg", &["config"], &["Config"]),
    ("chime", &["chime-sdk-voice", "chime"], &["Chime"]),
    ("chimesdkmediapipelines", &["chime-sdk-media-pipelines"], &["Chime"]),
    ("cloudhsmv2", &["cloudhsmv2"], &["CloudHSM"]),
    ("cognito", &["cognito-idp"], &["Cognito"]),
    ("costexplorer", &["ce"], &["CE"]),
    ("directoryservice", &["ds"], &["DirectoryService"]),
    ("directoryservicedata", &["ds-data"], &[]),
    ("ebs", &["ec2"], &["EC2"]),
    ("ec2clientvpn", &["ec2"], &["EC2"]),
    ("ec2transitgateway", &["ec2"], &["EC2"]),
    ("ecrpublic", &["ecr-public"], &["ECR"]),
    ("elasticsearch", &["es"], &["Elasticsearch"]),
    ("elb", &["elb"], &["ElasticLoadBalancing"]),
    ("inspector2", &["inspector2"], &["InspectorV2"]),
    ("keyspaces", &["keyspaces"], &["Cassandra"]),
    ("lambdamicrovms", &["lambda-microvms"], &["Lambda"]),
    ("lb", &["elbv2"], &["ElasticLoadBalancingV2"]),
    // CloudFormation's namespace is of the second version only.
    ("lex", &["lex-models"], &[]),
    ("macie", &["macie2"], &["Macie"]),
    ("macie2", &["macie2"], &["Macie"]),
    ("mailmanager", &["mailmanager"], &["SES"]),
    ("mq", &["mq"], &["AmazonMQ"]),
    ("msk", &["kafka"], &["MSK"]),
    ("mskconnect", &["kafkaconnect"], &["KafkaConnect"]),
    ("opensearch", &["opensearch"], &["OpenSearchService", "OpenSearch"]),
    ("opensearchingest", &["osis"], &["OSIS"]),
    ("redshiftdata", &["redshift-data"], &[]),
    ("resourceexplorer", &["resource-explorer-2"], &["ResourceExplorer2"]),
    ("route53recoverycontrol", &["route53-recovery-control-config"], &["Route53RecoveryControl"]),
    ("route53recoveryreadiness", &["route53-recovery-readiness"], &["Route53RecoveryReadiness"]),
    ("s3control", &["s3control"], &["S3", "S3Outposts", "S3Express"]),
    ("s3outposts", &["s3outposts"], &["S3Outposts"]),
    ("schemas", &["schemas"], &["EventSchemas"]),
    // It creates a stack, which belongs to another service.
    ("serverlessrepository", &["serverlessrepo", "cloudformation"], &[]),
    ("servicequotas", &["service-quotas"], &[]),
    ("ses", &["ses"], &["SES"]),
    ("sesv2", &["sesv2"], &["SES"]),
    ("sfn", &["stepfunctions"], &["StepFunctions"]),
    ("ssoadmin", &["sso-admin"], &["SSO"]),
    ("timestreaminfluxdb", &["timestream-influxdb"], &["Timestream"]),
    ("timestreamquery", &["timestream-query"], &["Timestream"]),
    ("timestreamwrite", &["timestream-write"], &["Timestream"]),
    ("verifiedaccess", &["ec2"], &["EC2"]),
    ("vpc", &["ec2"], &["EC2"]),
    ("vpclattice", &["vpc-lattice"], &["VpcLattice"]),
    ("waf", &["waf"], &["WAF"]),
    ("wafregional", &["waf-regional"], &["WAFRegional"]),
    ("wafv2", &["wafv2"], &["WAFv2"]),
    ("workspacesweb", &["workspaces-web"], &["WorkSpacesWeb"]),
    ("xray", &["xray"], &["XRay"]),
];

/// Where a type belongs.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    /// botocore's services, the likeliest first.
    pub(crate) services: Vec<String>,
    /// CloudFormation's namespaces: `EC2`.
    pub(crate) namespaces: Vec<String>,
}

/// Where each type belongs, by Terraform's name.
pub(crate) fn homes(models: &Models) -> BTreeMap<&str, Home> {
    let namespaces: BTreeSet<&str> = models.types.keys().map(|name| namespace(name)).collect();
    models.terraform.values().map(|it| (it.name.as_str(), home(it, models, &namespaces))).collect()
}

fn home(of: &TerraformType, models: &Models, namespaces: &BTreeSet<&str>) -> Home {
    let module = module(&of.token);
    let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    let by_prefix = PREFIXES.iter().filter(|(prefix, _, _)| of.name.starts_with(prefix)).max_by_key(|row| row.0.len());
    if let Some((_, services, spaces)) = by_prefix.or_else(|| MODULES.iter().find(|(name, _, _)| *name == module)) {
        return Home { services: owned(services), namespaces: owned(spaces) };
    }
    let same = |name: &str| fold(name) == fold(module);
    Home {
        services: models.services.keys().filter(|it| same(it)).cloned().collect(),
        namespaces: namespaces.iter().filter(|it| same(it)).map(|it| (*it).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{ResourceType, Service};
    use super::*;

    fn found(name: &str, token: &str) -> Home {
        let mut models = Models::default();
        let of = TerraformType { name: name.to_owned(), token: token.to_owned(), ..TerraformType::default() };
        models.terraform.insert(name.to_owned(), of);
        models.services.insert("app-flow".to_owned(), Service::default());
        models.types.insert("AWS::AppFlow::Flow".to_owned(), ResourceType::default());
        homes(&models).remove(name).unwrap_or_default()
    }

    #[test]
    fn a_module_is_found_by_its_name_without_case_and_dashes() {
        let home = found("aws_appflow_flow", "aws:appflow/flow:Flow");
        assert_eq!((home.services, home.namespaces), (vec!["app-flow".to_owned()], vec!["AppFlow".to_owned()]));
    }

    #[test]
    fn a_prefix_of_the_name_wins_over_the_module() {
        assert_eq!(found("aws_cloudwatch_log_group", "aws:cloudwatch/logGroup:LogGroup").services, ["logs"]);
        assert_eq!(found("aws_verifiedaccess_group", "aws:verifiedaccess/group:Group").services, ["ec2"]);
    }

    #[test]
    fn the_tables_are_sorted_and_have_no_row_twice() {
        assert!(PREFIXES.is_sorted_by(|one, other| one.0 < other.0));
        assert!(MODULES.is_sorted_by(|one, other| one.0 < other.0));
    }
}

//! Decides which CloudFormation type a Terraform type is: the best ranked pair if nothing speaks against it, or a reviewed one
//! where the names are too far apart. A type that declares a part of another resource has no twin.

use std::collections::BTreeMap;

use super::super::model::Models;
use super::rank::{Pair, SAME};

/// A pair with near names needs this score.
const SURE: f64 = 1.45;
/// How much better the CloudFormation type may be known under another Terraform name.
const TIE: f64 = 0.15;

/// Pairs whose names do not show it: Terraform's name without `aws_`, CloudFormation's without `AWS::`. A type that has a row in
/// `overrides/terraform` needs none here.
const REVIEWED: [(&str, &str); 40] = [
    ("acmpca_certificate_authority_certificate", "ACMPCA::CertificateAuthorityActivation"),
    ("amplify_domain_association", "Amplify::Domain"),
    ("appsync_function", "AppSync::FunctionConfiguration"),
    ("bedrock_inference_profile", "Bedrock::ApplicationInferenceProfile"),
    ("bedrockagentcore_browser", "BedrockAgentCore::BrowserCustom"),
    ("chatbot_teams_channel_configuration", "Chatbot::MicrosoftTeamsChannelConfiguration"),
    ("controltower_baseline", "ControlTower::EnabledBaseline"),
    ("datasync_location_fsx_ontap_file_system", "DataSync::LocationFSxONTAP"),
    ("datasync_location_fsx_openzfs_file_system", "DataSync::LocationFSxOpenZFS"),
    ("detective_member", "Detective::MemberInvitation"),
    ("dms_s3_endpoint", "DMS::Endpoint"),
    ("ecrpublic_repository", "ECR::PublicRepository"),
    ("emr_instance_group", "EMR::InstanceGroupConfig"),
    ("fsx_lustre_file_system", "FSx::FileSystem"),
    ("fsx_ontap_file_system", "FSx::FileSystem"),
    ("fsx_ontap_volume", "FSx::Volume"),
    ("fsx_openzfs_file_system", "FSx::FileSystem"),
    ("fsx_openzfs_volume", "FSx::Volume"),
    ("fsx_windows_file_system", "FSx::FileSystem"),
    ("iot_logging_options", "IoT::Logging"),
    ("iot_policy_attachment", "IoT::PolicyPrincipalAttachment"),
    ("lightsail_container_service", "Lightsail::Container"),
    ("lightsail_lb", "Lightsail::LoadBalancer"),
    ("lightsail_lb_certificate", "Lightsail::LoadBalancerTlsCertificate"),
    ("macie2_account", "Macie::Session"),
    ("networkmanager_dx_gateway_attachment", "NetworkManager::DirectConnectGatewayAttachment"),
    ("odb_network_peering_connection", "ODB::OdbPeeringConnection"),
    ("paymentcryptography_key_alias", "PaymentCryptography::Alias"),
    ("quicksight_iam_policy_assignment", "QuickSight::Assignment"),
    ("sagemaker_endpoint_configuration", "SageMaker::EndpointConfig"),
    ("securityhub_configuration_policy_association", "SecurityHub::PolicyAssociation"),
    ("servicecatalog_product", "ServiceCatalog::CloudFormationProduct"),
    ("servicecatalog_provisioned_product", "ServiceCatalog::CloudFormationProvisionedProduct"),
    ("ses_domain_identity", "SES::EmailIdentity"),
    ("ses_email_identity", "SES::EmailIdentity"),
    ("ses_event_destination", "SES::ConfigurationSetEventDestination"),
    ("sesv2_account_vdm_attributes", "SES::VdmAttributes"),
    ("ssoadmin_instance_access_control_attributes", "SSO::InstanceAccessControlAttributeConfiguration"),
    ("storagegateway_cached_iscsi_volume", "StorageGateway::Volume"),
    ("storagegateway_stored_iscsi_volume", "StorageGateway::Volume"),
];

/// The CloudFormation type of each Terraform type that has one.
pub(crate) fn twins<'a>(models: &'a Models, pairs: &BTreeMap<&'a str, Vec<Pair<'a>>>) -> BTreeMap<&'a str, &'a str> {
    let mut best: BTreeMap<&str, f64> = BTreeMap::new();
    for pair in pairs.values().flatten() {
        let known = best.entry(pair.resource).or_default();
        *known = known.max(pair.score);
    }
    let sure = |pair: &Pair<'a>| {
        let known = best.get(pair.resource).copied().unwrap_or_default();
        (pair.name >= SAME || pair.score >= SURE) && pair.score + TIE >= known
    };
    let mut twins: BTreeMap<&'a str, &'a str> = BTreeMap::new();
    for (name, ranked) in pairs {
        let reviewed = name.strip_prefix("aws_").and_then(reviewed);
        let twin = match reviewed.and_then(|it| models.types.get_key_value(&it)) {
            Some((twin, _)) => Some(twin.as_str()),
            None => ranked.first().filter(|pair| sure(pair)).map(|pair| pair.resource),
        };
        twins.extend(twin.map(|twin| (*name, twin)));
    }
    twins
}

fn reviewed(name: &str) -> Option<String> {
    REVIEWED.iter().find(|(terraform, _)| *terraform == name).map(|(_, resource)| format!("AWS::{resource}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::model::ResourceType;
    use super::*;

    /// Terraform's name, CloudFormation's, the score, how near the names are.
    type Given = (&'static str, &'static str, f64, f64);

    fn found(pairs: &[Given], types: &[&str]) -> Vec<(String, String)> {
        let mut models = Models::default();
        models.types.extend(types.iter().map(|it| ((*it).to_owned(), ResourceType::default())));
        let mut by_name: BTreeMap<&str, Vec<Pair<'_>>> = BTreeMap::new();
        for (terraform, resource, score, name) in pairs.iter().copied() {
            by_name.entry(terraform).or_default().push(Pair { resource, score, name });
        }
        twins(&models, &by_name).into_iter().map(|(one, other)| (one.to_owned(), other.to_owned())).collect()
    }

    #[test]
    fn the_same_name_is_enough() {
        let found = found(&[("aws_a_b", "AWS::A::B", 1.4, 1.0)], &[]);
        assert_eq!(found, [("aws_a_b".to_owned(), "AWS::A::B".to_owned())]);
    }

    #[test]
    fn a_near_name_needs_properties_too() {
        assert!(found(&[("aws_a_b_policy", "AWS::A::B", 1.2, 0.8)], &[]).is_empty());
    }

    #[test]
    fn a_type_that_is_better_known_under_another_name_is_no_twin() {
        let found = found(&[("aws_a_b", "AWS::A::B", 2.1, 1.0), ("aws_a_c_b", "AWS::A::B", 1.6, 0.9)], &[]);
        assert_eq!(found, [("aws_a_b".to_owned(), "AWS::A::B".to_owned())]);
    }

    #[test]
    fn a_reviewed_pair_wins_over_a_ranked_one() {
        let found =
            found(&[("aws_lightsail_lb", "AWS::Lightsail::Distribution", 2.2, 1.0)], &["AWS::Lightsail::LoadBalancer"]);
        assert_eq!(found, [("aws_lightsail_lb".to_owned(), "AWS::Lightsail::LoadBalancer".to_owned())]);
    }

    #[test]
    fn the_reviewed_pairs_are_sorted_and_unique() {
        assert!(REVIEWED.is_sorted_by(|one, other| one.0 < other.0));
    }
}

//! Attributes that hold secrets in one type of resource and nothing of the kind in others. By type, then name.

use serde_json::{Map, Value};

/// Returns the attributes of this type that are replaced whole, besides those whose name gives them away.
pub(super) fn sensitive(kind: &str, attributes: &Map<String, Value>) -> &'static [&'static str] {
    match kind {
        "aws_ssm_parameter" | "awscc_ssm_parameter" if !is_plain_parameter(attributes) => {
            &["value", "insecure_value", "value_wo"]
        }
        "aws_amplify_app" | "aws_amplify_branch" => &["basic_auth_credentials"],
        "aws_api_gateway_api_key" | "awscc_apigateway_api_key" => &["value"],
        "aws_appsync_api_key" | "aws_grafana_workspace_api_key" | "aws_grafana_workspace_service_account_token" => {
            &["key"]
        }
        "aws_appflow_connector_profile" => &["connector_profile_config"],
        "aws_cloudwatch_event_connection" => &["auth_parameters"],
        "aws_dms_certificate" => &["certificate_pem", "certificate_wallet"],
        "aws_dx_macsec_key_association" => &["cak"],
        "aws_iam_virtual_mfa_device" => &["base_32_string_seed", "qr_code_png"],
        "aws_instance" | "aws_spot_instance_request" => &["password_data"],
        "aws_kms_ciphertext" => &["plaintext"],
        "aws_kms_external_key" => &["key_material_base64"],
        "aws_lambda_invocation" => &["input", "result"],
        "aws_mskconnect_connector" => &["connector_configuration"],
        "aws_mwaa_environment" => &["airflow_configuration_options"],
        "aws_pinpoint_apns_channel" | "aws_pinpoint_apns_sandbox_channel" => &["certificate"],
        "aws_sns_platform_application" => &["platform_credential", "platform_principal"],
        "aws_ssm_activation" => &["activation_code"],
        "aws_vpn_connection" => &["customer_gateway_configuration"],
        "AWS::SSM::Parameter" if attributes.get("Type").and_then(Value::as_str) == Some("SecureString") => &["Value"],
        "AWS::Amplify::App" | "AWS::Amplify::Branch" => &["BasicAuthConfig"],
        "AWS::ApiGateway::ApiKey" => &["Value"],
        "AWS::AppFlow::ConnectorProfile" => &["ConnectorProfileConfig"],
        "AWS::DMS::Certificate" => &["CertificatePem", "CertificateWallet"],
        "AWS::Events::Connection" => &["AuthParameters"],
        "AWS::KafkaConnect::Connector" => &["ConnectorConfiguration"],
        "AWS::MWAA::Environment" => &["AirflowConfigurationOptions"],
        "AWS::Pinpoint::APNSChannel" | "AWS::Pinpoint::APNSSandboxChannel" => &["Certificate"],
        "AWS::Pinpoint::GCMChannel" => &["ApiKey", "ServiceJson"],
        _ => &[],
    }
}

/// A parameter is plain text only where it says so.
fn is_plain_parameter(attributes: &Map<String, Value>) -> bool {
    matches!(attributes.get("type").and_then(Value::as_str), Some("String" | "StringList"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Redactor, is_redacted};

    #[test]
    fn a_parameter_is_shown_only_where_it_says_it_is_plain() {
        let hidden = |kind: serde_json::Value| {
            let mut parameter = json!({"type": kind, "value": "blue"});
            Redactor::new(b"k").redact_attributes("aws_ssm_parameter", parameter.as_object_mut().unwrap());
            is_redacted(&parameter["value"])
        };
        assert!(!hidden(json!("String")));
        assert!(!hidden(json!("StringList")));
        assert!(hidden(json!("SecureString")));
        assert!(hidden(json!(null)));
    }
}

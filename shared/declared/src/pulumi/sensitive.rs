//! Properties that hold secrets in one type of resource and nothing of the kind in others. By token, then name.

use serde_json::{Map, Value};

/// The properties of this type that are replaced whole, besides those whose name gives them away.
pub(super) fn names(token: &str, inputs: &Map<String, Value>) -> &'static [&'static str] {
    match token {
        "aws:ssm/parameter:Parameter" | "aws-native:ssm:Parameter" if !is_plain_parameter(inputs) => {
            &["value", "insecureValue", "valueWo"]
        }
        "aws:amplify/app:App" | "aws:amplify/branch:Branch" => &["basicAuthCredentials"],
        "aws:apigateway/apiKey:ApiKey" | "aws-native:apigateway:ApiKey" => &["value"],
        "aws:appsync/apiKey:ApiKey"
        | "aws:grafana/workspaceApiKey:WorkspaceApiKey"
        | "aws:grafana/workspaceServiceAccountToken:WorkspaceServiceAccountToken" => &["key"],
        "aws:appflow/connectorProfile:ConnectorProfile" => &["connectorProfileConfig"],
        "aws:cloudwatch/eventConnection:EventConnection" | "aws-native:events:Connection" => &["authParameters"],
        "aws:dms/certificate:Certificate" | "aws-native:dms:Certificate" => &["certificatePem", "certificateWallet"],
        "aws:directconnect/macsecKeyAssociation:MacsecKeyAssociation" => &["cak"],
        "aws:iam/virtualMfaDevice:VirtualMfaDevice" => &["base32StringSeed", "qrCodePng"],
        "aws:ec2/instance:Instance" | "aws:ec2/spotInstanceRequest:SpotInstanceRequest" => &["passwordData"],
        "aws:kms/ciphertext:Ciphertext" => &["plaintext"],
        "aws:kms/externalKey:ExternalKey" => &["keyMaterialBase64"],
        "aws:lambda/invocation:Invocation" => &["input", "result"],
        "aws:mskconnect/connector:Connector" => &["connectorConfiguration"],
        "aws:mwaa/environment:Environment" => &["airflowConfigurationOptions"],
        "aws:pinpoint/apnsChannel:ApnsChannel" | "aws:pinpoint/apnsSandboxChannel:ApnsSandboxChannel" => {
            &["certificate"]
        }
        "aws:sns/platformApplication:PlatformApplication" => &["platformCredential", "platformPrincipal"],
        "aws:ssm/activation:Activation" => &["activationCode"],
        "aws:ec2/vpnConnection:VpnConnection" => &["customerGatewayConfiguration"],
        _ => &[],
    }
}

/// A parameter is plain text only where it says so.
fn is_plain_parameter(inputs: &Map<String, Value>) -> bool {
    matches!(inputs.get("type").and_then(Value::as_str), Some("String" | "StringList"))
}

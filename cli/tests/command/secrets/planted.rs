//! The secrets, each named for the place that it stands in, and what several places hold.

use serde_json::{Value, json};

/// All of them. None is a part of anything else that a state, a record or a message holds.
pub(super) const SECRETS: &[&str] = &[
    DB_PASSWORD,
    NEW_DB_PASSWORD,
    PARAMETER,
    NEW_PARAMETER,
    SCRIPT_PASSWORD,
    NEW_SCRIPT_PASSWORD,
    AWS_SECRET,
    CONTAINER_TOKEN,
    PEM,
    NEW_PEM,
    GITHUB_TAG,
    NEW_GITHUB_TAG,
    FUNCTION_KEY,
    NEW_FUNCTION_KEY,
    PLAN_VALUE,
    SHOWN_VALUE,
    CONDITION_TOKEN,
    UNKNOWN_PASSWORD,
    UNKNOWN_KEY,
    STRAY,
    DESCRIPTION_TOKEN,
    DNS_TOKEN,
    ACCESS_KEY_SECRET,
    RUN_PASSWORD,
    WEBHOOK_URL,
    RULE_TOKEN,
    BUILD_PASSWORD,
    TARGET_TOKEN,
    JOB_PASSWORD,
    ENDPOINT_PASSWORD,
    ALARM_TOKEN,
];

pub(super) const DB_PASSWORD: &str = "Kestrel-orchard-declared-5519";
pub(super) const NEW_DB_PASSWORD: &str = "Kestrel-orchard-written-8203";
pub(super) const PARAMETER: &str = "lantern/quarry/declared/3377";
pub(super) const NEW_PARAMETER: &str = "lantern/quarry/written/6120";
pub(super) const SCRIPT_PASSWORD: &str = "mulberry-anvil-declared-9914";
pub(super) const NEW_SCRIPT_PASSWORD: &str = "mulberry-anvil-written-4471";
pub(super) const AWS_SECRET: &str = "h7Tq2LxVw9/ZrN4kYp0+SdGm3BcXe8JuAoIf5PvK";
pub(super) const CONTAINER_TOKEN: &str = "tundra-cobalt-container-2750";
pub(super) const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAplantedDeclaredKeyMaterial00\nq3X9vJkPlantedSecondLineOfTheDeclaredKey\n-----END RSA PRIVATE KEY-----";
pub(super) const NEW_PEM: &str =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhplantedWrittenKeyMaterial11\n-----END PRIVATE KEY-----";
pub(super) const GITHUB_TAG: &str = "ghp_dEcLaReDtAgToKeN0123456789aBcDeFgHiJ";
pub(super) const NEW_GITHUB_TAG: &str = "ghp_wRiTtEnTaGtOkEn9876543210jIhGfEdCbA";
pub(super) const FUNCTION_KEY: &str = "saffron-glacier-declared-7788";
pub(super) const NEW_FUNCTION_KEY: &str = "saffron-glacier-written-1155";
pub(super) const PLAN_VALUE: &str = "marked only in the plan, walnut 4802";
pub(super) const SHOWN_VALUE: &str = "marked only by show, walnut 9305";
pub(super) const CONDITION_TOKEN: &str = "github_pat_11CONDITION0aBcDeFgHiJkLmNoPqRsTuVwXyZ";
pub(super) const UNKNOWN_PASSWORD: &str = "juniper-sextant-unknown-call-6642";
pub(super) const UNKNOWN_KEY: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAplantedUnknownCall22\n-----END OPENSSH PRIVATE KEY-----";
pub(super) const STRAY: &str = "basalt-heron-in-no-record-1093";
pub(super) const DESCRIPTION_TOKEN: &str = "glpat-dEsCrIpTiOn0123456789";
pub(super) const DNS_TOKEN: &str = "ghs_dNsReCoRdToKeN0123456789aBcDeFgHiJkL";
pub(super) const ACCESS_KEY_SECRET: &str = "Zq8WnR3vT6yLk1+PxJd5HsGb0/McVu9EaOi2FtYX";
pub(super) const RUN_PASSWORD: &str = "cinder-pelican-user-data-5086";
pub(super) const WEBHOOK_URL: &str = "https://deploy:opal-ferry-in-a-url-7261@hooks.example.com/run";

pub(super) const RULE_TOKEN: &str = "glpat-rUlEdEsCrIpTiOn987654";
pub(super) const BUILD_PASSWORD: &str = "thistle-gantry-build-written-3048";
pub(super) const TARGET_TOKEN: &str = "gho_tArGeTiNpUt0123456789aBcDeFgHiJkLmN";
pub(super) const JOB_PASSWORD: &str = "willow-turbine-glue-written-6193";
pub(super) const ENDPOINT_PASSWORD: &str = "cormorant-in-an-endpoint-5820";
pub(super) const ALARM_TOKEN: &str = "ghu_aLaRmDeScRiPtIoN0123456789aBcDeFgHi";

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks(3).flat_map(|chunk| {
        let word = chunk.iter().chain([&0; 2]).take(3).fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        (0..4).map(move |at| if at <= chunk.len() { char::from(ALPHABET[word >> (18 - 6 * at) & 63]) } else { '=' })
    });
    letters.collect()
}

pub(super) fn script(password: &str) -> String {
    format!(
        "#!/bin/sh\nexport DB_PASSWORD={password}\nexport AWS_ACCESS_KEY_ID=AKIAPLANTED000000001\nexport AWS_SECRET_ACCESS_KEY={AWS_SECRET}\n"
    )
}

pub(super) fn policy(condition: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Referer", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*",
        "Condition": {"StringEquals": {"aws:Referer": condition}}}]})
}

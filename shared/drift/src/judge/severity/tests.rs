//! Known changes and their severities; what no change may do to a severity.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::finding::Change;
use crate::judge::file::finding;
use crate::verdict::ChangeOp;

fn judged(text: &str) -> String {
    let judgement = Rules::shipped().judge(&finding(text));
    assert_eq!(judgement.problems, [], "{text}");
    format!("{:?} {}: {}", judgement.severity, judgement.rule, judgement.title)
}

#[test]
fn known_changes_have_their_known_severities() {
    let cases = [
        r#"{ resource = { type = "AWS::EC2::SecurityGroup" }, changes = [{ attribute = "ingress", actual = { protocol = "tcp", from_port = 22, to_port = 22, cidr = "0.0.0.0/0" } }] }"#,
        r#"{ resource = { type = "AWS::EC2::SecurityGroup" }, changes = [{ attribute = "ingress", actual = { direction = "ingress", protocol = "tcp", from_port = 22, to_port = 22, cidr_ipv4 = "0.0.0.0/0" } }] }"#,
        r#"{ resource = { type = "AWS::EC2::SecurityGroup" }, changes = [{ attribute = "cidr_ipv4", declared = "10.0.0.0/8", actual = "0.0.0.0/0" }] }"#,
        r#"{ resource = { type = "AWS::EC2::SecurityGroup" }, changes = [{ attribute = "SecurityGroupIngress", declared = { protocol = "tcp", from_port = 443, to_port = 443, cidr = "10.1.0.0/16" } }] }"#,
        r#"{ resource = { type = "AWS::IAM::Role" }, changes = [{ attribute = "assume_role_policy", declared = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}]}', actual = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::777788889999:root"},"Action":"sts:AssumeRole"}]}' }] }"#,
        r#"{ resource = { type = "AWS::IAM::Role" }, changes = [{ attribute = "policy", declared = '{"Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"]}]}', actual = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }] }"#,
        r#"{ kind = "undeclared", resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "tags.CostCenter", actual = "42" }] }"#,
        r#"{ resource = { type = "AWS::S3::Bucket" }, changes = [{ attribute = "block_public_policy", property = "PublicAccessBlockConfiguration.BlockPublicPolicy", declared = true, actual = false }] }"#,
        r#"{ resource = { type = "AWS::RDS::DBInstance" }, changes = [{ attribute = "instance_class", declared = "db.t3.small", actual = "db.t3.large", pending = true }] }"#,
        r#"{ resource = { type = "AWS::RDS::DBInstance" }, changes = [{ attribute = "publicly_accessible", declared = false, actual = true }] }"#,
        r#"{ resource = { type = "AWS::ECS::Service" }, changes = [{ attribute = "desired_count", declared = 2, actual = 50 }] }"#,
        r#"{ resource = { type = "AWS::Lambda::Function" }, changes = [{ attribute = "timeout", declared = 3, actual = 30 }] }"#,
        r#"{ resource = { type = "AWS::Lambda::Function" }, changes = [{ attribute = "code_sha256", declared = "aaaa=", actual = "bbbb=" }] }"#,
        r#"{ resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "disable_api_termination", declared = true, actual = false }] }"#,
        r#"{ resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "instance_type", declared = "t3.small", actual = "t3.large" }] }"#,
        r#"{ kind = "deleted", resource = { type = "AWS::KMS::Key" }, changes = [{ attribute = "@resource", op = "removed", declared = "present", actual = "PendingDeletion", pending = true }], call = { name = "ScheduleKeyDeletion" } }"#,
        r#"{ resource = { type = "AWS::CloudTrail::Trail" }, changes = [{ attribute = "enable_logging", declared = true, actual = false }] }"#,
        r#"{ resource = { type = "AWS::S3::Bucket" }, changes = [{ attribute = "versioning_configuration[0].status", declared = "Enabled", actual = "Suspended" }] }"#,
        r#"{ resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "ebs_optimized", declared = true, actual = false }] }"#,
        r#"{ kind = "deleted", resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "@resource", declared = "present" }] }"#,
        r#"{ resource = { type = "AWS::IAM::Role" }, changes = [{ attribute = "max_session_duration", declared = 3600, actual = 7200 }] }"#,
        r#"{ kind = "touched", evidence = "touched", resource = { type = "AWS::Lambda::Function" } }"#,
    ];
    let all: Vec<String> = cases.iter().map(|case| judged(case)).collect();
    insta::assert_snapshot!(all.join("\n"), @"
    Critical sg-open-to-world: open to the world
    Critical sg-open-to-world: open to the world
    High sg-port-open-to-world: a port open to the world
    Medium base-modified: differs from the code
    Critical iam-trust-widened: trusts someone new
    Critical iam-admin-granted: administrator rights granted
    Low tag-or-description-changed: tag or description changed
    Critical s3-public-access-block-weakened: guard against public data lowered
    Medium size-changed: size or limit changed
    Critical rds-public: database open to the world
    Medium size-changed: size or limit changed
    Low lambda-timeout-changed: time limit changed
    High lambda-code-replaced: code replaced outside the pipeline
    High deletion-protection-off: protection against deletion off
    Medium size-changed: size or limit changed
    Critical kms-key-disabled: key disabled or to be deleted
    Critical cloudtrail-stopped: audit log stopped or cut
    Medium s3-versioning-off: versioning off
    Low instance-tuning-changed: instance tuned
    High base-deleted: deleted, though the code declares it
    Medium base-modified: differs from the code
    Medium base-touched: changed by hand, the value is not known
    ");
}

fn severity_by(who: &str, rules: &Rules) -> (Severity, Vec<Modifier>) {
    let text = format!(
        r#"{{ resource = {{ type = "AWS::EC2::Instance" }}, changes = [{{ attribute = "user_data", declared = "a", actual = "b" }}], who = {who} }}"#
    );
    let judgement = rules.judge(&finding(&text));
    (judgement.severity, judgement.modifiers)
}

#[test]
fn root_and_people_without_a_second_factor_weigh_more_and_pipelines_less() {
    let shipped = Rules::shipped();
    let of = |who: &str| severity_by(who, &shipped);
    assert_eq!(of("{ kind = 'person', mfa = true }"), (Severity::Medium, vec![]));
    assert_eq!(of("{ kind = 'root' }"), (Severity::High, vec![Modifier::Root]));
    assert_eq!(of("{ kind = 'person', mfa = false }"), (Severity::High, vec![Modifier::NoSecondFactor]));
    assert_eq!(
        of("{ kind = 'person', mfa = false, role = 'AWSReservedSSO_Admin_0123456789abcdef' }"),
        (Severity::Medium, vec![])
    );
    assert_eq!(of("{ kind = 'user', mfa = false, via = 'console' }"), (Severity::High, vec![Modifier::NoSecondFactor]));
    assert_eq!(of("{ kind = 'user', mfa = false, via = 'cli' }"), (Severity::Medium, vec![]));
    assert_eq!(of("{ kind = 'role', mfa = false }"), (Severity::Medium, vec![]));
    assert_eq!(of("{ kind = 'pipeline' }"), (Severity::Low, vec![Modifier::Pipeline]));
    assert_eq!(of("{ kind = 'workload', via = 'kubernetes' }"), (Severity::Low, vec![Modifier::Controller]));
    assert_eq!(of("{ kind = 'role', via = 'kubernetes' }"), (Severity::Medium, vec![]));
}

#[test]
fn a_final_rule_decides_its_own_change_and_no_other() {
    let rules = Rules::parse(
        "[[rule]]\nid = 'sandbox-data'\nwhen = 'changes.exists(c, c.attribute == \"user_data\")'\nseverity = 'info'\ntitle = 'sandbox'\nfinal = true\n",
        "r.toml",
    )
    .unwrap();
    assert_eq!(severity_by("{ kind = 'root' }", &rules), (Severity::Info, vec![]));
    let two = r#"{ resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "user_data", declared = "a", actual = "b" }, { attribute = "disable_api_termination", declared = true, actual = false }] }"#;
    let judgement = rules.judge(&finding(two));
    assert_eq!((judgement.severity, judgement.rule.as_str()), (Severity::High, "deletion-protection-off"));
}

#[test]
fn a_condition_that_combines_changes_is_asked_of_all_of_them() {
    let rules = Rules::parse(
        "[[rule]]\nid = 'both'\nwhen = 'changes.exists(c, c.attribute == \"a\") && changes.exists(c, c.attribute == \"b\")'\nseverity = 'critical'\ntitle = 'both'\n",
        "r.toml",
    )
    .unwrap();
    let both = r#"{ resource = { type = "X" }, changes = [{ attribute = "a" }, { attribute = "b" }] }"#;
    assert_eq!(
        rules.judge(&finding(both)).fired,
        [Fired { rule: "both".to_owned(), severity: Severity::Critical, change: None }]
    );
    let one = r#"{ resource = { type = "X" }, changes = [{ attribute = "a" }, { attribute = "c" }] }"#;
    assert_eq!(rules.judge(&finding(one)).fired, []);
}

#[test]
fn a_condition_that_cannot_be_answered_is_said_and_does_not_fire() {
    let rules = Rules::parse(
        "[[rule]]\nid = 'large'\nwhen = 'changes.exists(c, c.actual > 3)'\nseverity = 'critical'\ntitle = 'large'\n",
        "r.toml",
    )
    .unwrap();
    let judgement =
        rules.judge(&finding(r#"{ resource = { type = "X" }, changes = [{ attribute = "a", actual = "secret" }] }"#));
    assert_eq!(judgement.rule, "base-modified");
    let message = "`>` does not work on (string, int)".to_owned();
    assert_eq!(judgement.problems, [Problem { rule: "large".to_owned(), change: Some(0), message }]);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(false)),
        Just(json!(0)),
        Just(json!("0.0.0.0/0")),
        Just(json!("10.0.0.0/8")),
        Just(json!("arn:aws:iam::aws:policy/AdministratorAccess")),
        Just(json!("optional")),
        Just(json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr": "0.0.0.0/0"})),
        Just(json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})),
        Just(json!({"$redacted": "hmac-0"})),
        Just(json!(["all"])),
        Just(json!([{"http_tokens": "optional"}, {"HttpTokens": "required"}])),
        Just(json!({"Key": "deletion_protection.enabled", "Value": "false"})),
        Just(json!({"ip_protocol": -1, "CidrIp": "0.0.0.0/0", "direction": "Egress", "DeletionProtection": false})),
        Just(json!([{"expiration": [{"days": 7}]}])),
        Just(json!({"publicly_accessible": "true", "nested": {"enable_logging": {"x": 1}, "enabled": "Disabled"}})),
        Just(json!(1.5)),
        Just(json!(u64::MAX)),
        Just(json!("{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"444455556666\"}}}")),
        Just(json!({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": false}}})),
    ]
}

fn any_change() -> impl Strategy<Value = Change> {
    let attribute = prop_oneof![
        Just("ingress"),
        Just("egress"),
        Just("cidr_ipv4"),
        Just("policy"),
        Just("assume_role_policy"),
        Just("@attachments"),
        Just("tags.Owner"),
        Just("deletion_protection"),
        Just("publicly_accessible"),
        Just("block_public_acls"),
        Just("enable_logging"),
        Just("instance_type"),
        Just("description"),
        Just("@resource"),
        Just("user_data"),
        Just("metadata_options[0]"),
        Just("point_in_time_recovery"),
        Just("LifecycleConfiguration.Rules"),
        Just("environment[0].variables.enabled"),
    ];
    let op = prop_oneof![Just(ChangeOp::Added), Just(ChangeOp::Removed), Just(ChangeOp::Replaced)];
    let property = proptest::option::of(prop_oneof![Just("KmsMasterKeyId"), Just("Rules.ExpirationInDays")]);
    (attribute, property, op, proptest::option::of(any_value()), proptest::option::of(any_value())).prop_map(
        |(attribute, property, op, declared, actual)| Change {
            attribute: attribute.to_owned(),
            address: None,
            property: property.map(|it| it.to_owned().into()),
            op,
            declared,
            actual,
            redacted: false,
            pending: false,
        },
    )
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let kind_of_resource = prop_oneof![
        Just("AWS::EC2::SecurityGroup"),
        Just("AWS::IAM::Role"),
        Just("AWS::S3::Bucket"),
        Just("AWS::RDS::DBInstance"),
        Just("AWS::CloudTrail::Trail"),
        Just("AWS::EC2::Instance"),
        Just("AWS::Unknown::Thing"),
    ];
    let who = prop_oneof![Just("person"), Just("root"), Just("pipeline"), Just("role")];
    let kind = prop_oneof![Just("modified"), Just("undeclared"), Just("deleted"), Just("touched"), Just("unmanaged")];
    (kind_of_resource, who, kind, proptest::collection::vec(any_change(), 1..4)).prop_map(
        |(kind_of_resource, who, kind, changes)| {
            let mut finding = finding(&format!(
                "{{ kind = '{kind}', resource = {{ type = '{kind_of_resource}' }}, who = {{ kind = '{who}' }} }}"
            ));
            finding.changes = changes;
            finding
        },
    )
}

/// Conditions that would lower a severity with more changes, were they asked of all changes together.
const UNRULY: &str = r#"
[[rule]]
id = "alone"
when = 'size(changes) == 1 && changes.all(c, c.attribute == "policy")'
severity = "critical"
title = "alone"

[[rule]]
id = "not-tags"
when = 'changes.exists(c, c.attribute == "user_data") && !changes.exists(c, c.attribute == "tags.Owner")'
severity = "critical"
title = "not tags"

[[rule]]
id = "pair"
when = 'changes.exists(c, c.attribute == "ingress") && changes.exists(c, c.op == "removed")'
severity = "critical"
title = "pair"

[[rule]]
id = "harmless"
when = 'changes.exists(c, c.attribute == "instance_type")'
severity = "info"
title = "harmless"
final = true
"#;

/// Conditions of every form that is answered without CEL, mixed with some that are not, or that cannot be answered.
const FORMS: &[&str] = &[
    r#"resource.type == "AWS::IAM::Role" && kind in ["deleted", "touched"]"#,
    r#"changes.exists(c, c.actual == 0 || c.actual == null || c.actual == true || "0.0.0.0/0" == c.actual)"#,
    r#"changes.exists(c, c.actual == c.declared && c.actual != "optional")"#,
    r#"changes.exists(c, c.actual.from_port == 22 || c.actual.from_port > 22)"#,
    r#"changes.exists(c, has(c.actual.cidr) && !has(c.declared) && c.actual["protocol"] == "tcp")"#,
    r#"changes.exists(c, c.actual > 3 || c.op == "added")"#,
    r#"changes.exists(c, c.actual > 3 && c.op == "added")"#,
    r#"changes.exists(c, c.actual || c.redacted)"#,
    r#"changes.exists(c, c.actual && c.pending)"#,
    r#"changes.exists(c, !c.actual)"#,
    r#"changes.exists(c, c.actual.startsWith("0") || c.declared.contains("/") || c.attribute.endsWith("s"))"#,
    r#"changes.exists(c, c.attribute in ["policy", "ingress"] || c.actual in ["optional", "x"])"#,
    r#"changes.exists(c, "all" in c.actual)"#,
    r#"changes.exists(c, now(c, "cidr") == "0.0.0.0/0" || was(c, ["ingress", "egress"]) == 0)"#,
    r#"changes.exists(c, size(new_external_principals(c.declared, c.actual, resource.account)) > 0)"#,
    r#"changes.exists(c, opens_port(c.actual, "tcp", 22) && inbound(c, resource, call))"#,
    r#"changes.exists(c, changes.exists(d, d.op == c.op && d.attribute != c.attribute))"#,
    r#"changes.exists(who, who.op == "added") && who.kind == "root""#,
    r#"changes.all(c, c.op == "added") || size(changes) == 2"#,
    r#"who.mfa && who.via == "console" && !(status == "open" && evidence == "observed") || who.name.contains("alice")"#,
    r#"when.event_time.startsWith("1970") && resource.declarations == null"#,
    r#"changes.exists(c, lowered(c, "from_port") || raised(c, "protocol.from_port") || turned_off(c, c.attribute))"#,
];

static RULES: LazyLock<[Rules; 2]> = LazyLock::new(|| [Rules::shipped(), Rules::parse(UNRULY, "r.toml").unwrap()]);

static CONDITIONS: LazyLock<Vec<Condition>> = LazyLock::new(|| {
    let forms = FORMS.iter().map(|text| Condition::read(text).unwrap());
    RULES.iter().flat_map(|rules| &rules.rules).map(|rule| rule.when.clone()).chain(forms).collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn adding_a_difference_never_lowers_the_severity(finding in any_finding(), added in any_change(), place in 0_usize..4) {
        for rules in &*RULES {
            let before = rules.judge(&finding).severity;
            let mut more = finding.clone();
            more.changes.insert(place.min(more.changes.len()), added.clone());
            prop_assert!(rules.judge(&more).severity >= before);
        }
    }

    #[test]
    fn the_shipped_rules_can_always_be_answered(finding in any_finding()) {
        prop_assert_eq!(&RULES[0].judge(&finding).problems, &[]);
    }

    #[test]
    fn an_answer_without_cel_is_the_answer_of_cel(finding in any_finding()) {
        let changes: Vec<Facts<'_>> = finding.changes.iter().map(Facts::of).collect();
        let mut variables = Variables::of(&finding, &changes);
        for condition in &*CONDITIONS {
            for index in 0..changes.len() {
                if let Some(answer) = condition.answer(Scope::of(&finding, &changes[index..=index])) {
                    prop_assert_eq!(condition.ask(variables.with_change(index)), Ok(answer), "{:?}", condition);
                }
            }
            if let Some(answer) = condition.answer(Scope::of(&finding, &changes)) {
                prop_assert_eq!(condition.ask(variables.with_all()), Ok(answer), "{:?}", condition);
            }
        }
    }

    #[test]
    fn a_rule_that_is_not_asked_could_not_have_fired(finding in any_finding()) {
        let changes: Vec<Facts<'_>> = finding.changes.iter().map(Facts::of).collect();
        let mut variables = Variables::of(&finding, &changes);
        for rules in &*RULES {
            let asked: Vec<usize> = rules
                .candidates(&finding.resource.kind, &finding.call.name, kind_name(finding.kind))
                .map(|(place, _)| place)
                .collect();
            prop_assert!(asked.is_sorted());
            for (place, rule) in rules.rules.iter().enumerate().filter(|(place, _)| !asked.contains(place)) {
                prop_assert_ne!(rule.when.ask(variables.with_all()), Ok(true), "{}", place);
                for index in 0..changes.len() {
                    prop_assert_ne!(rule.when.ask(variables.with_change(index)), Ok(true), "{}", place);
                }
            }
        }
    }

    #[test]
    fn the_shipped_rules_are_asked_without_cel(finding in any_finding()) {
        let changes: Vec<Facts<'_>> = finding.changes.iter().map(Facts::of).collect();
        for rule in &RULES[0].rules {
            prop_assert!(rule.when.answer(Scope::of(&finding, &changes)).is_some(), "{}", rule.id);
        }
    }
}

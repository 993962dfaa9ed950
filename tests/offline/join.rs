//! The join: which declared resource a call means, among resources that are nearly it.

mod decoys;

use driftwire_catalog::resource_type;
use driftwire_declared::{Declaration, Tool};
use driftwire_drift::index::Found;
use driftwire_drift::verdict::Evidence;
use driftwire_drift::{Index, Judged, Outcome, Reason, Verdict};
use serde_json::{Value, json};

use crate::desk::{Desk, declared};
use crate::invariants::call;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

/// A block of some tool, placed.
fn block(tool: Tool, kind: &str, address: &str, (account, region): (&str, &str), attributes: &Value) -> Declaration {
    let mut attributes = attributes.as_object().unwrap().clone();
    let id = if tool == Tool::CloudFormation { attributes.remove("id") } else { None };
    Declaration {
        id: id.and_then(|id| id.as_str().map(str::to_owned)),
        origin: "state".to_owned(),
        version: "1".to_owned(),
        account: Some(account.to_owned()),
        region: Some(region.to_owned()),
        attributes,
        ..Declaration::new(tool, kind, address)
    }
}

fn terraform(kind: &str, address: &str, place: (&str, &str), attributes: &Value) -> Declaration {
    block(Tool::Terraform, kind, address, place, attributes)
}

fn stack(kind: &str, address: &str, attributes: &Value) -> Declaration {
    block(Tool::CloudFormation, kind, address, (ACCOUNT, REGION), attributes)
}

fn only(judged: Judged) -> Outcome {
    let mut outcomes = judged.outcomes;
    assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
    outcomes.remove(0)
}

/// The one resource that an index finds, by the address of its first declaration.
fn found<'i>(index: &'i Index, kind: &str, id: &str) -> Option<&'i str> {
    address(index, index.find(kind, id, ACCOUNT, REGION))
}

fn address<'i>(index: &'i Index, found: Found<'i>) -> Option<&'i str> {
    match found {
        Found::One(resource) => index.of(resource).next().map(|it| it.address.as_str()),
        Found::Several | Found::Nothing => None,
    }
}

/// That an outcome says no more than that a declared resource was touched.
fn is_mere_touch(outcome: &Outcome, address: &str) {
    assert_eq!((outcome.verdict, outcome.address.as_deref()), (Verdict::Undecided, Some(address)), "{outcome:#?}");
    let finding = outcome.finding.as_ref().unwrap();
    assert_eq!(finding.evidence, Evidence::Touched);
    assert!(finding.changes.iter().all(|it| it.property.is_none() && it.actual.is_none()), "{:#?}", finding.changes);
}

/// Whether the catalog has more than the rows that people wrote.
fn has_models() -> bool {
    driftwire_catalog::calls().count() > 5000
}

fn network() -> Desk {
    Desk::new(declared(&[
        (
            "aws_kms_key",
            "main",
            json!({"id": "1234abcd-12ab-34cd-56ef-1234567890ab", "key_id": "1234abcd-12ab-34cd-56ef-1234567890ab", "arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
        ),
        ("aws_iam_role", "app", json!({"id": "app", "name": "app", "arn": "arn:aws:iam::111122223333:role/app"})),
        (
            "aws_subnet",
            "a",
            json!({"id": "subnet-0123456789abcdef0", "arn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0123456789abcdef0"}),
        ),
        (
            "aws_vpc",
            "main",
            json!({"id": "vpc-0123456789abcdef0", "arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0123456789abcdef0"}),
        ),
        (
            "aws_security_group",
            "web",
            json!({"id": "sg-0123456789abcdef0", "arn": "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0"}),
        ),
    ]))
}

#[test]
fn a_call_that_does_not_exist_touches_what_it_names_and_names_no_property() {
    let desk = network();
    let named =
        call("ec2", "PutSubnetFutureSetting", &json!({"subnetId": "subnet-0123456789abcdef0", "setting": "on"}));
    is_mere_touch(&only(desk.judge(&named)), "aws_subnet.a");
    let nothing = call("ec2", "PutSubnetFutureSetting", &json!({"subnetId": "subnet-0123456789abcdef1"}));
    assert_eq!(only(desk.judge(&nothing)).reason, Reason::NotDeclared);
}

#[test]
fn an_optional_reference_is_never_blamed() {
    let desk = network();
    for (service, request) in [
        ("ec2", json!({"name": "new", "subnetId": "subnet-0123456789abcdef0"})),
        (
            "ec2",
            json!({"config": {"subnetIds": ["subnet-0123456789abcdef0"], "securityGroupIds": ["sg-0123456789abcdef0"]}}),
        ),
        ("ec2", json!({"vpcId": "vpc-0123456789abcdef0"})),
        ("iam", json!({"taskRoleArn": "arn:aws:iam::111122223333:role/app"})),
        ("kms", json!({"kmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"})),
        (
            "newservice",
            json!({"roleArn": "arn:aws:iam::111122223333:role/app", "resourceArn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
        ),
    ] {
        let outcome = only(desk.judge(&call(service, "PutFutureThing", &request)));
        assert_eq!(
            (outcome.verdict, outcome.reason),
            (Verdict::Irrelevant, Reason::NotDeclared),
            "{service} {request}"
        );
    }
}

#[test]
fn an_unknown_call_whose_parameters_name_two_resources_picks_neither() {
    let desk = Desk::new(declared(&[
        ("aws_lambda_function", "one", json!({"id": "one", "function_name": "one"})),
        ("aws_lambda_function", "two", json!({"id": "two", "function_name": "two"})),
    ]));
    let request = json!({"firstName": "one", "secondName": "two"});
    let outcome = only(desk.judge(&call("lambda", "SwapFutureThings", &request)));
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Undecided, Reason::Ambiguous));
    assert!(outcome.finding.is_none());
}

#[test]
fn two_types_that_fit_equally_well_are_ambiguous() {
    let place = (ACCOUNT, REGION);
    let desk = Desk::new(vec![
        terraform(
            "aws_db_instance",
            "aws_db_instance.main",
            place,
            &json!({"id": "db-1", "identifier": "main", "instance_class": "db.t3.micro"}),
        ),
        terraform(
            "aws_docdb_cluster_instance",
            "aws_docdb_cluster_instance.main",
            place,
            &json!({"id": "main", "identifier": "main", "instance_class": "db.t3.micro"}),
        ),
    ]);
    let request = json!({"dBInstanceIdentifier": "main", "dBInstanceClass": "db.r5.large", "applyImmediately": true});
    let outcome = only(desk.judge(&call("rds", "ModifyDBInstance", &request)));
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Undecided, Reason::Ambiguous), "{outcome:#?}");
}

#[test]
fn an_arn_of_another_partition_is_found_and_is_not_its_twin_in_the_first() {
    for (partition, region) in [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-iso", "us-iso-east-1")]
    {
        let arn = format!("arn:{partition}:sns:{region}:{ACCOUNT}:alarms");
        let twin = format!("arn:aws:sns:{region}:{ACCOUNT}:alarms");
        let block = |arn: &str, address: &str| {
            terraform("aws_sns_topic", address, (ACCOUNT, region), &json!({"id": arn, "arn": arn, "name": "alarms"}))
        };
        let index = Index::new(vec![block(&arn, "here"), block(&twin, "twin")]);
        let by_type = index.find("AWS::SNS::Topic", &arn, ACCOUNT, region);
        assert_eq!(address(&index, by_type), Some("here"), "{partition}");
        assert_eq!(address(&index, index.find_by_text("sns", &arn, ACCOUNT, region)), Some("here"), "{partition}");
        let alone = Index::new(vec![block(&twin, "twin")]);
        assert!(matches!(alone.find_by_text("sns", &arn, ACCOUNT, region), Found::Nothing), "{partition}");
    }
}

#[test]
fn a_name_in_two_accounts_and_regions_is_the_one_of_the_record() {
    let table = |address: &str, place: (&str, &str)| {
        terraform("aws_dynamodb_table", address, place, &json!({"id": "orders", "name": "orders"}))
    };
    let index = Index::new(vec![
        table("here", (ACCOUNT, REGION)),
        table("there", ("444455556666", REGION)),
        table("elsewhere", (ACCOUNT, "us-east-1")),
    ]);
    let find =
        |account: &str, region: &str| address(&index, index.find("AWS::DynamoDB::Table", "orders", account, region));
    assert_eq!(find(ACCOUNT, REGION), Some("here"));
    assert_eq!(find("444455556666", REGION), Some("there"));
    assert_eq!(find(ACCOUNT, "us-east-1"), Some("elsewhere"));
    assert_eq!(find("777788889999", REGION), None);
    let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/orders";
    assert_eq!(address(&index, index.find("AWS::DynamoDB::Table", arn, "444455556666", REGION)), Some("elsewhere"));
}

#[test]
fn an_id_that_is_a_part_of_another_is_not_that_other_one() {
    let group = |name: &str| ("aws_cloudwatch_log_group", "g", json!({"id": name, "name": name}));
    for (declared_name, called) in [
        ("api", "/aws/lambda/api"),
        ("/aws/lambda/api", "api"),
        ("/aws/lambda/api", "/aws/lambda/api-two"),
        ("/aws/lambda/api-two", "/aws/lambda/api"),
        ("api", "api:two"),
        ("api", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/api:*"),
    ] {
        let desk = Desk::new(declared(&[group(declared_name)]));
        let request = json!({"logGroupName": called, "retentionInDays": 7});
        let outcome = only(desk.judge(&call("logs", "PutRetentionPolicy", &request)));
        // Without an ARN in the state, a type's ARN template is what tells the last case.
        if called.starts_with("arn:") && resource_type("AWS::Logs::LogGroup").is_none() {
            continue;
        }
        assert_eq!(outcome.reason, Reason::NotDeclared, "{declared_name} {called}");
    }
}

#[test]
fn names_in_another_case_are_other_names_but_for_services_that_fold_them() {
    let index = Index::new(vec![
        stack("AWS::Lambda::Function", "Api", &json!({"id": "Api", "FunctionName": "Api"})),
        terraform("aws_db_instance", "main", (ACCOUNT, REGION), &json!({"id": "db-1", "identifier": "main"})),
    ]);
    assert_eq!(found(&index, "AWS::Lambda::Function", "Api"), Some("Api"));
    assert_eq!(found(&index, "AWS::Lambda::Function", "api"), None);
    assert_eq!(found(&index, "AWS::RDS::DBInstance", "MAIN"), Some("main"));
    assert_eq!(address(&index, index.find_by_text("rds", "Main", ACCOUNT, REGION)), Some("main"));
}

#[test]
fn a_tag_by_arn_of_any_type_is_a_tag_of_the_resource_with_the_arn() {
    let arn = "arn:aws:glue:eu-west-1:111122223333:registry/events";
    let known = stack(
        "AWS::Glue::Registry",
        "Registry",
        &json!({"id": arn, "Name": "events", "Tags": [{"Key": "team", "Value": "a"}]}),
    );
    let other = stack(
        "AWS::Glue::Schema",
        "Schema",
        &json!({"id": "arn:aws:glue:eu-west-1:111122223333:schema/events/events", "Name": "events"}),
    );
    let desk = Desk::new(vec![known, other]);
    let request = json!({"resourceArn": arn, "tagsToAdd": {"team": "b"}});
    let outcome = only(desk.judge(&call("glue", "TagResource", &request)));
    assert_eq!(outcome.address.as_deref(), Some("Registry"), "{outcome:#?}");
    let request =
        json!({"resourceArn": "arn:aws:glue:eu-west-1:111122223333:registry/event", "tagsToAdd": {"team": "b"}});
    assert_eq!(only(desk.judge(&call("glue", "TagResource", &request))).reason, Reason::NotDeclared);
}

#[test]
fn a_declaration_of_a_type_that_the_catalog_does_not_know_is_found_by_its_arn() {
    let arn = "arn:aws-us-gov:newservice:us-gov-west-1:111122223333:thing/a";
    let place = (ACCOUNT, "us-gov-west-1");
    let desk = Desk::new(vec![terraform(
        "aws_new_thing",
        "aws_new_thing.a",
        place,
        &json!({"id": "a", "arn": arn, "name": "a"}),
    )]);
    let mut record = call("newservice", "TagThing", &json!({"resourceArn": arn}));
    record["awsRegion"] = json!("us-gov-west-1");
    is_mere_touch(&only(desk.judge(&record)), "aws_new_thing.a");
}

#[test]
fn a_known_call_without_a_type_touches_what_its_identifiers_name() {
    let untyped = |it: &driftwire_catalog::Target| {
        it.resources.is_empty()
            && it.effect != driftwire_catalog::Effect::None
            && it.references.is_empty()
            && it.when.is_none()
            && it.id.first().is_some_and(|id| !id.contains(['>', '[', '|', '.', '@']))
    };
    let mut seen = 0;
    for known in driftwire_catalog::calls().filter(|it| matches!(it.targets, [only] if untyped(only))).step_by(40) {
        if driftwire_catalog::ignored_class(known.source, known.operation).is_some() {
            continue;
        }
        let id = known.targets[0].id[0];
        let arn = format!("arn:aws:{}:eu-west-1:111122223333:thing/abc", known.source);
        let place = (ACCOUNT, REGION);
        let desk =
            Desk::new(vec![terraform("aws_new_thing", "aws_new_thing.a", place, &json!({"id": "abc", "arn": arn}))]);
        for text in ["abc", arn.as_str()] {
            let outcome = only(desk.judge(&call(known.source, known.operation, &json!({ id: text }))));
            is_mere_touch(&outcome, "aws_new_thing.a");
        }
        let outcome = only(desk.judge(&call(known.source, known.operation, &json!({ id: "ab" }))));
        assert_eq!(outcome.reason, Reason::NotDeclared, "{}:{}", known.source, known.operation);
        seen += 1;
    }
    assert!(seen > 0 || !has_models());
}

#[test]
fn a_stack_resource_is_found_by_its_physical_id_its_name_and_its_arn() {
    let arn = "arn:aws:sns:eu-west-1:111122223333:alarms";
    let index = Index::new(vec![
        stack("AWS::SNS::Topic", "Topic", &json!({"id": arn, "TopicName": "alarms"})),
        stack("AWS::EC2::VPC", "Vpc", &json!({"id": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/16"})),
    ]);
    assert_eq!(found(&index, "AWS::SNS::Topic", arn), Some("Topic"));
    assert_eq!(found(&index, "AWS::SNS::Topic", "alarms"), Some("Topic"));
    assert_eq!(address(&index, index.find_by_text("sns", arn, ACCOUNT, REGION)), Some("Topic"));
    assert_eq!(found(&index, "AWS::EC2::VPC", "vpc-0123456789abcdef0"), Some("Vpc"));
    assert_eq!(found(&index, "AWS::EC2::VPC", "vpc-0123456789abcdef1"), None);
}

#[test]
fn a_stack_resource_is_found_by_its_composite_id_and_no_part_of_it() {
    if resource_type("AWS::ApiGateway::Resource").is_none() {
        return;
    }
    let attributes = json!({"id": "r1abc", "RestApiId": "a1b2c3d4e5", "PathPart": "orders"});
    let index = Index::new(vec![stack("AWS::ApiGateway::Resource", "Orders", &attributes)]);
    let kind = "AWS::ApiGateway::Resource";
    assert_eq!(found(&index, kind, "a1b2c3d4e5|r1abc"), Some("Orders"));
    assert_eq!(found(&index, kind, "r1abc"), Some("Orders"), "its physical id");
    assert_eq!(found(&index, kind, "a1b2c3d4e5"), None);
    assert_eq!(found(&index, kind, "a1b2c3d4e6|r1abc"), None);
}

#[test]
fn a_stack_resource_is_found_by_the_arn_that_its_type_implies() {
    if resource_type("AWS::Glue::Job").is_none() {
        return;
    }
    let index = Index::new(vec![
        stack("AWS::Glue::Job", "Job", &json!({"id": "etl"})),
        stack("AWS::Glue::Crawler", "Crawler", &json!({"id": "etl"})),
        terraform("aws_glue_job", "aws_glue_job.cn", (ACCOUNT, "cn-north-1"), &json!({"id": "etl", "name": "etl"})),
    ]);
    let text = |arn: &str| address(&index, index.find_by_text("glue", arn, ACCOUNT, REGION));
    assert_eq!(text("arn:aws:glue:eu-west-1:111122223333:job/etl"), Some("Job"));
    assert_eq!(text("arn:aws:glue:eu-west-1:111122223333:crawler/etl"), Some("Crawler"));
    assert_eq!(text("arn:aws-cn:glue:cn-north-1:111122223333:job/etl"), Some("aws_glue_job.cn"));
    assert_eq!(text("arn:aws:glue:cn-north-1:111122223333:job/etl"), None);
    assert_eq!(found(&index, "AWS::Glue::Job", "arn:aws:glue:eu-west-1:111122223333:crawler/etl"), None);
}

#[test]
fn a_call_that_changes_no_configuration_of_a_declared_resource_rings_for_nobody() {
    let quiet = |it: &driftwire_catalog::Target| {
        it.effect == driftwire_catalog::Effect::None
            && it.resources.first().is_some_and(|kind| kind.starts_with("AWS::") && !kind.ends_with('*'))
            && it.id.first().is_some_and(|id| !id.contains(['>', '[', '|', '.', '@']))
    };
    let mut seen = 0;
    for known in driftwire_catalog::calls().filter(|it| it.targets.iter().any(quiet)).step_by(10) {
        let target = known.targets.iter().find(|it| quiet(it)).unwrap();
        let desk = Desk::new(vec![stack(target.resources[0], "Thing", &json!({"id": "abc"}))]);
        let judged = desk.judge(&call(known.source, known.operation, &json!({ target.id[0]: "abc" })));
        for outcome in judged.outcomes {
            let place = format!("{}:{} {outcome:#?}", known.source, known.operation);
            assert_eq!((outcome.verdict, outcome.finding.is_none()), (Verdict::Irrelevant, true), "{place}");
        }
        seen += 1;
    }
    assert!(seen > 0 || !has_models());
}

#[test]
fn a_creation_of_what_nobody_is_sure_of_is_not_unmanaged() {
    // Of a row that nobody reviewed, of a type that only Terraform has.
    let unsure = |it: &driftwire_catalog::Target| {
        it.effect == driftwire_catalog::Effect::Create
            && it.because.is_none()
            && !it.service.is_empty()
            && !it.candidates.is_empty()
            && it.candidates.iter().all(|it| it.score.is_some() && it.kind.starts_with("aws_"))
            && it.id.first().is_some_and(|id| !id.contains(['>', '[', '|', '.', '@']))
    };
    let desk = Desk::new(Vec::new());
    let mut seen = 0;
    for known in driftwire_catalog::calls().filter(|it| matches!(it.targets, [only] if unsure(only))).step_by(5) {
        let judged = desk.judge(&call(known.source, known.operation, &json!({ known.targets[0].id[0]: "abc" })));
        let place = format!("{}:{}", known.source, known.operation);
        assert!(judged.outcomes.iter().all(|it| it.verdict == Verdict::Irrelevant), "{place} {:#?}", judged.outcomes);
        seen += 1;
    }
    assert!(seen > 0 || !has_models());
}

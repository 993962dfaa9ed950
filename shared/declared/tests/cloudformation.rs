//! Whole files of CloudFormation: a stack, a template alone, what is refused; and NO-SECRET-OUT.
#![expect(clippy::unwrap_used, reason = "test code")]

use driftwire_declared::{Declaration, DeclaredState, Redactor, Standing, is_redacted, read};
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Map, Value, json};

const TEMPLATE: &str = r#"
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String, Default: test}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"}
  DbPassword: {Type: String, NoEcho: true, Default: Zq9hunter2}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
Mappings:
  Sizes:
    prod: {Instance: m7g.large, Keep: 30}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "web of ${AWS::StackName}"
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: "443", CidrIp: 10.0.0.0/8}
        - !If [IsTest, {IpProtocol: -1, CidrIp: 192.0.2.0/24}, !Ref AWS::NoValue]
  Template:
    Type: AWS::EC2::LaunchTemplate
    Metadata: {aws:cdk:path: App/Template}
    Properties:
      LaunchTemplateData:
        ImageId: !Ref Image
        InstanceType: !FindInMap [Sizes, !Ref Stage, Instance]
        SecurityGroupIds: [!GetAtt Group.GroupId]
        UserData:
          Fn::Base64: !Sub |
            echo ${AWS::Region} ${!HOME}
  Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: Retain
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}
  Dead:
    Type: AWS::SQS::Queue
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {Service: !Sub "lambda.${AWS::URLSuffix}"}
            Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
      ManagedPolicyArns: [!ImportValue boundary, !Sub "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      EngineVersion: "{{resolve:ssm:/db/version:3}}"
      MasterUserPassword: !Ref DbPassword
      MasterUsername: !Join ["", ["{{resolve:secretsmanager:", !Ref Stage, ":SecretString:user}}"]]
      DBSubnetGroupName: !Ref SubnetGroup
      MultiAZ: yes
  SubnetGroup:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {DBSubnetGroupDescription: d, SubnetIds: !Ref Subnets}
  TestOnly: {Type: AWS::S3::Bucket, Condition: IsTest}
  Later: {Type: AWS::S3::Bucket}
  Lookup: {Type: Custom::Lookup, Properties: {ServiceToken: !GetAtt Fn.Arn}}
  Fn: {Type: AWS::Serverless::Function}
"#;

fn stack(status: &str) -> Value {
    let resource = |logical_id: &str, id: &str| json!({"LogicalResourceId": logical_id, "PhysicalResourceId": id, "ResourceStatus": "CREATE_COMPLETE"});
    json!({
        "Stack": {
            "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/0a1b", "StackName": "app", "StackStatus": status,
            "CreationTime": "2026-01-01T00:00:00Z", "LastUpdatedTime": "2026-11-20T10:00:00Z",
            "Parameters": [
                {"ParameterKey": "Stage", "ParameterValue": "prod"},
                {"ParameterKey": "Subnets", "ParameterValue": "subnet-1,subnet-2"},
                {"ParameterKey": "Image", "ParameterValue": "/images/web", "ResolvedValue": "ami-1"},
                {"ParameterKey": "DbPassword", "ParameterValue": "****"},
            ],
            "Tags": [{"Key": "team", "Value": "edge"}],
        },
        "TemplateBody": TEMPLATE,
        "StackResources": [
            resource("Group", "sg-0aaa"), resource("Template", "lt-1"), resource("Role", "app-Role-1"), resource("SubnetGroup", "app-sg"),
            resource("Queue", "https://sqs.eu-west-1.amazonaws.com/111122223333/app-q"), resource("Database", "app-db"),
            resource("Dead", "https://sqs.eu-west-1.amazonaws.com/111122223333/app-dead"), resource("Lookup", "x"),
        ],
    })
}

fn read_value(document: &Value) -> DeclaredState {
    read(document.to_string().as_bytes(), "app.json", &Redactor::new(b"k")).unwrap()
}

fn refusal(text: &str) -> String {
    let message = read(text.as_bytes(), "f", &Redactor::new(b"k")).unwrap_err().to_string();
    message.split("; ").next().unwrap_or_default().to_owned()
}

fn skipped(state: &DeclaredState) -> Value {
    state.skipped.iter().map(|(reason, count)| (reason.to_string(), json!(count))).collect::<Map<_, _>>().into()
}

#[test]
fn a_stack_is_read_with_its_functions_evaluated() {
    let state = read_value(&stack("UPDATE_COMPLETE"));
    assert_eq!(state.lineage.as_deref(), Some("arn:aws:cloudformation:eu-west-1:111122223333:stack/app/0a1b"));
    assert!(state.warnings.is_empty(), "{:?}", state.warnings);
    assert_json_snapshot!(skipped(&state), @r#"
    {
      "condition is false": 1,
      "needs a transform that was not run": 1,
      "not yet created": 1,
      "nothing in AWS behind it": 1
    }
    "#);
    let first = state.declarations.first().unwrap();
    assert_json_snapshot!(Declaration { attributes: Map::new(), ..first.clone() }, @r#"
    {
      "tool": "cloudformation",
      "address": "Database",
      "kind": "AWS::RDS::DBInstance",
      "id": "app-db",
      "origin": "app.json",
      "version": "UPDATE_COMPLETE 2026-11-20T10:00:00Z",
      "account": "111122223333",
      "region": "eu-west-1",
      "attributes": {},
      "identifiers": {},
      "standing": "current",
      "ignored": [],
      "default_tags": {
        "team": "edge"
      },
      "ignored_tags": {
        "keys": [],
        "key_prefixes": []
      }
    }
    "#);
    let told: Map<_, _> = state
        .declarations
        .iter()
        .map(|it| (it.address.clone(), json!({"id": it.id, "attributes": it.attributes})))
        .collect();
    assert_json_snapshot!(told, @r#"
    {
      "Database": {
        "attributes": {
          "DBSubnetGroupName": "app-sg",
          "EngineVersion": {
            "$unresolved": "dynamic"
          },
          "MasterUserPassword": {
            "$unresolved": "parameter"
          },
          "MasterUsername": {
            "$unresolved": "dynamic"
          },
          "MultiAZ": true
        },
        "id": "app-db"
      },
      "Dead": {
        "attributes": {},
        "id": "https://sqs.eu-west-1.amazonaws.com/111122223333/app-dead"
      },
      "Group": {
        "attributes": {
          "GroupDescription": "web of app",
          "SecurityGroupIngress": [
            {
              "CidrIp": "10.0.0.0/8",
              "FromPort": 443,
              "IpProtocol": "tcp",
              "ToPort": "443"
            }
          ]
        },
        "id": "sg-0aaa"
      },
      "Queue": {
        "attributes": {
          "RedrivePolicy": {
            "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111122223333:app-dead",
            "maxReceiveCount": 5
          },
          "VisibilityTimeout": 60
        },
        "id": "https://sqs.eu-west-1.amazonaws.com/111122223333/app-q"
      },
      "Role": {
        "attributes": {
          "AssumeRolePolicyDocument": {
            "Statement": [
              {
                "Action": "sts:AssumeRole",
                "Condition": {
                  "StringEquals": {
                    "aws:SourceAccount": "111122223333"
                  }
                },
                "Effect": "Allow",
                "Principal": {
                  "Service": "lambda.amazonaws.com"
                }
              }
            ],
            "Version": "2012-10-17"
          },
          "ManagedPolicyArns": {
            "$unresolved": "import"
          }
        },
        "id": "app-Role-1"
      },
      "SubnetGroup": {
        "attributes": {
          "DBSubnetGroupDescription": "d",
          "SubnetIds": [
            "subnet-1",
            "subnet-2"
          ]
        },
        "id": "app-sg"
      },
      "Template": {
        "attributes": {
          "LaunchTemplateData": {
            "ImageId": "ami-1",
            "InstanceType": "m7g.large",
            "SecurityGroupIds": [
              "sg-0aaa"
            ],
            "UserData": "ZWNobyBldS13ZXN0LTEgJHtIT01FfQo="
          }
        },
        "id": "lt-1"
      }
    }
    "#);
}

#[test]
fn the_status_of_the_stack_decides_how_its_resources_stand() {
    let standings =
        |status: &str| read_value(&stack(status)).declarations.iter().map(|it| it.standing).collect::<Vec<_>>();
    assert_eq!(standings("UPDATE_IN_PROGRESS"), [Standing::Changing; 7]);
    assert_eq!(standings("UPDATE_ROLLBACK_COMPLETE"), [Standing::Current; 7]);
    assert_eq!(standings("DELETE_FAILED"), [Standing::Deposed; 7]);
    let gone = read_value(&stack("ROLLBACK_COMPLETE"));
    assert!(gone.declarations.is_empty());
    assert_json_snapshot!(skipped(&gone), @r#"
    {
      "stack in ROLLBACK_COMPLETE": 11
    }
    "#);
    let halfway = read_value(&stack("UPDATE_ROLLBACK_FAILED")).warnings;
    assert_eq!(
        halfway.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["the stack is in UPDATE_ROLLBACK_FAILED: what its template declares may not be what exists"]
    );
}

#[test]
fn a_template_alone_takes_the_defaults_and_knows_no_ids() {
    let state = read(TEMPLATE.as_bytes(), "app.yaml", &Redactor::new(b"k")).unwrap();
    let of = |address: &str| state.declarations.iter().find(|it| it.address == address).unwrap();
    assert_eq!(of("Group").attributes["SecurityGroupIngress"].as_array().unwrap().len(), 2);
    assert_eq!(of("Group").attributes["GroupDescription"], json!({"$unresolved": "environment"}));
    assert_eq!(of("Database").attributes["DBSubnetGroupName"], json!({"$unresolved": "reference"}));
    assert_eq!((&of("Group").id, &of("Group").account, &state.lineage), (&None, &None, &None));
    assert_eq!(state.declarations.len(), 9);
    assert_snapshot!(state.warnings[0], @"this template came without its stack: parameters have their defaults, and nothing says which resources exist");
}

#[test]
fn json_text_and_objects_are_the_same_template() {
    let mut as_object = stack("UPDATE_COMPLETE");
    let template = driftwire_declared::yaml(TEMPLATE).unwrap();
    as_object["TemplateBody"] = template.clone();
    let mut as_json = as_object.clone();
    as_json["TemplateBody"] = template.to_string().into();
    assert_eq!(read_value(&stack("UPDATE_COMPLETE")), read_value(&as_object));
    assert_eq!(read_value(&as_json), read_value(&as_object));
}

#[test]
fn a_list_of_resources_that_may_be_cut_short_is_warned_of() {
    let live: Vec<_> =
        (0..100).map(|index| json!({"LogicalResourceId": format!("R{index}"), "PhysicalResourceId": "x"})).collect();
    let resources: Map<_, _> =
        (0..101).map(|index| (format!("R{index}"), json!({"Type": "AWS::S3::Bucket"}))).collect();
    let state = read_value(&json!({"Stack": {}, "TemplateBody": {"Resources": resources}, "StackResources": live}));
    assert_snapshot!(state.warnings[0], @"the list of the stack's resources may be cut short: `describe-stack-resources` tells only the first 100, `list-stack-resources` all");
}

#[test]
fn properties_may_be_a_function_as_a_whole() {
    let properties = json!({"Fn::If": ["Yes", {"BucketName": {"Ref": "AWS::StackName"}}, {"Ref": "AWS::NoValue"}]});
    let unknown = json!({"Fn::If": ["Nothing", {}, {}]});
    let resources = json!({
        "A": {"Type": "AWS::S3::Bucket", "Properties": properties}, "B": {"Type": "AWS::S3::Bucket", "Properties": unknown},
        "C": {"Type": "AWS::S3::Bucket", "Properties": {"Fn::Transform": {"Name": "AWS::Include"}, "BucketName": "c"}},
        "D": {"Type": "AWS::S3::Bucket", "Properties": null}, "E": {"Type": {"Fn::Rain::Module": "m.yml"}}, "Fn::ForEach::F": [],
    });
    let conditions = json!({"Yes": {"Fn::Equals": ["a", "a"]}});
    let live: Vec<_> =
        ["A", "B", "C", "D"].iter().map(|id| json!({"LogicalResourceId": id, "PhysicalResourceId": id})).collect();
    let state = read_value(
        &json!({"Stack": {"StackName": "app"}, "TemplateBody": {"Conditions": conditions, "Resources": resources}, "StackResources": live}),
    );
    let attributes: Vec<_> = state.declarations.iter().map(|it| Value::from(it.attributes.clone())).collect();
    let mark = json!({"$unresolved": "function"});
    assert_eq!(
        attributes,
        [
            json!({"BucketName": "app"}),
            json!({"Fn::If": {"$unresolved": "condition"}}),
            json!({"BucketName": "c", "Fn::Transform": mark}),
            json!({})
        ]
    );
    assert_json_snapshot!(skipped(&state), @r#"
    {
      "needs a transform that was not run": 2
    }
    "#);
}

#[test]
fn secrets_in_properties_are_hidden() {
    let resources = json!({
        "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": "Zq9secret"}},
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": {"Fn::Sub": "{\"a\": \"Zq9secret\"}"}}},
        "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"DB_PASSWORD": {"Fn::Join": ["", ["Zq9", "secret"]]}}}}},
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [{"Environment": [{"Name": "API_TOKEN", "Value": "Zq9secret"}]}]}},
        "Cache": {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"AuthToken": "Zq9secret"}},
        "Key": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Value": "Zq9secret"}},
        "Airflow": {"Type": "AWS::MWAA::Environment", "Properties": {"AirflowConfigurationOptions": {"core.fernet": "Zq9secret"}}},
        "User": {"Type": "AWS::IAM::User", "Properties": {"LoginProfile": {"Password": "Zq9secret"}}},
        "Events": {"Type": "AWS::Events::Connection", "Properties": {"AuthParameters": {"BasicAuthParameters": {"Username": "Zq9secret"}}}},
    });
    let state = read_value(&json!({"Resources": resources}));
    assert_eq!(state.declarations.len(), 9);
    assert!(!format!("{state:?}").contains("Zq9"), "{state:?}");
    assert!(is_redacted(&state.declarations.iter().find(|it| it.address == "Cache").unwrap().attributes["AuthToken"]));
}

#[test]
fn what_is_no_template_is_named() {
    assert_snapshot!(refusal("apiVersion: v1\nkind: Service\n---\nkind: Pod"), @"`f` is a manifest of Kubernetes, not declared state");
    assert_snapshot!(refusal("services: {web: {image: nginx}}"), @"`f` is a file of Docker Compose, not declared state");
    assert_snapshot!(refusal("a: b"), @"`f` is YAML without the marks of a template, not declared state");
    assert_snapshot!(refusal("- ParameterKey: A\n  ParameterValue: b"), @"`f` is the parameters of a stack without its template, not declared state");
    assert_snapshot!(refusal("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: [\n"), @"`f` is not YAML: while parsing a node, did not find expected node content at line 5, column 1");
    assert_snapshot!(refusal("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      Name: {{ name }}\n"), @"`f` is a template that is itself still to be filled in, at `{{…}}` or `{%…%}`, not declared state");
    assert_snapshot!(refusal("Resources: {A: {Type: AWS::S3::Bucket}}\n---\na: b"), @"`f` at `the second document`: expected one template in a file");
    assert_snapshot!(refusal(r#"{"AWSTemplateFormatVersion": "2010-09-09"}"#), @"`f` at `Resources`: expected an object with the resources by their logical ids");
    assert_snapshot!(refusal(r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket"}, "B": {}}}"#), @"`f` at `Resources.B.Type`: expected the resource's type, a text");
    assert_snapshot!(refusal(r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": 5}}}"#), @"`f` at `Resources.A.Properties`: expected an object");
    assert_snapshot!(refusal(r#"{"StackResources": []}"#), @"`f` is the resources of a stack without its template, not declared state");
    assert_snapshot!(refusal(r#"{"StackResourceDrifts": []}"#), @"`f` is what CloudFormation's own drift detection found, not declared state");
    assert_snapshot!(refusal(r#"{"Stacks": []}"#), @"`f` is the description of a stack without its template, not declared state");
    assert_snapshot!(refusal(r#"[{"ParameterKey": "A", "ParameterValue": "b"}]"#), @"`f` is the parameters of a stack without its template, not declared state");
    assert_snapshot!(refusal(r#"{"version": "36.0.0", "artifacts": {}}"#), @"`f` is a file of a CDK app beside its templates, not declared state");
}

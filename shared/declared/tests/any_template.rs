//! Whatever stands in a template or a stack file, it is read or refused, the same twice, and hidden parameters stay hidden.
#![expect(clippy::unwrap_used, reason = "test code")]

use driftwire_declared::{DeclaredState, Redactor, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn read_value(document: &Value) -> DeclaredState {
    read(document.to_string().as_bytes(), "app.json", &Redactor::new(b"k")).unwrap()
}

/// Expressions made of the names that templates use.
fn expressions() -> impl Strategy<Value = Value> {
    const NAMES: [&str; 26] = [
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::Join",
        "Fn::If",
        "Fn::Select",
        "Fn::Split",
        "Fn::FindInMap",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::ImportValue",
        "Fn::GetAZs",
        "Fn::Transform",
        "Fn::ForEach::X",
        "Fn::And",
        "Fn::Or",
        "Fn::Not",
        "Fn::Equals",
        "Condition",
        "CidrBlock",
        "Path",
        "Value",
        "DefaultValue",
        "Properties",
    ];
    const TEXTS: [&str; 18] = [
        "A",
        "B",
        "P",
        "C",
        "D",
        "A.Value",
        "B.Arn",
        "${A.Value}${B.CidrBlock}",
        "${P}",
        "AWS::NoValue",
        "AWS::Region",
        "10.0.0.0/8",
        "2",
        "0",
        ",",
        "{{resolve:ssm:a}}",
        "",
        "${",
    ];
    let leaf = prop_oneof![
        prop::sample::select(TEXTS.to_vec()).prop_map(Value::from),
        (-2_i64..40).prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            (prop::sample::select(NAMES.to_vec()), inner.clone()).prop_map(|(name, value)| json!({name: value})),
            prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), inner, 0..4).prop_map(|map| map
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_template_is_read_the_same_twice_and_keeps_no_hidden_parameter(one in expressions(), two in expressions(), three in expressions()) {
        let resources = json!({
            "A": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": one, "Type": "String", "Extra": three}},
            "B": {"Type": "AWS::EC2::VPC", "Condition": "C", "Properties": {"CidrBlock": two, "Path": one}},
        });
        let template = json!({
            "Parameters": {"P": {"Type": "String", "NoEcho": true, "Default": "Zq9hunter2"}, "D": {"Default": one}},
            "Conditions": {"C": three, "D": {"Fn::Or": [{"Condition": "C"}, two]}}, "Mappings": {"A": {"B": {"P": two}}}, "Resources": resources,
        });
        let live = json!([{"LogicalResourceId": "A", "PhysicalResourceId": "a"}, {"LogicalResourceId": "B", "PhysicalResourceId": "vpc-1"}]);
        for document in [template.clone(), json!({"Stack": {}, "TemplateBody": template.to_string(), "StackResources": live})] {
            let state = read_value(&document);
            let told = format!("{state:?}");
            prop_assert!(!told.contains("Zq9"), "{}", told);
            prop_assert_eq!(state, read_value(&document));
        }
    }

    #[test]
    fn any_yaml_is_read_or_refused(text in "(Resources:|[ \\n\\-:\\[\\]{}&*!?|>'\"%@`#,<a-c0-2]|Type: AWS::S3::Bucket|!Sub|!Ref|\\PC){0,60}") {
        let redactor = Redactor::new(b"k");
        for text in [text.clone(), format!("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      {text}")] {
            prop_assert_eq!(read(text.as_bytes(), "f", &redactor), read(text.as_bytes(), "f", &redactor));
        }
    }

    #[test]
    fn any_stack_file_is_read_or_refused(stack in expressions(), template in expressions(), resources in expressions()) {
        let document = json!({"Stack": stack, "TemplateBody": template, "StackResources": resources, "Exports": stack, "NestedStacks": resources});
        let redactor = Redactor::new(b"k");
        prop_assert_eq!(read(document.to_string().as_bytes(), "f", &redactor), read(document.to_string().as_bytes(), "f", &redactor));
    }
}

//! Decides whether AWS's own rewriting of a property explains a difference.
//!
//! False positive removed: a service stores a property in another spelling than it was given, and the resource type's
//! schema says so in `propertyTransform`: an expression in `JSONata` over the declared properties, of which AWS's own
//! drift detection compares the result with the live value. By hand: declare `EngineVersion: 1.6.22` for a cache
//! cluster and read `1.6` back. Alternatives stand beside each other with `$OR`; some results are patterns.
//!
//! It must not hide what the expression does not explain: only the result counts, and a text is taken as a pattern only
//! where the expression itself writes one.

use regex::Regex;
use serde_json::Value;

use super::super::path::Path;
use super::jsonata::Expression;

/// What separates alternatives; AWS's own addition to `JSONata`.
const OR: &str = "$OR";

/// What only a pattern has. A value that merely looks like one comes from the declaration, not from the expression.
const PATTERN_MARKS: [&str; 5] = ["[0-9", "[a-z", ".*", ".+?", "\"^"];

/// A look-ahead that the evaluator's regular expressions do not have, and the same without it: a name that does not
/// begin with a digit.
const LOOK_AHEAD: (&str, &str) = ("(?![0-9]+)[0-9a-zA-Z-_]+", "[a-zA-Z-_][0-9a-zA-Z-_]*");

/// Whether some alternative of the expression, evaluated where the property stands in what is declared, gives what AWS
/// answered. `is_same` compares a result with it.
pub(super) fn rewrites(
    expression: &str,
    declared: Option<&Value>,
    at: Path<'_>,
    actual: &Value,
    is_same: impl Fn(&Value) -> bool,
) -> bool {
    let Some(root) = declared else { return false };
    let around = ancestors(root, at);
    expression.split(OR).any(|alternative| {
        let is_pattern = PATTERN_MARKS.iter().any(|mark| alternative.contains(mark));
        results(alternative.trim(), &around)
            .iter()
            .any(|result| is_same(result) || (is_pattern && matches_pattern(result, actual)))
    })
}

/// The objects that a place is in, the innermost first. An expression names its property from one of them on.
fn ancestors<'v>(root: &'v Value, at: Path<'_>) -> Vec<&'v Value> {
    let mut around = Vec::new();
    place(root, at, &mut around);
    around.reverse();
    around
}

/// Walks to a place, collecting the objects on the way.
fn place<'v>(root: &'v Value, at: Path<'_>, around: &mut Vec<&'v Value>) -> Option<&'v Value> {
    match at {
        Path::Root => Some(root),
        Path::Member(parent, name) => {
            let parent = place(root, *parent, around)?;
            around.push(parent);
            parent.get(name)
        }
        Path::Element(parent, index) => place(root, *parent, around)?.get(index),
    }
}

/// What the expression gives in the innermost object in which it gives anything.
fn results(expression: &str, around: &[&Value]) -> Option<Value> {
    let expression = expression.replace(LOOK_AHEAD.0, LOOK_AHEAD.1);
    let expression = Expression::parse(&expression).ok()?;
    around.iter().find_map(|context| expression.evaluate(context).ok()?.filter(|value| !value.is_null()))
}

/// Whether a text fits the whole of a pattern. AWS writes a bracket as a class of one bracket, which nests here.
fn matches_pattern(pattern: &Value, actual: &Value) -> bool {
    let (Some(pattern), Some(text)) = (pattern.as_str(), actual.as_str()) else { return false };
    let pattern = pattern.replace("[[]", r"\[").replace("[]]", r"\]");
    Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ResourceRules;
    use super::*;

    fn differs(kind: &str, declared: &Value, live: &Value) -> Vec<String> {
        ResourceRules::of(kind).compare(declared, live).differences.into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn every_expression_can_be_parsed() {
        let mut count = 0;
        for kind in driftwire_catalog::resource_types() {
            for (path, expression) in kind.transforms {
                for alternative in expression.split(OR) {
                    let alternative = alternative.trim().replace(LOOK_AHEAD.0, LOOK_AHEAD.1);
                    assert!(Expression::parse(&alternative).is_ok(), "{} {path}: {alternative}", kind.name);
                }
                count += 1;
            }
        }
        assert!(count >= 190, "{count} expressions");
    }

    #[test]
    fn a_version_is_answered_without_its_patch() {
        let kind = "AWS::ElastiCache::CacheCluster";
        let declared = json!({"EngineVersion": "1.6.22"});
        assert!(differs(kind, &declared, &json!({"EngineVersion": "1.6"})).is_empty());
        assert_eq!(differs(kind, &declared, &json!({"EngineVersion": "1.5"})), ["EngineVersion"]);
    }

    #[test]
    fn a_network_is_answered_without_host_bits() {
        let declared = json!({"CidrBlock": "10.0.5.9/16"});
        assert!(differs("AWS::EC2::Subnet", &declared, &json!({"CidrBlock": "10.0.0.0/16"})).is_empty());
        assert_eq!(differs("AWS::EC2::Subnet", &declared, &json!({"CidrBlock": "10.1.0.0/16"})), ["CidrBlock"]);
    }

    #[test]
    fn a_key_id_is_answered_as_an_arn() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let declared = json!({"KmsKeyId": id, "Name": "store"});
        let live =
            |id: &str| json!({"KmsKeyId": format!("arn:aws:kms:eu-west-1:111122223333:key/{id}"), "Name": "store"});
        assert!(differs("AWS::CloudTrail::EventDataStore", &declared, &live(id)).is_empty());
        let other = live("99999999-12ab-34cd-56ef-1234567890ab");
        assert_eq!(differs("AWS::CloudTrail::EventDataStore", &declared, &other), ["KmsKeyId"]);
    }

    #[test]
    fn a_bracket_in_a_pattern_is_a_bracket() {
        let declared = json!({"Deployment": {"Description": "blue", "Revision": {"RevisionType": "S3"}}});
        let live = |text: &str| json!({"Deployment": {"Description": text, "Revision": {"RevisionType": "S3"}}});
        let kind = "AWS::CodeDeploy::DeploymentGroup";
        assert!(differs(kind, &declared, &live("[CFN-1A2B3C4D] blue")).is_empty());
        assert_eq!(differs(kind, &declared, &live("[CFN-1A2B3C4D] green")), ["Deployment.Description"]);
    }

    #[test]
    fn what_a_property_says_is_no_pattern() {
        let declared = json!({"ReplicationGroupId": "a.c"});
        assert!(
            differs("AWS::ElastiCache::ReplicationGroup", &json!({"ReplicationGroupId": "A.C"}), &declared).is_empty()
        );
        assert_eq!(
            differs("AWS::ElastiCache::ReplicationGroup", &declared, &json!({"ReplicationGroupId": "abc"})),
            ["ReplicationGroupId"]
        );
    }

    #[test]
    fn an_expression_sees_the_properties_beside_its_own() {
        let kind = "AWS::EC2::SecurityGroupEgress";
        let declared = json!({"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "CidrIp": "0.0.0.0/0"});
        let live = json!({"IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "CidrIp": "0.0.0.0/0"});
        assert!(differs(kind, &declared, &live).is_empty());
        let tcp = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"});
        let other = json!({"IpProtocol": "tcp", "FromPort": 23, "ToPort": 22, "CidrIp": "0.0.0.0/0"});
        assert_eq!(differs(kind, &tcp, &other), ["FromPort"]);
    }
}

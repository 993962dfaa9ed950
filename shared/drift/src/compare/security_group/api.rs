//! Reads rules as EC2's calls and answers carry them.

use serde_json::{Map, Value};

use super::super::names;
use super::{Direction, Ports, Read, Source, Tuple, group, is_known, member, network, text};

/// One element of an answer's rule set, or of a modification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleItem {
    /// `sgr-…`
    pub rule_id: Option<String>,
    /// The group the rule belongs to.
    pub group_id: Option<String>,
    /// The rule; none when its source is hidden or of a kind that is not known.
    pub tuple: Option<Tuple>,
}

/// Reads the parameters of an authorize or revoke call: `ipPermissions`, the flat form, or the wrapped form.
#[must_use]
pub fn from_permissions(direction: Direction, parameters: &Map<String, Value>) -> Read {
    let mut read = Read::default();
    let Some(members) = unwrapped(parameters) else { return Read { unread: 1, ..read } };
    let permissions = member(members, "ippermissions").map(names::elements).unwrap_or_default();
    for permission in &permissions {
        match permission.as_object() {
            Some(permission) => permission_sources(direction, permission, &mut read),
            None => read.unread += 1,
        }
    }
    if permissions.is_empty() {
        flat(direction, members, &mut read);
    }
    read
}

/// Reads `securityGroupRuleSet` or `revokedSecurityGroupRuleSet`; the direction is each item's own.
#[must_use]
pub fn from_rule_set(set: &Value) -> Vec<RuleItem> {
    names::elements(set)
        .into_iter()
        .filter_map(Value::as_object)
        .map(|members| {
            let is_egress = text(members, &["isegress"]).is_some_and(|text| text == "true");
            let direction = if is_egress { Direction::Egress } else { Direction::Ingress };
            item(direction, members, members)
        })
        .collect()
}

/// Reads the parameters of `ModifySecurityGroupRules`, which do not say the direction.
#[must_use]
pub fn from_modification(direction: Direction, parameters: &Map<String, Value>) -> Vec<RuleItem> {
    let Some(members) = unwrapped(parameters) else { return Vec::new() };
    let updates = member(members, "securitygrouprules").or_else(|| member(members, "securitygrouprule"));
    updates
        .map(names::elements)
        .unwrap_or_default()
        .into_iter()
        .filter_map(Value::as_object)
        .map(|update| {
            let rule = member(update, "securitygrouprule").and_then(Value::as_object).unwrap_or(update);
            let found = item(direction, update, rule);
            RuleItem { group_id: found.group_id.or_else(|| text(members, &["groupid"])), ..found }
        })
        .collect()
}

/// One rule, with its ids beside it.
fn item(direction: Direction, ids: &Map<String, Value>, rule: &Map<String, Value>) -> RuleItem {
    let tuple = Ports::read(direction, rule)
        .and_then(|ports| Some(ports.with(single_source(rule)?, text(rule, &["description"]))));
    RuleItem { rule_id: text(ids, &["securitygroupruleid"]), group_id: text(ids, &["groupid"]), tuple }
}

/// The source of a rule that has one only.
fn single_source(rule: &Map<String, Value>) -> Option<Source> {
    if let Some(cidr) = text(rule, &["cidripv4", "cidripv6"]) {
        return Some(network(&cidr)).filter(|_| is_known(&cidr));
    }
    if let Some(id) = text(rule, &["prefixlistid"]) {
        return Some(Source::PrefixList(id.clone())).filter(|_| is_known(&id));
    }
    let referenced = member(rule, "referencedgroupinfo").and_then(Value::as_object);
    let id = text(rule, &["referencedgroupid"]).or_else(|| text(referenced?, &["groupid"]))?;
    Some(group(&id, referenced.and_then(|info| text(info, &["userid"])))).filter(|_| is_known(&id))
}

/// The object inside `AuthorizeSecurityGroupIngressRequest` and its like, or the parameters themselves.
fn unwrapped(parameters: &Map<String, Value>) -> Option<&Map<String, Value>> {
    match parameters.iter().next() {
        Some((name, inner)) if parameters.len() == 1 && name.ends_with("Request") => inner.as_object(),
        _ => Some(parameters),
    }
}

/// Every source of one permission.
fn permission_sources(direction: Direction, permission: &Map<String, Value>, read: &mut Read) {
    let Some(ports) = Ports::read(direction, permission) else {
        read.unread += 1;
        return;
    };
    let before = read.tuples.len() + read.unread;
    for (list, names_) in [
        ("ipranges", ["cidrip", "cidripv4"]),
        ("ipv6ranges", ["cidripv6", "cidripv6"]),
        ("prefixlistids", ["prefixlistid", "prefixlistid"]),
        ("groups", ["groupid", "groupname"]),
        ("useridgrouppairs", ["groupid", "groupname"]),
    ] {
        for element in member(permission, list).map(names::elements).unwrap_or_default() {
            let found = element.as_object().and_then(|members| {
                let value = text(members, &names_).filter(|value| is_known(value))?;
                let source = match list {
                    "ipranges" | "ipv6ranges" => network(&value),
                    "prefixlistids" => Source::PrefixList(value),
                    _ => group(&value, text(members, &["userid"])),
                };
                Some(ports.with(source, text(members, &["description"])))
            });
            match found {
                Some(tuple) => read.tuples.push(tuple),
                None => read.unread += 1,
            }
        }
    }
    if read.tuples.len() + read.unread == before {
        read.unread += 1;
    }
}

/// The oldest form: one rule in the parameters themselves.
fn flat(direction: Direction, members: &Map<String, Value>, read: &mut Read) {
    let cidr = text(members, &["cidrip", "cidripv6"]);
    let named = text(members, &["sourcesecuritygroupid", "sourcesecuritygroupname"]);
    let source = match (cidr, named) {
        (Some(cidr), _) if is_known(&cidr) => network(&cidr),
        (None, Some(name)) if is_known(&name) => group(&name, text(members, &["sourcesecuritygroupownerid"])),
        _ => {
            read.unread += 1;
            return;
        }
    };
    // A group alone opens every protocol to its members.
    let ports = Ports::read(direction, members).unwrap_or_else(|| Ports {
        direction,
        protocol: "-1".to_owned(),
        from: None,
        to: None,
    });
    read.tuples.push(ports.with(source, text(members, &["description"])));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Direction, Read, Tuple};
    use super::{from_modification, from_permissions, from_rule_set};

    fn read(parameters: &serde_json::Value) -> Read {
        from_permissions(Direction::Ingress, parameters.as_object().unwrap())
    }

    fn keys(parameters: &serde_json::Value) -> Vec<String> {
        read(parameters).tuples.iter().map(Tuple::key).collect()
    }

    #[test]
    fn a_permission_is_one_rule_for_each_source() {
        let parameters = json!({"groupId": "sg-0aaa", "ipPermissions": {"items": [{
            "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
            "groups": {"items": [{"groupId": "sg-0bbb", "userId": "111122223333"}]},
            "ipRanges": {"items": [{"cidrIp": "192.0.2.0/24"}, {"cidrIp": "198.51.100.7/32", "description": "office"}]},
            "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]},
            "prefixListIds": {"items": [{"prefixListId": "pl-1"}]}
        }]}});
        let expected = [
            "ingress tcp 22 22 cidr 192.0.2.0/24",
            "ingress tcp 22 22 cidr 198.51.100.7/32",
            "ingress tcp 22 22 cidr ::/0",
            "ingress tcp 22 22 prefix_list pl-1",
            "ingress tcp 22 22 source_group sg-0bbb",
        ];
        assert_eq!(keys(&parameters), expected);
    }

    #[test]
    fn the_flat_and_the_wrapped_form_are_the_same_rules() {
        let expected = ["ingress tcp 22 22 cidr 192.0.2.0/24"];
        let flat = json!({"groupId": "sg-0aaa", "ipPermissions": {}, "cidrIp": "192.0.2.0/24", "fromPort": 22, "toPort": 22, "ipProtocol": "tcp"});
        assert_eq!(keys(&flat), expected);
        let wrapped = json!({"AuthorizeSecurityGroupIngressRequest": {"GroupId": "sg-0aaa", "IpPermissions": {
            "tag": 1, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": {"tag": 1, "CidrIp": "192.0.2.0/24"}
        }}});
        assert_eq!(keys(&wrapped), expected);
        let by_name =
            json!({"groupName": "web", "sourceSecurityGroupName": "lb", "sourceSecurityGroupOwnerId": "111122223333"});
        assert_eq!(keys(&by_name), ["ingress -1 * * source_group_name lb"]);
    }

    #[test]
    fn an_answer_names_direction_and_id_of_each_rule() {
        let items = from_rule_set(&json!({"items": [{
            "groupOwnerId": "111122223333", "groupId": "sg-0aaa", "securityGroupRuleId": "sgr-1", "isEgress": true,
            "ipProtocol": "-1", "fromPort": -1, "toPort": -1, "cidrIpv4": "0.0.0.0/0"
        }]}));
        assert_eq!(items[0].rule_id.as_deref(), Some("sgr-1"));
        assert_eq!(items[0].tuple.as_ref().map(Tuple::key).as_deref(), Some("egress -1 * * cidr 0.0.0.0/0"));
    }

    #[test]
    fn a_modification_is_one_element_or_several() {
        let rule = |id: &str, cidr: &str| json!({"tag": 1, "SecurityGroupRuleId": id, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": cidr}});
        let request = |rules: serde_json::Value| json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0aaa", "SecurityGroupRule": rules}});
        let read = |request: serde_json::Value| from_modification(Direction::Ingress, request.as_object().unwrap());
        let one = read(request(rule("sgr-1", "0.0.0.0/0")));
        let two = read(request(json!([rule("sgr-1", "0.0.0.0/0"), rule("sgr-2", "::/0")])));
        assert_eq!((one.len(), two.len()), (1, 2));
        assert_eq!(one[0], two[0]);
        assert_eq!(one[0].group_id.as_deref(), Some("sg-0aaa"));
        assert_eq!(one[0].tuple.as_ref().map(Tuple::key).as_deref(), Some("ingress tcp 443 443 cidr 0.0.0.0/0"));
    }

    #[test]
    fn what_names_no_readable_source_is_counted() {
        let unread = |parameters: serde_json::Value| read(&parameters).unread;
        assert_eq!(unread(json!({"ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 1, "toPort": 2}]}})), 1);
        assert_eq!(
            unread(
                json!({"ipPermissions": {"items": [{"ipProtocol": "-1", "ipRanges": {"items": [{"cidrIp": "****"}]}}]}})
            ),
            1
        );
        assert_eq!(unread(json!({"groupId": "sg-0aaa"})), 1);
        assert_eq!(unread(json!({"AuthorizeSecurityGroupIngressRequest": null})), 1);
    }
}

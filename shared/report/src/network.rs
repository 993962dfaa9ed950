//! Reads a value as a security group rule, so that it can be said as `tcp/22 from 0.0.0.0/0`.
//!
//! Works on the shape alone, in any tool's spelling. Never on network ACL entries: theirs may deny.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::plain::{plain, shorten};

/// A security group rule, ready to be said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NetworkRule {
    /// `tcp/22`, `all traffic`; safe to show.
    pub(crate) traffic: String,
    /// Who may talk; safe to show.
    peers: Vec<String>,
    /// Which way.
    pub(crate) direction: Direction,
}

/// Which way a rule lets traffic pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To the resource.
    Inbound,
    /// From the resource.
    Outbound,
}

const PEERS: [&str; 20] = [
    "cidr",
    "cidrip",
    "cidripv4",
    "cidripv6",
    "cidrblocks",
    "ipv6cidrblocks",
    "prefixlist",
    "prefixlistid",
    "prefixlistids",
    "sourceprefixlistid",
    "destinationprefixlistid",
    "sourcegroup",
    "sourcegroupname",
    "securitygroup",
    "securitygroups",
    "securitygroupid",
    "sourcesecuritygroupid",
    "sourcesecuritygroupname",
    "destinationsecuritygroupid",
    "referencedsecuritygroupid",
];

const OF_AN_ACL: [&str; 4] = ["ruleaction", "action", "rulenumber", "ruleno"];

const PEERS_SHOWN: usize = 3;

impl NetworkRule {
    /// Reads a rule; none where the value does not look like one.
    pub(crate) fn read(attribute: &str, value: &Value) -> Option<Self> {
        let members: BTreeMap<String, &Value> =
            value.as_object()?.iter().map(|(name, member)| (name.replace('_', "").to_lowercase(), member)).collect();
        if OF_AN_ACL.iter().any(|name| members.contains_key(*name)) {
            return None;
        }
        let protocol = members.get("protocol").or_else(|| members.get("ipprotocol"))?;
        let named_direction = members.get("direction").and_then(|direction| direction.as_str());
        let outbound = named_direction.map_or_else(
            || attribute.to_lowercase().contains("egress"),
            |direction| direction.eq_ignore_ascii_case("egress"),
        );
        let mut peers: Vec<String> =
            PEERS.iter().filter_map(|name| members.get(*name)).flat_map(|peer| texts(peer)).collect();
        if members.get("self").is_some_and(|own| own.as_bool() == Some(true)) {
            peers.push("itself".to_owned());
        }
        Some(Self {
            traffic: traffic(
                &scalar(protocol)?,
                members.get("fromport").and_then(|port| scalar(port)).as_deref(),
                members.get("toport").and_then(|port| scalar(port)).as_deref(),
            ),
            peers,
            direction: if outbound { Direction::Outbound } else { Direction::Inbound },
        })
    }

    /// Says who may talk: `0.0.0.0/0`, `sg-1, sg-2, sg-3 and 4 more`.
    pub(crate) fn peer(&self) -> Option<String> {
        if self.peers.is_empty() {
            return None;
        }
        let shown: Vec<&str> = self.peers.iter().take(PEERS_SHOWN).map(String::as_str).collect();
        let more = self.peers.len().saturating_sub(PEERS_SHOWN);
        Some(match more {
            0 => shown.join(", "),
            _ => format!("{} and {more} more", shown.join(", ")),
        })
    }

    /// Tells whether everybody may talk.
    pub(crate) fn is_open_to_the_world(&self) -> bool {
        self.peers.iter().any(|peer| peer == "0.0.0.0/0" || peer == "::/0")
    }

    /// Says the rule: `tcp/22 from 0.0.0.0/0`.
    pub(crate) fn in_words(&self) -> String {
        let preposition = match self.direction {
            Direction::Inbound => "from",
            Direction::Outbound => "to",
        };
        match self.peer() {
            Some(peer) => format!("{} {preposition} {peer}", self.traffic),
            None => self.traffic.clone(),
        }
    }
}

fn traffic(protocol: &str, from: Option<&str>, to: Option<&str>) -> String {
    let protocol = protocol.to_lowercase();
    match protocol.as_str() {
        "-1" | "all" => return "all traffic".to_owned(),
        "tcp" | "udp" | "6" | "17" => {}
        _ => return protocol,
    }
    let name = match protocol.as_str() {
        "6" => "tcp",
        "17" => "udp",
        other => other,
    };
    match (from, to) {
        (None, None) | (Some("0"), Some("65535")) | (Some("-1"), _) => {
            format!("{name} on all ports")
        }
        (Some(from), Some(to)) if from != to => format!("{name}/{from}-{to}"),
        (Some(port), _) | (None, Some(port)) => format!("{name}/{port}"),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.is_empty() => vec![shorten(text, 64)],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(plain(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(attribute: &str, value: &Value) -> Option<String> {
        NetworkRule::read(attribute, value).map(|rule| rule.in_words())
    }

    #[test]
    fn a_rule_is_said_in_any_spelling() {
        let cases = [
            (
                "ingress",
                json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr": "0.0.0.0/0"}),
                "tcp/22 from 0.0.0.0/0",
            ),
            ("SecurityGroupEgress", json!({"IpProtocol": "-1", "CidrIpv6": "::/0"}), "all traffic to ::/0"),
            (
                "ingress",
                json!({"protocol": "udp", "fromPort": 8000, "toPort": 8100, "cidrBlocks": ["10.0.0.0/8", "10.1.0.0/16"]}),
                "udp/8000-8100 from 10.0.0.0/8, 10.1.0.0/16",
            ),
            (
                "ingress",
                json!({"protocol": "tcp", "from_port": 0, "to_port": 65535, "cidr_blocks": [], "self": true}),
                "tcp on all ports from itself",
            ),
            (
                "ingress",
                json!({"protocol": "6", "from_port": "443", "to_port": "443", "security_groups": ["sg-1", "sg-2", "sg-3", "sg-4"]}),
                "tcp/443 from sg-1, sg-2, sg-3 and 1 more",
            ),
            (
                "ingress",
                json!({"protocol": "tcp", "from_port": 5432, "to_port": 5432, "source_group": "sg-0bbb", "description": "db"}),
                "tcp/5432 from sg-0bbb",
            ),
            (
                "ingress",
                json!({"protocol": "-1", "from_port": null, "to_port": null, "prefix_list": "pl-1"}),
                "all traffic from pl-1",
            ),
            ("ingress", json!({"protocol": "icmp", "from_port": -1, "to_port": -1}), "icmp"),
            (
                "rules",
                json!({"direction": "egress", "protocol": "tcp", "from_port": 5, "to_port": 5, "cidr_ipv4": "10.0.0.0/8"}),
                "tcp/5 to 10.0.0.0/8",
            ),
        ];
        for (attribute, value, words) in cases {
            assert_eq!(said(attribute, &value).as_deref(), Some(words), "{value}");
        }
    }

    #[test]
    fn what_may_deny_is_not_said_as_a_rule_that_opens() {
        let entry = json!({"protocol": "tcp", "rule_no": 100, "action": "deny", "cidr_block": "0.0.0.0/0"});
        assert_eq!(said("ingress", &entry), None);
        assert_eq!(said("listener", &json!({"port": 80})), None);
        assert_eq!(said("ingress", &json!("tcp")), None);
    }
}

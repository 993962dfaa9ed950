//! Decides how near two names are: splits names into words and compares them. It knows no AWS service by name.

/// Words that end the name of an identifier.
pub(crate) const KINDS: &[&str] = &["arn", "id", "name", "identifier", "url"];

/// A name in lower case, letters and digits only.
pub(crate) fn fold(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The words of a name in camel case, in lower case: `VPCPeeringConnection` → vpc, peering, connection.
pub(crate) fn words(name: &str) -> Vec<String> {
    let name = name
        .replace("IPv", "Ipv")
        .replace("IoT", "Iot")
        .replace("OAuth", "Oauth")
        .replace("GraphQL", "Graphql")
        .replace("OpenSearch", "Opensearch")
        .replace("VMs", "Vms")
        .replace("IPs", "Ips")
        .replace("ACLs", "Acls");
    let letters: Vec<char> = name.chars().collect();
    let mut all = Vec::new();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(at + 1);
        let starts = letter.is_ascii_uppercase()
            && (before.is_some_and(|b| !b.is_ascii_uppercase()) || after.is_some_and(char::is_ascii_lowercase));
        if (starts || !letter.is_ascii_alphanumeric()) && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// A word's singular, as far as English allows.
pub(crate) fn singular(word: &str) -> String {
    const AS_IS: [&str; 22] = [
        "aws", "dns", "kms", "sms", "ses", "sqs", "sns", "dms", "efs", "eks", "ecs", "rds", "https", "os", "emr",
        "fms", "series", "analysis", "ebs", "address", "chaos", "news",
    ];
    if word.len() < 4 && word != "ips" && word != "ids" && word != "vms" || AS_IS.contains(&word) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for (end, keep) in [("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("indices", "index")] {
        if let Some(stem) = word.strip_suffix(end) {
            return format!("{stem}{keep}");
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !["s", "u", "i"].iter().any(|end| stem.ends_with(end)) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The words of a name that mean something, each in the singular.
pub(crate) fn stems(name: &str) -> Vec<String> {
    const SMALL: [&str; 9] = ["to", "from", "for", "with", "of", "in", "by", "on", "and"];
    let all = words(name);
    all.iter().filter(|word| !SMALL.contains(&word.as_str())).map(|word| singular(word)).collect()
}

/// An operation's name as verb and noun: `BatchDeleteTopics` → delete, `Topics`; `Subscribe` → subscribe and no noun.
pub(crate) fn verb_and_noun(operation: &str) -> (String, String) {
    let mut rest = operation;
    for prefix in ["Batch", "Bulk", "Admin"] {
        if let Some(after) = rest.strip_prefix(prefix).filter(|r| r.starts_with(|c: char| c.is_ascii_uppercase())) {
            rest = after;
        }
    }
    let end = rest.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map_or(rest.len(), |(at, _)| at);
    let (verb, noun) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let noun = match noun.strip_prefix("And") {
        Some(second) if noun != "And" => verb_and_noun(second).1,
        _ => noun.to_owned(),
    };
    (verb.to_ascii_lowercase(), noun)
}

/// What a noun is for: its words behind the first `For`.
pub(crate) fn place(noun: &str) -> Vec<String> {
    let mut parts = noun.match_indices("For").filter_map(|(at, word)| Some((at, noun.get(at + word.len()..)?)));
    let behind = parts.find(|(at, rest)| *at > 0 && rest.starts_with(|it: char| it.is_ascii_uppercase()));
    behind.map(|(_, rest)| stems(rest)).unwrap_or_default()
}

/// How near two lists of singular words are, from 0 to 1; 1 where they spell the same.
pub(crate) fn similarity(left: &[String], right: &[String]) -> f64 {
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    if left.concat() == right.concat() {
        return 1.0;
    }
    let mut open: Vec<&String> = right.iter().collect();
    let mut shared = 0.0;
    for word in left {
        let found = open.iter().position(|other| *other == word);
        let near = || open.iter().position(|other| close(word, other));
        if let Some(at) = found {
            open.remove(at);
            shared += 1.0;
        } else if let Some(at) = near() {
            open.remove(at);
            shared += 0.8;
        }
    }
    let total = u32::try_from(left.len() + right.len()).map_or(f64::MAX, f64::from);
    (2.0 * shared / total).min(0.97)
}

/// Whether each of two names has a word that the other lacks, so that neither is a part of the other.
pub(crate) fn crosses(left: &[String], right: &[String]) -> bool {
    let lacks = |one: &[String], other: &[String]| one.iter().any(|word| !other.contains(word));
    lacks(left, right) && lacks(right, left)
}

/// Whether two words are forms of one: `config` and `configuration`, `db` and `database` are not looked up, only prefixes.
fn close(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    short.len() >= 5 && long.starts_with(short)
}

/// `DBInstanceIdentifier` → dbinstance, identifier.
pub(crate) fn split_kind(part: &str) -> (String, String) {
    let folded = fold(part);
    let ending = KINDS.iter().filter(|it| folded.ends_with(**it)).max_by_key(|it| it.len());
    let base = ending.and_then(|it| folded.strip_suffix(it)).unwrap_or(&folded).to_owned();
    (base, ending.map(|it| (*it).to_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_at_words_and_acronyms() {
        assert_eq!(words("VPCPeeringConnection"), ["vpc", "peering", "connection"]);
        assert_eq!(words("DBInstance"), ["db", "instance"]);
        assert_eq!(words("CreateIPv6Pool"), ["create", "ipv6", "pool"]);
        assert_eq!(words("web_acl"), ["web", "acl"]);
    }

    #[test]
    fn a_verb_is_the_first_word_behind_batch() {
        assert_eq!(verb_and_noun("BatchDeleteTopics"), ("delete".to_owned(), "Topics".to_owned()));
        assert_eq!(verb_and_noun("Subscribe"), ("subscribe".to_owned(), String::new()));
    }

    #[test]
    fn the_same_spelling_is_the_same_name() {
        assert!(similarity(&stems("NatGateways"), &stems("NATGateway")) > 0.99);
        assert!(similarity(&stems("GraphqlApi"), &stems("GraphQLApi")) > 0.99);
    }

    #[test]
    fn a_part_of_a_name_is_less_near_than_the_name() {
        let part = similarity(&stems("DBCluster"), &stems("DBClusterParameterGroup"));
        assert!(part > 0.5 && part < 0.8, "{part}");
    }

    #[test]
    fn a_noun_is_about_what_comes_before_for() {
        assert_eq!(place("ThemeForStack"), ["stack"]);
        assert!(place("ForecastFormat").is_empty());
        assert!(place("PlatformId").is_empty());
    }

    #[test]
    fn plurals_have_a_singular() {
        assert_eq!(singular("policies"), "policy");
        assert_eq!(singular("addresses"), "address");
        assert_eq!(singular("status"), "status");
        assert_eq!(singular("rules"), "rule");
    }
}

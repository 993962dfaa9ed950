//! How identifiers are spelled: ARNs, generated ids, and the shorter forms that calls and declarations use. Knows no
//! declaration.

use std::borrow::Cow;

use driftwire_catalog::resource_type;

/// Account and region of an ARN, where it has them.
pub(super) fn place_of_arn(id: &str) -> Option<(&str, &str)> {
    let mut parts = id.strip_prefix("arn:")?.split(':');
    let (_, _, region, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some((account, region))
}

/// Whether a text is an ARN, of whatever partition.
pub(crate) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// The service of an ARN: `elasticloadbalancing`.
pub(super) fn service_of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(1).filter(|service| !service.is_empty())
}

/// What an ARN says after its account: `function:api`.
fn resource_of_arn(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)
}

/// An ARN whose partition is left open: `arn:*:s3:::logs`.
pub(super) fn without_partition(arn: &str) -> Option<String> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    Some(format!("arn:*:{rest}"))
}

/// The partition that a region is in; unknown without a region.
pub(super) fn partition(region: Option<&str>) -> &'static str {
    const PREFIXES: [(&str, &str); 6] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
    ];
    match region {
        None | Some("") => "*",
        Some(region) => PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, name)| name),
    }
}

/// The shorter ways in which a call may spell an identifier of a type, the longest first.
///
/// `arn:aws:lambda:…:function:api:PROD` is also `api`; `/hostedzone/Z1` is also `Z1`; a queue's URL is also its name. A
/// name that merely ends in another one (`/aws/lambda/api`) is not that other one.
pub(super) fn shorter<'t>(kind: &str, id: &'t str) -> impl Iterator<Item = &'t str> {
    let forms: [Option<&str>; 5] = if is_arn(id) {
        let resource = resource_of_arn(id);
        let after_type = resource.and_then(|part| part.split_once([':', '/']).map(|(_, name)| name));
        let plain = after_type.and_then(|name| name.strip_suffix(":*"));
        let function = resource.and_then(|part| part.strip_prefix("function:")).and_then(|it| it.split(':').next());
        [resource, after_type, plain, function, id.rsplit('/').next()]
    } else if id.contains("://") || kind.starts_with("AWS::Route53::") {
        [id.rsplit('/').next(), None, None, None, None]
    } else if has_qualifiers(kind) {
        let function = id.split_once(":function:").map(|(_, name)| name);
        [function, function.unwrap_or(id).split(':').next(), None, None, None]
    } else {
        [None; 5]
    };
    let known = forms;
    forms
        .into_iter()
        .enumerate()
        .filter_map(move |(at, form)| form.filter(|_| !known.iter().take(at).any(|earlier| *earlier == form)))
        .filter(move |form| !form.is_empty() && *form != id)
}

/// Whether `name:qualifier` names a version of a resource of the type.
fn has_qualifiers(kind: &str) -> bool {
    ["AWS::Lambda::", "AWS::ECS::", "AWS::Batch::"].iter().any(|namespace| kind.starts_with(namespace))
}

/// Whether an ARN may be that of a resource which was found by a shorter form of it.
pub(super) fn may_be(arn: &str, kind: &str, own: Option<&str>) -> bool {
    if let Some(own) = own {
        return is_same_or_within(arn, own) || is_same_or_within(own, arn) || lacks_cluster(arn, own);
    }
    let Some(template) = resource_type(kind).and_then(|it| it.arn) else { return true };
    let fixed = |part: &str| part.split("${").next().map(str::to_owned).unwrap_or_default();
    let (Some(shape), Some(resource)) = (resource_of_arn(template), resource_of_arn(arn)) else { return false };
    service_of_arn(template) == service_of_arn(arn) && resource.starts_with(&fixed(shape))
}

/// Whether one ARN is another, or what the other names has a part or a version of that name.
fn is_same_or_within(one: &str, whole: &str) -> bool {
    let whole = whole.strip_suffix(":*").unwrap_or(whole);
    one.strip_prefix(whole).is_some_and(|rest| {
        // A secret's ARN ends in six letters that callers may leave out.
        let is_suffix = rest.strip_prefix('-').is_some_and(|it| it.len() == 6 && whole.contains(":secret:"));
        rest.is_empty() || rest.starts_with([':', '/']) || is_suffix
    })
}

/// Whether an ARN is the older form of a service's or task's own: without the cluster.
fn lacks_cluster(arn: &str, own: &str) -> bool {
    let split = |arn| resource_of_arn(arn).and_then(|it: &str| it.split_once('/'));
    match (split(arn), split(own)) {
        (Some((kind, name)), Some((own_kind, own_name))) => {
            service_of_arn(arn) == Some("ecs")
                && service_of_arn(own) == Some("ecs")
                && kind == own_kind
                && own_name.split_once('/').is_some_and(|(_, own_name)| own_name == name)
        }
        _ => false,
    }
}

/// An id that AWS generated and that is unique by itself: `sg-0123456789abcdef0`.
pub(super) fn is_generated(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(prefix, hex)| {
        matches!(hex.len(), 8 | 17)
            && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            && !prefix.is_empty()
            && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    })
}

/// A name as AWS keeps it: databases, caches and warehouses fold theirs to lower case.
pub(super) fn folded<'t>(kind: &str, name: &'t str) -> Cow<'t, str> {
    const FOLDING: [&str; 5] =
        ["AWS::RDS::", "AWS::DocDB::", "AWS::Neptune::", "AWS::ElastiCache::", "AWS::Redshift::"];
    let folds = || FOLDING.iter().any(|namespace| kind.starts_with(namespace));
    if !is_arn(name) && name.bytes().any(|byte| byte.is_ascii_uppercase()) && folds() {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Joins the parts of `a|b`, each reduced to its last segment if it is an ARN; a single part stays as it is.
pub(crate) fn joined(expression: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    if !expression.contains('|') {
        return value(expression);
    }
    let parts: Option<Vec<String>> =
        expression.split('|').map(|part| value(part).map(|text| short(&text).to_owned())).collect();
    parts.map(|parts| parts.join("|"))
}

/// The last segment of an ARN, of a path or of a URL; other text as it is.
pub(crate) fn short(text: &str) -> &str {
    if is_arn(text) {
        return text.rsplit(['/', ':']).next().unwrap_or(text);
    }
    if text.starts_with("https://") { text.rsplit('/').next().unwrap_or(text) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(kind: &str, id: &str) -> Vec<String> {
        shorter(kind, id).map(str::to_owned).collect()
    }

    #[test]
    fn a_function_is_found_by_every_form_of_its_name() {
        let kind = "AWS::Lambda::Function";
        assert!(forms(kind, "arn:aws-cn:lambda:cn-north-1:111122223333:function:api:PROD").contains(&"api".to_owned()));
        assert_eq!(forms(kind, "api:PROD"), ["api"]);
        assert_eq!(forms(kind, "111122223333:function:api:3"), ["api:3", "api"]);
    }

    #[test]
    fn a_name_that_ends_in_another_one_is_not_that_one() {
        assert_eq!(forms("AWS::Logs::LogGroup", "/aws/lambda/api"), Vec::<String>::new());
        assert_eq!(forms("AWS::Logs::LogGroup", "api:PROD"), Vec::<String>::new());
        assert_eq!(forms("AWS::Route53::HostedZone", "/hostedzone/Z1"), ["Z1"]);
    }

    #[test]
    fn an_arn_of_another_resource_with_the_same_last_name_is_refused() {
        let own = Some("arn:aws:ecs:eu-west-1:111122223333:service/prod/api");
        let kind = "AWS::ECS::Service";
        assert!(may_be("arn:aws:ecs:eu-west-1:111122223333:service/prod/api", kind, own));
        assert!(may_be("arn:aws:ecs:eu-west-1:111122223333:service/api", kind, own));
        assert!(!may_be("arn:aws:ecs:eu-west-1:111122223333:service/test/api", kind, own));
        assert!(!may_be("arn:aws-cn:ecs:eu-west-1:111122223333:service/prod/api", kind, own));
    }

    #[test]
    fn a_version_of_a_resource_has_an_arn_within_its_own() {
        let own = Some("arn:aws:lambda:eu-west-1:111122223333:function:api");
        let kind = "AWS::Lambda::Function";
        assert!(may_be("arn:aws:lambda:eu-west-1:111122223333:function:api:PROD", kind, own));
        assert!(!may_be("arn:aws:lambda:eu-west-1:111122223333:function:api-two", kind, own));
    }

    #[test]
    fn a_region_says_its_partition() {
        for (region, name) in [
            (Some("cn-north-1"), "aws-cn"),
            (Some("us-gov-west-1"), "aws-us-gov"),
            (Some("us-isob-east-1"), "aws-iso-b"),
            (Some("us-iso-east-1"), "aws-iso"),
            (Some("eu-west-1"), "aws"),
            (None, "*"),
        ] {
            assert_eq!(partition(region), name);
        }
    }

    #[test]
    fn only_databases_and_their_like_fold_their_names() {
        assert_eq!(folded("AWS::RDS::DBInstance", "Main"), "main");
        assert_eq!(folded("AWS::Lambda::Function", "Main"), "Main");
    }
}

//! Decides which account and region an object is in. Says nothing rather than guess.
//!
//! In this order: the `region` attribute, Terraform's identity, the object's own ARN, its availability zone (for the
//! account: identity, own ARN, `owner_id`, `account_id`); then what most objects of the same provider configuration say;
//! last, the ARNs of other things in its attributes, where all of them agree. The last come last because a role or a
//! certificate may well live elsewhere, while one provider configuration means one account.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Format;

/// Where something is, as far as known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
}

/// Returns what an object says of its own place.
pub(crate) fn stated(kind: &str, attributes: &Map<String, Value>, identity: Option<&Map<String, Value>>) -> Place {
    let own = |key: &str| attributes.get(key).and_then(Value::as_str);
    let identified = |key: &str| identity.and_then(|identity| identity.get(key)).and_then(Value::as_str);
    let arn = [own("arn"), identified("arn"), own("id")].into_iter().flatten().find_map(Arn::parse).unwrap_or_default();
    let zone =
        || own("availability_zone").or_else(|| attributes.get("availability_zones")?.as_array()?.first()?.as_str());
    let region = own("region")
        .filter(|_| kind != "aws_config_aggregate_authorization")
        .and_then(region)
        .or_else(|| identified("region").and_then(region))
        .or(arn.region)
        .or_else(|| zone().and_then(region_of_zone));
    let account = identified("account_id")
        .and_then(account)
        .or(arn.account)
        .or_else(|| own("owner_id").and_then(account))
        .or_else(|| own("account_id").filter(|_| !names_other_account(kind)).and_then(account));
    Place { account: account.map(str::to_owned), region: region.map(str::to_owned) }
}

/// What the objects of each provider configuration say.
#[derive(Debug)]
pub(crate) struct Places {
    counts: BTreeMap<String, Counts>,
    configured: BTreeMap<String, String>,
    agreement: Agreement,
}

/// How far objects of one provider configuration must agree for the others to follow them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    /// More of them say this than anything else.
    Majority,
    /// All of them say this: the format leaves out which configuration an object belongs to.
    All,
}

#[derive(Debug, Default)]
struct Counts {
    accounts: BTreeMap<String, usize>,
    regions: BTreeMap<String, usize>,
}

impl Places {
    /// `configured` holds the regions that provider configurations name, where the format has them.
    pub(crate) fn new(format: Format, configured: BTreeMap<String, String>) -> Self {
        let agreement = match format {
            Format::StateV4 | Format::StateV3 | Format::Deployment => Agreement::Majority,
            Format::ShowJson | Format::PlanJson | Format::Stack | Format::Template => Agreement::All,
        };
        Self { counts: BTreeMap::new(), configured, agreement }
    }

    /// Notes what an object says of its own place.
    pub(crate) fn learn(&mut self, provider: &str, place: &Place) {
        if !self.counts.contains_key(provider) {
            self.counts.insert(provider.to_owned(), Counts::default());
        }
        let Some(counts) = self.counts.get_mut(provider) else { return };
        for (counts, said) in [(&mut counts.accounts, &place.account), (&mut counts.regions, &place.region)] {
            if let Some(said) = said {
                *counts.entry(said.clone()).or_default() += 1;
            }
        }
    }

    /// Fills in what an object does not say itself.
    pub(crate) fn settle(&self, provider: &str, stated: Place, attributes: &Map<String, Value>) -> Place {
        if stated.account.is_some() && stated.region.is_some() {
            return stated;
        }
        let counts = self.counts.get(provider);
        let mentioned = || {
            attributes
                .iter()
                .filter(|(name, _)| name.ends_with("_arn") || name.ends_with("Arn"))
                .filter_map(|(_, arn)| Arn::parse(arn.as_str()?))
        };
        let account = stated
            .account
            .or_else(|| self.most(&counts?.accounts))
            .or_else(|| only(mentioned().filter_map(|arn| arn.account)));
        let region = stated
            .region
            .or_else(|| self.configured.get(provider).and_then(|name| region(name)).map(str::to_owned))
            .or_else(|| self.most(&counts?.regions))
            .or_else(|| only(mentioned().filter_map(|arn| arn.region)));
        Place { account, region }
    }

    fn most(&self, counts: &BTreeMap<String, usize>) -> Option<String> {
        let (winner, most) = counts.iter().max_by_key(|(_, count)| **count)?;
        let is_alone = match self.agreement {
            Agreement::Majority => counts.values().filter(|count| *count == most).count() == 1,
            Agreement::All => counts.len() == 1,
        };
        is_alone.then(|| winner.clone())
    }
}

/// The parts of an ARN that say where something is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) account: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
}

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let partition = parts.next()?;
        if partition != "aws" && !partition.starts_with("aws-") {
            return None;
        }
        let (_service, in_region, in_account) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { partition, account: account(in_account), region: region(in_region) })
    }
}

/// Returns the one value that all agree on.
fn only<'v>(mut values: impl Iterator<Item = &'v str>) -> Option<String> {
    let first = values.next()?;
    values.all(|value| value == first).then(|| first.to_owned())
}

/// Types whose `account_id` is that of the account they are about, not the one they are in.
fn names_other_account(kind: &str) -> bool {
    [
        "_member",
        "delegated",
        "_admin_account",
        "_invitation",
        "_organizations_",
        "_aggregate_authorization",
        "_account_assignment",
        "_share",
        "create_volume_permission",
        "launch_permission",
    ]
    .iter()
    .any(|part| kind.contains(part))
}

fn account(text: &str) -> Option<&str> {
    (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Accepts `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`.
fn region(text: &str) -> Option<&str> {
    let (words, number) = text.rsplit_once('-')?;
    let is_number = matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = words.split('-');
    let area = words.next()?;
    let mut count = 0;
    let are_words = words.all(|word| {
        count += 1;
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let is_area = (2..=4).contains(&area.len()) && area.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_area && are_words && count >= 1 && is_number).then_some(text)
}

/// Returns the region of `eu-west-1a`, and of local zones such as `us-west-2-lax-1a`.
fn region_of_zone(zone: &str) -> Option<&str> {
    let digits = zone.bytes().position(|byte| byte.is_ascii_digit())?;
    let length = digits + zone.bytes().skip(digits).take_while(u8::is_ascii_digit).count();
    (length < zone.len()).then(|| zone.get(..length)).flatten().and_then(region)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(kind: &str, attributes: &Value) -> (Option<String>, Option<String>) {
        let Place { account, region } = stated(kind, attributes.as_object().unwrap(), None);
        (account, region)
    }

    fn at(account: &str, region: &str) -> (Option<String>, Option<String>) {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (part(account), part(region))
    }

    #[test]
    fn an_object_says_where_it_is() {
        let arn = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1";
        assert_eq!(place("aws_vpc", &json!({"arn": arn})), at("111122223333", "eu-west-1"));
        assert_eq!(place("aws_vpc", &json!({"arn": arn, "region": "eu-west-2"})), at("111122223333", "eu-west-2"));
        assert_eq!(
            place("aws_sns_topic", &json!({"id": "arn:aws-cn:sns:cn-north-1:111122223333:t"})),
            at("111122223333", "cn-north-1")
        );
        assert_eq!(
            place("aws_sqs_queue", &json!({"arn": "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:q"})),
            at("111122223333", "us-gov-west-1")
        );
        assert_eq!(place("aws_s3_bucket", &json!({"arn": "arn:aws:s3:::logs"})), at("", ""));
        assert_eq!(place("aws_iam_policy", &json!({"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})), at("", ""));
        assert_eq!(place("aws_ebs_volume", &json!({"availability_zone": "us-west-2-lax-1a"})), at("", "us-west-2"));
        assert_eq!(
            place("aws_subnet", &json!({"availability_zone": "us-east-1b", "owner_id": "111122223333"})),
            at("111122223333", "us-east-1")
        );
        assert_eq!(place("aws_x", &json!({"owner_id": "0a1b2c", "region": "us-east-1a"})), at("", ""));
    }

    #[test]
    fn the_account_a_resource_is_about_is_not_the_one_it_is_in() {
        assert_eq!(place("aws_guardduty_member", &json!({"account_id": "444455556666"})), at("", ""));
        assert_eq!(
            place("aws_s3_account_public_access_block", &json!({"account_id": "444455556666"})),
            at("444455556666", "")
        );
    }

    #[test]
    fn identity_counts() {
        let identity = json!({"account_id": "111122223333", "region": "eu-west-1", "bucket": "logs"});
        let place = stated("aws_s3_bucket", &Map::new(), identity.as_object());
        assert_eq!((place.account, place.region), at("111122223333", "eu-west-1"));
    }

    #[test]
    fn objects_of_one_provider_follow_the_majority_and_a_tie_says_nothing() {
        let here = |region: &str| Place { account: Some("111122223333".into()), region: Some(region.into()) };
        let bucket = json!({"id": "logs", "role_arn": "arn:aws:iam::444455556666:role/r"});
        let bucket = bucket.as_object().unwrap();
        let mut places = Places::new(Format::StateV4, BTreeMap::new());
        places.learn("p", &here("eu-west-1"));
        places.learn("p", &here("us-east-1"));
        assert_eq!(places.settle("p", Place::default(), bucket).region, None);
        places.learn("p", &here("eu-west-1"));
        assert_eq!(places.settle("p", Place::default(), bucket), here("eu-west-1"));
        assert_eq!(places.settle("q", Place::default(), bucket).account.as_deref(), Some("444455556666"));

        let mut shown = Places::new(Format::ShowJson, BTreeMap::new());
        shown.learn("p", &here("eu-west-1"));
        shown.learn("p", &here("eu-west-1"));
        assert_eq!(shown.settle("p", Place::default(), bucket), here("eu-west-1"));
        shown.learn("p", &here("us-east-1"));
        assert_eq!(shown.settle("p", Place::default(), bucket).region, None, "aliases share a name here");
    }

    #[test]
    fn regions_look_like_regions() {
        for text in ["eu-west-1", "us-gov-east-1", "eusc-de-east-1", "ap-southeast-10", "us-iso-east-1"] {
            assert_eq!(region(text), Some(text));
        }
        for text in ["", "aws-global", "global", "eu-west-1a", "EU-west-1", "eu-1", "-1", "eu--1", "é-west-1"] {
            assert_eq!(region(text), None, "{text}");
        }
    }
}

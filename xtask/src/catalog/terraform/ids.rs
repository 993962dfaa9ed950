//! Decides which attributes of a Terraform type identify the resource that it declares, by their names alone. Terraform's own
//! `id` is among them except where the account itself is the identifier.

use std::collections::BTreeSet;

use super::super::model::{AttributeKind, ResourceType, TerraformType};
use super::super::nouns::fold;

/// What an identifier's name ends in.
const KINDS: [&str; 4] = ["identifier", "id", "name", "arn"];
/// Identifiers whose names do not end so.
const PLAIN: [&str; 8] = ["bucket", "cluster", "group", "key", "repository", "role", "topic", "user"];
/// Parts of an identifier that are the account's own where nobody says otherwise.
const DEFAULTED: [&str; 3] = ["account_id", "aws_account_id", "catalog_id"];

/// The attributes, the likeliest first; `a|b` joins two.
pub(crate) fn ids(of: &TerraformType, twin: Option<&ResourceType>) -> Vec<String> {
    let attributes = Attributes::of(of, twin);
    let mut ids = match twin.map(|twin| (twin, twin.id.as_slice())) {
        Some((_, [part])) if attributes.is_account(part) => vec!["@account".to_owned()],
        Some((twin, [_])) => {
            let named = names(twin).into_iter().filter_map(|part| attributes.own(&part)).collect::<Vec<_>>();
            let referred = twin.id.iter().filter_map(|part| attributes.other(part));
            std::iter::once("id".to_owned()).chain(named).chain(referred).collect()
        }
        Some((_, parts @ [_, _, ..])) => composite(&attributes, parts),
        _ if singleton(of) => vec!["@account".to_owned()],
        _ => std::iter::once("id".to_owned()).chain(attributes.by_themselves()).collect(),
    };
    let mut seen = BTreeSet::new();
    ids.retain(|id| id != "arn" && seen.insert(id.clone()));
    ids
}

/// The attributes of an identifier of several parts, in its order, and Terraform's own `id`.
fn composite(attributes: &Attributes<'_>, parts: &[String]) -> Vec<String> {
    let found =
        |part: &String| attributes.same(part).or_else(|| attributes.own(part)).or_else(|| attributes.other(part));
    let joined: Option<Vec<String>> = parts.iter().map(found).collect();
    let mut ids = Vec::new();
    if let Some(joined) = joined.filter(|all| all.iter().collect::<BTreeSet<_>>().len() == all.len()) {
        ids.push(joined.join("|"));
        let rest: Vec<String> = joined.iter().filter(|it| !DEFAULTED.contains(&it.as_str())).cloned().collect();
        ids.extend((rest.len() < joined.len() && !rest.is_empty()).then(|| rest.join("|")));
    }
    ids.push("id".to_owned());
    ids
}

/// The properties that name a resource: its primary identifier, its other ones of one part, and what its ARN ends in.
fn names(twin: &ResourceType) -> Vec<String> {
    let mut names = twin.id.clone();
    names.extend(
        twin.other_ids.iter().filter_map(|parts| if let [one] = parts.as_slice() { Some(one.clone()) } else { None }),
    );
    let last = twin.arn.as_deref().and_then(|arn| arn.rsplit(['/', ':']).next()).unwrap_or_default();
    names.extend(last.strip_prefix("${").and_then(|it| it.strip_suffix('}')).map(str::to_owned));
    names
}

/// The attributes of a Terraform type: arguments and what the provider computes.
#[derive(Debug)]
struct Attributes<'a> {
    of: &'a TerraformType,
    all: BTreeSet<&'a str>,
    /// What the type itself is called, folded: `eksnodegroup`, `nodegroup`.
    nouns: Vec<String>,
}

impl<'a> Attributes<'a> {
    fn of(of: &'a TerraformType, twin: Option<&ResourceType>) -> Self {
        let all = of.inputs.keys().map(String::as_str).chain(of.outputs.iter().map(String::as_str)).collect();
        let class = of.token.rsplit(':').next();
        let twin = twin.and_then(|twin| twin.name.rsplit("::").next());
        let terraform = of.name.strip_prefix("aws_");
        Self { of, all, nouns: [terraform, class, twin].into_iter().flatten().map(fold).collect() }
    }

    /// Whether the words are the end of the type's own name: `target` of a maintenance window target.
    fn is_own(&self, stem: &str) -> bool {
        stem.is_empty() || self.nouns.iter().any(|noun| noun.ends_with(stem))
    }

    /// Whether a part is the account, which no argument says.
    fn is_account(&self, part: &str) -> bool {
        let said = |name: &str| self.of.inputs.get(name).is_some_and(|input| input.required);
        ["accountid", "awsaccountid"].contains(&fold(part).as_str()) && !self.is_own("account") && !said("account_id")
    }

    /// The attribute of this name.
    fn find(&self, folded: &str) -> Option<String> {
        self.all.iter().find(|it| fold(it) == folded).map(|it| (*it).to_owned())
    }

    /// The attribute that has a property's name.
    fn same(&self, part: &str) -> Option<String> {
        self.find(&fold(last(part)))
    }

    /// The attribute that holds a part of CloudFormation's identifier which names the resource itself: `node_group_name` or `name`
    /// for `NodegroupName`, `id` for `VpcId`, `bucket` for `BucketName`.
    fn own(&self, part: &str) -> Option<String> {
        let part = fold(last(part));
        let (stem, kind) = split(&part);
        if !self.is_own(stem) {
            return None;
        }
        let longer = || self.nouns.iter().find_map(|noun| self.find(&format!("{noun}{kind}")));
        let found =
            self.find(&part).or_else(|| if kind.is_empty() { None } else { longer().or_else(|| self.find(kind)) });
        let found = found.or_else(|| if stem.is_empty() { None } else { self.find(stem) });
        found.or_else(|| ["id", "identifier"].contains(&kind).then(|| "id".to_owned()))
    }

    /// The argument that holds a part which names another resource, perhaps under a name of another kind: `rest_api` for `RestApiId`,
    /// `function_arn` for `FunctionName`.
    fn other(&self, part: &str) -> Option<String> {
        let part = fold(last(part));
        let (stem, own) = split(&part);
        if stem.is_empty() || self.is_own(stem) {
            return None;
        }
        let kinds = [own, "id", "name", "arn", "identifier", ""];
        let input = |name: &String| self.of.inputs.keys().find(|it| fold(it) == *name).cloned();
        kinds.iter().find_map(|kind| input(&format!("{stem}{kind}")))
    }

    /// Where there is no CloudFormation type to ask: what is named after the type itself, else what its required arguments name.
    fn by_themselves(&self) -> Vec<String> {
        let named = |name: &&str| {
            let name = fold(name);
            let (stem, kind) = split(&name);
            ["identifier", "id", "name"].contains(&kind) && self.is_own(stem)
        };
        let mut own: Vec<String> = self.all.iter().copied().filter(named).map(str::to_owned).collect();
        let required = self.of.inputs.iter().filter(|(_, input)| input.required && input.kind == AttributeKind::Plain);
        let naming: Vec<String> =
            required.map(|(name, _)| name).filter(|it| names_something(it) && !own.contains(*it)).cloned().collect();
        if naming.is_empty() {
            return own;
        }
        // A resource inside another one is named together with it.
        let inner = own.iter().find(|it| self.of.inputs.get(*it).is_some_and(|input| input.required)).cloned();
        let all: Vec<String> = naming.into_iter().chain(inner).collect();
        own.retain(|it| !self.of.inputs.contains_key(it));
        own.push(all.join("|"));
        own
    }
}

/// The last name of a path.
fn last(path: &str) -> &str {
    path.rsplit(['.', '/']).next().unwrap_or_default()
}

/// A folded name without the word that says which kind of identifier it is, and that word.
fn split(folded: &str) -> (&str, &str) {
    let kind = KINDS.iter().find_map(|kind| folded.strip_suffix(kind).map(|stem| (stem, *kind)));
    kind.unwrap_or((folded, ""))
}

/// Whether an argument's name is that of an identifier.
fn names_something(name: &str) -> bool {
    PLAIN.contains(&name) || KINDS.iter().any(|kind| name == *kind || name.ends_with(&format!("_{kind}")))
}

/// Whether there is one in an account, or in an account's region: it is imported by the account's number, the region's name or a
/// fixed word, and no required argument names anything.
fn singleton(of: &TerraformType) -> bool {
    let import = of.import.as_deref().unwrap_or_default();
    let number = import.len() == 12 && import.bytes().all(|it| it.is_ascii_digit());
    let fixed = ["us-east-1", "us-west-2", "eu-west-1", "default", "current"].contains(&import);
    (number || fixed)
        && !of.inputs.iter().any(|(name, input)| input.required && (names_something(name) || name == "email"))
}

#[cfg(test)]
mod tests {
    use super::super::super::model::Attribute;
    use super::*;

    fn terraform(name: &str, token: &str, required: &[&str], outputs: &[&str]) -> TerraformType {
        let input = |it: &&str| ((*it).to_owned(), Attribute { required: true, ..Attribute::default() });
        TerraformType {
            name: name.to_owned(),
            token: token.to_owned(),
            inputs: required.iter().map(input).collect(),
            outputs: outputs.iter().map(|it| (*it).to_owned()).collect(),
            ..TerraformType::default()
        }
    }

    fn twin(name: &str, id: &[&str]) -> ResourceType {
        ResourceType {
            name: name.to_owned(),
            id: id.iter().map(|it| (*it).to_owned()).collect(),
            ..ResourceType::default()
        }
    }

    #[test]
    fn an_identifier_of_one_part_is_id_and_what_is_named_after_the_type() {
        let vpc = terraform("aws_vpc", "aws:ec2/vpc:Vpc", &["cidr_block"], &["arn"]);
        assert_eq!(ids(&vpc, Some(&twin("AWS::EC2::VPC", &["VpcId"]))), ["id"]);
        let group = terraform("aws_x_group", "aws:x/group:Group", &["name"], &["group_id"]);
        assert_eq!(ids(&group, Some(&twin("AWS::X::Group", &["GroupName"]))), ["id", "name"]);
        assert_eq!(ids(&group, Some(&twin("AWS::X::Group", &["Id"]))), ["id", "group_id"]);
    }

    #[test]
    fn the_name_in_an_arn_is_an_identifier_too() {
        let mut machine = twin("AWS::X::Machine", &["Arn"]);
        machine.arn = Some("arn:${Partition}:x:${Region}:${Account}:machine/${MachineName}".to_owned());
        let of = terraform("aws_x_machine", "aws:x/machine:Machine", &["name"], &["arn"]);
        assert_eq!(ids(&of, Some(&machine)), ["id", "name"]);
    }

    #[test]
    fn parts_are_joined_in_cloudformation_s_order() {
        let of = terraform("aws_x_model", "aws:x/model:Model", &["name", "rest_api_id"], &[]);
        assert_eq!(ids(&of, Some(&twin("AWS::X::Model", &["RestApiId", "Name"]))), ["rest_api_id|name", "id"]);
        let filter = terraform("aws_x_metric_filter", "aws:x/filter:Filter", &["log_group_name", "name"], &[]);
        let twin = twin("AWS::X::MetricFilter", &["LogGroupName", "FilterName"]);
        assert_eq!(ids(&filter, Some(&twin)), ["log_group_name|name", "id"]);
    }

    #[test]
    fn a_part_that_no_attribute_holds_leaves_id_alone() {
        let of = terraform("aws_x_lock", "aws:x/lock:Lock", &["door_id"], &[]);
        assert_eq!(ids(&of, Some(&twin("AWS::X::Lock", &["DoorId", "Side"]))), ["id"]);
    }

    #[test]
    fn what_the_account_defaults_may_be_left_out() {
        let of = terraform("aws_x_connection", "aws:x/connection:Connection", &["catalog_id", "name"], &[]);
        let twin = twin("AWS::X::Connection", &["CatalogId", "Name"]);
        assert_eq!(ids(&of, Some(&twin)), ["catalog_id|name", "name", "id"]);
    }

    #[test]
    fn a_setting_of_the_account_is_identified_by_the_account() {
        let mut of = terraform("aws_x_settings", "aws:x/settings:Settings", &["enabled"], &[]);
        of.import = Some("123456789012".to_owned());
        assert_eq!(ids(&of, None), ["@account"]);
        assert_eq!(ids(&of, Some(&twin("AWS::X::Settings", &["AccountId"]))), ["@account"]);
    }

    #[test]
    fn without_a_twin_the_required_names_are_asked() {
        let policy =
            terraform("aws_x_resource_policy", "aws:x/resourcePolicy:ResourcePolicy", &["policy", "resource_arn"], &[]);
        assert_eq!(ids(&policy, None), ["id", "resource_arn"]);
        let object = terraform("aws_x_object", "aws:x/object:Object", &["bucket", "key"], &[]);
        assert_eq!(ids(&object, None), ["id", "bucket|key"]);
        let endpoint = terraform("aws_x_endpoint", "aws:x/endpoint:Endpoint", &["endpoint_name"], &["endpoint_id"]);
        assert_eq!(ids(&endpoint, None), ["id", "endpoint_id", "endpoint_name"]);
    }
}

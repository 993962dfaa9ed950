//! Reads the Pulumi provider's wheel: the classes of its resources, their arguments and what they give back, from the text of
//! the Python files, line by line. Runs no Python, and decides nothing but Terraform's name of each type.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::archive::Archive;
use super::model::{Attribute, AttributeKind, TerraformType};
use super::terraform_names::Names;

/// How deep blocks are followed; a web ACL's statements go on for ever.
const DEPTH: usize = 4;

/// The arguments of a class as its `__init__` lists them.
type Signature = Vec<Argument>;

/// The signatures of a file's classes.
type Signatures = BTreeMap<String, Signature>;

/// One argument of a class: `cidr_block: pulumi.Input[_builtins.str] = None`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Argument {
    name: String,
    kind: String,
    required: bool,
}

/// Terraform's types as the wheel bridges them, by Terraform's name.
pub(crate) fn types(wheel: &Archive) -> Result<BTreeMap<String, TerraformType>> {
    let names = Names::read()?;
    let files = wheel.names()?;
    let blocks: BTreeMap<&str, Signatures> = files
        .par_iter()
        .filter_map(|file| Some((folder(file)?, file)).filter(|_| file.ends_with("/_inputs.py")))
        .map(|(folder, file)| Ok((folder, signatures(&wheel.text(file)?))))
        .collect::<Result<_>>()?;
    let nothing = Signatures::new();
    let found: Vec<(Resource, BTreeMap<String, Attribute>)> = files
        .par_iter()
        .filter_map(|file| Some((folder(file)?, file)).filter(|_| may_be_a_resource(file)))
        .map(|(folder, file)| {
            let Some(resource) = resource(&wheel.text(file)?) else { return Ok(None) };
            let inputs = inputs(&resource.arguments, blocks.get(folder).unwrap_or(&nothing), 1);
            Ok(Some((resource, inputs)))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_>>()?;
    if found.is_empty() {
        bail!("the wheel of pulumi-aws has no resource: its layout has changed, so `pulumi.rs` has to change too");
    }
    let tokens = found.iter().map(|(resource, _)| resource.token.clone()).collect();
    let needless = names.needless(&tokens);
    if !needless.is_empty() {
        bail!("overrides/terraform_names.toml has entries that nothing needs, delete them: {}", needless.join(", "));
    }
    merge(found, &names)
}

/// One entry per Terraform type: where several classes bridge it, the one that is not deprecated says what it has.
fn merge(
    mut found: Vec<(Resource, BTreeMap<String, Attribute>)>,
    names: &Names,
) -> Result<BTreeMap<String, TerraformType>> {
    found.sort_by(|(one, _), (other, _)| (one.deprecated, &one.token).cmp(&(other.deprecated, &other.token)));
    let mut types: BTreeMap<String, TerraformType> = BTreeMap::new();
    for (Resource { token, outputs, import, former, .. }, inputs) in found {
        let name = names.of(&token).with_context(|| format!("`{token}` is not written as a token of a module"))?;
        if let Some(known) = types.get_mut(&name) {
            known.other_tokens.insert(token);
            known.other_tokens.extend(former);
            known.other_tokens.remove(&known.token);
            continue;
        }
        let other_tokens = former.into_iter().filter(|it| *it != token).collect();
        let outputs = outputs.into_iter().filter(|it| !inputs.contains_key(it)).collect();
        let inputs = inputs.into_iter().map(|(argument, it)| (names.argument(&name, &argument), it)).collect();
        types.insert(name.clone(), TerraformType { name, token, other_tokens, inputs, outputs, import });
    }
    Ok(types)
}

/// What a resource's file says.
#[derive(Debug, Default)]
struct Resource {
    token: String,
    /// Tokens that it had before.
    former: Vec<String>,
    deprecated: bool,
    arguments: Signature,
    outputs: BTreeSet<String>,
    import: Option<String>,
}

/// The module's folder of a file: `ec2` of `pulumi_aws/ec2/vpc.py`.
fn folder(file: &str) -> Option<&str> {
    let (folder, _) = file.strip_prefix("pulumi_aws/")?.split_once('/')?;
    file.ends_with(".py").then_some(folder)
}

fn may_be_a_resource(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    !name.starts_with('_') && !name.starts_with("get_") && name != "outputs.py"
}

/// The resource of a file, if it has one.
fn resource(text: &str) -> Option<Resource> {
    let mut found = Resource::default();
    let mut inside = false;
    for line in text.lines() {
        if let Some(token) = line.strip_prefix("@pulumi.type_token(\"").and_then(|rest| rest.strip_suffix("\")")) {
            token.clone_into(&mut found.token);
        } else if line.starts_with("class ") {
            inside = line.ends_with("(pulumi.CustomResource):");
        } else if line.starts_with("warnings.warn(") {
            found.deprecated = true;
        } else if inside {
            member(line, &mut found);
        }
    }
    let arguments = |it: &(String, Signature)| !it.0.starts_with('_');
    found.arguments = signatures(text).into_iter().find(arguments).map(|(_, arguments)| arguments).unwrap_or_default();
    (!found.token.is_empty()).then_some(found)
}

/// One line of a resource's class.
fn member(line: &str, found: &mut Resource) {
    if let Some((name, _)) = line.strip_prefix("    def ").and_then(|it| it.split_once("(self) -> pulumi.Output[")) {
        found.outputs.insert(name.to_owned());
    } else if let Some(command) = line.trim_start().strip_prefix("$ pulumi import ") {
        let mut words = command.splitn(3, ' ');
        if words.next() == Some(found.token.as_str()) && found.import.is_none() {
            found.import = words.nth(1).map(|id| id.trim().to_owned());
        }
    } else if line.trim_start().starts_with("alias_opts = ") {
        let aliases = line.split("pulumi.Alias(type_=\"").skip(1);
        found.former.extend(aliases.filter_map(|rest| rest.split_once('"')).map(|(token, _)| token.to_owned()));
    }
}

/// The arguments of every class whose arguments can only be given by name; a resource itself is not among them.
fn signatures(text: &str) -> Signatures {
    let mut all = Signatures::new();
    let mut class: Option<&str> = None;
    let mut open: Option<(&str, Signature)> = None;
    for line in text.lines() {
        if let Some((name, arguments)) = &mut open {
            arguments.extend(argument(line));
            if line.ends_with("):") {
                all.insert((*name).to_owned(), std::mem::take(arguments));
                open = None;
            }
        } else if let Some(rest) = line.strip_prefix("class ") {
            class = rest.strip_suffix(':').filter(|name| !name.contains('('));
        } else if line == "    def __init__(__self__, *," {
            open = class.take().map(|name| (name, Signature::new()));
        } else if line == "    def __init__(__self__):"
            && let Some(name) = class.take()
        {
            all.insert(name.to_owned(), Signature::new());
        }
    }
    all
}

/// One line of a signature.
fn argument(line: &str) -> Option<Argument> {
    let line = line.trim_start();
    let line = line.strip_suffix("):").or_else(|| line.strip_suffix(',')).unwrap_or(line);
    let (name, kind) = line.split_once(": ")?;
    let required = !kind.ends_with(" = None");
    Some(Argument { name: name.to_owned(), kind: kind.trim_end_matches(" = None").to_owned(), required })
}

/// Arguments with their blocks resolved.
fn inputs(arguments: &Signature, blocks: &Signatures, depth: usize) -> BTreeMap<String, Attribute> {
    let attribute = |it: &Argument| Attribute { required: it.required, kind: kind(&it.kind, blocks, depth) };
    arguments.iter().map(|it| (it.name.clone(), attribute(it))).collect()
}

/// What a type annotation says: `pulumi.Input[Optional[Sequence[pulumi.Input['RouteTableRouteArgs']]]]` is a list of blocks.
fn kind(annotation: &str, blocks: &Signatures, depth: usize) -> AttributeKind {
    let inner = |wrapper: &str| annotation.strip_prefix(wrapper).and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = inner("pulumi.Input[").or_else(|| inner("Optional[")) {
        return kind(inner, blocks, depth);
    }
    if let Some(element) = inner("Sequence[") {
        return match kind(element, blocks, depth) {
            AttributeKind::Block(members) => AttributeKind::Blocks(members),
            _ => AttributeKind::List,
        };
    }
    if inner("Mapping[").is_some() {
        return AttributeKind::Map;
    }
    let class =
        annotation.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|it| it.ends_with("Args"));
    match class {
        Some(class) if depth <= DEPTH => {
            AttributeKind::Block(blocks.get(class).map(|it| inputs(it, blocks, depth + 1)).unwrap_or_default())
        }
        Some(_) => AttributeKind::Block(BTreeMap::new()),
        None => AttributeKind::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::wheel;
    use super::*;

    const GATE: &str = r#"
@pulumi.input_type
class GateArgs:
    def __init__(__self__, *,
                 vpc_id: pulumi.Input[_builtins.str],
                 bolts: pulumi.Input[Optional[Sequence[pulumi.Input['GateBoltArgs']]]] = None,
                 lock: pulumi.Input[Optional['GateLockArgs']] = None,
                 mode: pulumi.Input[Optional[Union[_builtins.str, 'GateMode']]] = None,
                 subnet_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
                 tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None):
        """
        The set of arguments.
        """

@pulumi.input_type
class _GateState:
    def __init__(__self__, *,
                 arn: pulumi.Input[Optional[_builtins.str]] = None):
        pass

@pulumi.type_token("aws:ec2/gate:Gate")
class Gate(pulumi.CustomResource):
    @overload
    def __init__(__self__,
                 resource_name: str):
        """
        $ pulumi import aws:ec2/gate:Gate example gate-1|a b
        """
        alias_opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="aws:ec2/oldGate:OldGate")])

    @pulumi.getter
    def arn(self) -> pulumi.Output[_builtins.str]:
        return pulumi.get(self, "arn")

    @pulumi.getter(name="vpcId")
    def vpc_id(self) -> pulumi.Output[_builtins.str]:
        return pulumi.get(self, "vpc_id")
"#;

    const INPUTS: &str = r#"
class GateBoltArgsDict(TypedDict):
    width: int

@pulumi.input_type
class GateBoltArgs:
    def __init__(__self__, *,
                 width: pulumi.Input[_builtins.int]):
        pass

@pulumi.input_type
class GateLockArgs:
    def __init__(__self__, *,
                 inner: pulumi.Input[Optional['GateLockArgs']] = None):
        pass
"#;

    fn gate() -> Result<Resource> {
        resource(GATE).context("no resource")
    }

    #[test]
    fn a_resource_has_a_token_outputs_an_import_id_and_former_tokens() {
        let gate = gate().unwrap();
        assert_eq!(gate.token, "aws:ec2/gate:Gate");
        assert_eq!(gate.outputs, BTreeSet::from(["arn".to_owned(), "vpc_id".to_owned()]));
        assert_eq!(gate.import.as_deref(), Some("gate-1|a b"));
        assert_eq!(gate.former, ["aws:ec2/oldGate:OldGate"]);
        assert!(!gate.deprecated);
    }

    #[test]
    fn arguments_are_plain_lists_maps_or_blocks() {
        let inputs = inputs(&gate().unwrap().arguments, &signatures(INPUTS), 1);
        let kind = |name: &str| inputs.get(name).map(|it| it.kind.clone()).unwrap();
        assert_eq!(kind("vpc_id"), AttributeKind::Plain);
        assert_eq!(kind("mode"), AttributeKind::Plain);
        assert_eq!(kind("subnet_ids"), AttributeKind::List);
        assert_eq!(kind("tags"), AttributeKind::Map);
        let width = Attribute { required: true, kind: AttributeKind::Plain };
        assert_eq!(kind("bolts"), AttributeKind::Blocks(BTreeMap::from([("width".to_owned(), width)])));
        assert!(inputs.get("vpc_id").unwrap().required);
        assert!(!inputs.get("bolts").unwrap().required);
    }

    #[test]
    fn a_block_that_holds_itself_ends() {
        let mut depth = 0;
        let mut next = kind("'GateLockArgs'", &signatures(INPUTS), 1);
        while let AttributeKind::Block(members) = next {
            depth += 1;
            next = members.get("inner").map(|it| it.kind.clone()).unwrap_or_default();
        }
        assert_eq!(depth, DEPTH + 1);
    }

    #[test]
    fn a_deprecated_class_of_the_same_type_is_only_another_token() {
        let one = |token: &str, deprecated, argument: &str| {
            let resource = Resource { token: token.to_owned(), deprecated, ..Resource::default() };
            (resource, BTreeMap::from([(argument.to_owned(), Attribute::default())]))
        };
        let names = Names::read().unwrap();
        let old = one("aws:s3/bucketAclV2:BucketAclV2", true, "old");
        let types = merge(vec![old, one("aws:s3/bucketAcl:BucketAcl", false, "new")], &names).unwrap();
        let acl = types.get("aws_s3_bucket_acl").unwrap();
        assert_eq!(acl.token, "aws:s3/bucketAcl:BucketAcl");
        assert_eq!(acl.other_tokens, BTreeSet::from(["aws:s3/bucketAclV2:BucketAclV2".to_owned()]));
        assert!(acl.inputs.contains_key("new"));
    }

    #[test]
    fn a_wheel_without_resources_is_refused() {
        let error = types(&wheel(&[("pulumi_aws/ec2/_inputs.py", INPUTS)])).unwrap_err().to_string();
        assert!(error.contains("has no resource"), "{error}");
    }
}

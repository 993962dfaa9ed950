//! The models that the catalog is generated from, reduced to what the generator asks of them.

use std::collections::{BTreeMap, BTreeSet};

/// Everything that was read.
#[derive(Debug, Default)]
pub(crate) struct Models {
    /// AWS's services and their operations, by the name of their folder in botocore (`elbv2`); the newest API version.
    pub(crate) services: BTreeMap<String, Service>,
    /// IAM's actions by `<prefix>:<Action>`, in lower case.
    pub(crate) actions: BTreeMap<String, Action>,
    /// CloudFormation's resource types by name (`AWS::EC2::VPC`).
    pub(crate) types: BTreeMap<String, ResourceType>,
    /// Terraform's resource types, as the Pulumi provider bridges them, by Terraform's name (`aws_vpc`).
    pub(crate) terraform: BTreeMap<String, TerraformType>,
}

/// A service of AWS.
#[derive(Debug, Default)]
pub(crate) struct Service {
    /// botocore's folder: `elbv2`.
    pub(crate) name: String,
    /// `metadata.endpointPrefix`: `elasticloadbalancing`.
    pub(crate) endpoint_prefix: String,
    /// `metadata.signingName`, or the endpoint prefix where it is missing.
    pub(crate) signing_name: String,
    /// `metadata.serviceId`: `Elastic Load Balancing v2`.
    pub(crate) service_id: String,
    /// `metadata.protocol`: `ec2`, `query`, `json`, `rest-json`, `rest-xml`, `smithy-rpc-v2-cbor`.
    pub(crate) protocol: String,
    /// Operations by name.
    pub(crate) operations: BTreeMap<String, Operation>,
    /// Shapes by name.
    pub(crate) shapes: BTreeMap<String, Shape>,
}

/// One operation.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    pub(crate) name: String,
    /// The input's shape.
    pub(crate) input: Option<String>,
    /// The output's shape.
    pub(crate) output: Option<String>,
    /// The `readonly` trait: true where it is set. Its absence means nothing.
    pub(crate) read_only: bool,
}

/// The kind of a shape.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShapeKind {
    /// `structure` (unions too).
    Structure,
    /// `list`.
    List,
    /// `map`.
    Map,
    /// `blob`.
    Blob,
    /// `boolean`.
    Boolean,
    /// `integer`, `long`, `float`, `double`.
    Number,
    /// `timestamp`.
    Timestamp,
    /// `string`, and anything unknown.
    #[default]
    Text,
}

/// One shape.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) kind: ShapeKind,
    /// Members of a structure, in the model's order.
    pub(crate) members: Vec<Member>,
    /// The shape of a list's members or of a map's values; empty for others.
    pub(crate) element: String,
    /// Whether it is marked sensitive.
    pub(crate) sensitive: bool,
    /// Whether it is a document of any shape (`"document": true`), or a JSON text (`"jsonvalue": true`).
    pub(crate) document: bool,
    /// The allowed values.
    pub(crate) values: Vec<String>,
    /// `min` of a text's length or of a number.
    pub(crate) min: Option<i64>,
}

/// One member of a structure.
#[derive(Debug, Default)]
pub(crate) struct Member {
    /// `VpcId`.
    pub(crate) name: String,
    /// Its shape.
    pub(crate) shape: String,
    /// Whether the structure requires it.
    pub(crate) required: bool,
    /// Whether it is part of the URI.
    pub(crate) in_uri: bool,
    /// `locationName`, if it has one.
    pub(crate) location: Option<String>,
    /// `queryName`, which wins over `locationName` in EC2's requests.
    pub(crate) query_name: Option<String>,
    /// Whether it is an idempotency token.
    pub(crate) token: bool,
    /// Whether it or its shape is marked sensitive.
    pub(crate) sensitive: bool,
}

/// An IAM action.
#[derive(Debug, Default)]
pub(crate) struct Action {
    /// `Read`, `List`, `Write`, `Tagging`, `Permissions management`; the generator asks for nothing else.
    pub(crate) level: String,
}

/// A resource type of CloudFormation.
#[derive(Debug, Default)]
pub(crate) struct ResourceType {
    /// `AWS::EC2::VPC`.
    pub(crate) name: String,
    /// Top-level properties.
    pub(crate) properties: BTreeMap<String, Property>,
    /// Shared definitions that properties refer to.
    pub(crate) definitions: BTreeMap<String, Property>,
    /// The primary identifier's paths: `VpcId`, `Parent.Id`.
    pub(crate) id: Vec<String>,
    /// Other identifiers, each a list of paths.
    pub(crate) other_ids: Vec<Vec<String>>,
    /// Paths such as `LoggingConfiguration.LogDestinationConfigs[].Arn`: `[]` walks lists, `*` any key of a map.
    pub(crate) read_only: Vec<String>,
    pub(crate) write_only: Vec<String>,
    pub(crate) create_only: Vec<String>,
    /// Paths of lists whose order means nothing (`insertionOrder: false`).
    pub(crate) unordered: Vec<String>,
    /// Defaults by path, as JSON.
    pub(crate) defaults: BTreeMap<String, serde_json::Value>,
    /// `propertyTransform` by path (`JSONata`).
    pub(crate) transforms: BTreeMap<String, String>,
    /// IAM actions of each handler (`create`, `read`, `update`, `delete`, `list`), in lower case.
    pub(crate) handlers: BTreeMap<String, BTreeSet<String>>,
    /// Whether the Cloud Control API can read it: there is a `read` handler.
    pub(crate) readable: bool,
    /// The property that holds its tags: `Tags`; `None` if it has none.
    pub(crate) tags: Option<String>,
    /// `arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}`, where known.
    pub(crate) arn: Option<String>,
    /// The properties that `Ref` gives, where they differ from the primary identifier.
    pub(crate) reference: Vec<String>,
}

/// A property, or a definition, of a resource type. `$ref`s are kept by name.
#[derive(Debug, Default, Clone)]
pub(crate) struct Property {
    /// JSON Schema's types; empty where the schema does not say.
    pub(crate) kinds: Vec<String>,
    /// The definition that it refers to.
    pub(crate) reference: Option<String>,
    /// What a list holds.
    pub(crate) items: Option<Box<Self>>,
    /// Members of an object, those of `oneOf`, `anyOf` and `allOf` included.
    pub(crate) members: BTreeMap<String, Self>,
    /// Whether it is a map with arbitrary keys.
    pub(crate) map: bool,
}

/// A resource type of Terraform.
#[derive(Debug, Default)]
pub(crate) struct TerraformType {
    /// `aws_vpc`.
    pub(crate) name: String,
    /// Pulumi's token: `aws:ec2/vpc:Vpc`.
    pub(crate) token: String,
    /// Other tokens of the same type, former ones too: `aws:s3/bucketV2:BucketV2`.
    pub(crate) other_tokens: BTreeSet<String>,
    /// Arguments that somebody may set, in Terraform's spelling except that lists of blocks may be plural where Terraform's blocks
    /// are singular; so are the arguments of blocks.
    pub(crate) inputs: BTreeMap<String, Attribute>,
    /// What the provider computes: outputs that are no inputs.
    pub(crate) outputs: BTreeSet<String>,
    /// An example of an import id: `vpc-a01106c2`.
    pub(crate) import: Option<String>,
}

/// An argument of a Terraform type.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) required: bool,
    /// A plain value, a list of plain values, a map, a block (Pulumi's class name), or a list of blocks.
    pub(crate) kind: AttributeKind,
}

/// What an argument holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    /// Text, number or flag.
    #[default]
    Plain,
    /// A list of plain values.
    List,
    /// A map of plain values.
    Map,
    /// One block: its arguments by name, in snake case.
    Block(BTreeMap<String, Attribute>),
    /// A list of blocks.
    Blocks(BTreeMap<String, Attribute>),
}

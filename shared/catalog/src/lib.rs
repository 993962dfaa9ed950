//! What each AWS call touches: which resource, where its identifier is, which member means which property.
//!
//! Data, not code: `data/README.md` describes the files. The build script packs them into tables that are searched in
//! place. The catalog knows no record and no declaration; `driftwire-drift` reads it.

mod call;
mod coverage;
mod ignored;
mod kinds;
mod packed;
mod resource;
mod service;
mod source;
mod spelling;
mod stack;
mod table;
mod terraform;

pub use call::{Call, Candidate, Constant, Property, Target, TerraformPath, call, calls};
pub use coverage::{Coverage, coverage, size_bytes, type_counts};
pub use ignored::ignored_class;
pub use kinds::{Decoder, Delta, Effect, Flag, Why};
pub use resource::{ResourceType, native, resource_type, resource_types};
pub use service::{calls_of_service, targets_of_service};
pub use source::{event_sources, sources_of_type};
pub use stack::{stack, stack_kinds};
pub use terraform::{Element, ElementList, TerraformKind, pulumi, terraform, terraform_kinds};

/// Whether a service has no regions: its records carry `us-east-1` whatever the resource's region.
#[must_use]
pub fn is_global(resource: &str) -> bool {
    [
        "AWS::IAM::",
        "AWS::Route53::",
        "AWS::CloudFront::",
        "AWS::Organizations::",
        "AWS::S3::",
        "AWS::Shield::",
        "AWS::GlobalAccelerator::",
    ]
    .iter()
    .any(|prefix| resource.starts_with(prefix))
}

//! What each AWS call touches: which resource, where its identifier is, which member means which property.
//!
//! Data, not code: `data/README.md` describes the files. `build.rs` packs them into sorted static tables that are
//! searched in place. The catalog knows no record and no declaration; `driftwire-drift` reads it.

mod call;
mod ignored;
mod terraform;

pub use call::{Call, Constant, Decoder, Effect, Property, Target, TerraformPath, Why, call, calls};
pub use ignored::ignored_class;
pub use terraform::{Element, ElementList, TerraformKind, terraform, terraform_kinds};

/// The generated tables.
mod tables {
    use crate::call::{Call, Constant, Decoder, Effect, Property, Target, TerraformPath, Why};
    use crate::ignored::Ignored;
    use crate::terraform::{Element, ElementList, TerraformKind};

    include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
}

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

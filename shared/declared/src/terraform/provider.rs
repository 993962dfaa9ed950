//! Reads the many spellings of a provider. Decides whether it is AWS, and which program wrote the file.

/// Where OpenTofu looks providers up.
const OPENTOFU_HOST: &str = "registry.opentofu.org";

/// A provider, as a state names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Provider<'p> {
    /// `hashicorp/aws`, `-/aws`, or `aws` in the oldest files; empty when the file does not say.
    pub(super) name: &'p str,
    host: &'p str,
}

impl<'p> Provider<'p> {
    /// Reads `provider["registry.terraform.io/hashicorp/aws"].west`, `module.m.provider.aws`, `provider.aws`,
    /// `registry.terraform.io/hashicorp/aws`, `aws.west`.
    pub(super) fn parse(raw: &'p str) -> Self {
        let source = if let Some((_, quoted)) = raw.rsplit_once("provider[\"") {
            quoted.split('"').next().unwrap_or_default()
        } else if raw.contains('/') {
            raw
        } else {
            let name = raw.rsplit_once("provider.").map_or(raw, |(_, name)| name);
            name.split('.').next().unwrap_or_default()
        };
        match source.split('/').count() {
            3 => source.split_once('/').map_or(Self { name: source, host: "" }, |(host, name)| Self { name, host }),
            _ => Self { name: source, host: "" },
        }
    }

    /// Whether resources of type `kind` are AWS resources. Mirrors and forks of the AWS providers count.
    pub(super) fn is_aws(self, kind: &str) -> bool {
        let speaks_aws = kind.starts_with("aws_") || kind.starts_with("awscc_");
        let name = self.name.rsplit('/').next().unwrap_or_default();
        speaks_aws && matches!(name, "aws" | "awscc" | "")
    }

    /// Whether OpenTofu wrote the file.
    pub(super) fn is_opentofu(self) -> bool {
        self.host == OPENTOFU_HOST
    }

    /// The provider's name, or the one that a type of resource implies.
    pub(super) fn name_or_implied(self, kind: &str) -> String {
        if self.name.is_empty() { kind.split('_').next().unwrap_or_default().to_owned() } else { self.name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_aws_is_aws() {
        for raw in [
            r#"provider["registry.terraform.io/hashicorp/aws"]"#,
            r#"provider["registry.terraform.io/hashicorp/aws"].west"#,
            r#"module.a["x.provider.y"].provider["registry.opentofu.org/opentofu/aws"]"#,
            r#"provider["registry.terraform.io/-/aws"]"#,
            r#"provider["tf.example.com/acme/aws"]"#,
            "provider.aws",
            "provider.aws.west",
            "module.wordpress.provider.aws",
            "registry.terraform.io/hashicorp/aws",
            "aws",
            "aws.west",
            "",
        ] {
            assert!(Provider::parse(raw).is_aws("aws_vpc"), "{raw}");
        }
        assert!(Provider::parse(r#"provider["registry.terraform.io/hashicorp/awscc"]"#).is_aws("awscc_s3_bucket"));
        assert!(!Provider::parse("provider.null").is_aws("null_resource"));
        assert!(!Provider::parse(r#"provider["registry.terraform.io/acme/helper"]"#).is_aws("aws_thing"));
        assert!(!Provider::parse("").is_aws("google_project"));
    }

    #[test]
    fn the_host_says_which_program_wrote_it() {
        assert!(Provider::parse(r#"provider["registry.opentofu.org/hashicorp/aws"]"#).is_opentofu());
        assert!(!Provider::parse(r#"provider["registry.terraform.io/hashicorp/aws"]"#).is_opentofu());
    }

    #[test]
    fn another_provider_has_a_name() {
        assert_eq!(
            Provider::parse(r#"provider["registry.terraform.io/hashicorp/azurerm"]"#).name_or_implied("azurerm_vnet"),
            "hashicorp/azurerm"
        );
        assert_eq!(Provider::parse("").name_or_implied("google_project"), "google");
    }
}

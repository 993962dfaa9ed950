//! Which event sources a resource type's calls are logged under. Knows no call.

use driftwire_catalog::{event_sources, sources_of_type, terraform};

use super::spelling::service_of_arn;

/// Whether calls of a service, named by its event source, may be about a resource.
pub(crate) fn belongs(kind: &str, arn: Option<&str>, service: &str) -> bool {
    services(kind, arn).iter().any(|it| it == service)
}

/// The event sources of a resource, without `.amazonaws.com`. A Terraform type that CloudFormation lacks is looked for by
/// its ARN, by the module that it is in, and by its name.
pub(crate) fn services(kind: &str, arn: Option<&str>) -> Vec<String> {
    if !kind.starts_with("aws_") {
        let sources = sources_of_type(kind);
        if sources.is_empty() {
            return vec![kind.split("::").nth(1).unwrap_or_default().to_ascii_lowercase()];
        }
        return sources.iter().map(|it| (*it).to_owned()).collect();
    }
    let mut services: Vec<String> = arn.and_then(service_of_arn).map(str::to_owned).into_iter().collect();
    for module in terraform(kind).into_iter().flat_map(|row| row.pulumi).filter_map(|token| module(token)) {
        services.extend(event_sources(module).iter().map(|it| (*it).to_owned()));
    }
    services.extend(kind.split('_').nth(1).map(str::to_owned));
    services.sort();
    services.dedup();
    services
}

/// The module of a Pulumi token: `ec2` of `aws:ec2/vpc:Vpc`.
fn module(token: &str) -> Option<&str> {
    token.strip_prefix("aws:")?.split(['/', ':']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_belongs_to_its_own_service() {
        assert!(belongs("AWS::EC2::VPC", None, "ec2"));
        assert!(!belongs("AWS::IAM::Role", None, "ec2"));
    }

    #[test]
    fn a_type_that_nobody_knows_belongs_where_its_arn_says() {
        let arn = Some("arn:aws-us-gov:newservice:us-gov-west-1:111122223333:thing/a");
        assert!(belongs("aws_new_thing", arn, "newservice"));
        assert!(belongs("aws_new_thing", None, "new"));
        assert!(!belongs("aws_new_thing", None, "newservice"));
    }
}

//! Decides whether two texts are the same host or zone name.
//!
//! False positive removed: Route 53 answers in lower case, with a final dot and with `\052` for a star. By hand: create
//! the record `*.Example.com` and list the zone.
//!
//! It must not hide another label: `a.example.com` is not `example.com`.

/// Whether two names are the same.
pub(super) fn same(left: &str, right: &str) -> bool {
    // A name of one label is no host: it may have a case.
    left.contains('.') && right.contains('.') && canonical(left) == canonical(right)
}

/// The name in lower case, without escapes and without the final dot.
fn canonical(name: &str) -> String {
    let name = name.trim().to_lowercase().replace("\\052", "*");
    let name = name.strip_suffix('.').unwrap_or(&name);
    // A load balancer's alias target with both address families, which Terraform keeps without the prefix.
    name.strip_prefix("dualstack.").filter(|rest| rest.ends_with(".elb.amazonaws.com")).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_name_has_many_spellings() {
        assert!(same("*.Example.com", "\\052.example.com."));
        assert!(same("example.com", "example.com."));
    }

    #[test]
    fn labels_are_whole() {
        assert!(!same("a.example.com", "example.com"));
        assert!(!same("example.com", "example.com.."));
    }
}

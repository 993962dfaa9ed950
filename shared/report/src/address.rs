//! Shortens an address to the part a person says aloud; the whole address is in the table and the JSON.

/// Returns the address without the modules it is in, not yet safe to show.
///
/// `module.edge["a.b"].aws_instance.app[0]` → `aws_instance.app[0]`; a Pulumi URN becomes type and name, as
/// Pulumi itself shows it (`aws:ec2:SecurityGroup web`); a logical id stays.
pub(crate) fn short(address: &str) -> String {
    if let Some(urn) = address.strip_prefix("urn:pulumi:") {
        return pulumi(urn).unwrap_or_else(|| address.to_owned());
    }
    let mut rest = address;
    while let Some(inside) = rest.strip_prefix("module.") {
        match after_module(inside) {
            Some(next) if !next.is_empty() => rest = next,
            _ => break,
        }
    }
    rest.to_owned()
}

/// Skips `name.` or `name["key"].`.
fn after_module(text: &str) -> Option<&str> {
    let mut quoted = false;
    let mut escaped = false;
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => return text.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// `stack::project::parent$aws:ec2/securityGroup:SecurityGroup::web` → `aws:ec2:SecurityGroup web`.
fn pulumi(urn: &str) -> Option<String> {
    let (_stack, rest) = urn.split_once("::")?;
    let (_project, rest) = rest.split_once("::")?;
    let (chain, name) = rest.split_once("::")?;
    let kind = chain.rsplit('$').next()?;
    let short_kind = match kind.split(':').collect::<Vec<_>>().as_slice() {
        [package, module, class] => {
            let module = module.split('/').next().unwrap_or(module);
            format!("{package}:{module}:{class}")
        }
        _ => kind.to_owned(),
    };
    Some(format!("{short_kind} {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_left_out() {
        let cases = [
            ("aws_security_group.web", "aws_security_group.web"),
            ("module.edge.aws_security_group.web", "aws_security_group.web"),
            ("module.a.module.b[0].aws_instance.app[1]", "aws_instance.app[1]"),
            (r#"module.m["x/y.z"].aws_instance.app["k.1"]"#, r#"aws_instance.app["k.1"]"#),
            (r#"module.m["a\"].b"].aws_instance.app"#, "aws_instance.app"),
            ("module.broken", "module.broken"),
            (r#"module.broken["x"#, r#"module.broken["x"#),
            ("ApiFunction", "ApiFunction"),
            ("urn:pulumi:prod::acme::acme:net$aws:ec2/securityGroup:SecurityGroup::web", "aws:ec2:SecurityGroup web"),
            ("urn:pulumi:odd", "urn:pulumi:odd"),
            ("", ""),
        ];
        for (address, said) in cases {
            assert_eq!(short(address), said);
        }
    }
}

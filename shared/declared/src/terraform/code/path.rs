//! Turns what an entry of `ignore_changes` may be into the path of an attribute, as findings name it: `tags.Name`,
//! `setting[0].value`. Decides nothing about what a path covers.

use hcl_edit::{
    expr::{Expression, TraversalOperator},
    parser,
};

/// Everything.
pub(super) const ALL: &str = "*";

/// What an entry should have been.
pub(super) const EXPECTED: &str =
    "expected attributes such as `tags`, `tags[\"Name\"]` or `setting[0].value`, or `all`, as `ignore_changes`";

/// Reads an entry in the native syntax; none for what is no attribute. "Each of them" is `[*]`.
pub(super) fn of_expression(entry: &Expression) -> Option<String> {
    match entry {
        Expression::Variable(name) => Some(name.as_str().to_owned()),
        Expression::String(text) => of_text(text.value()),
        Expression::Traversal(traversal) => {
            let mut path = traversal.expr.as_variable()?.as_str().to_owned();
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => step(&mut path, name.as_str()),
                    TraversalOperator::Index(Expression::String(key)) => step(&mut path, key.value()),
                    TraversalOperator::Index(Expression::Number(number)) => index(&mut path, number.value()),
                    TraversalOperator::LegacyIndex(number) => index(&mut path, number.value()),
                    TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => index(&mut path, &'*'),
                    TraversalOperator::Index(_) => return None,
                }
            }
            Some(path)
        }
        _ => None,
    }
}

/// Reads an entry that is quoted, as JSON has it and Terraform before 0.12: `tags`, `tags["Name"]`, `setting.0.value`.
pub(super) fn of_text(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.contains("${") {
        return None;
    }
    if text == ALL {
        return Some(ALL.to_owned());
    }
    if text.contains('[') {
        return parser::parse_expr(text).ok().as_ref().filter(|entry| !entry.is_str()).and_then(of_expression);
    }
    let mut parts = text.split('.');
    let mut path = parts.next().filter(|name| !name.is_empty())?.to_owned();
    for part in parts {
        match part {
            // A count of elements.
            "%" | "#" => break,
            "*" => index(&mut path, &part),
            number if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                index(&mut path, &number)
            }
            name => step(&mut path, name),
        }
    }
    Some(path)
}

/// With `tags` goes `tags_all`, where the provider keeps them together with those that it gives by default.
pub(super) fn with_all_tags(paths: Vec<String>) -> Vec<String> {
    let mut whole = Vec::with_capacity(paths.len());
    for path in paths {
        let all = path.strip_prefix("tags").filter(|rest| rest.is_empty() || rest.starts_with('.'));
        let all = all.map(|rest| format!("tags_all{rest}"));
        for path in [Some(path), all].into_iter().flatten() {
            if !whole.contains(&path) {
                whole.push(path);
            }
        }
    }
    whole
}

fn step(path: &mut String, name: &str) {
    path.push('.');
    path.push_str(name);
}

fn index(path: &mut String, position: &impl ToString) {
    path.push('[');
    path.push_str(&position.to_string());
    path.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(entry: &str) -> Option<String> {
        of_expression(&parser::parse_expr(entry).unwrap())
    }

    #[test]
    fn an_entry_is_the_path_that_a_finding_names() {
        for (entry, path) in [
            ("tags", "tags"),
            ("a.b.c", "a.b.c"),
            (r#"tags["Name"]"#, "tags.Name"),
            (r#"tags["kubernetes.io/x"]"#, "tags.kubernetes.io/x"),
            ("setting[0].value", "setting[0].value"),
            ("setting.0.value", "setting[0].value"),
            ("block[*].x", "block[*].x"),
            ("a.block.*.x", "a.block[*].x"),
            (r#""block.*.x""#, "block[*].x"),
            (r#""setting.0.value""#, "setting[0].value"),
            (r#""tags.%""#, "tags"),
            (r#""*""#, "*"),
        ] {
            assert_eq!(native(entry).as_deref(), Some(path), "{entry}");
        }
        for entry in ["1", "f(a)", "a[b]", "a ? b : c", r#""${a}""#, r#""""#, r#"a["${b}"]"#, "[a]", "(a)", "null"] {
            assert_eq!(native(entry), None, "{entry}");
        }
        assert_eq!(of_text(r#"tags["Name"]"#).as_deref(), Some("tags.Name"));
        assert_eq!(of_text(r#"tags["Name""#), None);
        assert_eq!(of_text(" "), None);
    }

    #[test]
    fn tags_go_together() {
        let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            with_all_tags(paths(&["tags", "tags.a", "tagset", "tags"])),
            paths(&["tags", "tags_all", "tags.a", "tags_all.a", "tagset"])
        );
    }
}

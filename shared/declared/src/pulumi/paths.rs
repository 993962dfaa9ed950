//! Property paths of `ignoreChanges` in the form that differences are named in: `tags.Owner`, `rules[*].status`, `*`.

/// A path in its normal form: `["x"]` is `.x`, an index and `[*]` stay.
pub(super) fn normal(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    let mut rest = path.trim();
    while !rest.is_empty() {
        if let Some((key, after)) = quoted(rest) {
            push(&mut normal, &key);
            rest = after;
        } else if let Some((index, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            let is_position = index == "*" || !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
            if !is_position {
                push(&mut normal, index);
            } else if normal.is_empty() {
                push(&mut normal, "*");
            } else {
                normal.extend(["[", index, "]"]);
            }
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            rest = after;
        } else {
            let end = rest.char_indices().skip(1).find(|(_, letter)| matches!(letter, '.' | '[')).map(|(at, _)| at);
            let (name, after) = end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
            push(&mut normal, name);
            rest = after;
        }
    }
    normal
}

fn push(normal: &mut String, name: &str) {
    if !normal.is_empty() {
        normal.push('.');
    }
    normal.push_str(name);
}

/// The name in `["name"]` at the start, and what follows.
fn quoted(path: &str) -> Option<(String, &str)> {
    let inner = path.strip_prefix("[\"")?;
    let mut name = String::new();
    let mut escaped = false;
    for (at, letter) in inner.char_indices() {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {
                let after = inner.get(at + 1..)?.strip_prefix(']')?;
                return Some((name, after));
            }
            letter => {
                name.push(letter);
                escaped = false;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn every_spelling_of_a_path_has_one_form() {
        for (path, form) in [
            ("tags", "tags"),
            ("tags[\"x\"]", "tags.x"),
            ("tags[\"kubernetes.io/a\"]", "tags.kubernetes.io/a"),
            ("[\"tags\"].x", "tags.x"),
            ("tags[\"a\\\"b\"]", "tags.a\"b"),
            ("a.b[0].c", "a.b[0].c"),
            ("a[*].c", "a[*].c"),
            ("*", "*"),
            ("[*]", "*"),
            ("a[", "a.["),
            ("", ""),
        ] {
            assert_eq!(normal(path), form, "{path}");
        }
    }
}

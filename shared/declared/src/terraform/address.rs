//! Builds a resource's address as Terraform prints it: `module.edge["a"].aws_instance.web[0]`. Takes none apart.

use std::fmt::Write as _;

/// Which of several objects of one block an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum IndexKey {
    /// The block stands for one object.
    None,
    /// One of a `count`.
    Number(u64),
    /// One of a `for_each`.
    Text(String),
}

impl IndexKey {
    /// Reads an `index_key`; none for what cannot be one.
    pub(super) fn from_value(value: Option<&serde_json::Value>) -> Option<Self> {
        match value {
            None | Some(serde_json::Value::Null) => Some(Self::None),
            Some(serde_json::Value::String(text)) => Some(Self::Text(text.clone())),
            Some(value) => value.as_u64().map(Self::Number),
        }
    }
}

/// Builds an address. `module` already holds its own indices; it is empty for the root.
pub(super) fn build(module: &str, kind: &str, name: &str, index: &IndexKey) -> String {
    let mut address = String::with_capacity(module.len() + kind.len() + name.len() + 8);
    for part in [module, kind, name] {
        if !address.is_empty() {
            address.push('.');
        }
        address.push_str(part);
    }
    match index {
        IndexKey::None => {}
        IndexKey::Number(number) => {
            address.push('[');
            address.push_str(&number.to_string());
            address.push(']');
        }
        IndexKey::Text(key) => {
            address.push_str("[\"");
            escape(key, &mut address);
            address.push_str("\"]");
        }
    }
    address
}

/// Returns an address without its indices: the address of the block that it comes from.
pub(super) fn without_indices(address: &str) -> String {
    let mut block = String::with_capacity(address.len());
    let (mut in_index, mut in_quotes, mut is_escaped) = (false, false, false);
    for character in address.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if in_quotes => is_escaped = true,
            '"' => in_quotes = !in_quotes,
            '[' if !in_quotes => in_index = true,
            ']' if !in_quotes => in_index = false,
            character if !in_index => block.push(character),
            _ => {}
        }
    }
    block
}

/// Writes a text as it stands between the quotes of an HCL string that is no template.
fn escape(text: &str, into: &mut String) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '$' | '%' => {
                into.push(character);
                if characters.peek() == Some(&'{') {
                    into.push(character);
                }
            }
            character if is_printable(character) => into.push(character),
            character => {
                let code = u32::from(character);
                let width = if code < 0x1_0000 { 4 } else { 8 };
                into.push_str(if width == 4 { "\\u" } else { "\\U" });
                // Writing to a `String` cannot fail.
                write!(into, "{code:0width$x}").unwrap_or_default();
            }
        }
    }
}

/// Whether a character can be seen. Spaces other than the common one cannot.
fn is_printable(character: char) -> bool {
    let is_invisible = character.is_control()
        || (character != ' ' && character.is_whitespace())
        || matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    !is_invisible
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keyed(key: &str) -> String {
        build("", "aws_instance", "web", &IndexKey::Text(key.to_owned()))
    }

    fn code(rest: &mut impl Iterator<Item = char>, length: usize) -> char {
        let digits: String = rest.take(length).collect();
        char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
    }

    /// The reverse of `escape`, written without looking at it.
    fn unescape(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text.chars().collect::<Vec<_>>().into_iter();
        while let Some(character) = rest.next() {
            out.push(match character {
                '\\' => match rest.next().unwrap() {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => code(&mut rest, 4),
                    'U' => code(&mut rest, 8),
                    other => other,
                },
                '$' | '%' if rest.as_slice().starts_with(&[character, '{']) => rest.next().unwrap(),
                plain => plain,
            });
        }
        out
    }

    #[test]
    fn an_address_reads_as_terraform_prints_it() {
        assert_eq!(build("", "aws_vpc", "main", &IndexKey::None), "aws_vpc.main");
        assert_eq!(
            build("module.m[\"x/y\"]", "aws_vpc", "main", &IndexKey::Number(2)),
            "module.m[\"x/y\"].aws_vpc.main[2]"
        );
        assert_eq!(keyed("a b"), r#"aws_instance.web["a b"]"#);
        assert_eq!(keyed("say \"hi\"\\"), r#"aws_instance.web["say \"hi\"\\"]"#);
        assert_eq!(keyed("${a} %{b} $c 5%"), r#"aws_instance.web["$${a} %%{b} $c 5%"]"#);
        assert_eq!(keyed("é\u{7}\u{200B}\u{F0000}"), r#"aws_instance.web["é\u0007\u200b\U000f0000"]"#);
    }

    #[test]
    fn a_block_has_no_indices() {
        assert_eq!(without_indices(r#"module.a["x]\"[y"].aws_vpc.main[0]"#), "module.a.aws_vpc.main");
    }

    proptest! {
        #[test]
        fn escaping_loses_nothing(key in any::<String>(), template in "[$%{}\\\\\"a\n]{0,12}") {
            for key in [key, template] {
                let mut escaped = String::new();
                escape(&key, &mut escaped);
                // `$${` is ambiguous in HCL itself: `$` before `${` is written alike.
                if !key.contains("$${") && !key.contains("%%{") {
                    prop_assert_eq!(unescape(&escaped), key);
                }
            }
        }
    }
}

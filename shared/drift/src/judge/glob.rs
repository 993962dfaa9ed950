//! Decides whether a text matches a pattern of a rules file.
//!
//! Only `*` (any characters, dots, slashes and brackets included) and `?` (exactly one) are special, so that an address
//! such as `aws_instance.app[0]` or `module.m["x/y"]` can be written as it is. Never looks at case or paths.

/// A pattern that was checked when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Vec<char>);

/// What is wrong with a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GlobError {
    /// Would match nothing but the empty text, which no field is.
    #[error("an empty pattern")]
    Empty,
    /// A control character, which no field contains.
    #[error("a pattern with a control character")]
    Control,
}

impl Glob {
    /// Reads a pattern.
    pub(crate) fn new(pattern: &str) -> Result<Self, GlobError> {
        if pattern.is_empty() {
            return Err(GlobError::Empty);
        }
        if pattern.chars().any(char::is_control) {
            return Err(GlobError::Control);
        }
        Ok(Self(pattern.chars().collect()))
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut pattern = self.0.iter();
        let mut text = text.chars();
        // Where to go on after a mismatch: behind the last `*`, with one more character swallowed by it.
        let mut retry = None;
        loop {
            let mut next = pattern.clone();
            match next.next() {
                Some('*') => {
                    pattern = next;
                    retry = Some((pattern.clone(), text.clone()));
                    continue;
                }
                Some(wanted) => {
                    let mut rest = text.clone();
                    if rest.next().is_some_and(|found| *wanted == '?' || *wanted == found) {
                        pattern = next;
                        text = rest;
                        continue;
                    }
                }
                None if text.clone().next().is_none() => return true,
                None => {}
            }
            let Some((behind_star, swallowed)) = retry.as_mut() else { return false };
            if swallowed.next().is_none() {
                return false;
            }
            pattern = behind_star.clone();
            text = swallowed.clone();
        }
    }

    /// Whether the pattern matches the text, or a leading part of it that ends where a name ends: `tags` matches
    /// `tags.CostCenter`, `rule` matches `rule[0].status`, and neither matches `rules`.
    pub(crate) fn matches_path(&self, path: &str) -> bool {
        self.matches(path)
            || path
                .char_indices()
                .filter(|(_, character)| matches!(character, '.' | '['))
                .any(|(end, _)| path.get(..end).is_some_and(|leading| self.matches(leading)))
    }

    /// The same pattern for a role ARN without the role's path, which the ARN of a session does not show. Role names
    /// are unique in an account whatever their path. `None` where the name itself starts with a wildcard: too much
    /// would match.
    pub(crate) fn without_role_path(&self) -> Option<Self> {
        let pattern: String = self.0.iter().collect();
        let (head, tail) = pattern.split_once(":role/")?;
        let (_, name) = tail.rsplit_once('/')?;
        if name.is_empty() || name.starts_with(['*', '?']) {
            return None;
        }
        Self::new(&format!("{head}:role/{name}")).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn a_star_matches_dots_slashes_and_brackets() {
        assert!(matches("module.api.aws_ecs_service.*", "module.api.aws_ecs_service.web[0]"));
        assert!(matches("module.api.aws_ecs_service.*", "module.api.aws_ecs_service.web[\"a/b\"]"));
        assert!(matches("arn:aws:iam::*:role/github-deploy*", "arn:aws:iam::111122223333:role/github-deploy-main"));
        assert!(!matches("module.api.aws_ecs_service.*", "module.api2.aws_ecs_service.web"));
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "aXbXbXc"));
        assert!(!matches("a*b*c", "aXbXbX"));
    }

    #[test]
    fn brackets_quotes_and_braces_stand_for_themselves() {
        assert!(matches("aws_instance.app[0]", "aws_instance.app[0]"));
        assert!(!matches("aws_instance.app[0]", "aws_instance.app0"));
        assert!(matches("module.m[\"x/y\"].aws_sqs_queue.q", "module.m[\"x/y\"].aws_sqs_queue.q"));
        assert!(matches("a.{b,c}", "a.{b,c}"));
        assert!(!matches("a.{b,c}", "a.b"));
        assert!(matches("aws_instance.app[?]", "aws_instance.app[7]"));
        assert!(!matches("aws_instance.app[?]", "aws_instance.app[17]"));
        assert!(matches("caf?", "café"));
        assert!(!matches("[a-z]", "b"));
    }

    #[test]
    fn an_attribute_pattern_covers_what_lies_below_it() {
        let tags = Glob::new("tags").unwrap();
        assert!(tags.matches_path("tags"));
        assert!(tags.matches_path("tags.CostCenter"));
        assert!(tags.matches_path("tags[0].value"));
        assert!(!tags.matches_path("tags_all"));
        assert!(!tags.matches_path("root.tags"));
    }

    #[test]
    fn a_role_pattern_loses_its_path_but_not_its_name() {
        let stripped = |pattern: &str| Glob::new(pattern).unwrap().without_role_path();
        assert_eq!(stripped("arn:aws:iam::*:role/ci/deploy*"), Glob::new("arn:aws:iam::*:role/deploy*").ok());
        assert_eq!(stripped("arn:aws:iam::*:role/ci/*"), None);
        assert_eq!(stripped("arn:aws:iam::*:role/deploy"), None);
    }

    proptest! {
        #[test]
        fn a_text_without_wildcards_matches_itself_only(text in "[a-z.\\[\\]\"{}]{1,20}", other in "[a-z.\\[\\]\"{}]{1,20}") {
            prop_assert!(matches(&text, &text));
            prop_assert_eq!(matches(&text, &other), text == other);
        }

        #[test]
        fn any_pattern_terminates(pattern in "[ab*?]{1,24}", text in "[ab]{0,40}") {
            let _outcome: bool = matches(&pattern, &text);
        }
    }
}

//! Says where in the two values a comparison is, in the declaration's own names; built without allocating until shown.

use std::fmt;

/// A place, as a chain to the root.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The whole.
    Root,
    /// A member of an object.
    Member(&'a Self, &'a str),
    /// An element of a list.
    Element(&'a Self, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Element(parent, index) => write!(out, "{parent}[{index}]"),
            Self::Member(parent, name) if is_plain(name) => match parent {
                Self::Root => out.write_str(name),
                Self::Member(..) | Self::Element(..) => write!(out, "{parent}.{name}"),
            },
            Self::Member(parent, name) => write!(out, "{parent}[{name:?}]"),
        }
    }
}

/// Whether a name can stand in a path as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '@'))
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_reads_like_the_declaration() {
        let (root, a, element) = (Path::Root, "a", 0);
        let member = Path::Member(&root, a);
        let element = Path::Element(&member, element);
        assert_eq!(Path::Root.to_string(), "");
        assert_eq!(Path::Member(&element, "c").to_string(), "a[0].c");
    }

    #[test]
    fn a_name_with_dots_or_slashes_is_quoted() {
        let tags = Path::Member(&Path::Root, "tags");
        assert_eq!(Path::Member(&tags, "app.kubernetes.io/name").to_string(), r#"tags["app.kubernetes.io/name"]"#);
        assert_eq!(Path::Member(&tags, "CostCenter").to_string(), "tags.CostCenter");
    }
}

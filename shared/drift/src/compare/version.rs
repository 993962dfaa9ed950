//! Decides whether an actual version is one that the declared version covers.
//!
//! False positive removed: with minor upgrades left to AWS, `8.0` is declared and `8.0.36` runs. By hand: create a
//! database with `engine_version = "8.0"` and read it back.
//!
//! `LATEST` covers any platform version: a service keeps the one that was the latest.
//!
//! It must not hide a major upgrade, nor a declared patch level that is gone: `8` is not `80`, and `8.0.36` is not `8.0`.

/// Whether the declared version is the actual one, cut after one of its components.
pub(super) fn covers(declared: &str, actual: &str) -> bool {
    if declared == "LATEST" {
        return actual.starts_with(|first: char| first.is_ascii_digit());
    }
    let declared = declared.strip_suffix(".x").or_else(|| declared.strip_suffix(".X")).unwrap_or(declared);
    !declared.is_empty()
        && actual
            .strip_prefix(declared)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || is_release(rest))
}

/// Whether what follows is a release of the same version: `-R2`.
fn is_release(rest: &str) -> bool {
    rest.strip_prefix("-R").is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn the_first_components_cover_the_rest() {
        assert!(covers("8.0", "8.0.36"));
        assert!(covers("8.0", "8.0.mysql_aurora.3.04.0"));
        assert!(covers("15.6", "15.6-R2"));
        assert!(covers("6.x", "6.2.6"));
    }

    #[test]
    fn the_latest_is_any_version() {
        assert!(covers("LATEST", "1.4.0"));
        assert!(!covers("LATEST", "custom") && !covers("1.4.0", "LATEST") && !covers("LATEST", ""));
    }

    #[test]
    fn components_are_whole() {
        assert!(!covers("8", "80"));
        assert!(!covers("8.0.3", "8.0.36"));
        assert!(!covers("", "8"));
        assert!(!covers("15.6", "15.6-x"));
    }

    #[test]
    fn the_actual_version_never_covers_the_declared_one() {
        assert!(!covers("8.0.36", "8.0"));
        assert!(!covers("8.0", "8.4.1"));
    }
}

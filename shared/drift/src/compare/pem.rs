//! Decides whether two texts in PEM hold the same.
//!
//! False positive removed: services break the lines of a certificate anew, and end them in their own way. By hand: give
//! a trust store a certificate with Windows line ends and read it back.
//!
//! It must not hide another certificate, or one more.

/// Whether both are PEM and the same but for white space.
pub(super) fn same(left: &str, right: &str) -> bool {
    let is_pem = |text: &str| text.trim_start().starts_with("-----BEGIN ");
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    is_pem(left) && is_pem(right) && bare(left) == bare(right)
}

#[cfg(test)]
mod tests {
    use super::same;

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\nAgIB\n-----END CERTIFICATE-----\n";

    #[test]
    fn lines_are_broken_anew() {
        assert!(same(ONE, "-----BEGIN CERTIFICATE-----\r\nMIIBAgIB\r\n-----END CERTIFICATE-----"));
        assert!(!same(ONE, "-----BEGIN CERTIFICATE-----\nMIIBAgIC\n-----END CERTIFICATE-----"));
        assert!(!same("a b", "ab"));
    }
}

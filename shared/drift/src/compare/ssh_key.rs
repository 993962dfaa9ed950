//! Decides whether two texts are the same SSH public key.
//!
//! False positive removed: EC2 rewrites the comment at the end of an imported key. By hand: import a key whose comment
//! is an e-mail address and describe it.
//!
//! It must not hide another key: its kind and its whole material are compared.

/// Whether both texts are keys of the same kind with the same material.
pub(super) fn same(left: &str, right: &str) -> bool {
    key(left).is_some_and(|key_| key(right) == Some(key_))
}

/// The kind and the material of a key.
fn key(text: &str) -> Option<(&str, &str)> {
    let mut words = text.split_whitespace();
    let kind = words
        .next()
        .filter(|kind| kind.starts_with("ssh-") || kind.starts_with("ecdsa-") || kind.starts_with("sk-"))?;
    let material = words.next().filter(|material| material.starts_with("AAAA"))?;
    Some((kind, material))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn the_comment_of_a_key_does_not_matter() {
        assert!(same("ssh-ed25519 AAAAC3Nza alice@example.com", "ssh-ed25519 AAAAC3Nza web\n"));
        assert!(same("ssh-rsa AAAAB3Nza", "ssh-rsa AAAAB3Nza web key"));
    }

    #[test]
    fn the_material_of_a_key_does() {
        assert!(!same("ssh-ed25519 AAAAC3Nza alice@example.com", "ssh-ed25519 AAAAC3Nzb alice@example.com"));
        assert!(!same("ssh-ed25519 AAAAC3Nza", "ssh-rsa AAAAC3Nza"));
        assert!(!same("say AAAA to b", "say AAAA to c"));
    }
}

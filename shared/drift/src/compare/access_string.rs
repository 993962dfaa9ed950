//! Decides whether two access strings of Redis or Valkey allow the same.
//!
//! False positive removed: the service writes down that a user begins with no command: `on ~app:* +@read` comes back as
//! `on ~app:* -@all +@read`, and long forms for short ones. By hand: create an ElastiCache user and read it back.
//!
//! It must not hide another command, key or channel, nor the order of the commands, which means something.

/// Whether both allow the same.
pub(super) fn same(left: &str, right: &str) -> bool {
    canonical(left) == canonical(right)
}

/// What is said of keys and channels, sorted, and the commands in order, from the first that says something.
fn canonical(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut subjects, mut commands) = (Vec::new(), Vec::new());
    for rule in text.split_whitespace() {
        let rule = match rule {
            "allkeys" => "~*",
            "allchannels" => "&*",
            "allcommands" => "+@all",
            "nocommands" => "-@all",
            // How every user begins.
            "resetchannels" | "resetkeys" | "reset" => continue,
            rule => rule,
        };
        match rule {
            "-@all" => commands.clear(),
            "+@all" => commands = vec![rule.to_owned()],
            _ if rule.starts_with(['+', '-']) => commands.push(rule.to_ascii_lowercase()),
            _ => subjects.push(rule.to_owned()),
        }
    }
    subjects.sort_unstable();
    subjects.dedup();
    (subjects, commands)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_user_begins_with_nothing() {
        assert!(same("on ~app:* +@read", "on ~app:* -@all +@read"));
        assert!(same("on allkeys allcommands", "on ~* +@all"));
        assert!(same("on ~* &* +@all", "on ~* resetchannels &* -@all +@all"));
    }

    #[test]
    fn other_keys_and_commands_and_their_order_differ() {
        assert!(!same("on ~app:* +@read", "on ~* +@read"));
        assert!(!same("on ~app:* +@read", "on ~app:* +@read +set"));
        assert!(!same("on +@read -get", "on -get +@read"));
        assert!(!same("on ~* +@all", "off ~* +@all"));
        assert!(!same("on ~* +@all", "on ~* -@all"));
    }
}

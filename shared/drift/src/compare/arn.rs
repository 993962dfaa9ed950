//! Decides whether an ARN and a name, or two ARNs, name the same thing.
//!
//! False positive removed: calls name a function, role or log group as one likes, templates and live models by ARN or
//! by name. By hand: give `update-function-configuration` the function's ARN. Log groups' ARNs end in `:*` in some
//! answers, and partial ARNs leave the region or the account out.
//!
//! It must not hide another account, path or qualifier: `arn:…:function:app:live` is not `app`, a customer's policy is
//! not the AWS policy of the same name, and a revision is not the number alone.

/// The rule by which two texts name the same thing, when they do.
pub(super) fn same(left: &str, right: &str) -> Option<&'static str> {
    let (bare_left, bare_right) = (left.strip_suffix(":*").unwrap_or(left), right.strip_suffix(":*").unwrap_or(right));
    match (bare_left.starts_with("arn:"), bare_right.starts_with("arn:")) {
        (true, true) if bare_left == bare_right => Some("log-group-arn"),
        (true, true) => is_same_arn(bare_left, bare_right).then_some("partial-arn"),
        (true, false) => ends_in(bare_left, right).then_some("arn-or-name"),
        (false, true) => ends_in(bare_right, left).then_some("arn-or-name"),
        (false, false) => None,
    }
}

/// Whether two ARNs agree in everything that both say; the region and the account may be left out.
fn is_same_arn(left: &str, right: &str) -> bool {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.splitn(6, ':').collect(), right.splitn(6, ':').collect());
    left.len() == 6
        && right.len() == 6
        && left.iter().zip(&right).enumerate().all(|(index, (one, other))| {
            one == other || (matches!(index, 3 | 4) && (one.is_empty() || other.is_empty()))
        })
}

/// Whether a name is what an ARN ends in, from one of its separators on.
fn ends_in(arn: &str, name: &str) -> bool {
    let is_a_name = name.chars().any(char::is_alphabetic) && !name.contains(char::is_whitespace);
    let Some(before) = arn.strip_suffix(name).filter(|_| is_a_name) else { return false };
    // The resource is what follows the fifth colon; a name that starts before it is a partial ARN.
    before.matches(':').count() >= 3
        && before.ends_with([':', '/'])
        && !(arn.contains(":s3:::") && before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::same;

    const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:app";

    #[test]
    fn a_name_is_what_its_arn_ends_in() {
        for (arn, name) in [
            (FUNCTION, "app"),
            (FUNCTION, "function:app"),
            (FUNCTION, "111122223333:function:app"),
            ("arn:aws:iam::111122223333:role/service/app", "app"),
            ("arn:aws:ecs:eu-west-1:111122223333:task-definition/api:41", "api:41"),
            ("arn:aws:s3:::acme-logs", "acme-logs"),
        ] {
            assert_eq!(same(arn, name), Some("arn-or-name"), "{arn} {name}");
            assert_eq!(same(name, arn), Some("arn-or-name"), "{name} {arn}");
        }
    }

    #[test]
    fn a_part_of_a_name_is_not_the_name() {
        for name in ["pp", "app:live", "", "*", "other"] {
            assert_eq!(same(FUNCTION, name), None, "{name}");
        }
        assert_eq!(same("arn:aws:lambda:us-east-1:111122223333:function:app:live", "app"), None);
        assert_eq!(same("arn:aws:ecs:eu-west-1:111122223333:task-definition/api:41", "41"), None);
        assert_eq!(same("arn:aws:s3:::acme-logs/app", "app"), None);
    }

    #[test]
    fn a_log_groups_arn_may_end_in_a_star() {
        let group = "arn:aws:logs:us-east-1:111122223333:log-group:/app";
        assert_eq!(same(group, &format!("{group}:*")), Some("log-group-arn"));
        assert_eq!(same(&format!("{group}:*"), "/app"), Some("arn-or-name"));
        assert_eq!(same(group, &format!("{group}2:*")), None);
    }

    #[test]
    fn two_arns_must_agree_in_what_both_say() {
        assert_eq!(same(FUNCTION, "arn:aws:lambda:us-east-1::function:app"), Some("partial-arn"));
        assert_eq!(same(FUNCTION, "arn:aws:lambda:us-east-1:444455556666:function:app"), None);
        assert_eq!(same("arn:aws:iam::aws:policy/Admin", "arn:aws:iam::111122223333:policy/Admin"), None);
    }
}

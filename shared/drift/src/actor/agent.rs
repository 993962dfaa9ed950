//! Finds the names of tools in a user agent. Knows no tool itself, and decides nothing.
//!
//! Most names are in no agent. So the agent is read once for the pairs of bytes in it, and a name is looked for only
//! where all of its own pairs are there.

/// A user agent, and the pairs of bytes in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Agent<'a> {
    text: &'a str,
    pairs: Pairs,
}

/// The name of a tool, or what else tells it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    text: &'static str,
    pairs: Pairs,
}

impl<'a> Agent<'a> {
    /// Reads a user agent.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, pairs: Pairs::of(text) }
    }

    /// Whether one of these stands in it.
    pub(super) fn has_any(&self, marks: &[Mark]) -> bool {
        marks.iter().any(|mark| self.pairs.may_hold(mark.pairs) && self.text.contains(mark.text))
    }
}

/// Marks that are told by these texts.
pub(super) const fn marks<const COUNT: usize>(texts: [&'static str; COUNT]) -> [Mark; COUNT] {
    let mut marks = [Mark { text: "", pairs: Pairs(0) }; COUNT];
    let (mut left, mut at): (&[&'static str], usize) = (&texts, 0);
    while let [text, rest @ ..] = left {
        if let Some((_, [mark, ..])) = marks.split_at_mut_checked(at) {
            *mark = Mark { text, pairs: Pairs::of(text) };
        }
        (left, at) = (rest, at + 1);
    }
    marks
}

/// Which pairs of bytes stand beside each other in a text: one of 128 bits for each, shared by several.
#[derive(Debug, Clone, Copy)]
struct Pairs(u128);

impl Pairs {
    const fn of(text: &str) -> Self {
        let mut pairs = 0;
        let mut bytes = text.as_bytes();
        while let [first, rest @ ..] = bytes {
            if let [second, ..] = rest {
                pairs |= 1 << ((first.wrapping_mul(37) ^ *second) % 128);
            }
            bytes = rest;
        }
        Self(pairs)
    }

    fn may_hold(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARKS: [Mark; 3] = marks(["aws-cli/", "Boto3/", "ack-"]);

    #[test]
    fn a_name_is_found_wherever_it_stands() {
        for agent in ["aws-cli/2.17", "x aws-cli/", "Boto3/1.34", "ack-ack"] {
            assert!(Agent::of(agent).has_any(&MARKS), "{agent}");
        }
        for agent in ["", "aws-cli", "boto3/", "a", "ack"] {
            assert!(!Agent::of(agent).has_any(&MARKS), "{agent}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_look_misses_nothing(before in ".{0,9}", mark in 0_usize..3, after in ".{0,9}") {
            let agent = format!("{before}{}{after}", MARKS[mark].text);
            prop_assert!(Agent::of(&agent).has_any(&MARKS[mark..=mark]));
        }
    }
}

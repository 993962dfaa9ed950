//! Which settings a change must be about, or hold, for a condition to be true of it: most rules ask about settings that
//! most changes have nothing to do with, and need not be gone through. What is learned may be less than the truth, never
//! more.

use super::direct::{Direct, Variable};
use crate::judge::path::NamesInside;

/// The last names of the settings without which the condition is false; `None` where it can be true without any.
pub(super) fn of(part: &Direct) -> Option<NamesInside> {
    match part {
        Direct::AskChange(_, change, settings) => is_change(change).then(|| settings.last()),
        // A setting that is nowhere is null, which equals no literal and holds no text.
        Direct::Has(value) | Direct::Is(value, _) | Direct::OneOf(value, _) | Direct::OfText(_, value, _) => {
            of_value(value)
        }
        Direct::Same(value, literal) if is_something(literal) => of_value(value),
        Direct::Same(literal, value) if is_something(literal) => of_value(value),
        Direct::Some(part) => of(part),
        Direct::Chain(false, parts) => parts.iter().find_map(of),
        Direct::Chain(true, parts) => {
            let needs: Option<Vec<NamesInside>> = parts.iter().map(of).collect();
            needs?.into_iter().reduce(NamesInside::with)
        }
        _ => None,
    }
}

fn of_value(value: &Direct) -> Option<NamesInside> {
    match value {
        Direct::Setting(_, change, settings) if is_change(change) => Some(settings.last()),
        _ => None,
    }
}

fn is_change(value: &Direct) -> bool {
    matches!(value, Direct::Variable(Variable::Change))
}

fn is_something(literal: &Direct) -> bool {
    matches!(literal, Direct::Text(_) | Direct::Number(_) | Direct::Bool(_))
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::judge::condition::{direct, parse};
    use crate::judge::path::Settings;

    fn needs(text: &str, settings: &[&str]) -> bool {
        let needs = of(&direct::of(parse(text).unwrap().program.expression()));
        needs == (!settings.is_empty()).then(|| Settings::new(settings.iter().copied()).last())
    }

    #[test]
    fn a_condition_that_can_be_true_of_any_change_needs_nothing() {
        for text in [
            "changes.exists(c, c.op == 'added' || about(c, 'a'))",
            "changes.exists(c, !about(c, 'a'))",
            "changes.exists(c, now(c, 'a') != 'x')",
            "changes.exists(c, now(c, 'a') == null)",
            "changes.exists(c, about(c, 'a')) || kind == 'deleted'",
        ] {
            assert!(needs(text, &[]), "{text}");
        }
    }

    #[test]
    fn the_settings_of_one_part_of_a_conjunction_are_needed_and_of_all_parts_of_a_disjunction() {
        assert!(needs(
            "kind == 'modified' && changes.exists(c, turned_off(c, ['a', 'b']) && about(c, 'c'))",
            &["a", "b"]
        ));
        assert!(needs(
            "changes.exists(c, now(c, 'a') in ['x'] || was(c, 'b') == 1 || about(c, 'd.c'))",
            &["a", "b", "c"]
        ));
    }
}

//! Decides how near an operation's noun is to a type's name, and whether it speaks of a part of the type.

use super::fields::Field;
use super::kinds::Kind;
use super::nouns::{similarity, stems};
use super::score::Call;

/// Whether the operation's noun, without the type's name, is a property of the type: `PutBucketEncryption` of `BucketEncryption`.
pub(crate) fn is_aspect(call: &Call<'_>, kind: &Kind<'_>) -> bool {
    let rest: Vec<String> = call.stems.iter().filter(|word| !kind.stems.contains(word)).cloned().collect();
    let names = [call.stems.concat(), rest.concat()];
    let is = |name: &String| name.len() >= 6 && kind.properties.keys().any(|it| it.contains(name.as_str()));
    let shares = rest.len() < call.stems.len() || mentions(call, kind);
    shares && !rest.is_empty() && names.iter().any(is)
}

/// Whether a required member bears a word of the type's name, or is an ARN of any type.
pub(crate) fn mentions(call: &Call<'_>, kind: &Kind<'_>) -> bool {
    let bears = |name: &str| stems(name).iter().any(|word| kind.stems.contains(word));
    call.request.iter().any(|it| it.depth == 0 && it.required && (it.folded == "resourcearn" || bears(it.name)))
}

/// Whether the type's name is the operation's noun and more, of which no required member speaks: `FpgaImage` of an `ImageId`.
pub(crate) fn is_special(call: &Call<'_>, kind: &Kind<'_>) -> bool {
    let said = |word: &String| {
        let named = |it: &Field<'_>| it.required && stems(it.name).contains(word);
        kind.namespace.contains(word) || call.stems.contains(word) || call.request.iter().any(named)
    };
    let more = kind.stems.len() > call.stems.len() && call.stems.iter().all(|word| kind.stems.contains(word));
    more && !call.stems.is_empty() && !kind.stems.iter().all(said)
}

/// How near the operation's noun is to the type's name, with and without the namespace, and as a link.
pub(crate) fn near(call: &Call<'_>, kind: &Kind<'_>) -> f64 {
    let whole: Vec<String> = kind.namespace.iter().chain(&kind.stems).cloned().collect();
    let short: Vec<String> = call.stems.iter().filter(|word| !kind.namespace.contains(word)).cloned().collect();
    let mut best = similarity(&call.stems, &kind.stems);
    best = best.max(similarity(&call.stems, &whole).min(0.95));
    if short.len() < call.stems.len() {
        best = best.max(similarity(&short, &kind.stems).min(0.9));
    }
    if call.stems.is_empty() {
        best = best.max(if verb_noun(&call.verb, kind) { 0.9 } else { 0.0 });
    }
    best
}

/// Whether a verb without a noun says the type: subscribe → Subscription.
fn verb_noun(verb: &str, kind: &Kind<'_>) -> bool {
    let verb = verb.strip_prefix("un").unwrap_or(verb);
    let stem: String = verb.chars().take(verb.chars().count().saturating_sub(2)).collect();
    stem.len() >= 4 && kind.noun.to_ascii_lowercase().starts_with(&stem)
}

//! Real declarations beside what AWS answered when their resources were read: clean ones are equal, drifted ones are
//! not, and whatever is changed in a model is found.

use std::collections::BTreeMap;
use std::io::Read as _;

use driftwire_cloudtrail::{Limits, open};
use driftwire_drift::compare::{ModelComparison, ResourceRules};
use serde_json::{Map, Value, json};

/// What a recorder wrote where it did not know a declared value.
const UNKNOWN_MARK: &str = "_unresolved__";

/// A declaration and its live model.
struct Pair {
    name: String,
    kind: String,
    declared: Value,
    live: Value,
    /// Top-level properties that are known to differ.
    drifted: Vec<String>,
    /// Top-level properties that nobody could compare.
    unknown: Vec<String>,
}

fn pairs() -> Option<Vec<Pair>> {
    let packed = std::fs::File::open(driftwire_tests::corpus()?.join("cfn_declared_live.jsonl.gz")).ok()?;
    let mut text = String::new();
    open(packed, &Limits::default()).expect("gzip").read_to_string(&mut text).expect("text");
    Some(text.lines().map(|line| pair(&serde_json::from_str(line).expect("JSON"))).collect())
}

fn pair(line: &Value) -> Pair {
    let of_tier = |tiers: &[&str]| {
        let entries = line["expected"].as_array().into_iter().flatten();
        let mut paths: Vec<String> = entries
            .filter(|entry| tiers.contains(&entry["tier"].as_str().unwrap_or_default()))
            .map(|entry| entry["path"].as_str().unwrap_or_default().split(['.', '[']).next().unwrap().to_owned())
            .collect();
        paths.dedup();
        paths
    };
    let mut live = line["liveRaw"].clone();
    let mut declared = line["resource"]["declared"].clone();
    // The stack's own tags are on the resource; who compares knows them.
    if let Some(tags) = line["opts"]["stackTags"].as_object()
        && !tags.keys().any(|key| declared.to_string().contains(key.as_str()))
    {
        drop_tags(&mut live, tags);
    }
    mark_unknown(&mut declared);
    Pair {
        name: line["file"].as_str().unwrap().to_owned(),
        kind: line["resource"]["resourceType"].as_str().unwrap().to_owned(),
        declared,
        live,
        drifted: of_tier(&["declared"]),
        unknown: of_tier(&["readGap", "unresolved"]),
    }
}

fn mark_unknown(value: &mut Value) {
    match value {
        Value::String(text) if text.ends_with(UNKNOWN_MARK) => *value = json!({"$unresolved": "attribute"}),
        Value::Array(items) => items.iter_mut().for_each(mark_unknown),
        Value::Object(members) => members.values_mut().for_each(mark_unknown),
        _ => {}
    }
}

fn drop_tags(live: &mut Value, tags: &Map<String, Value>) {
    for (name, value) in live.as_object_mut().unwrap() {
        if !name.ends_with("Tags") {
            continue;
        }
        match value {
            Value::Array(list) => list.retain(|tag| !tags.contains_key(tag["Key"].as_str().unwrap_or_default())),
            Value::Object(map) => map.retain(|key, _| !tags.contains_key(key)),
            _ => {}
        }
    }
}

fn top(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap()
}

#[test]
fn clean_resources_are_equal_and_drifted_ones_are_not() {
    let Some(pairs) = pairs() else {
        println!("skipped: no corpus");
        return;
    };
    let (mut flagged, mut missed, mut undecided) = (Vec::new(), Vec::new(), 0);
    let mut drifts = 0;
    for pair in &pairs {
        let ModelComparison { differences, undecided: unknown, .. } =
            ResourceRules::of(&pair.kind).compare(&pair.declared, &pair.live);
        undecided += unknown.len();
        drifts += pair.drifted.len();
        let found = |path: &String| differences.iter().any(|it| top(&it.path) == path);
        missed.extend(pair.drifted.iter().filter(|path| !found(path)).map(|path| format!("{} {path}", pair.name)));
        let false_ones: Vec<String> = differences
            .iter()
            .filter(|it| !pair.drifted.contains(&top(&it.path).to_owned()))
            .map(|it| {
                let tier = if pair.unknown.contains(&top(&it.path).to_owned()) { "(unknown) " } else { "" };
                format!("{tier}{}: {} <> {}", it.path, text(it.declared.as_ref()), text(it.actual.as_ref()))
            })
            .collect();
        if !false_ones.is_empty() {
            flagged.push(format!("{} {}\n      {}", pair.kind, pair.name, false_ones.join("\n      ")));
        }
    }
    println!(
        "{} of {} flagged, {undecided} places undecided, {} of {drifts} drifts missed",
        flagged.len(),
        pairs.len(),
        missed.len()
    );
    for line in &flagged {
        println!("  {line}");
    }
    for line in &missed {
        println!("  missed {line}");
    }
    assert!(missed.is_empty());
    assert!(flagged.len() * 100 <= pairs.len(), "{} flagged", flagged.len());
}

fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| value.to_string().chars().take(160).collect())
}

/// A place in a value.
type Place = Vec<Step>;

/// One step down.
#[derive(Clone, Debug)]
enum Step {
    Name(String),
    At(usize),
}

fn find<'v>(value: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get_mut(name),
        Step::At(index) => value.get_mut(index),
    })
}

/// Every place in a value.
fn places(value: &Value, at: &mut Place, all: &mut Vec<Place>) {
    if !at.is_empty() {
        all.push(at.clone());
    }
    let children: Vec<(Step, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, it)| (Step::Name(name.clone()), it)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, it)| (Step::At(index), it)).collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        at.push(step);
        places(child, at, all);
        at.pop();
    }
}

/// Whether the case of what stands there means nothing: actions and effects of policies.
fn has_no_case(place: &[Step]) -> bool {
    place.iter().any(|step| matches!(step, Step::Name(name) if name == "Statement"))
        && place.iter().any(|step| matches!(step, Step::Name(name) if name == "Action" || name == "Effect"))
}

/// Whether a rule says that the case of a property, or AWS's own rewriting of it, means nothing.
fn says_case_means_nothing(found: &ModelComparison, property: &str) -> bool {
    let rules = ["ignore-case", "dns-name", "property-transform"];
    found
        .traces
        .iter()
        .any(|it| rules.contains(&it.rule) && top(it.note.trim_start_matches('`')).trim_end_matches('`') == property)
}

/// Whether the list at a place has an order that means something.
fn has_order(place: &[Step]) -> bool {
    const ORDERED: [&str; 8] = [
        "Command",
        "EntryPoint",
        "Layers",
        "CacheBehaviors",
        "Columns",
        "PartitionKeys",
        "Processors",
        "TransformerConfig",
    ];
    matches!(place.last(), Some(Step::Name(name)) if ORDERED.contains(&name.as_str()))
}

/// Whether a policy lost its version, which says nothing.
fn is_version_gone(before: &Value, after: &Value) -> bool {
    before.get("Statement").is_some() && before.get("Version").is_some() && after.get("Version").is_none()
}

/// The ways to change what stands at a place: what changed, and the changed value.
fn changes(value: &Value) -> Vec<(&'static str, Value)> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(it) => vec![("flip", json!(!it))],
        Value::Number(it) => vec![("number", json!(it.as_f64().unwrap() + 1.0))],
        Value::String(text) => {
            let mut ways = vec![("text", json!(format!("{text}-x")))];
            if let Ok(number) = text.parse::<i64>() {
                ways.push(("number", json!((number + 1).to_string())));
            }
            let swapped: String = text
                .chars()
                .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect();
            if swapped != *text {
                ways.push(("case", json!(swapped)));
            }
            ways
        }
        Value::Array(items) => {
            let mut ways = Vec::new();
            if let [_, rest @ ..] = items.as_slice() {
                ways.push(("drop", json!(rest)));
            }
            let mut turned = items.clone();
            turned.reverse();
            if turned != *items {
                ways.push(("order", json!(turned)));
            }
            let mut more = items.clone();
            more.push(json!("an-element-that-nobody-declared"));
            if items.iter().all(Value::is_string) && !items.is_empty() {
                ways.push(("add", json!(more)));
            }
            ways
        }
        Value::Object(members) => {
            let without = |name: &String| {
                let mut fewer = members.clone();
                fewer.remove(name);
                ("remove", Value::Object(fewer))
            };
            members.iter().filter(|(_, it)| !it.is_null()).map(|(name, _)| without(name)).collect()
        }
    }
}

#[test]
fn whatever_is_changed_is_found() {
    let Some(pairs) = pairs() else {
        println!("skipped: no corpus");
        return;
    };
    let (mut made, mut found) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    let (mut missed, mut undecided, mut folded) = (Vec::new(), 0_usize, 0_usize);
    for pair in &pairs {
        let rules = ResourceRules::of(&pair.kind);
        let before = rules.compare(&pair.declared, &pair.live);
        let is_open = |name: &str| {
            let names = before.differences.iter().map(|it| &it.path).chain(before.undecided.iter().map(|it| &it.path));
            names.map(|path| top(path)).any(|it| it == name)
        };
        let mut all = Vec::new();
        places(&pair.declared, &mut Vec::new(), &mut all);
        for place in all {
            let [Step::Name(first), ..] = place.as_slice() else { continue };
            if is_open(first) {
                continue;
            }
            let declared = find(&mut pair.declared.clone(), &place).unwrap().clone();
            let mut live = pair.live.clone();
            // Where the live value stands at the same place it is changed, as in an account; else the declared one.
            let element =
                place.iter().rposition(|step| matches!(step, Step::At(_))).map_or(place.len(), |last| last + 1);
            let whole = &place[..element];
            let is_same = find(&mut live, whole).map(|it| it.clone())
                == find(&mut pair.declared.clone(), whole).map(|it| it.clone());
            let is_direct =
                is_same || (element == place.len() && find(&mut live, &place).is_some_and(|it| *it == declared));
            for (way, changed) in changes(&declared) {
                // Only some lists have an order; those are known by name or by type.
                if way == "order" && !has_order(&place) {
                    continue;
                }
                if has_no_case(&place) && way == "case" || is_version_gone(&declared, &changed) {
                    continue;
                }
                let (mut one, mut other) = (pair.declared.clone(), pair.live.clone());
                *find(if is_direct { &mut other } else { &mut one }, &place).unwrap() = changed.clone();
                // What is not declared is not compared.
                if !is_direct && matches!(way, "remove" | "drop") {
                    continue;
                }
                *made.entry(way).or_default() += 1;
                let after = rules.compare(&one, &other);
                if after.differences.iter().any(|it| top(&it.path) == first) {
                    *found.entry(way).or_default() += 1;
                } else if after.undecided.iter().any(|it| top(&it.path) == first) {
                    undecided += 1;
                } else if way == "case" && says_case_means_nothing(&after, first) {
                    folded += 1;
                } else {
                    missed.push(format!("{way} {} {place:?}: {declared} -> {changed}", pair.kind));
                }
            }
        }
    }
    for (way, count) in &made {
        println!("{way}: {} of {count} found", found.get(way).copied().unwrap_or_default());
    }
    println!("{undecided} said to be undecided, {folded} where AWS folds the case, {} missed", missed.len());
    for line in &missed {
        println!("  {}", line.chars().take(230).collect::<String>());
    }
    let total: usize = made.values().sum();
    assert!(missed.len() * 200 <= total, "{} of {total} missed", missed.len());
}

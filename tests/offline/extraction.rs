//! How much of real traffic the catalog understands: of the calls that change something, for how many it names a type, and
//! for how many an identifier comes out. Paths are read by a reader of their own, as a second opinion on the core's.

use std::collections::BTreeMap;

use driftwire_catalog::{Effect, Target, Why};
use driftwire_cloudtrail::{Limits, Record, for_each_in};
use driftwire_drift::{Call, irrelevance, judge};
use serde_json::{Map, Value};

use crate::corpus;
use crate::desk::Desk;

const LEAST_TYPED: f64 = 0.94;
const LEAST_IDENTIFIED: f64 = 0.96;

/// How far the catalog gets with a call: its type, its identifier, and why one of them is missing.
#[derive(Default)]
struct Reading {
    typed: bool,
    identified: bool,
    /// Whether the core must name a resource: one target has a type, an identifier and something to do.
    named: bool,
    cause: Option<&'static str>,
}

/// Whether a record is a call that succeeded, changes configuration and says how.
fn counts(record: &Record<'_>) -> bool {
    let (service, operation) = (record.service(), record.operation());
    let is_change = !record.failed() && !record.is_read() && irrelevance(record).is_none();
    let is_ignored = driftwire_catalog::ignored_class(service, operation).is_some();
    let works_on_data = driftwire_catalog::call(service, operation)
        .is_some_and(|call| call.targets.iter().all(|it| it.why == Some(Why::Data)));
    is_change && !is_ignored && !works_on_data && record.event_category.as_deref() != Some("Data")
}

fn read(call: &Call<'_>) -> Reading {
    let Some(row) = driftwire_catalog::call(call.service(), call.operation()) else {
        return Reading { cause: Some("the call is unknown to the table"), ..Reading::default() };
    };
    let targets: Vec<&Target> = row.targets.iter().filter(|it| applies(call, it.when)).collect();
    let typed = targets.iter().any(|it| !it.resources.is_empty());
    let identified = targets.iter().any(|it| is_identified(call, it));
    let named = targets.iter().any(|it| {
        !it.resources.is_empty() && !it.id.is_empty() && it.effect != Effect::None && is_identified(call, it)
    });
    let has_paths = targets.iter().any(|it| !it.id.is_empty());
    let from_response =
        targets.iter().any(|it| it.effect == Effect::Create && it.id.iter().any(|path| path.starts_with('>')));
    let cause = match () {
        () if targets.is_empty() => Some("no row applies to the request"),
        () if !typed && !identified => Some("known, without a type and without an identifier in the record"),
        () if !typed => Some("known, without a type"),
        () if identified => None,
        () if !has_paths => Some("typed, without a path to an identifier"),
        () if from_response && call.response().is_empty() => Some("typed, the record has no response"),
        () => Some("typed, the record lacks the parameter"),
    };
    Reading { typed, identified, named, cause }
}

/// Whether a target's identifier comes out. A reviewed row without one speaks of what an account has once in a region.
fn is_identified(call: &Call<'_>, target: &Target) -> bool {
    let is_single = target.id.is_empty() && target.because.is_some() && !target.resources.is_empty();
    is_single || target.id.iter().any(|expression| expression.split('|').all(|part| gives(call, part)))
}

fn gives(call: &Call<'_>, part: &str) -> bool {
    let (root, path) = match part.strip_prefix('>') {
        Some(path) => (call.response(), path),
        None => (&call.request, part),
    };
    part == "@account" || part.starts_with('\'') || !values(root, path).is_empty()
}

/// A condition of a row: a member, `member=value`, or `!` and either.
fn applies(call: &Call<'_>, when: Option<&str>) -> bool {
    let Some(when) = when else { return true };
    if let Some(other) = when.strip_prefix('!') {
        return !applies(call, Some(other));
    }
    match when.split_once('=').filter(|(member, _)| !member.contains('[')) {
        Some((member, wanted)) => {
            values(&call.request, member).iter().any(|it| text(it).is_some_and(|it| it.eq_ignore_ascii_case(wanted)))
        }
        None => !reached(&call.request, when).is_empty(),
    }
}

/// The texts at a path.
fn values<'v>(root: &'v Map<String, Value>, path: &str) -> Vec<&'v Value> {
    let found = reached(root, path).into_iter();
    let opened = found.flat_map(|it| it.as_array().map_or_else(|| vec![it], |list| list.iter().collect()));
    opened.filter(|it| text(it).is_some()).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn reached<'v>(root: &'v Map<String, Value>, path: &str) -> Vec<&'v Value> {
    let mut steps = path.split('.').map(|step| step.split('[').next().unwrap_or(step));
    let first = steps.next().and_then(|name| member(root, name)).into_iter().collect();
    steps.filter(|name| !name.is_empty()).fold(first, |reached: Vec<&Value>, name| {
        let opened =
            reached.into_iter().flat_map(|it| it.as_array().map_or_else(|| vec![it], |it| it.iter().collect()));
        opened.filter_map(|it| member(it.as_object()?, name)).collect()
    })
}

fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let folded = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    members.iter().find(|(key, value)| folded(key) == folded(name) && !value.is_null()).map(|(_, value)| value)
}

#[test]
fn types_and_identifiers_come_out_of_real_calls() {
    let Some(bytes) = corpus::records() else {
        println!("skipped: no corpus");
        return;
    };
    let (mut all, mut typed, mut identified) = (0_u32, 0_u32, 0_u32);
    let desk = Desk::new(Vec::new());
    let mut unnamed = Vec::new();
    let mut misses: BTreeMap<&str, BTreeMap<String, u32>> = BTreeMap::new();
    for_each_in(bytes.as_slice(), &Limits::default(), &mut |record| {
        let Some(record) = record.ok().filter(counts) else { return };
        let call = Call::new(record.clone());
        if call.request.is_empty() {
            return;
        }
        let reading = read(&call);
        all += 1;
        typed += u32::from(reading.typed);
        identified += u32::from(reading.identified);
        let name = format!("{}:{}", call.service(), call.operation());
        if reading.named && judge(record, desk.context()).outcomes.iter().all(|it| it.resource.is_none()) {
            unnamed.push(name.clone());
        }
        if let Some(cause) = reading.cause {
            *misses.entry(cause).or_default().entry(name).or_default() += 1;
        }
    })
    .unwrap();
    let share = |count: u32| f64::from(count) / f64::from(all);
    println!("{all} calls: {:.1} % typed, {:.1} % identified", share(typed) * 100.0, share(identified) * 100.0);
    for (cause, names) in &misses {
        println!("{:4}  {cause}", names.values().sum::<u32>());
        for (name, count) in names {
            println!("      {count:4}  {name}");
        }
    }
    assert!(unnamed.is_empty(), "the core names no resource: {unnamed:?}");
    assert!(all >= 500, "{all}");
    assert!(share(typed) >= LEAST_TYPED, "{typed} of {all} typed");
    assert!(share(identified) >= LEAST_IDENTIFIED, "{identified} of {all} identified");
}

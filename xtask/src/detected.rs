//! `docs/detected.md`: per service, what the catalog knows of its calls. Honest blanks included.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use driftwire_catalog::{Call, Effect, calls, terraform_kinds};

/// What is known of one service.
#[derive(Default)]
struct Row {
    calls: usize,
    with_values: usize,
    existence: usize,
    elements: usize,
    quiet: usize,
}

/// The page.
pub(crate) fn page() -> String {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for call in calls() {
        count(rows.entry(call.source).or_default(), call);
    }
    let mut page = String::from(HEAD);
    for (service, row) in &rows {
        let Row { calls, with_values, existence, elements, quiet } = row;
        push(
            &mut page,
            format_args!(
                "| {service} | {calls} | {} | {} | {} | {} |\n",
                blank(*with_values),
                blank(*existence),
                blank(*elements),
                blank(*quiet)
            ),
        );
    }
    let total: usize = rows.values().map(|row| row.calls).sum();
    push(
        &mut page,
        format_args!(
            "\n{total} calls in {} services; {} Terraform types are known by what they declare.\n",
            rows.len(),
            terraform_kinds().count()
        ),
    );
    page
}

const HEAD: &str = "\
# What is detected

Generated from the catalog by `make generate`. A call that is not in it is not lost: if it names a declared resource, the
finding says who touched it and with what, but not which property.

- **values**: the call carries new values of properties, which are compared with the declared ones;
- **existence**: it makes or deletes a resource, or schedules its deletion;
- **elements**: it adds or removes rules, routes, attachments, policies, tags and the like, one by one;
- **quiet**: it changes no configuration.

| service | calls | values | existence | elements | quiet |
|---|---:|---:|---:|---:|---:|
";

fn push(page: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    if page.write_fmt(line).is_err() {}
}

fn blank(count: usize) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

fn count(row: &mut Row, call: &Call) {
    row.calls += 1;
    let has = |wanted: &[Effect]| call.targets.iter().any(|target| wanted.contains(&target.effect));
    let values = call.targets.iter().any(|target| {
        matches!(target.effect, Effect::Update | Effect::Put)
            && (!target.properties.is_empty() || target.decoder.is_some())
    });
    row.with_values += usize::from(values);
    row.existence += usize::from(has(&[Effect::Create, Effect::Delete, Effect::ScheduleDelete, Effect::CancelDelete]));
    row.elements += usize::from(has(&[
        Effect::Put,
        Effect::Add,
        Effect::Remove,
        Effect::Replace,
        Effect::Tag,
        Effect::Untag,
        Effect::Retag,
    ]));
    row.quiet += usize::from(has(&[Effect::None]));
}

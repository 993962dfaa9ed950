//! `docs/coverage.md`: per service, how much the catalog knows of its calls. Honest blanks included.

use driftwire_catalog::{Coverage, coverage, type_counts};

/// The page.
pub(crate) fn page() -> String {
    let services = coverage();
    let mut all = Coverage::default();
    let mut page = String::from(HEAD);
    for (service, row) in &services {
        all += *row;
        line(&mut page, service, row);
    }
    line(&mut page, &format!("**{} event sources**", services.len()), &all);
    let (types, live, terraform) = type_counts();
    page.push_str(&format!(
        "\n{types} CloudFormation types, of which the Cloud Control API reads {live}; {terraform} Terraform types.\n"
    ));
    page
}

const HEAD: &str = "\
# What is detected

Generated from the catalog by `make generate`: the calls that change something, by CloudTrail's event source.
`driftwire catalog show ec2:ModifyVpcAttribute` explains one of them.

- **typed**: the type of the resource that the call changes is known. What is not typed is mostly jobs, sessions and services that no
  code declares. Such a call, and one that is newer than this table, is not lost: if it names a declared resource of its service, the
  finding says who touched it, and names no property;
- **identified**: it is known which member says which resource it is;
- **properties**: what the call sets is known: properties, tags, or elements such as rules, routes and attachments. A change of
  anything else is told without a value;
- **readable**: the Cloud Control API can read the resource back;
- **quiet**: it changes no configuration (starts, stops, jobs, new revisions);
- **reviewed**: a person wrote the row. The others are made of AWS's own models.

| event source | calls | typed | identified | properties | readable | quiet | reviewed |
|---|---:|---:|---:|---:|---:|---:|---:|
";

fn line(page: &mut String, name: &str, row: &Coverage) {
    let Coverage { calls, typed, identified, with_properties, readable, quiet, reviewed } = *row;
    let blank = |count: usize| if count == 0 { String::new() } else { count.to_string() };
    let cells = [calls, typed, identified, with_properties, readable, quiet, reviewed].map(blank);
    page.push_str(&format!("| {name} | {} |\n", cells.join(" | ")));
}

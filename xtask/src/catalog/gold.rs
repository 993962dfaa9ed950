//! Measures generated rows against a file of hand-labelled calls: `service:Operation|CloudFormation types|Terraform types|member`.
//! The file is the user's; nothing of it is kept.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::model::Models;
use super::nouns::fold;
use super::rows::{Row, rows};

/// How many of how many are right.
#[derive(Debug, Default)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += u32::from(right);
        self.all += 1;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.right) / f64::from(self.all.max(1))
    }
}

/// Prints the three shares and every miss.
#[expect(clippy::print_stdout, reason = "the figures are what the command is for")]
pub(crate) fn report(models: &Models, file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let all = rows(models);
    let by_name: BTreeMap<String, &Row> = all
        .iter()
        .flat_map(|(service, rows)| rows.iter().map(move |row| (format!("{service}:{}", row.operation), row)))
        .collect();
    let (mut kinds, mut blocks, mut members) = (Share::default(), Share::default(), Share::default());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let parts: Vec<&str> = line.split('|').collect();
        let [name, kind, block, member] = parts.as_slice() else { continue };
        let Some(row) = by_name.get(*name) else {
            println!("{name}: no row");
            for share in [&mut kinds, &mut blocks, &mut members] {
                share.add(false);
            }
            continue;
        };
        let found: Vec<&str> = row.resources.iter().take(2).map(|(name, _)| name.as_str()).collect();
        check(name, "type", kind, &found, &mut kinds);
        let found: Vec<&str> = row.terraform.iter().map(String::as_str).collect();
        check(name, "terraform", block, &found, &mut blocks);
        let found: Vec<&str> = row.identity.id.iter().map(String::as_str).collect();
        let right = has_member(&found, member);
        members.add(right);
        if !right {
            println!("{name} id: expected {member}, found {found:?}");
        }
    }
    for (what, share) in [("type", &kinds), ("terraform", &blocks), ("id", &members)] {
        println!("{what}: {} of {}, {:.1} %", share.right, share.all, share.percent());
    }
    Ok(())
}

/// Counts one list of types, unless the label leaves it open.
#[expect(clippy::print_stdout, reason = "the figures are what the command is for")]
fn check(name: &str, what: &str, expected: &str, found: &[&str], share: &mut Share) {
    if expected.is_empty() || expected == "*" {
        return;
    }
    let right = expected.split(',').any(|it| found.contains(&it));
    share.add(right);
    if !right {
        println!("{name} {what}: expected {expected}, found {found:?}");
    }
}

/// Whether one of the paths, or a part of a composite one, is the member. `-` expects none.
fn has_member(found: &[&str], member: &str) -> bool {
    if member == "-" {
        return found.is_empty();
    }
    let plain = |path: &str| (path.starts_with('>'), path.split('.').map(fold).collect::<Vec<_>>());
    let expected = plain(member);
    found.iter().flat_map(|path| path.split('|')).any(|path| plain(path) == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_alone_in_a_composite_and_in_the_response() {
        assert!(has_member(&["restApiId|stageName"], "stageName"));
        assert!(has_member(&[">vpc.vpcId"], ">Vpc.VpcId"));
        assert!(!has_member(&["vpcId"], ">Vpc.VpcId"));
        assert!(has_member(&[], "-"));
    }
}

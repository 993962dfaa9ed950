//! Findings and the summary as a terminal shows them.

use driftwire_report::summary::{Summary, Unreadable};
use driftwire_report::v1::{Finding, Outcome, Reason, Verdict, finding};
use driftwire_report::{Color, View, findings};

use crate::fixture;

fn plain(width: usize) -> View {
    View { width: Some(width), color: Color::Off }
}

fn every() -> Vec<Finding> {
    fixture::every().iter().map(|core| finding(core, None)).collect()
}

fn shown(core: &driftwire_drift::finding::Finding, view: View) -> String {
    findings(&[finding(core, None)], view)
}

#[test]
fn every_kind_in_80_columns() {
    insta::assert_snapshot!(findings(&every(), plain(80)), @"
    CRITICAL  alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   module.edge.aws_security_group.web (sg-0aaa),
                      111122223333/us-east-1
              code    terraform: s3://acme-state/edge/terraform.tfstate, serial 412
              what    ingress: (none) → tcp/22 from 0.0.0.0/0
              rule    open to the world (sg-open-to-world)

    CRITICAL  alice@example.com changed assume_role_policy of aws_iam_role.deploy
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_iam_role.deploy (deploy), 111122223333/global
              code    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              what    assume_role_policy: policy document differs
                      - Allow sts:AssumeRole to arn:aws:iam::111122223333:root
                      + Allow sts:AssumeRole to arn:aws:iam::999988887777:root
              rule    differs from its declaration (changed)

    CRITICAL  alice@example.com attached AdministratorAccess to aws_iam_role.app
              (undeclared)
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_iam_role.app (app), 111122223333/us-east-1
              code    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              what    managed_policy_arns: (none) →
                      arn:aws:iam::aws:policy/AdministratorAccess
              rule    differs from its declaration (changed)

    HIGH      root scheduled aws_kms_key.main for deletion
              when    2026-11-20 10:05:00Z
              who     root via console from 203.0.113.10, without MFA
              where   aws_kms_key.main (1234abcd-12ab-34cd-56ef-1234567890ab),
                      111122223333/us-east-1
              code    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              what    the resource: declared → scheduled for deletion
              status  restored: someone put it back
              rule    differs from its declaration (changed)

    MEDIUM    alice@example.com changed 3 properties of aws_db_instance.main
              (instance_class, password, ca_cert_identifier)
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   module.data.aws_db_instance.main (main),
                      111122223333/us-east-1
              code    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              what    instance_class: db.t3.small → db.t3.large (pending)
                      password: (hidden) → (hidden)
                      ca_cert_identifier: rds-ca-rsa2048-g1 → (removed)
              rule    differs from its declaration (changed)

    LOW       ci-runner created AWS::EC2::Instance i-0abc outside any declaration
              when    2026-11-20 10:05:00Z
              who     ci-runner (role) via sdk from 203.0.113.10, of account
                      444455556666
              where   AWS::EC2::Instance i-0abc, 111122223333/us-east-1
              what    the resource: not declared → created by RunInstances
              rule    unmanaged

    INFO      alice@example.com wrote to aws_lambda_function.api with PutFoo; the
              new value is not in the record
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_lambda_function.api (api), 111122223333/us-east-1
              code    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              what    the resource: declared → (not in the record)
              then    changed again by event 5d4f7e0a-0002
              rule    differs from its declaration (changed)
    ");
}

#[test]
fn a_wide_terminal_breaks_fewer_lines() {
    let view = plain(120);
    insta::assert_snapshot!(shown(&fixture::opened(), view) + "\n" + &shown(&fixture::trusted(), view), @"
    CRITICAL  alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   module.edge.aws_security_group.web (sg-0aaa), 111122223333/us-east-1
              code    terraform: s3://acme-state/edge/terraform.tfstate, serial 412
              what    ingress: (none) → tcp/22 from 0.0.0.0/0
              rule    open to the world (sg-open-to-world)

    CRITICAL  alice@example.com changed assume_role_policy of aws_iam_role.deploy
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_iam_role.deploy (deploy), 111122223333/global
              code    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              what    assume_role_policy: policy document differs
                      - Allow sts:AssumeRole to arn:aws:iam::111122223333:root
                      + Allow sts:AssumeRole to arn:aws:iam::999988887777:root
              rule    differs from its declaration (changed)
    ");
}

#[test]
fn without_a_width_no_line_is_broken() {
    let text = findings(&every(), View::default());
    assert!(text.contains("(1234abcd-12ab-34cd-56ef-1234567890ab), 111122223333/us-east-1\n"));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [80, 100, 120, 200] {
        for line in findings(&every(), plain(width)).lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn color_only_adds_escape_sequences() {
    for width in [Some(80), Some(120), None] {
        let colored = findings(&every(), View { width, color: Color::On });
        let plain = findings(&every(), View { width, color: Color::Off });
        assert_ne!(colored, plain);
        assert_eq!(without_color(&colored), plain);
    }
}

/// Leaves out the sequences from ESC to `m`.
fn without_color(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once('m').unwrap().1)
}

#[test]
fn severity_and_statements_have_colors() {
    let view = View { width: Some(100), color: Color::On };
    insta::assert_snapshot!(shown(&fixture::trusted(), view).replace('\u{1b}', "␛"), @"
    ␛[1m␛[31mCRITICAL␛[0m  ␛[1malice@example.com changed assume_role_policy of aws_iam_role.deploy␛[0m
              ␛[2mwhen␛[0m    2026-11-20 10:05:00Z
              ␛[2mwho␛[0m     alice@example.com via console from 203.0.113.10
              ␛[2mwhere␛[0m   aws_iam_role.deploy (deploy), 111122223333/global
              ␛[2mcode␛[0m    terraform: s3://acme-state/app/terraform.tfstate, serial 7
              ␛[2mwhat␛[0m    assume_role_policy: policy document differs
                      ␛[31m- Allow sts:AssumeRole to arn:aws:iam::111122223333:root␛[0m
                      ␛[32m+ Allow sts:AssumeRole to arn:aws:iam::999988887777:root␛[0m
              ␛[2mrule␛[0m    differs from its declaration (changed)
    ");
}

#[test]
fn the_worst_comes_first_then_the_earliest() {
    let mut low = every();
    let mut early = low[0].clone();
    early.id = "dw1-early".to_owned();
    early.when.event_time = "2026-11-20T10:04:59Z".parse().unwrap();
    early.title = "first".to_owned();
    low.push(early);
    low.reverse();
    let text = findings(&low, plain(80));
    let marks: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    let severities: Vec<&str> = marks.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(severities, ["CRITICAL", "CRITICAL", "CRITICAL", "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]);
    assert!(marks[0].ends_with("first"));
}

#[test]
fn a_change_that_another_block_owns_names_the_block() {
    let mut core = fixture::several();
    core.changes[2].address = Some("module.data.aws_db_parameter_group.main".to_owned());
    let text = shown(&core, plain(120));
    assert!(text.contains("   module.data.aws_db_parameter_group.main ca_cert_identifier: rds-ca-"), "{text}");
}

#[test]
fn long_values_that_look_alike_are_said_to_differ() {
    let mut core = fixture::several();
    let long = "x".repeat(300);
    core.changes.truncate(1);
    core.changes[0].declared = Some(format!("{long}a{long}").into());
    core.changes[0].actual = Some(format!("{long}b{long}").into());
    assert!(shown(&core, View::default()).contains(" → (differs in the part left out) (pending)\n"));
}

#[test]
fn nothing_found_shows_nothing() {
    assert_eq!(findings(&[], plain(80)), "");
}

fn summary() -> Summary {
    let mut summary = Summary { records: 14, ..Summary::default() };
    for found in every() {
        summary.add_finding(&found);
        summary.add_outcome(&Outcome::new(Verdict::Drifted, Reason::Differs));
    }
    for reason in [Reason::ReadOnly, Reason::FailedCall, Reason::ReadOnly, Reason::NotDeclared] {
        summary.add_outcome(&Outcome::new(Verdict::Irrelevant, reason));
    }
    summary.add_outcome(&Outcome::new(Verdict::Undecided, Reason::Masked));
    summary.add_outcome(&Outcome::new(Verdict::Held, Reason::Pipeline));
    summary.add_outcome(&Outcome::new(Verdict::Unreadable, Reason::NotJson));
    summary.unreadable.push(Unreadable {
        place: "trail/2026-11-20.json.gz: record 7".to_owned(),
        problem: "not JSON: expected `,` at column 12".to_owned(),
    });
    summary
}

#[test]
fn the_summary_counts_everything() {
    insta::assert_snapshot!(summary().text(plain(80)), @"
    14 records read: 7 findings, 1 undecided, 1 held, 1 unreadable

    Findings by severity
      critical       3  open
      high           1  restored
      medium         1  open
      low            1  open
      info           1  open

    Outcomes by verdict and reason
      drifted        7  differs
      held           1  pipeline
      undecided      1  masked
      irrelevant     4  2 read_only, 1 failed_call, 1 not_declared
      unreadable     1  not_json

    Unreadable records
      trail/2026-11-20.json.gz: record 7: not JSON: expected `,` at column 12
    ");
}

#[test]
fn one_is_one_and_none_is_no() {
    let mut one = Summary { records: 1, ..Summary::default() };
    assert_eq!(one.text(plain(80)), "1 record read: no findings\n");
    one.add_finding(&every()[0]);
    assert!(one.text(plain(80)).starts_with("1 record read: 1 finding\n"));
}

#[test]
fn parts_of_a_run_add_up_in_any_order() {
    let mut other = Summary { records: 2, ..Summary::default() };
    other.add_outcome(&Outcome::new(Verdict::InSync, Reason::Equal));
    other.unreadable.push(Unreadable { place: "a".to_owned(), problem: "b".to_owned() });
    let one = summary().merge(other.clone());
    let two = other.merge(summary());
    assert_eq!(one.records, 16);
    assert_eq!(one.text(plain(80)), two.text(plain(80)));
}

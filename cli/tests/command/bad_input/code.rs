//! Code that cannot be used, and code that fits nothing.

use serde_json::json;

use super::{refused, said};
use crate::made::{Folder, resource, state};
use crate::run::driftwire;

const RETENTION: &str = "resource \"aws_cloudwatch_log_group\" \"api\" {\n  lifecycle {\n    ignore_changes = [retention_in_days]\n  }\n}\n";

fn replayed(folder: &Folder, config: &str) -> String {
    refused(folder, &["replay", "--state", "terraform.tfstate", "--config", config, "--trail", "record.json"])
}

#[test]
fn code_that_is_not_there() {
    let folder = Folder::good().with("main.tf", RETENTION).with_folder("empty").with("notes/README.md", "# Notes\n");
    insta::assert_snapshot!(replayed(&folder, "nothing"), @"error: nothing: no such folder; expected the folder of a Terraform root module");
    insta::assert_snapshot!(replayed(&folder, "main.tf"), @"error: main.tf: not a folder; expected the folder of a Terraform root module");
    insta::assert_snapshot!(replayed(&folder, "empty"), @"error: `empty` holds no Terraform code; expected the folder of a root module, with `.tf`, `.tf.json` or `.tofu` files in it");
    insta::assert_snapshot!(replayed(&folder, "notes"), @"error: `notes` holds no Terraform code; expected the folder of a root module, with `.tf`, `.tf.json` or `.tofu` files in it");
}

#[test]
fn code_that_is_broken() {
    let folder = Folder::good()
        .with("cut/main.tf", "resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/16\n}\n")
        .with("json/main.tf.json", "{\"resource\": }")
        .with("latin/main.tf", b"# caf\xe9\n")
        .with("computed/main.tf", RETENTION.replace("[retention_in_days]", "var.ignored"))
        .with("inner/main.tf", "module \"edge\" {\n  source = \"./edge\"\n}\n")
        .with("inner/edge/main.tf", "resource \"aws_vpc\" {\n  = 1\n}\n")
        .with("listed/main.tf", RETENTION)
        .with("listed/.terraform/modules/modules.json", "[]");
    insta::assert_snapshot!(replayed(&folder, "cut"), @"error: `cut/main.tf` at line 2, column 3: invalid block body; expected `}`, newline or identifier; check it with `terraform validate`");
    insta::assert_snapshot!(replayed(&folder, "json"), @"error: `json/main.tf.json` at line 1, column 14: expected JSON; check it with `terraform validate`");
    insta::assert_snapshot!(replayed(&folder, "latin"), @"error: latin/main.tf: not UTF-8 text; expected Terraform code");
    insta::assert_snapshot!(replayed(&folder, "computed"), @r#"error: `computed/main.tf` at line 3, column 22: expected attributes such as `tags`, `tags["Name"]` or `setting[0].value`, or `all`, as `ignore_changes`; check it with `terraform validate`"#);
    insta::assert_snapshot!(replayed(&folder, "inner/"), @"error: `inner/edge/main.tf` at line 2, column 3: invalid block body; expected `}`, newline or identifier; check it with `terraform validate`");
    insta::assert_snapshot!(replayed(&folder, "listed"), @"error: `listed/.terraform/modules/modules.json` at `Modules`: expected a list; write it again with `terraform init`");
}

#[test]
fn code_that_fits_nothing_is_noted() {
    let folder = Folder::good()
        .with("other/main.tf", RETENTION.replace("api", "other"))
        .with("far/main.tf", format!("{RETENTION}module \"edge\" {{\n  source = \"acme/edge/aws\"\n}}\n"));
    let run = |config: &str| {
        let ran = driftwire(
            folder.path(),
            &["replay", "--state", "terraform.tfstate", "--trail", "record.json", "--config", config],
        );
        (ran.code, said(&folder, &ran))
    };
    let (code, noted) = run("other");
    assert_eq!(code, 2, "the drift is still seen");
    insta::assert_snapshot!(noted, @"note: other: no declared resource comes from this code; give the code of the states given");
    let (code, noted) = run("far");
    assert_eq!(code, 0, "the code ignores it");
    insta::assert_snapshot!(noted, @"note: far: the code of `module.edge` (`acme/edge/aws`) is not at hand, so what it ignores is not known: run `terraform init` there");
}

#[test]
fn one_code_speaks_for_several_states_and_several_codes_for_one() {
    let group = |name: &str| {
        let attributes = json!({"arn": format!("arn:aws:logs:eu-west-1:111122223333:log-group:{name}"), "id": name, "name": name,
            "region": "eu-west-1", "retention_in_days": 90, "tags": {}, "tags_all": {}});
        resource("aws_cloudwatch_log_group", "api", &attributes, &[])
    };
    let folder = Folder::good()
        .with("staging.tfstate", state(&[group("/acme/staging")]).replace("000000000001", "000000000002"))
        .with("code/main.tf", RETENTION)
        .with("more/main.tf", RETENTION.replace("retention_in_days", "tags"));
    let ran = driftwire(
        folder.path(),
        &["explain", "--state", "terraform.tfstate", "staging.tfstate", "--config", "more", "code", "record.json"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("the code ignores changes of `retention_in_days`"), "{}", ran.stdout);
}

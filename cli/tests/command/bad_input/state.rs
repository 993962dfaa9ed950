//! Declared state that cannot be used.

use serde_json::json;

use super::{refused, replayed_state, said};
use crate::made::{Folder, gzip, log_group, resource, state, state_of};
use crate::run::driftwire;

#[test]
fn a_state_that_is_not_there() {
    let folder = Folder::good();
    insta::assert_snapshot!(replayed_state(&folder, "nothing.tfstate"), @"error: nothing.tfstate: no such file or folder; expected declared state: of Terraform, OpenTofu, CloudFormation or Pulumi");
    insta::assert_snapshot!(replayed_state(&folder, "nothing-*.tfstate"), @"error: nothing-*.tfstate: no file matches; expected declared state: of Terraform, OpenTofu, CloudFormation or Pulumi");
    let absolute = folder.path().join("nothing.tfstate").display().to_string();
    insta::assert_snapshot!(replayed_state(&folder, &absolute), @"error: [dir]/nothing.tfstate: no such file or folder; expected declared state: of Terraform, OpenTofu, CloudFormation or Pulumi");
    insta::assert_snapshot!(refused(&folder, &["explain", "record.json", "--state", "nothing.tfstate"]), @"error: nothing.tfstate: no such file or folder; expected declared state: of Terraform, OpenTofu, CloudFormation or Pulumi");
}

#[test]
fn a_state_that_is_empty() {
    let folder = Folder::good().with("empty.tfstate", "").with("blank.tfstate", " \n\n");
    insta::assert_snapshot!(replayed_state(&folder, "empty.tfstate"), @"error: `empty.tfstate` is empty; expected declared state: of Terraform or OpenTofu (`terraform state pull`), a CloudFormation stack or template, a Pulumi export (`pulumi stack export`)");
    insta::assert_snapshot!(replayed_state(&folder, "blank.tfstate"), @"error: `blank.tfstate` is empty; expected declared state: of Terraform or OpenTofu (`terraform state pull`), a CloudFormation stack or template, a Pulumi export (`pulumi stack export`)");
}

#[test]
fn a_folder_without_states() {
    let folder =
        Folder::good().with_folder("nothing").with("notes/README.md", "# Notes\n").with("notes/values.json", "{}");
    insta::assert_snapshot!(replayed_state(&folder, "nothing"), @"error: nothing: the folder holds no file; expected declared state: of Terraform, OpenTofu, CloudFormation or Pulumi");
    insta::assert_snapshot!(replayed_state(&folder, "notes"), @"error: notes: no declared state in it; left out: `notes/README.md` is not JSON: expected value at line 1, column 1; write the state out with `terraform state pull`; and one more file");
}

#[test]
fn a_state_that_breaks_off() {
    let whole = state(&[log_group(90)]);
    let mut packed = gzip(whole.as_bytes());
    packed.truncate(packed.len() / 2);
    let folder =
        Folder::good().with("cut.tfstate.gz", packed).with("cut.tfstate", &whole.as_bytes()[..whole.len() / 2]);
    insta::with_settings!({filters => vec![(r"\d+ bytes", "[some] bytes")]}, {
        insta::assert_snapshot!(replayed_state(&folder, "cut.tfstate.gz"), @"error: reading cut.tfstate.gz: the gzip data ends in the middle, after [some] bytes; fetch the file again");
    });
    insta::assert_snapshot!(replayed_state(&folder, "cut.tfstate"), @"error: `cut.tfstate` is not JSON: EOF while parsing a string at line 1, column 251; the file ends too early: copy or write it again");
}

#[test]
fn a_state_that_is_a_decompression_bomb() {
    let folder = Folder::good().with("bomb.tfstate", super::trail::bomb());
    insta::with_settings!({filters => vec![(r"\d{5,}", "[many]")]}, {
        insta::assert_snapshot!(replayed_state(&folder, "bomb.tfstate"), @"error: reading bomb.tfstate: the input grows more than 200 times when decompressed, which no log or state does ([many] bytes became more than [many])");
    });
}

#[test]
fn a_web_page_in_place_of_a_state() {
    let folder = Folder::good().with("page.tfstate", "<!DOCTYPE html>\n<html><title>Sign in</title></html>\n");
    insta::assert_snapshot!(replayed_state(&folder, "page.tfstate"), @"error: `page.tfstate` is an HTML or XML page, not declared state; a sign-in page or an error was saved in place of the state: download it again");
}

#[test]
fn a_state_of_another_cloud() {
    let network = json!({"mode": "managed", "type": "azurerm_virtual_network", "name": "main", "provider": "provider[\"registry.terraform.io/hashicorp/azurerm\"]",
        "instances": [{"schema_version": 0, "attributes": {"id": "/subscriptions/0/vnet", "name": "main"}}]});
    let folder = Folder::good().with("azure.tfstate", state(&[network])).with("none.tfstate", state(&[]));
    insta::assert_snapshot!(replayed_state(&folder, "azure.tfstate"), @"error: no AWS resource is declared: azure.tfstate holds only 1 of provider hashicorp/azurerm; give the state of the AWS infrastructure");
    // An empty state is a state: nothing is declared, and that is said.
    let ran = driftwire(folder.path(), &["replay", "--state", "none.tfstate", "--trail", "record.json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "note: none.tfstate is an empty state\n"));
}

#[test]
fn a_version_that_cannot_be_read() {
    let version = |version: u32| json!({"version": version, "serial": 1, "lineage": "l", "resources": []}).to_string();
    let folder = Folder::good().with("new.tfstate", version(99)).with("old.tfstate", version(2));
    insta::assert_snapshot!(replayed_state(&folder, "new.tfstate"), @"error: `new.tfstate` at `version`: 99 is not a version that can be read, expected 3 or 4; it was written by a newer program than this version knows: take a newer driftwire");
    insta::assert_snapshot!(replayed_state(&folder, "old.tfstate"), @"error: `old.tfstate` at `version`: 2 is not a version that can be read, expected 3 or 4; upgrade it with a Terraform that still reads it (0.11 for versions 1 and 2), then write it out with `terraform state pull`");
}

#[test]
fn a_state_that_opentofu_encrypted() {
    let encrypted = json!({"serial": 7, "lineage": "l", "meta": {"key_provider.pbkdf2.main": "eyJz"}, "encrypted_data": "c2Vh", "encryption_version": "v0"});
    let folder = Folder::good().with("encrypted.tfstate", encrypted.to_string());
    insta::assert_snapshot!(replayed_state(&folder, "encrypted.tfstate"), @"error: `encrypted.tfstate` is encrypted by OpenTofu (serial 7); decrypt it with `tofu state pull` or `tofu show -json` where the key is at hand, and read that");
}

#[test]
fn an_answer_of_cloudformation_without_its_template() {
    let resources = json!({"StackResources": [{"LogicalResourceId": "Queue", "ResourceType": "AWS::SQS::Queue"}]});
    let folder = Folder::good().with("resources.json", resources.to_string());
    insta::assert_snapshot!(replayed_state(&folder, "resources.json"), @"error: `resources.json` is the resources of a stack without its template, not declared state; `driftwire sync --stack NAME --out FILE` writes such a file; by hand, put the answers of `aws cloudformation describe-stacks`, `get-template --template-stage Processed` and `list-stack-resources` under `Stack`, `TemplateBody` and `StackResources` of one JSON object");
}

#[test]
fn a_pulumi_export_of_a_newer_version() {
    let newer = json!({"version": 9, "deployment": {"manifest": {}, "resources": []}});
    let folder = Folder::good().with("stack.json", newer.to_string());
    insta::assert_snapshot!(replayed_state(&folder, "stack.json"), @"error: `stack.json` at `version`: 9 is not a version that can be read, expected 1 to 4; it was written by a newer program than this version knows: take a newer driftwire");
}

#[test]
fn a_template_that_is_not_yaml() {
    let folder = Folder::good()
        .with("template.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Queue: {Type: AWS::SQS::Queue\n");
    insta::assert_snapshot!(replayed_state(&folder, "template.yaml"), @"error: `template.yaml` is not YAML: while parsing a flow mapping, did not find expected ',' or '}' at line 4, column 1; correct the template, or take what CloudFormation has with `aws cloudformation get-template`");
}

#[test]
fn records_given_as_a_state() {
    let records = format!("{{\"Records\":[{}]}}", crate::made::retention("one", 7));
    let folder = Folder::good().with("trail.json", records);
    insta::assert_snapshot!(replayed_state(&folder, "trail.json"), @"error: `trail.json` is a CloudTrail log file or a batch of messages, not declared state; give it to `--trail`");
    insta::assert_snapshot!(replayed_state(&folder, "record.json"), @"error: `record.json` is JSON without the marks of a state, not declared state; write the state out with `terraform state pull`, or a plan with `terraform show -json FILE`");
}

#[test]
fn a_state_with_one_address_twice() {
    let folder = Folder::good().with("twice.tfstate", state(&[log_group(90), log_group(7)]));
    insta::assert_snapshot!(replayed_state(&folder, "twice.tfstate"), @"error: `twice.tfstate` declares `aws_cloudwatch_log_group.api` twice; expected one current object per address; list them with `terraform state list` and remove the wrong one with `terraform state rm`");
}

#[test]
fn a_damaged_state_among_good_ones() {
    let folder = Folder::new().with("record.json", crate::made::retention("one", 7));
    let folder = folder.with("states/a.tfstate", state(&[log_group(90)])).with("states/b.tfstate", "{\n<<<<<<< HEAD\n");
    insta::assert_snapshot!(replayed_state(&folder, "states"), @"error: `states/b.tfstate` is not JSON: key must be a string at line 2, column 1; write the state out with `terraform state pull`");
}

#[test]
fn a_state_in_a_bucket() {
    insta::assert_snapshot!(replayed_state(&Folder::good(), "s3://acme-state/app/terraform.tfstate"), @"error: s3://acme-state/app/terraform.tfstate: the command reads local files; fetch it first: aws s3 cp s3://acme-state/app/terraform.tfstate .");
}

#[test]
fn a_state_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::good();
    let path = folder.path().join("terraform.tfstate");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    insta::assert_snapshot!(replayed_state(&folder, "terraform.tfstate"), @"error: reading terraform.tfstate: Permission denied (os error 13)");
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let folder = Folder::good().with("marked.tfstate", format!("\u{feff}{}", state(&[log_group(90)])));
    let replay = |state: &str| {
        driftwire(folder.path(), &["replay", "--state", state, "--trail", "record.json", "--format", "json"])
    };
    let (marked, plain) = (replay("marked.tfstate"), replay("terraform.tfstate"));
    assert_eq!(marked.stdout.replace("marked.tfstate", "terraform.tfstate"), plain.stdout);
    assert_eq!((marked.code, plain.code), (2, 2));
}

#[test]
fn what_lies_beside_the_states_is_left_out_and_said() {
    let lineage = "6a8b8f4e-0000-4000-8000-000000000001";
    let bucket = resource(
        "aws_s3_bucket",
        "logs",
        &json!({"id": "acme-logs", "bucket": "acme-logs", "arn": "arn:aws:s3:::acme-logs"}),
        &[],
    );
    let lock = json!({"ID": "1", "Operation": "OperationTypeApply", "Who": "alice@laptop", "Created": "2026-11-20T10:00:00Z", "Path": "terraform.tfstate"});
    let folder = Folder::new()
        .with("record.json", crate::made::retention("one", 7))
        .with("app/terraform.tfstate", state_of(lineage, 12, &[log_group(90)]))
        .with("app/terraform.tfstate.backup", state_of(lineage, 11, &[log_group(7)]))
        .with("app/.terraform.lock.hcl", "provider \"registry.terraform.io/hashicorp/aws\" {\n}\n")
        .with("app/.terraform/modules/modules.json", "{}")
        .with("app/main.tf", "resource \"aws_cloudwatch_log_group\" \"api\" {}\n")
        .with("app/lock.json", lock.to_string())
        .with("app/README.md", "# The application\n")
        .with("network/terraform.tfstate", state_of("another", 3, &[bucket]));
    let ran = driftwire(folder.path(), &["replay", "--state", "app", "network", "--trail", "record.json"]);
    insta::assert_snapshot!(ran.stdout, @"
    MEDIUM    alice@example.com changed retention_in_days of aws_cloudwatch_log_group.api from 90 to 7
              when    2026-11-20 10:05:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_cloudwatch_log_group.api (/acme/api), 111122223333/eu-west-1
              code    terraform: app/terraform.tfstate, serial 12
              what    retention_in_days: 90 → 7
              rule    size or limit changed (size-changed)

    1 record read: 1 finding

    Findings by severity
      medium         1  open

    Outcomes by verdict and reason
      drifted        1  differs
    ");
    insta::assert_snapshot!(said(&folder, &ran), @"
    note: left out: `app/README.md` is not JSON: expected value at line 1, column 1; write the state out with `terraform state pull`; and 2 more files
    note: left out: app/terraform.tfstate.backup (serial 11) is the same state as app/terraform.tfstate (serial 12), not newer
    ");
    assert_eq!(ran.code, 2);
}

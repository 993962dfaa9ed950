//! The command at a desk, and plain queries, against the same table.

use std::process::{Command, Output};
use std::time::Duration;

use driftwire_aws_tests::records::{example, moved, state};
use driftwire_aws_tests::{Outside, Setup, Stack, functions, root, until};
use serde_json::{Value, json};

use crate::store::Table;
use crate::way::with_the_example;

const SOON: Duration = Duration::from_secs(120);

fn command(stack: &Stack, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(root().join(std::env::var_os("DRIFTWIRE_COMMAND")?));
    command.args(arguments).arg("--store").arg(format!("dynamodb:{}", stack.output("TableName")));
    Some(command.envs(stack.environment()).current_dir(root()).output().unwrap())
}

/// The findings that an answer prints.
fn findings(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many items a plain query gives.
fn queried(stack: &Stack, index: &str, partition: (&str, &str)) -> usize {
    let request = json!({
        "TableName": stack.output("TableName"), "IndexName": index, "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": partition.0}, "ExpressionAttributeValues": {":key": {"S": partition.1}},
    });
    let answer = stack.call("dynamodb", "DynamoDB_20120810.Query", &request);
    answer["Items"].as_array().map_or(0, Vec::len)
}

#[test]
fn the_command_and_plain_queries_answer_from_the_table() {
    let Some(code) = functions() else { return };
    if std::env::var_os("DRIFTWIRE_COMMAND").is_none() {
        return;
    }
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new());
    let table = Table::of(&stack);
    with_the_example(&stack, &table);
    stack.put_records(&example());
    until("all are judged", SOON, || (table.findings().len() == 33).then_some(()));
    stack.settles(SOON, &outside);

    let open = command(&stack, &["open", "--format", "json"]).unwrap();
    assert_eq!((open.status.code(), findings(&open).len()), (Some(2), 32));
    let history = command(&stack, &["history", "--format", "json"]).unwrap();
    assert_eq!((history.status.code(), findings(&history).len()), (Some(0), 33));
    let verified = command(&stack, &["history", "--verify"]).unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    let who = command(&stack, &["who", "alice@example.com", "--format", "json"]).unwrap();
    let alices = findings(&who);
    assert!(!alices.is_empty() && alices.iter().all(|it| it["who"]["name"] == "alice@example.com"));

    let critical = findings(&open).iter().filter(|it| it["severity"] == "critical").count();
    assert_eq!(queried(&stack, "by-severity", ("lane", "open#critical")), critical);
    assert_eq!(queried(&stack, "by-actor", ("actor", "alice@example.com")), alices.len());
    assert_eq!(queried(&stack, "by-account", ("account", "111122223333")), 33);
    assert_eq!(queried(&stack, "by-resource", ("resource", "/acme/api")), 1);

    a_state_synced_from_a_desk_settles_as_one_from_the_bucket(&stack, &table);
}

fn a_state_synced_from_a_desk_settles_as_one_from_the_bucket(stack: &Stack, table: &Table) {
    let folder = tempfile::tempdir().unwrap();
    let (key, file) = (folder.path().join("key"), folder.path().join("terraform.tfstate"));
    let secret = json!({"SecretId": stack.output("HashKeySecretArn")});
    let secret = stack.call("secretsmanager", "secretsmanager.GetSecretValue", &secret);
    std::fs::write(&key, secret["SecretString"].as_str().unwrap()).unwrap();
    let next = moved(&state("app"), |resources| {
        use driftwire_aws_tests::records::attributes;
        attributes(resources, "aws_cloudwatch_log_group", "api")["retention_in_days"] = json!(7);
    });
    std::fs::write(&file, next).unwrap();
    let (key, file) = (key.display().to_string(), file.display().to_string());
    let rules = root().join("examples/acme/rules.toml").display().to_string();
    let origin = "s3://acme-state/app/terraform.tfstate";
    let synced = ["sync", "--state", &file, "--origin", origin, "--key", &key, "--rules", &rules];
    let output = command(stack, &synced).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let absorbed = table.findings().into_iter().filter(|it| it.status.as_str() == "absorbed").count();
    assert_eq!(absorbed, 1, "{}", String::from_utf8_lossy(&output.stdout));
}

//! Among resources that are nearly the one that a call means: prefixes, suffixes, other places, other types.

use driftwire_declared::Declaration;
use driftwire_drift::{Index, Outcome, Reason};
use proptest::prelude::*;
use serde_json::json;

use super::{ACCOUNT, REGION, address, found, terraform};
use crate::desk::Desk;
use crate::invariants::call;

/// A reviewed row, how a call spells the target, and how a state does.
struct Row {
    service: &'static str,
    operation: &'static str,
    member: &'static str,
    kind: &'static str,
    /// The state's attribute that has the identifier, besides `id`.
    attribute: &'static str,
    arn: &'static str,
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { service: "lambda", operation: "UpdateFunctionConfiguration", member: "functionName", kind: "aws_lambda_function", attribute: "function_name", arn: "lambda:{r}:{a}:function:{n}" },
    Row { service: "dynamodb", operation: "UpdateTable", member: "tableName", kind: "aws_dynamodb_table", attribute: "name", arn: "dynamodb:{r}:{a}:table/{n}" },
    Row { service: "logs", operation: "PutRetentionPolicy", member: "logGroupName", kind: "aws_cloudwatch_log_group", attribute: "name", arn: "logs:{r}:{a}:log-group:{n}" },
    Row { service: "ecr", operation: "PutImageTagMutability", member: "repositoryName", kind: "aws_ecr_repository", attribute: "name", arn: "ecr:{r}:{a}:repository/{n}" },
    Row { service: "glue", operation: "UpdateJob", member: "jobName", kind: "aws_glue_job", attribute: "name", arn: "glue:{r}:{a}:job/{n}" },
    Row { service: "kinesis", operation: "IncreaseStreamRetentionPeriod", member: "streamName", kind: "aws_kinesis_stream", attribute: "name", arn: "kinesis:{r}:{a}:stream/{n}" },
];

impl Row {
    fn block(&self, kind: &str, name: &str, (account, region): (&str, &str), address: &str) -> Declaration {
        let place = self.arn.replace("{r}", region).replace("{a}", account).replace("{n}", name);
        // Of another type, the same name has another ARN.
        let arn = if kind == self.kind { format!("arn:aws:{place}") } else { format!("arn:aws:other:::{kind}/{name}") };
        let mut attributes = json!({"id": name, "arn": arn});
        attributes[self.attribute] = json!(name);
        terraform(kind, address, (account, region), &attributes)
    }

    /// Declarations that are nearly the target.
    fn decoys(&self, name: &str, count: usize) -> Vec<Declaration> {
        let places =
            [(ACCOUNT, REGION), ("444455556666", REGION), (ACCOUNT, "us-east-1"), ("444455556666", "us-east-1")];
        let near = |at: usize| match at % 8 {
            0 => format!("{name}-{at}"),
            1 => format!("{at}-{name}"),
            2 => format!("{at}/{name}"),
            3 => format!("{name}/{at}"),
            4 => format!("{name}:{at}"),
            5 => format!("{name}{at}"),
            6 => name.get(..name.len() - 1).unwrap().to_owned() + &at.to_string(),
            _ => format!("{}-{at}", name.to_uppercase()),
        };
        (0..count)
            .map(|at| {
                let address = format!("decoy.{at}");
                match at {
                    0..3 => self.block(self.kind, name, places[at + 1], &address),
                    3..9 => {
                        let other = ROWS[(at - 3) % ROWS.len()].kind;
                        let other = if other == self.kind { "aws_new_thing" } else { other };
                        self.block(other, name, (ACCOUNT, REGION), &address)
                    }
                    _ => self.block(self.kind, &near(at), places[at % 4], &address),
                }
            })
            .collect()
    }
}

#[test]
fn among_ten_thousand_decoys_exactly_the_target_is_found() {
    for row in ROWS {
        let name = "orders-api";
        let mut declarations = row.decoys(name, 10_000);
        declarations.push(row.block(row.kind, name, (ACCOUNT, REGION), "target"));
        let desk = Desk::new(declarations);
        let call = call(row.service, row.operation, &json!({ row.member: name }));
        let outcomes = desk.judge(&call).outcomes;
        let id = |it: &Outcome| it.resource.as_ref().map(|it| (it.id.clone(), it.account.clone(), it.region.clone()));
        let told: Vec<_> = outcomes.iter().map(id).collect();
        assert_eq!(told, [Some((name.to_owned(), ACCOUNT.to_owned(), REGION.to_owned()))], "{}", row.operation);
        assert!(
            outcomes.iter().all(|it| it.reason != Reason::NotDeclared && it.reason != Reason::Ambiguous),
            "{outcomes:#?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_it_is_called_exactly_the_target_is_found_or_nothing(
        at in 0..ROWS.len(), name in "[a-z][a-z0-9]{2,9}(-[a-z]{2,4})?", by_arn in any::<bool>(), is_declared in any::<bool>()
    ) {
        let row = &ROWS[at];
        let kind = driftwire_catalog::terraform(row.kind).unwrap().resource;
        let target = row.block(row.kind, &name, (ACCOUNT, REGION), "target");
        let id = if by_arn { target.attributes["arn"].as_str().unwrap().to_owned() } else { name.clone() };
        let mut declarations = row.decoys(&name, 200);
        if is_declared {
            declarations.push(target);
        }
        let index = Index::new(declarations);
        let expected = is_declared.then_some("target");
        prop_assert_eq!(found(&index, kind, &id), expected);
        if by_arn {
            prop_assert_eq!(address(&index, index.find_by_text(row.service, &id, ACCOUNT, REGION)), expected);
        }
    }
}

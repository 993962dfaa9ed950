#!/usr/bin/env python3
"""Checks of the templates that no linter knows. Reads files only; `--write` writes those that derive from others.

Each check is a function named after what holds when it passes; all of them run, and all problems are printed.
"""

from __future__ import annotations

import fnmatch
import json
import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
HUB = ROOT / "infra" / "template.yaml"
SPOKE = ROOT / "infra" / "spoke.yaml"
PERMISSIONS = ROOT / "infra" / "permissions"
FUNCTIONS = {"Detect": "detect", "Sync": "sync", "Publish": "publish", "Notify": "notify"}
SINKS = ("Slack", "Webhook", "Sns", "GitHub")
# The only statement that may speak of every resource: X-Ray has no resources.
OF_NO_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# EventBridge's limit, in characters of the pattern as JSON.
LONGEST_PATTERN = 2048
# The newest glibc of Amazon Linux 2023, which the functions run on.
GLIBC = (2, 34)


class Template:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text()
        self.body = yaml.load(self.text, Loader=Tagged)
        self.resources: dict = self.body["Resources"]

    def of(self, kind: str) -> dict:
        """Properties by name, of all resources of a type."""
        return {name: it["Properties"] for name, it in self.resources.items() if it["Type"] == f"AWS::{kind}"}


class Tagged(yaml.SafeLoader):
    """Reads `!Sub x` as `{"Fn::Sub": x}`."""


def tagged(loader: Tagged, suffix: str, node: yaml.Node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Tagged.add_multi_constructor("!", tagged)
# A date is no date here: `Version: 2012-10-17`.
Tagged.yaml_implicit_resolvers = {
    key: [it for it in rules if it[0] != "tag:yaml.org,2002:timestamp"] for key, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def main() -> int:
    if sys.argv[1:2] == ["--binaries"]:
        problems = they_run_on_amazon_linux(Path(sys.argv[2]))
    else:
        hub, spoke = Template(HUB), Template(SPOKE)
        if sys.argv[1:] == ["--write"]:
            write(hub)
            return 0
        problems = [problem for check in CHECKS for problem in check(hub, spoke)]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if not problems:
        print("infra: everything checked holds")
    return 1 if problems else 0


# --- Records


def nobody_can_forge_a_record(hub: Template, spoke: Template):
    for template in (hub, spoke):
        parameter = template.body["Parameters"]["SourcePrefix"]
        if parameter["Default"] != "aws.":
            yield f"{template.path.name}: SourcePrefix is `{parameter['Default']}` by default; it must be `aws.`"
    for name, rule in [*hub.of("Events::Rule").items(), *spoke.of("Events::Rule").items()]:
        pattern = rule.get("EventPattern", {})
        if "detail-type" in pattern and "CloudTrail" in json.dumps(pattern) and pattern["source"] != [{"prefix": {"Ref": "SourcePrefix"}}]:
            yield f"{name} takes records of any source"


def there_is_one_pattern_of_records(hub: Template, spoke: Template):
    pattern = hub.of("Events::Rule")["RecordRule"]["EventPattern"]
    if spoke.of("Events::Rule")["RecordRule"]["EventPattern"] != pattern:
        yield "spoke.yaml's RecordRule has another pattern than template.yaml's"
    if hub.of("Events::Archive")["RecordArchive"]["EventPattern"] != pattern:
        yield "RecordArchive has another pattern than RecordRule"
    short = hub.of("Events::Rule")["SpokeRule"]["EventPattern"]
    for key in ("source", "detail-type"):
        if short[key] != pattern[key]:
            yield f"SpokeRule has another `{key}` than RecordRule"


def patterns_are_short_enough(hub: Template, spoke: Template):
    accounts = [f"{number:012}" for number in range(90)]
    known = {"SourcePrefix": "aws.", "Accounts": accounts}
    for name, rule in hub.of("Events::Rule").items():
        pattern = rule.get("EventPattern", {})
        if "Fn::Sub" not in pattern:
            length = len(json.dumps(filled(pattern, known), separators=(",", ":")))
            if length > LONGEST_PATTERN:
                yield f"the pattern of {name} has {length} characters; EventBridge takes {LONGEST_PATTERN}"


def filled(value, known: dict):
    """With parameters in place, and the first branch of every choice: the longer one."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return known[value["Ref"]]
        if set(value) == {"Fn::If"}:
            return filled(value["Fn::If"][1], known)
        return {key: filled(inner, known) for key, inner in value.items()}
    return [filled(inner, known) for inner in value] if isinstance(value, list) else value


def a_rule_drops_only_what_the_core_ignores(hub: Template, spoke: Template):
    """A name left out by the rule must be ignored by the core, for every service that has such a call."""
    detail = hub.of("Events::Rule")["RecordRule"]["EventPattern"]["detail"]
    ignored, rows = ignore_list(), catalog_rows()

    def is_ignored(service: str, name: str) -> bool:
        return any(fnmatch.fnmatchcase(service, of) and fnmatch.fnmatchcase(name, what) for of, what in ignored)

    def is_judged(service: str, name: str) -> bool:
        row = rows.get(service, {}).get(name)
        return row is not None and not row["quiet"] and (row["reviewed"] or not is_ignored(service, name))

    for name in detail["eventName"][0]["anything-but"]:
        if not any(fnmatch.fnmatchcase(name, what) for _, what in ignored):
            yield f"RecordRule drops `{name}`, which shared/catalog/data/ignore.toml does not name"
        for service in sorted(rows):
            if is_judged(service, name):
                yield f"RecordRule drops `{name}`, which the core judges for {service}"
    for source in detail["eventSource"][0]["anything-but"]:
        service = source.removesuffix(".amazonaws.com")
        if not any(of == service and what == "*" for of, what in ignored):
            yield f"RecordRule drops all of `{service}`, which shared/catalog/data/ignore.toml does not"
        for name in sorted(rows.get(service, {})):
            if is_judged(service, name):
                yield f"RecordRule drops `{service}:{name}`, which the core judges"


def ignore_list() -> list[tuple[str, str]]:
    classes = tomllib.loads((ROOT / "shared/catalog/data/ignore.toml").read_text())
    return [tuple(call.split(":", 1)) for row in classes.values() for call in row["calls"]]


def catalog_rows() -> dict:
    """By service and call: whether the row is a reviewer's, and whether it says that nothing changes. Reviewed rows win."""
    rows: dict = {}
    for kind in ("generated", "overrides"):
        for path in sorted((ROOT / "shared/catalog/data" / kind / "calls").glob("*.toml")):
            table = tomllib.loads(path.read_text())
            sources = table.pop("source", [path.stem])
            for source in [sources] if isinstance(sources, str) else sources:
                for name, row in table.items():
                    targets = row if isinstance(row, list) else [row]
                    rows.setdefault(source, {})[name] = {
                        "reviewed": any("because" in it for it in targets),
                        "quiet": all(it.get("effect") == "none" for it in targets),
                    }
    return rows


# --- What is kept


def the_table_is_the_stores(hub: Template, spoke: Template):
    folder = ROOT / "shared/store/src/dynamodb"
    key, entity = (folder / "key.rs").read_text(), (folder / "entity.rs").read_text()
    texts = dict(re.findall(r'const (\w+): &str = "([^"]+)"', key + entity))
    named = re.findall(r'Index \{ name: "([^"]+)", partition: "([^"]+)", sort: ("[^"]+"|\w+) \}', key)
    indexes = [(name, partition, texts.get(sort) or sort.strip('"')) for name, partition, sort in named]
    shown = [texts[it.strip()] for it in re.search(r"SHOWN: \[&str; \d+\] = \[([^\]]+)\]", entity)[1].split(",")]
    table = hub.of("DynamoDB::Table")["Table"]
    attributes = {texts["PK"], texts["SK"], *(it for _, partition, sort in indexes for it in (partition, sort))}
    if {it["AttributeName"]: it["AttributeType"] for it in table["AttributeDefinitions"]} != dict.fromkeys(attributes, "S"):
        yield f"Table: expected the attributes {', '.join(sorted(attributes))}, all of type S"
    wanted = {
        "KeySchema": keys(texts["PK"], texts["SK"]),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": keys(partition, sort),
                # As table.rs has it: what waits leads to its resource, the others show something to read.
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [texts["NAMED"]] if name == "by-due" else shown},
            }
            for name, partition, sort in indexes
        ],
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "TimeToLiveSpecification": {"AttributeName": texts["EXPIRES"], "Enabled": True},
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }
    for name, value in wanted.items():
        if table.get(name) != value:
            yield f"Table: `{name}` is not what shared/store makes: {json.dumps(value)}"


def keys(partition: str, sort: str) -> list[dict]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def the_schema_is_the_published_one(hub: Template, spoke: Template):
    if hub.of("EventSchemas::Schema")["FindingSchema"]["Content"] != schema():
        yield "FindingSchema is not docs/schema/finding-v1.json; `make permissions` writes it"


def schema() -> str:
    """The finding's schema in draft 4, the newest that the registry of EventBridge takes."""
    document = json.loads((ROOT / "docs/schema/finding-v1.json").read_text())
    return json.dumps({**draft4(document), "$schema": "http://json-schema.org/draft-04/schema#"}, separators=(",", ":"), ensure_ascii=False)


def draft4(value):
    if isinstance(value, list):
        return [draft4(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, inner in value.items():
        if key in ("$schema", "$id", "examples"):
            continue
        if key == "$defs":
            out["definitions"] = {name: draft4(it) for name, it in inner.items()}
        elif key == "$ref":
            out[key] = inner.replace("#/$defs/", "#/definitions/")
        elif key == "const":
            out["enum"] = [inner]
        elif key == "properties":
            out[key] = {name: {} if it is True else draft4(it) for name, it in inner.items()}
        else:
            out[key] = draft4(inner)
    return out


# --- Nothing is lost


def every_queue_has_a_dead_letter_queue(hub: Template, spoke: Template):
    queues = hub.of("SQS::Queue")
    ends = {name for name in queues if name.endswith("DeadQueue") or name == "QuarantineQueue"}
    alarms = json.dumps(hub.of("CloudWatch::Alarm"))
    for name, queue in queues.items():
        if "KmsMasterKeyId" not in queue:
            yield f"{name} is not encrypted with the stack's key"
        if name in ends:
            if queue.get("MessageRetentionPeriod") != 1209600:
                yield f"{name} does not keep for fourteen days"
            if f'"Fn::GetAtt": ["{name}", "QueueName"]' not in alarms:
                yield f"nobody is alarmed when {name} is not empty"
        elif queue["RedrivePolicy"]["deadLetterTargetArn"] != {"Fn::GetAtt": [name.replace("Queue", "DeadQueue"), "Arn"]}:
            yield f"{name} has no dead letter queue of its own"
    for template in (hub, spoke):
        for name, rule in template.of("Events::Rule").items():
            for target in rule["Targets"]:
                if "DeadLetterConfig" not in target:
                    yield f"{name} has no queue for what it cannot deliver"


def no_message_is_taken_twice_while_it_is_worked_on(hub: Template, spoke: Template):
    for name, mapping in hub.of("Lambda::EventSourceMapping").items():
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name} fails a whole batch for one record"
        source = mapping["EventSourceArn"]["Fn::GetAtt"][0]
        if source not in hub.of("SQS::Queue"):
            continue
        timeout = hub.of("Serverless::Function")[mapping["FunctionName"]["Ref"]]["Timeout"]
        visibility = hub.of("SQS::Queue")[source]["VisibilityTimeout"]
        if visibility < 6 * timeout:
            yield f"{source} shows a message again after {visibility} s; six times its function's timeout is {6 * timeout} s"


def an_unset_sink_makes_nothing(hub: Template, spoke: Template):
    for name, resource in hub.resources.items():
        for sink in SINKS:
            if re.match(rf"(Notify)?{sink}[A-Z]|Notify{sink}$", name) and resource.get("Condition") != f"Has{sink}":
                yield f"{name} is made even without the sink: its condition must be `Has{sink}`"


# --- Who may do what


def permissions_are_the_files(hub: Template, spoke: Template):
    for name, text in permissions(hub).items():
        path = PERMISSIONS / name
        if not path.exists() or path.read_text() != text:
            yield f"infra/permissions/{name} is not what the template grants; `make permissions` writes it"
    for path in sorted(PERMISSIONS.glob("*.json")):
        if path.name not in permissions(hub):
            yield f"infra/permissions/{path.name} is of no function"


def permissions(hub: Template) -> dict[str, str]:
    files = {}
    for role, name in FUNCTIONS.items():
        policy = hub.of("IAM::Role")[f"{role}Role"]["Policies"][0]["PolicyDocument"]
        statements = [plain(statement) for statement in policy["Statement"]]
        files[f"{name}.json"] = json.dumps({"Version": policy["Version"], "Statement": statements}, indent=2, ensure_ascii=False) + "\n"
    return files


def plain(statement: dict) -> dict:
    """A statement as people read it: references as `${…}`; what hangs on a condition says so in its Sid."""
    if "Fn::If" in statement:
        condition, inner, _ = statement["Fn::If"]
        return {**readable(inner), "Sid": f"{inner['Sid']}If{condition}"}
    return readable(statement)


def readable(value):
    if isinstance(value, list):
        return [readable(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return f"${{{value['Ref']}}}"
    if set(value) == {"Fn::GetAtt"}:
        return f"${{{'.'.join(value['Fn::GetAtt'])}}}"
    if set(value) == {"Fn::Split"}:
        text, known = value["Fn::Split"][1]["Fn::Sub"]
        (name,) = known
        return text.replace(f"${{{name}}}", "${each of " + known[name]["Fn::Join"][1]["Ref"] + "}")
    if set(value) == {"Fn::Sub"}:
        return value["Fn::Sub"]
    if set(value) == {"Fn::If"}:
        condition, then, otherwise = value["Fn::If"]
        rest = readable(otherwise)
        return f"{readable(then)} if {condition}" + ("" if rest == "${AWS::NoValue}" else f", else {rest}")
    return {key: readable(inner) for key, inner in value.items()}


def nothing_is_allowed_by_star(hub: Template, spoke: Template):
    for template in (hub, spoke):
        for role, properties in template.of("IAM::Role").items():
            if "ManagedPolicyArns" in properties:
                yield f"{role} has a policy of AWS's own, which is never the least"
            for policy in properties["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield from (f"{role}: {problem}" for problem in starred(plain(statement)))


def starred(statement: dict):
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    for action in actions:
        if "*" in action:
            yield f"`{action}` is more than one action"
    if "*" in resources and not set(actions) <= OF_NO_RESOURCE:
        yield f"{', '.join(actions)} on every resource"
    if statement["Effect"] != "Allow" or "NotAction" in statement or "NotResource" in statement:
        yield "a statement that is not a plain permission"


def secrets_stay_where_they_are(hub: Template, spoke: Template):
    for template in (hub, spoke):
        if "{{resolve:" in template.text:
            yield f"{template.path.name} resolves a value into the stack; functions read secrets themselves, by ARN"
        for name, parameter in template.body["Parameters"].items():
            if parameter.get("NoEcho"):
                yield f"{template.path.name}: `{name}` takes a secret; take its ARN"


def every_log_is_kept_for_a_time(hub: Template, spoke: Template):
    groups = hub.of("Logs::LogGroup")
    for name, group in groups.items():
        if "RetentionInDays" not in group or "KmsKeyId" not in group:
            yield f"{name} is kept for ever, or in the clear"
    for name, function in hub.of("Serverless::Function").items():
        if function["LoggingConfig"]["LogGroup"] != {"Ref": f"{name}Logs"} or f"{name}Logs" not in groups:
            yield f"{name} logs into a group that the template does not make"
        if f"{name}Role" != function["Role"]["Fn::GetAtt"][0]:
            yield f"{name} has no role of its own"


CHECKS = [
    nobody_can_forge_a_record,
    there_is_one_pattern_of_records,
    patterns_are_short_enough,
    a_rule_drops_only_what_the_core_ignores,
    the_table_is_the_stores,
    the_schema_is_the_published_one,
    every_queue_has_a_dead_letter_queue,
    no_message_is_taken_twice_while_it_is_worked_on,
    an_unset_sink_makes_nothing,
    permissions_are_the_files,
    nothing_is_allowed_by_star,
    secrets_stay_where_they_are,
    every_log_is_kept_for_a_time,
]


# --- Binaries


def they_run_on_amazon_linux(folder: Path):
    for name in FUNCTIONS.values():
        path = folder / name / "bootstrap"
        if not path.is_file():
            yield f"{path} is missing; `make functions` builds it"
            continue
        versions = {tuple(int(part) for part in it.split(b".")) for it in re.findall(rb"GLIBC_(\d+\.\d+)\b", path.read_bytes())}
        newer = sorted(it for it in versions if it > GLIBC)
        if newer:
            yield f"{path} needs glibc {'.'.join(map(str, newer[-1]))}, Amazon Linux 2023 has {'.'.join(map(str, GLIBC))}; build with cargo-lambda"


def write(hub: Template) -> None:
    PERMISSIONS.mkdir(exist_ok=True)
    for name, text in permissions(hub).items():
        (PERMISSIONS / name).write_text(text)
    quoted = schema().replace("'", "''")
    text = re.sub(r"(?m)^(      Content: )'.*'$", lambda found: f"{found[1]}'{quoted}'", HUB.read_text())
    HUB.write_text(text)


if __name__ == "__main__":
    sys.exit(main())

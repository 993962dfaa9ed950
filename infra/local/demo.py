#!/usr/bin/env python3
"""The example on an AWS of this machine's own: states in a bucket, a day of records on the bus, alerts as they arrive.

    infra/local/demo.py up                               # what `make local` does
    infra/local/demo.py send examples/acme/records/open-ssh.json
    infra/local/stack.py down                            # what `make local-down` does

`send` puts a record on the bus as if it had just happened. Alerts go to a listener that writes `target/local/alerts`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import stack

EXAMPLE = stack.ROOT / "examples" / "acme"
BUCKET = "acme-state"
ACCOUNT = "111122223333"
PATIENCE_S = 180


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", default=stack.ROOT / "target" / "local", type=Path, help="where its files are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="bring everything up and show the example's alerts")
    up.add_argument("--code", default=stack.ROOT / "target" / "lambda-local")
    commands.add_parser("send", help="put a record on the bus").add_argument("record", type=Path)
    listen = commands.add_parser("listen", help="write down what the webhook gets")
    listen.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    arguments.dir = arguments.dir.resolve()
    if arguments.command == "listen":
        return listens(arguments.dir / "alerts", arguments.port)
    stack.with_requirements(__file__)
    return show(arguments.dir, arguments.code) if arguments.command == "up" else send(arguments.dir, arguments.record)


# --- Up


def show(folder: Path, code: Path) -> int:
    if stack.process(folder):
        return stack.fail(f"{folder} has one already; `make local-down` ends it")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alerts").write_text("")
    port = stack.free_port()
    arguments = [
        "up", "--dir", folder, "--code", code, "--account", ACCOUNT, "--buckets", BUCKET,
        "--secrets", 'webhook={"key":"local"}',
        "--parameters", "SourcePrefix=local.", f"StateBuckets={BUCKET}", "WebhookSecret=secret:webhook",
        f"WebhookUrl=http://127.0.0.1:{port}/",
    ]
    stack.say("bringing the stack up …")
    started = subprocess.run([sys.executable, stack.__file__, *map(str, arguments)], stdout=subprocess.PIPE, check=False)
    if started.returncode != 0:
        return started.returncode
    told = json.loads(started.stdout)
    listener = subprocess.Popen(
        [sys.executable, __file__, "--dir", folder, "listen", "--port", str(port)], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    (folder / "listener").write_text(f"{listener.pid} {stack.started_at(listener.pid)}\n")
    declare(told)
    records = example()
    stack.say(f"{len(records)} records of a day, onto the bus …\n")
    put(told, records)
    follow(folder / "alerts")
    try_next(folder, told)
    return 0


def declare(told: dict) -> None:
    """The example's rules into the table, its states into the bucket; waits until `sync` has read them."""
    dynamodb, s3 = client(told, "dynamodb"), client(told, "s3")
    table = told["outputs"]["TableName"]
    rules = {"pk": {"S": "C#rules"}, "sk": {"S": f"{1:012}"}, "body": {"S": (EXAMPLE / "rules.toml").read_text()}}
    dynamodb.put_item(TableName=table, Item=rules)
    states = sorted((EXAMPLE / "state").glob("*/terraform.tfstate"))
    for state in states:
        s3.put_object(Bucket=BUCKET, Key=f"{state.parent.name}/{state.name}", Body=state.read_bytes())
    stack.say(f"{len(states)} states into the bucket `{BUCKET}`; sync reads them …")
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        query = {"KeyConditionExpression": "pk = :o", "ExpressionAttributeValues": {":o": {"S": "O"}}}
        heads = dynamodb.query(TableName=table, **query)["Items"]
        if sum(json.loads(it.get("head", {}).get("S", "{}")).get("finished", False) for it in heads) == len(states):
            return
        time.sleep(0.2)
    raise SystemExit("error: the states were not read in time; `aws logs tail /aws/lambda/driftwire-sync` says why")


def example() -> list[dict]:
    records = []
    for path in (EXAMPLE / "trail").rglob("*.json.gz"):
        records += json.loads(gzip.decompress(path.read_bytes()))["Records"]
    return sorted(records, key=lambda it: it.get("eventTime", ""))


def put(told: dict, records: list[dict]) -> None:
    events = client(told, "events")
    for at in range(0, len(records), 10):
        events.put_events(Entries=[
            {
                "Source": "local." + record.get("eventSource", "none").split(".")[0],
                "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(record),
            }
            for record in records[at : at + 10]
        ])


def follow(alerts: Path, quiet_s: float = 6.0) -> None:
    """Shows alerts until none has come for a while."""
    shown, last, until = 0, time.monotonic(), time.monotonic() + PATIENCE_S
    while time.monotonic() < until and (shown == 0 or time.monotonic() - last < quiet_s):
        lines = alerts.read_text().splitlines()
        for line in lines[shown:]:
            print(line, flush=True)
            last = time.monotonic()
        shown = len(lines)
        time.sleep(0.1)


def try_next(folder: Path, told: dict) -> None:
    variables = "\n".join(f"  export {name}={value}" for name, value in told["environment"].items())
    store = f"--store dynamodb:{told['outputs']['TableName']}"
    build = os.environ.get("DRIFTWIRE_COMMAND", "cargo run --quiet --package driftwire --")
    print(f"""
It stays up until `make local-down`. To ask it, in a shell with

{variables}

  {build} open {store}
  {build} history {store}
  {build} who alice@example.com {store}

To change something as if it happened now, and see the alert:

  infra/local/demo.py send examples/acme/records/open-ssh.json

Alerts are in {folder / 'alerts'}, everything else about the stack in {folder / 'stack.json'}.""")


# --- Send


def send(folder: Path, path: Path) -> int:
    try:
        told = json.loads((folder / "stack.json").read_text())
    except OSError:
        return stack.fail(f"nothing is up in {folder}; `make local` brings it up")
    record = json.loads(path.read_text())
    record["eventID"], record["requestID"] = str(uuid.uuid4()), str(uuid.uuid4())
    record["eventTime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    before = len((folder / "alerts").read_text().splitlines())
    began = time.monotonic()
    put(told, [record])
    while time.monotonic() - began < 60:
        lines = (folder / "alerts").read_text().splitlines()[before:]
        if lines:
            print("\n".join(lines))
            stack.say(f"{time.monotonic() - began:.1f} s after the record was put on the bus")
            return 0
        time.sleep(0.05)
    return stack.fail("no alert within a minute; the record may say nothing that differs")


def client(told: dict, service: str):
    import boto3
    from botocore.config import Config

    session = boto3.Session("test", "test", region_name=told["region"])
    return session.client(service, endpoint_url=told["endpoint"], config=Config(s3={"addressing_style": "path"}))


# --- Listen


def listens(alerts: Path, port: int) -> int:
    """Writes down each post of the webhook, as one line."""

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            finding = json.loads(self.rfile.read(int(self.headers["content-length"])))["finding"]
            standing = "" if finding["status"] == "open" else f"  [{finding['status']}]"
            with open(alerts, "a") as file:
                file.write(f"{finding['severity'].upper():<9} {finding['title']}{standing}\n")
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Listener).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Brings Driftwire's stack up on an AWS of this machine's own, and takes it down again.

`up` starts ministack on loopback, translates the SAM template, makes the stack with the functions' code, and prints as
one JSON object where everything is. `down` ends the process that `up` started, and nothing else. No account is touched:
every request goes to the address of that process.

    infra/local/stack.py up --dir target/local --code target/lambda --parameters StateBuckets=acme-state
    infra/local/stack.py down --dir target/local

Each folder given as --dir is one AWS of its own, on a free port of its own, so tests may run side by side.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(os.environ.get("DRIFTWIRE_VENV", ROOT / "target" / "venv" / "local"))
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
EMULATOR = Path(__file__).with_name("emulator.py").resolve()
ACCOUNT = "123456789012"
REGION = "us-east-1"
# What the emulator has no resource types for.
LACKING = {"ArchiveDays": "0", "SchemaRegistry": "false"}
# What makes no sense there: an hour's silence, a table nobody can remove, code for another machine.
LOCAL = {"SilenceAlarm": "false", "RetainHistory": "false", "Architecture": "x86_64", **LACKING}


def main() -> int:
    arguments = parser().parse_args()
    arguments.dir = Path(arguments.dir).resolve()
    if arguments.command == "down":
        return down(arguments.dir)
    with_requirements()
    return up(arguments)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start it and print where everything is, as JSON")
    up.add_argument("--code", default=ROOT / "target" / "lambda", help="folder with <function>/bootstrap or <function>.zip")
    up.add_argument("--template", default=ROOT / "infra" / "template.yaml")
    up.add_argument("--name", default="driftwire", help="of the stack")
    up.add_argument("--port", type=int, default=0, help="a free one, if not given")
    up.add_argument("--parameters", nargs="*", default=[], metavar="NAME=VALUE", help="of the template")
    up.add_argument("--endpoints", nargs="*", default=[], metavar="KIND=URL", help="of Slack's and GitHub's APIs: slack=http://127.0.0.1:…")
    up.add_argument("--secrets", nargs="*", default=[], metavar="NAME=JSON", help="to make first; in --parameters, `secret:NAME` is its ARN")
    up.add_argument("--buckets", nargs="*", default=[], metavar="NAME", help="to make first, with notifications to EventBridge")
    up.add_argument("--account", default=ACCOUNT, help="whose AWS it is, in twelve digits: records of another account are refused")
    up.add_argument("--environment", nargs="*", default=[], metavar="NAME=VALUE", help="more variables of the functions: AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:…")
    up.add_argument("--visibility", type=int, metavar="SECONDS", help="after which a message that failed comes back, except states: tests don't wait for minutes")
    down = commands.add_parser("down", help="end what `up` started in this folder")
    for command in (up, down):
        command.add_argument("--dir", default=ROOT / "target" / "local", help="where its files are kept")
    return parser


# --- Python packages


def with_requirements(program: str = __file__) -> None:
    """Goes on with a program in the environment that has the pinned packages, which is made first if need be."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    mark = VENV / "installed"
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{VENV}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            say(f"installing {REQUIREMENTS.relative_to(ROOT)} into {VENV}")
            shutil.rmtree(VENV, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, stdout=sys.stderr)
            pip = [str(VENV / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS)]
            subprocess.run(pip, check=True, stdout=sys.stderr)
            mark.write_text(wanted)
    python = VENV / "bin" / "python"
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(python, [str(python), str(Path(program).resolve()), *sys.argv[1:]])


# --- Up


def up(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.dir
    folder.mkdir(parents=True, exist_ok=True)
    if process(folder):
        return fail(f"{folder} has one already; `stack.py down --dir {folder}` ends it")
    given = pairs(arguments.parameters)
    endpoints = pairs(arguments.endpoints)
    started = start(folder, arguments.port, arguments.account)
    try:
        answer = make(arguments, started, given, endpoints)
    except BaseException as error:
        down(folder)
        if isinstance(error, (Problem, OSError)):
            return fail(f"{error}; its log is {folder / 'ministack.log'}")
        raise
    text = json.dumps(answer, indent=2)
    (folder / "stack.json").write_text(text + "\n")
    print(text)
    return 0


class Problem(Exception):
    """What a person can do something about."""


def start(folder: Path, port: int, account: str) -> dict:
    port = port or free_port()
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "TMPDIR": str(home),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", # handed on to the functions
        "LOG_LEVEL": os.environ.get("DRIFTWIRE_LOCAL_LOG", "INFO"),
    }
    with open(folder / "ministack.log", "wb") as log:
        child = subprocess.Popen(
            [str(VENV / "bin" / "python"), str(EMULATOR)], cwd=home, env=environment, stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )
    (folder / "pid").write_text(f"{child.pid} {started_at(child.pid)}\n")
    endpoint = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if child.poll() is not None:
            raise Problem(f"ministack ended at once; its log is {folder / 'ministack.log'}")
        if answers(f"{endpoint}/_ministack/health"):
            return {"endpoint": endpoint, "pid": child.pid}
        time.sleep(0.1)
    down(folder)
    raise Problem(f"ministack did not answer within a minute; its log is {folder / 'ministack.log'}")


def make(arguments: argparse.Namespace, started: dict, given: dict, endpoints: dict) -> dict:
    import boto3
    from botocore.config import Config

    session = boto3.Session("test", "test", region_name=REGION)
    config = Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"})

    def client(service: str):
        return session.client(service, endpoint_url=started["endpoint"], config=config)

    secrets = {}
    for name, value in pairs(arguments.secrets).items():
        secrets[name] = client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    parameters = {name: secrets.get(value.removeprefix("secret:"), value) for name, value in given.items()}
    for bucket in arguments.buckets:
        client("s3").create_bucket(Bucket=bucket)
        client("s3").put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    template = translated(Path(arguments.template), Path(arguments.code), client("s3"))
    parameters = {**LOCAL, **parameters}
    refuse_lacking(template, parameters)
    template["Resources"] = with_numbers(template["Resources"], numbers(template, parameters))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Environment"]["Variables"].update(pairs(arguments.environment))
    if arguments.visibility:
        come_back_after(arguments.visibility, template["Resources"])
    outputs = created(client("cloudformation"), client("s3"), arguments.name, template, parameters)
    finish_table(client("dynamodb"), outputs["TableName"], template["Resources"]["Table"]["Properties"])
    if endpoints and "NotifyFunction" in outputs:
        point(client("lambda"), outputs["NotifyFunction"], endpoints)
    environment = {
        "AWS_ENDPOINT_URL": started["endpoint"], "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
    }
    return {
        "endpoint": started["endpoint"], "account": arguments.account, "region": REGION, "stack": arguments.name, "pid": started["pid"],
        "environment": environment, "secrets": secrets, "outputs": outputs,
    }


def translated(path: Path, code: Path, s3) -> dict:
    """The template as plain CloudFormation, its code in a bucket of the emulator."""
    from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(path.read_text())
    s3.create_bucket(Bucket="driftwire-local-code")
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        name = Path(resource["Properties"]["CodeUri"]).name
        s3.put_object(Bucket="driftwire-local-code", Key=f"{name}.zip", Body=zipped(code, name))
        resource["Properties"]["CodeUri"] = f"s3://driftwire-local-code/{name}.zip"
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    # No function leaves its role to SAM, so no managed policy is ever looked up.
    return transform(template, {}, ManagedPolicyLoader(None))


def zipped(code: Path, name: str) -> bytes:
    ready = code / f"{name}.zip"
    if ready.is_file():
        return ready.read_bytes()
    folder = code / name
    if not (folder / "bootstrap").is_file():
        raise Problem(f"neither {folder / 'bootstrap'} nor {ready} is there; `make functions ARCH=x86_64` builds them")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(str(file.relative_to(folder)))
                entry.external_attr = 0o755 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    return packed.getvalue()


def refuse_lacking(template: dict, parameters: dict) -> None:
    unknown = sorted(set(parameters) - set(template["Parameters"]))
    if unknown:
        raise Problem(f"the template has no parameter {', '.join(f'`{name}`' for name in unknown)}")
    for name, off in LACKING.items():
        if parameters[name] != off:
            raise Problem(f"the local AWS cannot make what `{name}` turns on; leave it at `{off}`")


def numbers(template: dict, parameters: dict) -> dict:
    """The parameters that are numbers. The emulator hands them on as text, and its own poller of queues trips over one."""
    values = {name: parameters.get(name, it.get("Default")) for name, it in template["Parameters"].items() if it["Type"] == "Number"}
    return {name: int(value) for name, value in values.items()}


def with_numbers(value, known: dict):
    """A function's variables stay text, as they are on AWS."""
    if isinstance(value, dict):
        if set(value) == {"Ref"} and value["Ref"] in known:
            return known[value["Ref"]]
        return {key: inner if key == "Variables" else with_numbers(inner, known) for key, inner in value.items()}
    return [with_numbers(inner, known) for inner in value] if isinstance(value, list) else value


def come_back_after(seconds: int, resources: dict) -> None:
    """Lambda refuses a queue that shows a message again while its function may still run, so functions get no longer.
    Not so for states: a sync that is cut short begins anew."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if name in ("StatesQueue", "Sync"):
            continue
        if resource["Type"] == "AWS::SQS::Queue" and "VisibilityTimeout" in properties:
            properties["VisibilityTimeout"] = seconds
        if resource["Type"] == "AWS::Lambda::Function":
            properties["Timeout"] = min(properties["Timeout"], seconds)


def finish_table(dynamodb, name: str, properties: dict) -> None:
    """What the emulator's CloudFormation leaves out of a table."""
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"])


def created(cloudformation, s3, name: str, template: dict, parameters: dict) -> dict:
    from botocore.exceptions import ClientError

    s3.put_object(Bucket="driftwire-local-code", Key="template.json", Body=json.dumps(template).encode())
    try:
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=f"{s3.meta.endpoint_url}/driftwire-local-code/template.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        raise Problem(f"the local AWS refused the stack: {error}") from error
    until = time.monotonic() + 120
    while time.monotonic() < until:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        status = stack["StackStatus"]
        if status == "CREATE_COMPLETE":
            return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        if not status.endswith("_IN_PROGRESS"):
            raise Problem(f"the stack ended as {status}: {reasons(cloudformation, name)}")
        time.sleep(0.2)
    raise Problem("the stack was not made within two minutes")


def reasons(cloudformation, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return "; ".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)


def point(functions, name: str, endpoints: dict) -> None:
    """Gives sinks the address of a test's own server. The template has no parameter for it: nobody else needs one."""
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    sinks = json.loads(variables["SINKS"])
    for sink in sinks:
        if sink["kind"] in endpoints:
            sink["endpoint"] = endpoints[sink["kind"]]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, "SINKS": json.dumps(sinks)}})


# --- Down


def down(folder: Path) -> int:
    for name in ("pid", "listener"):
        pid = process(folder, name)
        if pid is not None:
            end(pid)
            say(f"ended {pid}")
    for name in ("pid", "listener", "stack.json"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "home", ignore_errors=True)
    return 0


def end(pid: int) -> None:
    """Ends the process and what it started: they are a session of their own."""
    for how, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(pid, how)
        except ProcessLookupError:
            return
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if started_at(pid) is None:
                break
            time.sleep(0.05)


def process(folder: Path, name: str = "pid") -> int | None:
    """The process that was started here, if it still runs and is the same one."""
    try:
        pid, at = (folder / name).read_text().split()
    except (OSError, ValueError):
        return None
    return int(pid) if started_at(int(pid)) == at else None


def started_at(pid: int) -> str | None:
    """When a process began, in the kernel's ticks: a number used again is another process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


# --- Small things


def pairs(texts: list[str]) -> dict:
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        raise SystemExit(f"expected NAME=VALUE, not `{wrong[0]}`")
    return dict(text.split("=", 1) for text in texts)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def say(text: str) -> None:
    print(text, file=sys.stderr)


def fail(text: str) -> int:
    say(f"error: {text}")
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""The JSON schema of the settings accepts what the settings accept."""

import tomllib

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from twinrail.project.decode import decode, read_document
from twinrail.project.settings import Settings

VALID = {
    "nothing": "",
    "quality": """
        [lint]
        paths = ["src", "tests"]
        [types]
        paths = []
        [test]
        paths = ["tests/fast"]
        coverage = 92.5
        [security]
        advisories = "osv.jsonl.gz"
        ignore = ["PYSEC-2026-1"]
        unknown = "warn"
        secrets = false
        [build]
        reproducible = false
        """,
    "service": """
        [service]
        command = ["shopfront", "--port", "{port}"]
        migrate = ["shopfront", "migrate"]
        health = "/"
        ready = "/ready"
        version = ""
        [suites]
        address-variable = "SHOP"
        """,
    "environments": """
        environments.test = {}
        [environments.staging]
        strategy = "rolling"
        approval = false
        port = 0
        performance = { users = 20, duration = "1m 30s", p95 = "400 ms", errors = "0.5 %", throughput = 12 }
        [environments.production]
        target = "process"
        strategy = { name = "rolling", surge = 2 }
        replicas = 3
        start = "90s"
        drain = "0.5m"
        keep = 2
        approval = { approvers = 2 }
        secrets = ["TOKEN"]
        variables = { GREETING = "", "odd name" = "x" }
        """,
    "rest": """
        notify.webhook = "HOOK"
        record.keep = 1
        """,
}


@pytest.fixture(scope="module")
def schema():
    return TypeAdapter(Settings).json_schema()


def test_is_a_schema(schema):
    """It is a schema, and each of its references leads somewhere."""
    Draft202012Validator.check_schema(schema)

    assert {"Approval", "Strategy", "Environment"} <= schema["$defs"].keys()


@pytest.mark.parametrize("name", VALID)
def test_valid(schema, name, write):
    """What decodes without a mistake is valid."""
    text = "\n".join(line.strip() for line in VALID[name].splitlines())
    whole = text.replace("\n[", "\n[tool.twinrail.").replace("\nenvironments.", "\ntool.twinrail.environments.")
    whole = whole.replace("\nnotify.", "\ntool.twinrail.notify.").replace("\nrecord.", "\ntool.twinrail.record.")

    assert isinstance(decode(read_document(write("pyproject.toml", whole))).settings, Settings)
    assert [] == list(Draft202012Validator(schema).iter_errors(tomllib.loads(text)))


def test_every_setting_is_described(schema):
    """The docstring under each field stands in the schema."""
    tables = [schema["$defs"][name]["properties"] for name in schema["$defs"]]

    assert [] == [key for table in tables for key, value in table.items() if not value.get("description")]

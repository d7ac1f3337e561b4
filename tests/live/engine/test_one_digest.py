"""One image from its tests to production: built once, pushed, signed, and named by one digest in all three journals."""

import json
import secrets
import subprocess

import pytest
from dock import skip_without_compose
from scales import FILES, Scales

from twinrail.deploy.targets.process.ports import claim_port
from twinrail.system.errors import NotSigned
from twinrail.system.registry.authority import Authority
from twinrail.system.registry.client import Registry
from twinrail.system.registry.reference import parse_reference

ENVIRONMENTS = ("test", "staging", "production")
SERVED = """        self.wfile.write(escape(f"<{GRAMS}>").encode())
"""
VERSIONED = """        text = version("scales") if self.path == "/version" else escape(f"<{GRAMS}>")
        self.wfile.write(text.encode())
"""
SUITE = """\
import os
from urllib.request import urlopen


def test_what_it_weighs():
    assert b"100" in urlopen(os.environ["BASE_URL"] + "/").read()
"""


def openssl(*words, said=""):
    """What it prints."""
    return subprocess.run(["openssl", *words], input=said, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def keys():
    """Two private keys; only of the first one the project knows the public one."""
    return [openssl("genpkey", "-algorithm", "ed25519") for _ in range(2)]


@pytest.fixture
def scales(tmp_path, engine, registry, keys):
    """The service, with an environment for its tests, for staging and for production, each a stack on the engine."""
    skip_without_compose()
    made = Scales(tmp_path, env={"DOCKER_HOST": engine.host, "DOCKER_CONFIG": str(tmp_path)})
    text = FILES["pyproject.toml"] + (
        f'\n[tool.twinrail.image]\nname = "{engine.name("weighed")}"\nfrom = "twinrail-test/base:slim"\n'
        f'reproducible = false\nregistry = "{registry.address}/team-{secrets.token_hex(4)}"\n'
        'signers = ["keys/release.pub"]\n'
    )
    claims = {name: claim_port() for name in ENVIRONMENTS}
    for name, claim in claims.items():
        text += (
            f'\n[tool.twinrail.environments.{name}]\ntarget = "compose"\nport = {claim.port}\n'
            f'compose = {{ project = "{engine.name(name)}" }}\n'
        )
    made.lay_out()
    code = "src/scales/__init__.py"
    made.write(code, FILES[code].replace(SERVED, VERSIONED).replace(
        "from markupsafe", "from importlib.metadata import version\n\nfrom markupsafe"))  # fmt: skip
    made.write("compose.yaml", "services: {web: {image: scales}}\n")
    made.write("tests/e2e/test_scales.py", SUITE)
    made.write("tests/smoke/test_scales.py", SUITE)
    made.write("pyproject.toml", text)
    made.write("keys/release.pub", openssl("pkey", "-pubout", said=keys[0]))
    made.commit()
    yield made
    made.run("down")


def test_one_digest_in_three_journals(scales, keys):
    """Nothing sets out before the right key has signed; then all environments are given what was tested, built once.

    Before staging and production the registry is asked for it; in the end it has the name of each environment there.
    """
    passes(scales, "image")
    passes(scales, "push")
    refused(scales, "e2e", "Nothing signed lies beside it.")
    refused(scales, "staging", "Nothing signed lies beside it.")
    passes(scales, "sign", TWINRAIL_SIGNING_KEY=keys[1])
    refused(scales, "staging", "What lies beside it was signed by somebody else")
    passes(scales, "sign", TWINRAIL_SIGNING_KEY=keys[0])
    pushed = json.loads(next((scales.root / ".twinrail/artifacts").glob("*.image-push.json")).read_text("utf-8"))
    assert [] == passes(scales, "e2e")
    for words in (("staging",), ("production", "--approve", "production")):
        assert [(words[0], "open", pushed["reference"])] == passes(scales, *words)
    assert {name: {pushed["reference"]} for name in ENVIRONMENTS} == {
        name: images(scales, name) for name in ENVIRONMENTS
    }
    repository, digest = parse_reference(pushed["reference"])
    registry = Registry(repository=repository, authority=Authority(repository=repository, login=None))
    assert {digest} == {registry.manifest(name).digest for name in ENVIRONMENTS}


def passes(scales, *words, **env):
    """A session that must; what the gate `image` was asked in it, and what it answered."""
    done = scales.run(*words, **env)
    assert 0 == done.returncode, done.stdout[-3000:]
    record = json.loads((scales.root / ".twinrail/runs/latest/run.json").read_text(encoding="utf-8"))
    return [(each["environment"], each["answer"], each["note"]) for each in record["gates"] if each["gate"] == "image"]


def refused(scales, session, why):
    """A session that deploys nothing for the want of a signature: no journal has a word more."""
    before = journals(scales)
    done = scales.run(session)
    assert (NotSigned.exit_code, True) == (done.returncode, why in done.stdout), done.stdout[-3000:]
    assert before == journals(scales)


def journals(scales):
    """What stands in all journals."""
    return {each: each.read_bytes() for each in (scales.root / ".twinrail/environments").rglob("journal.jsonl")}


def images(scales, name):
    """What a journal says was brought and became live."""
    text = (scales.root / f".twinrail/environments/{name}/journal.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    assert "live" in {each["kind"] for each in entries}
    return {each["facts"]["image"] for each in entries if each["kind"] == "begin"}

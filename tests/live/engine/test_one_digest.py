"""One image from its tests to production: built once, pushed, and named by one digest in all three journals."""

import json
import secrets

import pytest
from dock import skip_without_compose
from scales import FILES, Scales

from twinrail.deploy.targets.process.ports import claim_port

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


@pytest.fixture
def scales(tmp_path, engine, registry):
    """The service, with an environment for its tests, for staging and for production, each a stack on the engine."""
    skip_without_compose()
    made = Scales(tmp_path, env={"DOCKER_HOST": engine.host, "DOCKER_CONFIG": str(tmp_path)})
    text = FILES["pyproject.toml"] + (
        f'\n[tool.twinrail.image]\nname = "{engine.name("weighed")}"\nfrom = "twinrail-test/base:slim"\n'
        f'reproducible = false\nregistry = "{registry.address}/team-{secrets.token_hex(4)}"\n'
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
    made.commit()
    yield made
    made.run("down")


def test_one_digest_in_three_journals(scales):
    """The suite runs against the image; staging and production are given what was tested, built once."""
    for words in (("image",), ("push",), ("e2e",), ("staging",), ("production", "--approve", "production")):
        done = scales.run(*words)
        assert 0 == done.returncode, done.stdout[-3000:]
    pushed = json.loads(next((scales.root / ".twinrail/artifacts").glob("*.image-push.json")).read_text("utf-8"))
    assert {name: {pushed["reference"]} for name in ENVIRONMENTS} == {
        name: images(scales, name) for name in ENVIRONMENTS
    }


def images(scales, name):
    """What a journal says was brought and became live."""
    text = (scales.root / f".twinrail/environments/{name}/journal.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    assert "live" in {each["kind"] for each in entries}
    return {each["facts"]["image"] for each in entries if each["kind"] == "begin"}

"""The session dev on a real engine: a stack comes up in its order, stays as it is, and goes without its data."""

import json
import socket
import tomllib
import urllib.request
from dataclasses import replace

import pytest
from dock import BASE, skip_without_compose

from twinrail.deploy.development.session import dev
from twinrail.deploy.development.stack import open_stack
from twinrail.deploy.development.variables import variables
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.development import Dev
from twinrail.project.images import Image
from twinrail.project.repository import open_project
from twinrail.project.settings import Service, Settings
from twinrail.session.work import Work
from twinrail.system.errors import PlaceTaken
from twinrail.system.files import write_json
from twinrail.system.shell import Shell

ASK = "import socket; socket.create_connection(('127.0.0.1', 8000), 1)"
COMPOSE = """\
services:
  web:
    image: {image}
    init: true
    command: &serve [python3, -m, http.server, "8000"]
    working_dir: /data
    ports: ["127.0.0.1:{port}:8000"]
    volumes: ["data:/data"]
    healthcheck: &asked {{test: [CMD, python3, -c, "{ask}"], interval: 1s}}
  store:
    image: {base}
    init: true
    command: *serve
    working_dir: /srv
    environment: {{KEY: "${{STORE_KEY:?}}"}}
    healthcheck: *asked
volumes: {{data: {{}}}}
"""
OVERRIDE = 'services: {store: {ports: ["127.0.0.1::8000"]}}\n'
PYPROJECT = '[project]\nname = "shop"\nversion = "1"\n'


@pytest.fixture
def asked(tmp_path, engine, monkeypatch):
    """The session in a project whose image is Python alone: `asked("up")`; nothing of the stack is left."""
    skip_without_compose()
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    image, port = engine.name("shop"), free_port()
    text = COMPOSE.format(image=image, base=BASE, port=port, ask=ASK)
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "compose.override.yaml").write_text(OVERRIDE, encoding="utf-8")
    migrate = ("python3", "-c", "open('/data/changes', 'a').write('changed ')")
    variables = {"STORE": "http://{store:8000}/", "SITE": "http://{web:8000}/", "KEY": "{STORE_KEY}"}
    work = Work(
        session="dev",
        project=open_project(tmp_path, tomllib.loads(PYPROJECT)),
        settings=Settings(
            service=Service(migrate=migrate),
            image=Image(name=image),
            dev=Dev(project=engine.name("dev"), secrets=("STORE_KEY",), variables=variables, wait="120s"),
        ),
        shell=Shell(say=lambda _: None),
        folder=tmp_path / "reports",
        run="run-1",
        tell=lambda _: None,
    )
    made = tmp_path / ".twinrail" / "artifacts" / "shop.image.json"
    found = engine("image", "inspect", "--format", "{{.Id}}", BASE)
    write_json(made, {"name": f"{image}:1", "id": found, "base": "", "builder": "docker"})
    work.artifacts.put("image", made, version="1", commit="c0ffee")
    yield lambda action, *flags: replace(work, action=action, flags=frozenset(flags))
    dev(replace(work, action="down", flags=frozenset({"volumes"})))
    engine("image", "rm", f"{image}:latest")


def got(address):
    """What an address answers."""
    with urllib.request.urlopen(address, timeout=5) as answer:
        return answer.read().decode()


def test_up_as_it_was_and_down(asked, engine):
    """A port that is taken is told; freed, all comes up in its order; once more nothing changes; data outlives it."""
    stack = open_stack(asked("up"))
    name, text = stack.name, stack.files[0].read_text(encoding="utf-8")
    port = int(text.partition("127.0.0.1:")[2].partition(":")[0])
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PlaceTaken, match=r"A port of compose\.override"):
        dev(asked("up"))
    outcome = dev(asked("up"))
    assert ("passed", f"2 services of {name} up") == (outcome.state, outcome.headline)
    found = variables(asked("integration"))
    # Before it could listen the database was changed, at each attempt.
    assert ("changed changed ", True) == (got(f"{found['SITE']}changes"), "Directory listing" in got(found["STORE"]))
    kept = json.loads((stack.folder / "secrets.json").read_text(encoding="utf-8"))
    assert {"STORE_KEY": found["KEY"]} == kept
    before = stack.containers()
    assert f"2 services of {name} up, as before" == dev(asked("up")).headline
    assert [each.id for each in before] == [each.id for each in stack.containers()]
    assert f"2 containers of {name} down, its volumes stay" == dev(asked("down")).headline
    assert ({}, "off") == (variables(asked("integration")), dev(asked("down")).state)
    assert f"{name}_data" in engine("volume", "ls", "--quiet").split()

"""example-project's own stack on the engine: its tests ask it, its releases follow each other on it, its data stays."""

import json
import re
import shutil
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dock import BASE, PASSWORD, skip_without_compose
from engine import Engine
from scales import FILES, Scales

from twinrail.deploy.targets.process.ports import claim_port

EXAMPLE = Path(__file__).parents[3] / "example-project"
LEFT_OUT = (
    *(".twinrail", ".venv", "dist", "__pycache__", ".*_cache", "*.db"),
    *("smoke", "test_migrating.py", "test_process.py", "test_replicas.py"),
)
"""What nobody committed, and tests that its own pipeline runs, against a PostgreSQL and a Redis too."""
SETTINGS = """\
[tool.twinrail.build]
reproducible = false

[tool.twinrail.security]
advisories = "advisories.jsonl"

[tool.twinrail.environments.staging]
target = "compose"
port = {port}
replicas = 2
secrets = ["DB_PASSWORD"]
compose = {{ services = ["web", "worker"], project = "{name}" }}
"""
STAGING = re.compile(r"\[tool\.twinrail\.environments\.staging\]\n(.+\n)+")
VERSION = re.compile(r'(name = "shopfront"\nversion = )"[^"]+"')
ROLLED, KEPT = ("web", "worker"), ("db", "queue")


@dataclass(kw_only=True)
class Shop(Scales):
    """A copy of example-project, with names of its own for all that it makes in the engine.

    Attributes:
        port: where its environment staging answers.
        images: the id of each version's image.
        seen: the containers of rolled services that were there.
        orders: what was ordered in staging, paid, and has its receipt.
    """

    engine: Engine
    port: int
    images: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    orders: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its image, and its stack in staging."""
        return self.engine.name("example")

    @property
    def dev(self) -> str:
        """Its stack for development."""
        return f"{self.name}-dev"

    def lay_out(self) -> None:
        """Copies it, says what staging is, and has its integration tests ask real services alone."""
        shutil.copytree(EXAMPLE, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self.write("advisories.jsonl", FILES["advisories.jsonl"])
        self.edit("tests/integration/conftest.py", '["sqlite", "postgresql"]', '["postgresql"]')
        self.edit("compose.yaml", "image: shopfront", f"image: {self.name}")
        self.edit("pyproject.toml", 'base = "slim"', f'name = "{self.name}"\nbase = "slim"')
        self.edit("pyproject.toml", "[tool.twinrail.dev]", f'[tool.twinrail.dev]\nproject = "{self.dev}"')
        text = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        staging = SETTINGS.format(port=self.port, name=self.name)
        self.write("pyproject.toml", STAGING.sub(staging, text, count=1))
        self.git("init", "-q", "-b", "main")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces a text, wherever it stands in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def release(self, version: str) -> None:
        """Makes wheel and image of a version."""
        for name in ("pyproject.toml", "uv.lock"):
            text = (self.root / name).read_text(encoding="utf-8")
            self.write(name, VERSION.sub(rf'\g<1>"{version}"', text, count=1))
        self.commit()
        self.images[version] = self.image(f"from={BASE}", "reproducible=false").id

    def passes(self, *words: str, **env: str) -> str:
        """What a session says that must pass."""
        done = self.run(*words, **env)
        assert 0 == done.returncode, done.stdout[-4000:] + done.stderr
        return done.stdout

    def deploy(self) -> None:
        """The newest release to staging; what a noxfile that leaves e2e out says, so that no receipt of it is asked."""
        self.passes("staging", "--without", "e2e", DB_PASSWORD=PASSWORD)

    def asked(self, route: str, method: str = "GET", **told: object) -> tuple[int, str]:
        """What staging answers, by its proxy."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{route}",
            method=method,
            data=json.dumps(told).encode() if told else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def receipt(self, order: str) -> str:
        """The receipt of an order, which a worker has written within half a minute."""
        for _ in range(150):
            if (found := self.asked(f"/api/orders/{order}/receipt"))[0] == 200:
                return found[1]
            time.sleep(0.2)
        raise AssertionError(f"{order} has no receipt: {found}")

    def buy(self) -> None:
        """Places an order, pays it, and waits for its receipt; all that were ordered before have theirs yet."""
        self.orders.append(order := f"order-{len(self.orders)}")
        assert 201 == self.asked("/api/orders", "POST", id=order, lines=[{"product_id": "mug", "quantity": 2}])[0]
        assert 200 == self.asked(f"/api/orders/{order}/payment", "PUT")[0]
        assert [] == [each for each in self.orders if f"Order {each}\n2 x mug: " not in self.receipt(each)]

    def containers(self, *services: str) -> dict[str, str]:
        """The running containers of some services in staging: the image of each, and when it started."""
        found = []
        for name in services:
            kind = ("twinrail", "stack") if name in ROLLED else ("com.docker.compose", "project")
            labels = (f"{kind[0]}.{kind[1]}={self.name}", f"{kind[0]}.service={name}")
            found += self.engine("ps", "--quiet", *(f"--filter=label={each}" for each in labels)).split()
        asked = "{{.Id}} {{.Image}} {{.State.StartedAt}}"
        told = self.engine("inspect", "--format", asked, *found) if found else ""
        return dict(line.split(" ", 1) for line in told.splitlines())

    def volumes(self) -> set[str]:
        """The volumes of both stacks."""
        return {*self.engine("volume", "ls", "--quiet", "--filter", f"name={self.name}").split()}

    def clear(self) -> None:
        """Nothing of it is left in the engine."""
        compose = "com.docker.compose.project"
        for label in (f"twinrail.stack={self.name}", f"{compose}={self.name}", f"{compose}={self.dev}"):
            if there := self.engine("ps", "--all", "--quiet", "--filter", f"label={label}").split():
                self.engine("rm", "--force", "--volumes", *there)
        if volumes := self.volumes():
            self.engine("volume", "rm", *volumes)
        for stack in (self.name, self.dev):
            self.engine.tried("network", "rm", f"{stack}_default")
        for commit in self.git("rev-list", "HEAD").split():
            label = f"label=org.opencontainers.image.revision={commit}"
            if images := {*self.engine("image", "ls", "--quiet", "--filter", label).split()}:
                self.engine("image", "rm", "--force", *images)


@pytest.fixture(scope="module")
def shop(tmp_path_factory, engine):
    """The copy and its first release; nothing of it is left at the end."""
    skip_without_compose()
    folder, (served, dev) = tmp_path_factory.mktemp("shop"), (claim_port(), claim_port())
    env = {"DOCKER_HOST": engine.host, "DOCKER_CONFIG": str(folder), "WEB_PORT": str(dev.port)}
    made = Shop(root=folder / "example-project", env=env, engine=engine, port=served.port)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DB_PASSWORD", "TEST_DATABASE_URL", "TEST_REDIS_URL"):
            # What whoever runs this has set would come first.
            patch.delenv(name, raising=False)
        try:
            made.lay_out()
            made.release("1.4.0")
            yield made
        finally:
            made.clear()


def test_its_tests_ask_its_stack(shop):
    """`dev -- up` brings it up; its tests ask PostgreSQL and Redis, none is skipped; it goes down, its data stays."""
    assert f"4 services of {shop.dev} up" in shop.passes("dev", "up")
    assert "with the stack's TEST_DATABASE_URL, TEST_REDIS_URL" in shop.passes("integration")
    (report,) = (shop.root / ".twinrail/runs/latest/reports/integration").glob("*.xml")
    cases = [*ET.parse(report).getroot().iter("testcase")]
    assert {"test_workers_share_what_is_queued[postgresql]"} <= {case.get("name") for case in cases}
    assert [] == [case.get("name") for case in cases if case.find("skipped") is not None]
    assert f"4 containers of {shop.dev} down, its volumes stay" in shop.passes("dev", "down")
    assert {f"{shop.dev}_db", f"{shop.dev}_queue"} <= shop.volumes()


def test_releases_follow_each_other_and_the_data_stays(shop):
    """A release, the next one, and the way back: web and worker are replaced, database and queue run on."""
    shop.deploy()
    kept = shop.containers(*KEPT)
    serves(shop, "1.4.0", kept)
    shop.release("1.5.0")
    shop.deploy()
    serves(shop, "1.5.0", kept)
    shop.passes("rollback", "staging", DB_PASSWORD=PASSWORD)
    serves(shop, "1.4.0", kept)
    shop.passes("down")
    assert {} == shop.containers(*ROLLED, *KEPT)
    asked = "echo 'SELECT count(*) FROM receipts' | postgres --single shop"
    volume = f"--volume={shop.name}_db:/var/lib/postgresql/data"
    assert 'count = "3"' in shop.engine("run", "--rm", volume, "postgres:17", "sh", "-c", asked)
    assert f"{shop.name}_queue" in shop.volumes()


def serves(shop, version, kept):
    """A version serves, in two new containers of web and of worker; it sells; nothing else began anew."""
    assert version == json.loads(shop.asked("/version")[1])["version"]
    there = {name: shop.containers(name) for name in ROLLED}
    for found in there.values():
        assert [shop.images[version]] * 2 == [each.partition(" ")[0] for each in found.values()]
        assert not shop.seen & found.keys()
        shop.seen |= found.keys()
    shop.buy()
    assert (2, kept) == (len(kept), shop.containers(*KEPT))

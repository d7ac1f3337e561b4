"""The images of releases in an engine that several stacks share."""

from dataclasses import dataclass, field

import pytest

from twinrail.deploy.release import Release
from twinrail.deploy.targets.docker.store import Store
from twinrail.system.command import Command, Finished
from twinrail.system.errors import MoveFailed

REPOSITORY = "registry.example/team/shop"
DENIED = "Error response from daemon: pull access denied for x, repository does not exist"


def digest(number):
    return f"{REPOSITORY}@sha256:{str(number) * 64}"


@dataclass
class Shelf:
    """An engine that knows images, each by all its names, as one does: the last name gone, it is gone."""

    images: list[set[str]] = field(default_factory=list)
    refuses: str = ""

    def inspect(self, _kind, *names):
        found = {name: each for name in names for each in self.images if name in each}
        return {name: {"RepoTags": sorted(each), "Config": {"User": "1"}} for name, each in found.items()}

    def run(self, verb, name, other, **_):
        assert verb == "tag"
        for each in self.images:
            each.update({other} if name in each else ())

    def ask(self, *words, **_):
        *_, name = words
        if words[0] == "pull" and not self.refuses:
            self.images.append({name})
        if words[0] == "image":
            for each in self.images:
                # By its digest it goes where no more than one name is left.
                if name in each and ("@" not in name or len(each) <= 2):
                    each.discard(name)
            self.images = [each for each in self.images if any("@" not in name for name in each)]
        done = Command(argv=words, cwd=None)
        return Finished(command=done, returncode=int(bool(self.refuses)), stdout="", stderr=self.refuses, seconds=0.0)

    def refuse(self, done):
        raise MoveFailed(done.stderr)


def release(tmp_path, number):
    return Release(version=f"1.{number}", digest=f"{number}" * 8, wheel=tmp_path, requirements=tmp_path, commit="",
                   image=digest(number))  # fmt: skip


@pytest.fixture
def stores(tmp_path):
    """Two stacks on one engine."""
    shelf = Shelf()
    return shelf, Store(tmp_path / "a", shelf, "shop-staging"), Store(tmp_path / "b", shelf, "shop-production")


def test_what_another_stack_needs_stays(stores, tmp_path):
    """Until it has done with it too; twice is once."""
    shelf, staging, production = stores
    one, two = release(tmp_path, 1), release(tmp_path, 2)
    for store in (staging, production):
        store.bring(one)
        store.bring(one)
    staging.bring(two)
    staging.prune((two.name,))
    assert [f"twinrail-release/shop-production:{one.name}"] == sorted(shelf.images[0] - {one.image})
    production.prune(())
    assert [{two.image, f"twinrail-release/shop-staging:{two.name}"}] == shelf.images


@pytest.mark.parametrize(
    ("says", "text"),
    [
        (DENIED, "cannot be pulled: Error response from daemon: pull access denied"),
        ("Error response from daemon: dial tcp 192.0.2.1:443: i/o timeout", "i/o timeout"),
    ],
)
def test_pull_that_is_refused(stores, tmp_path, says, text):
    """Who is not known to the registry is told how to be; anything else in the engine's words."""
    shelf, staging, _ = stores
    shelf.refuses = says
    with pytest.raises(MoveFailed, match=text) as found:
        staging.bring(release(tmp_path, 1))
    assert ("TWINRAIL_REGISTRY_USER" in found.value.todo) == (says == DENIED)
    assert () == staging.names()

"""An engine in memory that knows containers."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from twinrail.deploy.fence import Fence
from twinrail.deploy.targets.compose.containers import Containers
from twinrail.deploy.targets.docker.launches import Launch, Part
from twinrail.deploy.targets.docker.store import Store
from twinrail.deploy.targets.proxied.fleet import Fleet
from twinrail.system.command import Command, Finished

OLD, NEW = "1.0-1aaaaaaa", "1.1-1bbbbbbb"
NOW = "2026-11-30T12:00:00.123456789Z"
LONG_AGO, LATELY = "2026-11-23T12:00:00Z", "2026-11-30T11:59:30Z"


def told(state="running", *, restarts=0, since=LONG_AGO):
    """A container as `docker container inspect` tells it."""
    running = {"Running": state == "running", "Restarting": state == "restarting", "StartedAt": since, "ExitCode": 0}
    return {"State": running, "RestartCount": restarts}


@dataclass
class Yard:
    """An engine: what it is asked, and what is there."""

    there: dict[str, dict] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def inspect(self, _kind, *names):
        return {name: self.there[name] for name in names if name in self.there}

    def run(self, *words, **_):
        match words:
            case ("info", *_):
                return f"{NOW}\n"
            case ("start", *names):
                self.there |= {name: told() for name in names}
            case ("create", *_):
                return "id\n"
        self.asked.append(" ".join(words[:1] + tuple(word for word in words[1:] if not word.startswith("-"))))
        return ""

    def ask(self, *words, **_):
        names = [word for word in words[1:] if not word.startswith("-")]
        self.asked.append(" ".join([words[0], *names]))
        if words[0] == "rm":
            for name in names:
                self.there.pop(name, None)
        return Finished(command=Command(argv=words, cwd=None), returncode=0, stdout="", stderr="", seconds=0.0)

    def last_lines(self, *_):
        return []


LAUNCH = Launch(
    parts=tuple(
        Part(service=each, said={}, environment={}, networks=("net",), volumes={}, files={})
        for each in ("web", "worker")
    ),
    secrets=(),
    settings="now",
)


def containers(yard, folder):
    """The instances of the place in that folder."""
    for name in (OLD, NEW):
        (folder / "releases" / name).mkdir(parents=True, exist_ok=True)
        (folder / "releases" / name / "release.json").write_text('{"image": "sha256:1"}', encoding="utf-8")
    store = Store(folder, yard, "shop")
    return Containers(engine=yard, folder=folder, store=store, stack="shop", marks=dict, port=8000, fence=1)


def fleet(made, quay, folder, **more):
    """The same behind that proxy."""
    programs = SimpleNamespace(now=LAUNCH, former=lambda _: LAUNCH, remember=lambda *_: None, keep=lambda *_: None)
    return Fleet(
        instances=made, proxy=quay, programs=programs, service=None,
        environment=SimpleNamespace(drain=1.0, start=1.0), shell=SimpleNamespace(say=print), fence=Fence(folder),
        number=1, interrupted=None, **more,
    )  # fmt: skip

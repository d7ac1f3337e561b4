"""Settings that each make sense and together do not."""

from collections import Counter
from collections.abc import Iterator

from twinrail.project.compose import STACKED, Compose, compose_contradictions
from twinrail.project.environments import PORTS, Approval, Environment
from twinrail.project.freeze import Window, never_open
from twinrail.project.rollouts import rollout_contradictions
from twinrail.project.settings import Settings
from twinrail.system.guess import did_you_mean

Key = tuple[str | int, ...]


def contradictions(settings: Settings) -> list[tuple[Key, str]]:
    """Each contradiction as the key to change and what is wrong with it."""
    found = [*_unknown(settings), *_shared_ports(settings)]
    if test := settings.environments.get("test"):
        text = "The environment test has no such gate: the e2e tests ask there."
        gates = {"approval": test.approval, "performance": test.performance, "freeze": test.freeze}
        found += [(("environments", "test", key), text) for key, asked in gates.items() if asked]
    if settings.image and settings.image.dockerfile and settings.image.from_:
        text = "The project's own Dockerfile names its bases itself, so nothing would ask for this one."
        found.append((("image", "from"), text))
    for name, environment in settings.environments.items():
        found += [(("environments", name, *key), text) for key, text in _within(environment)]
    return found


def _unknown(settings: Settings) -> list[tuple[Key, str]]:
    return [
        (
            ("environments", name),
            f'No session deploys to "{name}". Known: {", ".join(PORTS)}.{did_you_mean(name, PORTS)}',
        )
        for name in settings.environments
        if name not in PORTS
    ]


def _shared_ports(settings: Settings) -> list[tuple[Key, str]]:
    ports = {name: each.port or PORTS.get(name, 0) for name, each in settings.environments.items()}
    counted = Counter(port for port in ports.values() if port)
    return [
        (("environments", name, "port"), f"Port {ports[name]} is taken by another environment of this file.")
        for name, environment in settings.environments.items()
        if environment.port and counted[environment.port] > 1
    ]


def _within(environment: Environment) -> list[tuple[Key, str]]:
    found: list[tuple[Key, str]] = [
        (("variables", name), f'"{name}" is a secret too: it is either written here or taken from the environment.')
        for name in environment.variables
        if name in environment.secrets
    ]
    found += rollout_contradictions(environment)
    found += [(("compose", *key), text) for key, text in compose_contradictions(environment.compose)]
    if environment.target not in STACKED and environment.compose != Compose():
        readers = " and ".join(sorted(STACKED))
        found.append((("target",), f'The target "{environment.target}" has no stack: {readers} read that table.'))
    found += [*_never_agreed(environment.approval or Approval()), *_never_open(environment)]
    load = environment.performance
    if load and load.p95 is not None and load.p95 > load.duration:
        found.append((("performance", "p95"), "It is longer than the load lasts, so it could never be missed."))
    return found


def _never_agreed(approval: Approval) -> Iterator[tuple[Key, str]]:
    """What is said of people's agreement and cannot be kept."""
    if approval.expires is not None and not approval.expires:
        yield ("approval", "expires"), "An agreement would be over as soon as it is given."
    if not approval.approvers:
        for key, said in (("not-author", approval.not_author), ("expires", approval.expires is not None)):
            if said:
                yield ("approval", key), "Nobody is asked, so there is no agreement that it could speak of."


def _never_open(environment: Environment) -> Iterator[tuple[Key, str]]:
    """The freeze windows, where they leave no time to deploy."""
    if never_open([Window.parse(text) for text in environment.freeze]):
        yield ("freeze",), "Together they leave no time of the week in which anything could set out."

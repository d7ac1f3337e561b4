"""Settings that each make sense and together do not."""

from collections import Counter

from twinrail.project.environments import PORTS, Environment
from twinrail.project.rollouts import rollout_contradictions
from twinrail.project.settings import Settings
from twinrail.system.guess import did_you_mean

Key = tuple[str | int, ...]


def contradictions(settings: Settings) -> list[tuple[Key, str]]:
    """Each contradiction as the key to change and what is wrong with it."""
    found = [*_unknown(settings), *_shared_ports(settings)]
    if (test := settings.environments.get("test")) and (test.approval or test.performance):
        key = "approval" if test.approval else "performance"
        found.append((("environments", "test", key), "The environment test has no such gate: the e2e tests ask there."))
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
    load = environment.performance
    if load and load.p95 is not None and load.p95 > load.duration:
        found.append((("performance", "p95"), "It is longer than the load lasts, so it could never be missed."))
    return found

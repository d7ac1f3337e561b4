"""Services of a swarm as `docker stack deploy` reads them, made of the parts of an instance; pure.

A file of its own rather than words: of what is there already it changes what is said otherwise, and takes away what is
said no longer. It is for one reading only, since the variables stand in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinrail.deploy.targets.docker import definition, lost
from twinrail.deploy.targets.docker.launches import Part

_AS_SAID = (
    "command", "entrypoint", "working_dir", "stop_signal", "healthcheck", "cap_add", "cap_drop", "dns", "dns_search",
    "extra_hosts", "hostname", "logging", "sysctls", "ulimits", "read_only", "init", "tty", "stdin_open",
)  # fmt: skip
"""Keys that a stack file has too."""
_MADE = frozenset(
    {"environment", "volumes", "networks", "deploy", "labels", "secrets", "configs", "tmpfs", "user", "mem_limit",
     "mem_reservation", "cpus", "pids_limit"}
)  # fmt: skip
_ELSEWHERE = frozenset({*definition.ELSEWHERE, "restart"})
_DEPLOY = ("placement", "restart_policy")
_LIMITS = frozenset({"memory", "cpus", "pids"})


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How instances are replaced in place, in seconds.

    Attributes:
        at_once: how many at a time.
        seconds: how long each is watched.
        drain: how long one may take to end.
    """

    at_once: int
    seconds: float
    drain: float


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A service as it is to be.

    Attributes:
        name: without the stack's.
        part: what the compose file says of it, with the values of secrets.
        user: who the image says runs it; empty where it says nobody.
        labels: of the service.
        marks: of its containers.
        secrets: what swarm calls its secrets, by their names below /run/secrets.
        configs: what swarm calls its configs, by their paths.
    """

    name: str
    part: Part
    image: str
    user: str
    replicas: int
    labels: Mapping[str, str]
    marks: Mapping[str, str]
    secrets: Mapping[str, str]
    configs: Mapping[str, str]
    pace: Pace


def unknown(service: definition.Service) -> list[str]:
    """The keys of a service that would get lost."""
    known = {*_AS_SAID, *_MADE, *_ELSEWHERE}
    keys = [key for key in service if key not in known and not key.startswith("x-")]
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    keys += [f"deploy.resources.limits.{key}" for key in limits if key not in _LIMITS]
    return [
        *keys,
        *lost.of_networks(service),
        *lost.owners(service),
        *lost.unnamed(service),
    ]


def looked_at(service: definition.Service, *, own: bool) -> bool:
    """Whether somebody looks at the health of a service; `own`: whether its image says how."""
    said = service.get("healthcheck") or {}
    test = said.get("test")
    return not said.get("disable") and test not in ("NONE", ["NONE"]) and bool(test or own)


def stack_file(services: Sequence[Wanted]) -> dict[str, Any]:
    """The whole file."""
    names = sorted({name for each in services for name in each.part.networks})
    volumes = {name for each in services for name in each.part.volumes.values()}
    made: dict[str, Any] = {
        "version": "3.9",
        "services": {each.name: _service(each, names) for each in services},
        "networks": {_network(names, name): _there(name) for name in names},
        "volumes": {name: _there(name) for name in sorted(volumes)},
        "secrets": {name: _there(name) for each in services for name in each.secrets.values()},
        "configs": {name: _there(name) for each in services for name in each.configs.values()},
    }
    told: dict[str, Any] = _escaped({key: value for key, value in made.items() if value})
    return told


def _there(name: str) -> dict[str, Any]:
    return {"external": True, "name": name}


def _network(names: Sequence[str], name: str) -> str:
    # A name of the file's own: what is called `default` there would be made.
    return f"net-{names.index(name)}"


def _service(wanted: Wanted, networks: Sequence[str]) -> dict[str, Any]:
    part = wanted.part
    said = definition.hardened(part.said, user=wanted.user)
    user = str(said.get("user") or "")
    made = {
        **{key: said[key] for key in _AS_SAID if said.get(key) is not None},
        "image": wanted.image,
        "user": user or None,
        "environment": dict(part.environment),
        "labels": {**dict(definition.mapped(said.get("labels"))), **wanted.marks},
        "networks": [_network(networks, name) for name in part.networks],
        "volumes": [*_volumes(said, part.volumes), *_tmpfs(said)],
        "secrets": [_secret(target, name, user or wanted.user) for target, name in wanted.secrets.items()],
        "configs": [{"source": name, "target": target} for target, name in wanted.configs.items()],
        "stop_grace_period": f"{max(wanted.pace.drain, 1):g}s",
        "deploy": _deploy(said, wanted),
    }
    return {key: value for key, value in made.items() if value not in (None, [], {})}


def _deploy(said: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    own = said.get("deploy") or {}
    limits = {"memory": said.get("mem_limit"), "cpus": said.get("cpus"), "pids": said.get("pids_limit")}
    reserved = own.get("resources", {}).get("reservations") or {"memory": said.get("mem_reservation")}
    resources = {"limits": _texts(limits), "reservations": _texts(reserved)}
    pace = wanted.pace
    return {
        "restart_policy": {"condition": "any", "delay": "1s"},
        **{key: own[key] for key in _DEPLOY if key in own},
        "mode": "replicated",
        "endpoint_mode": "dnsrr",
        "replicas": wanted.replicas,
        "labels": dict(wanted.labels),
        "resources": {key: value for key, value in resources.items() if value},
        "update_config": {
            "parallelism": pace.at_once,
            "delay": f"{pace.seconds:g}s",
            "monitor": f"{pace.seconds:g}s",
            "failure_action": "rollback",
            "max_failure_ratio": 0,
            "order": "start-first",
        },
        # All at once: capacity first, and who failed is to go.
        "rollback_config": {"parallelism": 0, "delay": "0s", "monitor": "1s", "order": "start-first"},
    }


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: int(value) if key == "pids" else str(value) for key, value in values.items() if value is not None}


def _secret(target: str, name: str, user: str) -> dict[str, Any]:
    uid, _, gid = user.partition(":")
    # Who is not known by number could not read what is for one user alone.
    mode = 0o400 if uid.isdigit() else 0o444
    owner = {"uid": uid, "gid": gid if gid.isdigit() else "0"} if uid.isdigit() else {}
    return {"source": name, "target": target, "mode": mode, **owner}


def _volumes(said: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for each in said.get("volumes") or ():
        if isinstance(each, Mapping):
            source = str(each.get("source") or "")
            more = {key: each[key] for key in ("read_only", "bind", "volume", "tmpfs") if each.get(key)}
            yield {"type": each["type"], **_source(source, names), "target": each["target"], **more}
            continue
        first, colon, rest = str(each).partition(":")
        target, _, mode = rest.partition(":") if colon else (first, "", "")
        source = first if colon else ""
        kind = "bind" if source[:1] in {"/", ".", "~"} and source else "volume"
        only = {"read_only": True} if "ro" in mode.split(",") else {}
        yield {"type": kind, **_source(source, names), "target": target, **only}


def _source(source: str, names: Mapping[str, str]) -> dict[str, str]:
    return {"source": names.get(source, source)} if source else {}


def _tmpfs(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for each in definition.listed(said.get("tmpfs")):
        target, _, asked = str(each).partition(":")
        size = next((word[5:] for word in asked.split(",") if word.startswith("size=")), "")
        yield {"type": "tmpfs", "target": target} | ({"tmpfs": {"size": _bytes(size)}} if size else {})


def _bytes(size: str) -> int:
    unit = {"k": 2**10, "m": 2**20, "g": 2**30}.get(size[-1].lower(), 1)
    return int(size[:-1] if unit > 1 else size) * unit


def _escaped(value: Any) -> Any:
    """As Docker reads it again: it takes each `$` for the beginning of a variable."""
    if isinstance(value, Mapping):
        return {key: _escaped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return value.replace("$", "$$") if isinstance(value, str) else value

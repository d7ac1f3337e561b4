"""A service of a compose file as the words that make a container of it; pure."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Service = Mapping[str, Any]
"""A service as Compose resolves it: variables filled in, files merged."""

_ONE = {
    "user": "user", "working_dir": "workdir", "stop_signal": "stop-signal", "mem_limit": "memory",
    "memswap_limit": "memory-swap", "mem_reservation": "memory-reservation", "cpus": "cpus", "cpuset": "cpuset-cpus",
    "cpu_shares": "cpu-shares", "pids_limit": "pids-limit", "shm_size": "shm-size", "restart": "restart",
    "runtime": "runtime", "platform": "platform", "ipc": "ipc", "userns_mode": "userns", "oom_score_adj":
    "oom-score-adj",
}  # fmt: skip
"""Keys with one value, each with docker's option."""
_MANY = {
    "cap_add": "cap-add", "cap_drop": "cap-drop", "security_opt": "security-opt", "dns": "dns", "dns_search":
    "dns-search", "dns_opt": "dns-option", "extra_hosts": "add-host", "tmpfs": "tmpfs", "group_add": "group-add",
    "devices": "device",
}  # fmt: skip
"""Keys with a list."""
_SPECIAL = frozenset(
    {"command", "entrypoint", "environment", "volumes", "networks", "ulimits", "healthcheck", "deploy", "logging",
     "labels", "sysctls", "read_only", "init", "secrets", "configs", "privileged"}
)  # fmt: skip
ELSEWHERE = frozenset(
    {"image", "build", "depends_on", "expose", "ports", "profiles", "env_file", "pull_policy", "container_name",
     "stop_grace_period", "scale"}
)  # fmt: skip
"""Keys that mean nothing to one of many instances: the release says the image, the proxy is the way in."""

KNOWN = frozenset({*_ONE, *_MANY, *_SPECIAL, *ELSEWHERE})
"""All keys of a service that mean something here."""
HARDENED = {"mem_limit": "512m", "pids_limit": "256", "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"],
            "read_only": True, "init": True, "restart": "unless-stopped"}  # fmt: skip
"""What is true of an instance where the compose file says nothing else."""
TMP = "/tmp:rw,noexec,nosuid,size=64m"  # noqa: S108  # it is the container's own  # nosec B108
NOBODY = "10001:10001"
"""Who runs it where neither the compose file nor the image says who."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the engine calls the networks and the volumes of a stack, by the compose file's names."""

    networks: Mapping[str, str]
    volumes: Mapping[str, str]


def options(service: Service, names: Names, *, user: str) -> list[str]:
    """The options of `docker create` that a service asks for, and those that harden it.

    Args:
        service: as Compose resolves it.
        names: what its networks and volumes are called in the engine.
        user: who the image says runs it; empty where it says nobody.
    """
    said = hardened(service, user=user)
    words = [f"--{option}={said[key]}" for key, option in _ONE.items() if said.get(key) is not None]
    words += [f"--{option}={each}" for key, option in _MANY.items() for each in listed(said.get(key))]
    words += [f"--{flag.replace('_', '-')}" for flag in ("read_only", "init", "privileged") if said.get(flag)]
    words += [f"--sysctl={name}={value}" for name, value in mapped(said.get("sysctls"))]
    words += [f"--label={name}={value}" for name, value in mapped(said.get("labels"))]
    words += [*_ulimits(said.get("ulimits") or {}), *_health(said.get("healthcheck") or {})]
    words += [*_logging(said.get("logging") or {}), *_volumes(said.get("volumes") or (), names.volumes)]
    return words


def hardened(service: Service, *, user: str) -> dict[str, Any]:
    """The service with all that it does not say itself."""
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    asked = {"mem_limit": limits.get("memory"), "cpus": limits.get("cpus"), "pids_limit": limits.get("pids")}
    said = {**HARDENED, **{key: value for key, value in asked.items() if value is not None}, **service}
    if not (service.get("user") or user):
        said["user"] = NOBODY
    places = [str(each).split(":")[0] for each in listed(service.get("tmpfs"))]
    places += [target for _, target in targets(service.get("volumes") or ())]
    if said["read_only"] and "/tmp" not in places:  # noqa: S108  # nosec B108
        said["tmpfs"] = [*listed(service.get("tmpfs")), TMP]
    return said


def environment(service: Service) -> dict[str, str | None]:
    """The variables of a service; None: as whoever deploys has it."""
    return {name: None if value is None else _text(value) for name, value in mapped(service.get("environment"))}


def entrypoint(service: Service) -> list[str]:
    """The words that stand for the image's entrypoint; none: the image's own."""
    return _words(service.get("entrypoint"))


def command(service: Service) -> list[str]:
    """The words that stand for the image's command; none: the image's own."""
    return _words(service.get("command"))


def networks(service: Service) -> tuple[str, ...]:
    """The compose file's names of the networks on which a service stands, the first one first."""
    said = service.get("networks") or ["default"]
    return tuple(said)


def named_volumes(service: Service) -> tuple[str, ...]:
    """The compose file's names of the volumes that a service has."""
    return tuple(source for source, _ in targets(service.get("volumes") or ()) if source and source[0] not in "/.~")


def secrets(service: Service) -> dict[str, str]:
    """The files of secrets below /run/secrets that a service has, each by the name of its secret."""
    found = {}
    for each in service.get("secrets") or ():
        told = {"source": each} if isinstance(each, str) else each
        found[str(told.get("target") or told["source"]).removeprefix("/run/secrets/")] = str(told["source"])
    return found


def configs(service: Service) -> dict[str, str]:
    """The files of configs that a service has, each by its path with the name of its config."""
    found = {}
    for each in service.get("configs") or ():
        told = {"source": each} if isinstance(each, str) else each
        found[str(told.get("target") or f"/{told['source']}")] = str(told["source"])
    return found


def plain(value: Any) -> Any:
    """What Compose resolved as it is meant: it writes each `$` twice, so that it can be read again."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(said: Any) -> list[str]:
    return shlex.split(said) if isinstance(said, str) else [str(each) for each in said or ()]


def listed(said: Any) -> list[Any]:
    """What Compose says as one text, or as several."""
    if isinstance(said, Mapping):  # v1 says extra_hosts so
        return [f"{name}:{value}" for name, value in said.items()]
    return [said] if isinstance(said, str) else list(said or ())


def mapped(said: Any) -> Iterator[tuple[str, Any]]:
    """What Compose says as a table, or as a list of `name=value`."""
    if isinstance(said, Mapping):
        yield from said.items()
        return
    for each in said or ():
        name, equals, value = str(each).partition("=")
        yield name, value if equals else None


def _ulimits(said: Mapping[str, Any]) -> Iterator[str]:
    for name, limit in said.items():
        both = f"{limit['soft']}:{limit['hard']}" if isinstance(limit, Mapping) else limit
        yield f"--ulimit={name}={both}"


def _health(said: Mapping[str, Any]) -> Iterator[str]:
    test = said.get("test") or [""]
    kind, *words = ["CMD-SHELL", test] if isinstance(test, str) else list(test)
    if said.get("disable") or kind == "NONE":
        yield "--no-healthcheck"
        return
    if words:
        yield f"--health-cmd={words[0] if kind == 'CMD-SHELL' else shlex.join(words)}"
    times = {"interval": "interval", "timeout": "timeout", "retries": "retries", "start_period": "start-period"}
    yield from (f"--health-{option}={said[key]}" for key, option in times.items() if said.get(key) is not None)


def _logging(said: Mapping[str, Any]) -> Iterator[str]:
    if said.get("driver"):
        yield f"--log-driver={said['driver']}"
    yield from (f"--log-opt={name}={value}" for name, value in (said.get("options") or {}).items())


def targets(said: Any) -> Iterator[tuple[str, str]]:
    """Source and target of each volume."""
    for each in said:
        if isinstance(each, Mapping):
            yield str(each.get("source") or ""), str(each["target"])
        else:
            source, _, rest = str(each).partition(":")
            yield (source, rest.split(":")[0]) if rest else ("", source)


def _volumes(said: Any, names: Mapping[str, str]) -> Iterator[str]:
    for each in said:
        if not isinstance(each, Mapping):
            source, colon, rest = str(each).partition(":")
            yield f"--volume={names.get(source, source)}{colon}{rest}"
            continue
        source = str(each.get("source") or "")
        if (each.get("bind") or {}).get("create_host_path"):  # no mount makes the folder
            yield f"--volume={source}:{each['target']}{':ro' if each.get('read_only') else ''}"
            continue
        parts = [f"type={each['type']}", *([f"source={names.get(source, source)}"] if source else [])]
        parts += [f"tmpfs-size={size}"] if (size := (each.get("tmpfs") or {}).get("size")) else []
        parts += [f"target={each['target']}", *(["readonly"] if each.get("read_only") else [])]
        yield f"--mount={','.join(parts)}"

"""What a compose file says of a service that no instance of it would have; pure."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from twinrail.deploy.targets.docker.definition import KNOWN, Service, configs, listed, targets

_TOLD = frozenset({"create_host_path", "size"})
"""What a volume's own table may say."""
_NO_FOLDERS = frozenset({"/", "/tmp"})  # noqa: S108  # nosec B108
"""Where nothing can be put before an instance starts."""


def unknown(service: Service) -> list[str]:
    """The keys of a service that would get lost."""
    keys = [key for key in service if key not in KNOWN and not key.startswith("x-")]
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    keys += [f"deploy.resources.limits.{key}" for key in limits if key not in {"memory", "cpus", "pids"}]
    return keys + list(_unknown_inside(service))


def _unknown_inside(service: Service) -> Iterator[str]:
    """The same within a network, a volume, a secret and the healthcheck."""
    yield from of_networks(service)
    for number, each in enumerate(service.get("volumes") or ()):
        inside = {key: each.get(key) or {} for key in ("bind", "volume", "tmpfs")} if isinstance(each, Mapping) else {}
        for kind, said in inside.items():
            yield from (f"volumes.{number}.{kind}.{key}" for key, value in said.items() if value and key not in _TOLD)
    yield from unnamed(service)
    yield from owners(service)
    yield from (f"configs.{number}" for number, path in enumerate(configs(service)) if not has_place(service, path))
    if (service.get("healthcheck") or {}).get("start_interval"):
        yield "healthcheck.start_interval"


def has_place(service: Service, path: str) -> bool:
    """Whether a config can be put at a path: in a folder of its own, on which nothing else is mounted."""
    mounted = {target for _, target in targets(service.get("volumes") or ())}
    mounted |= {str(each).split(":")[0] for each in listed(service.get("tmpfs"))}
    return str(PurePosixPath(path).parent) not in {*_NO_FOLDERS, *mounted}


def of_networks(service: Service) -> Iterator[str]:
    """The keys that say how a service stands on a network, beside that it does."""
    networks = service.get("networks")
    for name, said in networks.items() if isinstance(networks, Mapping) else ():
        yield from (f"networks.{name}.{key}" for key, value in (said or {}).items() if value)


def unnamed(service: Service) -> Iterator[str]:
    """The keys of volumes without a name: what is in one would go with each instance."""
    for number, each in enumerate(service.get("volumes") or ()):
        source, _ = next(targets([each]))
        if not (source or (isinstance(each, Mapping) and each.get("type") == "tmpfs")):
            yield f"volumes.{number}"


def owners(service: Service) -> Iterator[str]:
    """The keys that say of a secret or a config whose file it is to be: its reader's it is, or everybody's."""
    for kind in ("secrets", "configs"):
        for number, each in enumerate(service.get(kind) or ()):
            if isinstance(each, Mapping):
                yield from (f"{kind}.{number}.{key}" for key in ("uid", "gid", "mode") if each.get(key))

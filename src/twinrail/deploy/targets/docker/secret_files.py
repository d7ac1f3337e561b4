"""The secrets of a container as files which only its user may read, and its configs, which everybody may."""

import contextlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from twinrail.deploy.targets.docker.engine import private_file
from twinrail.system.errors import ProjectError


@contextlib.contextmanager
def archive_of(files: Mapping[str, str], user: str) -> Iterator[Path]:
    """An archive of them for `docker cp`, with mode 600, gone after the block.

    Args:
        files: where each comes from, by its name: a file's path, or `$VARIABLE`.
        user: who is to read them: `10001`, `10001:10001`; a name, or nobody, leaves them open to all
            in the container.

    Raises:
        ProjectError: one is not there.
    """
    written = io.BytesIO()
    uid, _, gid = user.partition(":")
    with tarfile.open(fileobj=written, mode="w") as tar:
        for name, source in files.items():
            held = content(name, source)
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(held), 0o400 if uid.isdigit() else 0o444
            info.uid, info.gid = int(uid) if uid.isdigit() else 0, int(gid) if gid.isdigit() else 0
            tar.addfile(info, io.BytesIO(held))
    with private_file(written.getvalue()) as archive:
        yield archive


def content(name: str, source: str) -> bytes:
    """What a secret or a config holds.

    Raises:
        ProjectError: it is not there.
    """
    if source.startswith("="):
        why = "Only a swarm has secrets and configs of its own."
        raise ProjectError(f"{name} is external: {source[1:]}.", why=why, todo="Say its file, or its variable.")
    if source.startswith("$"):
        if (value := os.environ.get(source[1:])) is not None:
            return value.encode()
        raise ProjectError(f"{name} is not there: {source[1:]} is not set.", todo="Set it where you deploy.")
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise ProjectError(f"{name} cannot be read: {source}: {error.strerror}.") from error

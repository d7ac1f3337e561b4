"""Makes the live tests' base images of Debian's packages, where the engine has them not: `bases.py FOLDER [TAG …]`.

The folder keeps each as a tar. Nothing is pulled. Of Alpine there is the shape only: Debian's libc stands in for musl.
A database and a queue are made beside them, under the names of the official images that they stand in for.
`bases.py --names` prints what they are called in the engine.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LABEL = "twinrail.recipe"

LEAN = """
rm -rf usr/share/doc/* usr/share/man/* usr/share/locale/* usr/share/info/*
ln -s python3 usr/bin/python
"""
"""What is done to a system of installed packages: what nobody reads goes, as it does in Python's own images."""

BARE = """
find bin sbin usr/bin usr/sbin -mindepth 1 ! -name 'python3.*' ! -name busybox -delete
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/perl5
ln -s python3.11 usr/bin/python3
ln -s python3.11 usr/bin/python
mkdir -p root tmp
chmod 1777 tmp
printf '%s\\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/bin/false >etc/passwd
printf '%s\\n' root:x:0: nogroup:x:65534: >etc/group
cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
"""
"""What is done to packages that were unpacked, not installed: only Python stays; users and certificates are written."""

SHELL = """
chroot . /bin/busybox --install -s
"""
"""What gives it a shell, and the small programs of the same file."""

SERVER = """
rm -rf usr/share/doc usr/share/man usr/share/locale usr/lib/*/perl* usr/share/perl* usr/lib/*/gconv
chroot . /bin/busybox --install -s
printf '%s\\n' root:x:0:0:root:/root:/bin/sh server:x:999:999:server:/:/bin/sh >etc/passwd
printf '%s\\n' root:x:0: server:x:999: >etc/group
mkdir -p tmp
chmod 1777 tmp
"""
"""What is done to a server that was unpacked, not installed: it has a shell, and a user of its own."""

POSTGRES = """
rm -rf usr/lib/*/libLLVM* usr/lib/*/libz3* usr/lib/postgresql/*/lib/llvmjit* usr/lib/postgresql/*/lib/bitcode
install -d -o 999 -g 999 -m 700 var/lib/postgresql/data
install -d -o 999 -g 999 var/run/postgresql
cat >entrypoint <<'END'
#!/bin/sh
set -eu
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  umask 077
  printf '%s\\n' "${POSTGRES_PASSWORD:?}" >/tmp/password
  initdb --username="$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 \\
    --encoding=UTF8 --no-locale --no-sync
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  if [ "$database" != postgres ]; then
    echo "CREATE DATABASE \\"$database\\"" | postgres --single -j postgres >/dev/null
  fi
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
fi
exec "$@"
END
chmod 755 entrypoint
"""
"""What makes a database of it, as the official image does: its first start sets it up, with the password given."""

REDIS = """
install -d -o 999 -g 999 data
cat >entrypoint <<'END'
#!/bin/sh
if [ "$1" = redis-server ]; then set -- "$@" --protected-mode no; fi
exec "$@"
END
chmod 755 entrypoint
"""
"""What makes a queue of it, as the official image does: others may ask it, and it keeps its data in /data."""


@dataclass(frozen=True)
class Base:
    """An image: its tag, Debian's release, how much of it, the packages, and what a shell does in its root folder."""

    tag: str
    suite: str
    variant: str
    packages: tuple[str, ...]
    finish: str

    @property
    def name(self) -> str:
        """The image's name in the engine."""
        return f"twinrail-test/base:{self.tag}"

    @property
    def changes(self) -> tuple[str, ...]:
        """What is said of the image beside its files."""
        return ('CMD ["python3"]',)

    @property
    def recipe(self) -> str:
        """A short hash of all this: another recipe makes another image."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    def command(self, tar: Path) -> list[str]:
        """What makes the tar."""
        hook = "extract" if self.variant == "extract" else "customize"
        return [
            program("mmdebstrap"),
            "--quiet",
            "--format=tar",
            "--dpkgopt=force-unsafe-io",
            f"--variant={self.variant}",
            f"--include={','.join(self.packages)}",
            f'--{hook}-hook=set -e; cd "$1"\n{self.finish.strip()}',
            self.suite,
            str(tar),
        ]


@dataclass(frozen=True)
class Server(Base):
    """The stand-in of an official image: its name, and what it is told beside its files."""

    official: str
    told: tuple[str, ...]

    @property
    def name(self) -> str:
        """The image's name in the engine."""
        return self.official

    @property
    def changes(self) -> tuple[str, ...]:
        """What is said of the image beside its files."""
        return ("USER 999:999", 'ENTRYPOINT ["/entrypoint"]', *self.told)


PYTHON = ("python3.11-minimal", "libpython3.11-stdlib", "ca-certificates", "netbase", "base-files")
SMALL = ("base-files", "busybox-static")
POSTGRES_TOLD = ("ENV PATH=/usr/lib/postgresql/17/bin:/usr/bin PGDATA=/var/lib/postgresql/data", 'CMD ["postgres"]')
REDIS_TOLD = ("WORKDIR /data", 'CMD ["redis-server"]')
COMMON = ("ca-certificates", "netbase", "python3-venv")
BASES = (
    Base("slim", "bookworm", "minbase", COMMON, LEAN),
    Base("full", "trixie", "minbase", (*COMMON, "python3-pip", "tzdata", "curl"), LEAN),
    Base("alpine", "bookworm", "extract", (*PYTHON, "python3.11-venv", "busybox-static"), BARE + SHELL),
    Base("distroless", "bookworm", "extract", PYTHON, BARE),
    Server("postgres", "trixie", "extract", ("postgresql-17", *SMALL), SERVER + POSTGRES, "postgres:17", POSTGRES_TOLD),
    Server("redis", "trixie", "extract", ("redis-server", *SMALL), SERVER + REDIS, "redis:8", REDIS_TOLD),
)


def main(folder: Path, *tags: str) -> int:
    """0 when the engine has all of them, or those that were named."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [base for base in BASES if (not tags or base.tag in tags) and not there(base)]
    with ThreadPoolExecutor(max_workers=2) as workers:
        for base, seconds in zip(missing, workers.map(lambda base: make(base, folder), missing), strict=True):
            print(f"{base.name}: {seconds:.1f} s", flush=True)
    return 0


def there(base: Base) -> bool:
    """Whether the engine has the image, made by this recipe."""
    command = [program("docker"), "image", "inspect", "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}', base.name]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == base.recipe


def make(base: Base, folder: Path) -> float:
    """Brings the image into the engine, from its tar where there is one; the seconds that it took."""
    started = time.monotonic()
    tar = folder / f"{base.tag}-{base.recipe}.tar"
    if not tar.exists():
        part = tar.with_suffix(".part")
        subprocess.run(base.command(part), check=True)
        for stale in folder.glob(f"{base.tag}-*.tar"):
            stale.unlink()
        part.rename(tar)
    changes = [f"--change={each}" for each in (f"LABEL {LABEL}={base.recipe}", *base.changes)]
    subprocess.run([program("docker"), "import", *changes, str(tar), base.name], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def program(name: str) -> str:
    """Where a program is."""
    if found := shutil.which(name):
        return found
    sys.exit(f"{name} is not installed.")


if __name__ == "__main__":
    if sys.argv[1:] == ["--names"]:
        print(*(base.name for base in BASES), sep="\n")
    else:
        raise SystemExit(main(Path(sys.argv[1]), *sys.argv[2:]))

"""Lays out what a virtual environment stands on, and nothing else: `interpreter.py FOLDER USER TIME`.

Runs in a stage of the build, by the Python that is to be laid out. What libraries it needs is not guessed: each is
loaded, and what the system has then mapped is taken. Standard library only.
"""

import contextlib
import ctypes
import os
import re
import shutil
import ssl
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_LEFT_OUT = {"test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "pydoc_data", "site-packages",
             "dist-packages", "__phello__"}  # fmt: skip
_NAMES = ("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2")
_TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
_MORE = ("/etc/ld.so.cache", "/etc/nsswitch.conf", "/etc/os-release", "/usr/lib/os-release", "/etc/localtime",
         "/etc/ssl/openssl.cnf", _TRUSTED, "/etc/protocols", "/etc/services", "/usr/share/zoneinfo",
         "/usr/lib/locale/C.utf8")  # fmt: skip


def main(folder: Path, user: str, time: int) -> None:
    """Fills the folder, which becomes the root of the image."""
    program = Path(sys.executable).resolve()
    standard = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix, "base": sys.base_prefix}))
    for path in (program, loader(program), standard, *libraries(standard), *map(Path, _MORE)):
        take(path, folder)
    for path in (*links(Path("/")), *links(program.parent)):
        if path.parent == Path("/") or path.resolve() == program:
            take(path, folder)
    certificates(folder)
    write(folder, user)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink() or path.is_dir() or path.parent == folder / "etc":
            os.utime(path, (time, time), follow_symlinks=False)
    os.utime(folder, (time, time))


def loader(program: Path) -> Path:
    """What the kernel starts a program with: the path stands in the program itself."""
    found = re.search(rb"/lib[\w/.-]*/ld-[\w.-]+", program.read_bytes()[:65536])
    return Path(os.fsdecode(found[0]) if found else "/lib")


def libraries(standard: Path) -> Iterator[Path]:
    """The shared libraries that are mapped when all that Python has, and all that is installed, was loaded."""
    installed = Path(sys.prefix)
    for path in (*sorted((standard / "lib-dynload").glob("*.so")), *sorted(installed.rglob("*.so")), *_NAMES):
        with contextlib.suppress(OSError):  # what does not load here would not load there
            ctypes.CDLL(str(path), mode=os.RTLD_LAZY)
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    mapped = {line.split(maxsplit=5)[5].strip() for line in lines if ".so" in line}
    for path in sorted(Path(each) for each in mapped):
        if path.is_file() and not path.is_relative_to(installed) and not path.is_relative_to("/own"):
            yield path
            yield from (link for link in links(path.parent) if link.resolve() == path)


def certificates(folder: Path) -> None:
    """Lays the certificates of those whom the library for TLS trusts where it looks for them, in one file."""
    asked = ssl.get_default_verify_paths().openssl_cafile
    for path in (Path(asked).with_name("openssl.cnf"), Path(asked)):
        take(path, folder)
    place = folder / Path(asked).relative_to("/")
    if not os.path.lexists(place) and Path(_TRUSTED).exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(_TRUSTED)


def links(folder: Path) -> list[Path]:
    """The symbolic links in a folder."""
    return sorted(path for path in folder.iterdir() if path.is_symlink())


def take(path: Path, folder: Path) -> None:
    """Copies what is at a path to the same place below the folder, with its time; nothing where nothing is."""
    if not os.path.lexists(path):
        return
    # /lib may be a link to usr/lib: what lies below it is laid where it really is.
    real = path.parent.resolve() / path.name
    to = folder / real.relative_to("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        if not os.path.lexists(to):
            to.symlink_to(os.readlink(path))  # noqa: PTH115
        if path.resolve() != path and path.resolve().exists() and not path.resolve().is_dir():
            take(path.resolve(), folder)
    elif path.is_dir():
        shutil.copytree(path, to, symlinks=True, ignore=_ignored, dirs_exist_ok=True)
    elif not to.exists():
        shutil.copy2(path, to)


def _ignored(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _LEFT_OUT or name.startswith("config-") or name == "private"}


def write(folder: Path, user: str) -> None:
    """Writes who there is, and makes the one folder where anybody may write."""
    etc = folder / "etc"
    etc.mkdir(exist_ok=True)
    (etc / "passwd").write_text(f"root:x:0:0:root:/:/bin/false\napp:x:{user}:{user}:app:/:/bin/false\n")
    (etc / "group").write_text(f"root:x:0:\napp:x:{user}:\n")
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    temporary.chmod(0o1777)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

"""Wheels of a tiny web service, made on the fly: one source, versions and moods of it."""

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.ground import Kind
from benchmarks.wheels import payload, write
from twinrail.project.settings import Service

PYPROJECT = """\
[project]
name = "tinyweb"
version = "1.0"
requires-python = ">=3.11"

[tool.uv]
package = false

[build-system]
requires = []

[project.scripts]
tinyweb = "tinyweb:main"
"""
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "tinyweb"
version = "1.0"
source = { virtual = "." }
"""
MOODS = {
    "1.0": "well",
    "2.0": "well",
    "3.0": "never healthy",
    "4.0": "dies at start",
    "5.0": "fails at the front page",
    "6.0": "hangs at start",
    "7.0": "never ends",
    "8.0": "falls ill after a while",
}
"""What each version does."""

SOURCE = Path(__file__).with_name("tinyweb_service.py")
WHEEL = b"Wheel-Version: 1.0\nGenerator: tinyweb\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
SCRIPTS = b"""[console_scripts]
tinyweb = tinyweb:main
tinyweb-migrate = tinyweb:migrate
tinyweb-contract = tinyweb:contract
"""


def make_wheel(folder: Path, version: str, mood: Mapping[str, object] | None = None) -> Path:
    """The wheel of a version, in `folder`, in a mood: that of the list above, or well, where none is said."""
    info = f"tinyweb-{version}.dist-info"
    baked = {"version": version, "mood": {"name": MOODS.get(version, "well"), **(mood or {})}}
    files = {
        "tinyweb.py": SOURCE.read_bytes(),
        "tinyweb.json": json.dumps(baked).encode(),
        "tinyweb.bin": payload(baked["mood"].get("payload", 0)),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tinyweb\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": WHEEL,
        f"{info}/entry_points.txt": SCRIPTS,
    }
    return write(folder / f"tinyweb-{version}-py3-none-any.whl", info, files)


def requirements(folder: Path) -> Path:
    """What it runs with: nothing."""
    path = folder / "requirements.txt"
    path.touch()
    return path


TINYWEB = Kind(
    name="tinyweb",
    where="tinyweb:TINYWEB",
    files={"pyproject.toml": PYPROJECT, "uv.lock": LOCK},
    service=Service(command=("tinyweb",)),
    wheel=make_wheel,
    requirements=requirements,
    database="orders.db",
    database_variable=("DATABASE", "{path}"),
    rss=30_000_000,
)
"""Tinyweb, for the benches."""

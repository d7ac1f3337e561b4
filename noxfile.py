# /// script
# dependencies = [
#     "filelock>=3.16", "jinja2>=3.1.5", "nox>=2026.8.10", "packaging>=24.2",
#     "psutil>=6.1", "pydantic>=2.12", "pyyaml>=6.0.2", "rich>=14", "tzdata>=2025.2", "uv>=0.9",
# ]
# ///
"""Twinrail's own sessions: the same that it gives to others, run on itself, and four that only it needs."""

import sys
from pathlib import Path

import nox
from uv import find_uv_bin

sys.path.insert(0, str(Path(__file__).parent / "src"))

from twinrail.sessions import offer


@nox.session(venv_backend="none", default=False)
def pythons(session: nox.Session) -> None:
    """the unit tests on every Python that is found here: -- --at-least N --others --newest"""
    session.run(sys.executable, "scripts/pythons.py", *session.posargs, external=True)


@nox.session(name="bench-rollouts", venv_backend="none", default=False)
def bench_rollouts(session: nox.Session) -> None:
    """rollouts under load, with faults, also on containers: -- --short | --engine | --part NAME | --resume | --list"""
    words = ("--quiet", "--isolated", "--locked", "--no-default-groups", "--group", "test")
    session.run(find_uv_bin(), "run", *words, "python", "-m", "benchmarks.rollouts", *session.posargs, external=True)


@nox.session(name="bench-images", venv_backend="none", default=False)
def bench_images(session: nox.Session) -> None:
    """what an image of the example costs, cold and after one changed line; wants `source scripts/engine.sh`"""
    words = ("--quiet", "--isolated", "--locked", "--no-default-groups", "--group", "test")
    session.run(find_uv_bin(), "run", *words, "python", "-m", "benchmarks.images", *session.posargs, external=True)


@nox.session(venv_backend="none", default=False)
def generate(session: nox.Session) -> None:
    """writes anew what is made from the code: tables of the docs, the schema, python-identity.yml"""
    words = ("--quiet", "--isolated", "--locked", "--no-default-groups", "--group", "test")
    for program in ("generate", "identity"):
        session.run(find_uv_bin(), "run", *words, "python", f"scripts/{program}.py", *session.posargs, external=True)


offer()

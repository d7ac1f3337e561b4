"""The session `image` after another one: what it refuses leaves all that the other one kept as it was."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from paper import Paper
from saved import file, save

from twinrail.project.images import Image as Table
from twinrail.project.repository import Commit
from twinrail.project.settings import Settings
from twinrail.quality import image as session
from twinrail.quality.images.checks.sbom import BILL
from twinrail.quality.images.checks.subject import Checked
from twinrail.quality.images.context import Context
from twinrail.quality.images.interface import Plan
from twinrail.quality.images.packing import open_saved
from twinrail.quality.images.preparation import Prepared
from twinrail.report.events import Finding
from twinrail.session.images import built_image
from twinrail.session.work import Work
from twinrail.system.command import Command
from twinrail.system.errors import ToolError

PYPROJECT = '[build-system]\nrequires = []\n[project]\nname = "shopfront"\nversion = "1.4.0"\n'
NAME = "shopfront:1.4.0"


@dataclass
class Saving(Paper):
    """One that saves what it was told to have built, and says what it was given back."""

    full: bool = False

    def save(self, reference, name, to):  # noqa: ARG002
        return Command(argv=("cp", "built.tar", str(to)), cwd=self.root)

    def load(self, archive):
        program = "echo no space left on device; exit 1" if self.full else f"basename {archive} >>loaded"
        return Command(argv=("sh", "-c", program), cwd=self.root)


@pytest.fixture
def made(make_project, shell, tmp_path, monkeypatch):
    """A session `image` in which a file with some text is built, and found to be wrong in some way: its outcome."""
    builder = Saving(tmp_path, has={f"{NAME}-unchecked": ["a"]})
    work = Work(session="image", project=make_project(PYPROJECT), settings=Settings(image=Table(reproducible=False)),
                shell=shell, folder=tmp_path / "reports", run="run-1", tell=lambda _: None)  # fmt: skip
    work.__dict__["commit"] = Commit(id="c0ffee", when=1795956898)
    wheel = tmp_path / "shopfront-1.4.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    work.artifacts.put("wheel", wheel, version="1.4.0", commit="c0ffee")
    dockerfile = tmp_path / "Dockerfile.ours"
    dockerfile.write_text("FROM scratch\n", encoding="utf-8")
    plan = Plan(name=NAME, context=tmp_path, dockerfile=dockerfile, when=1795956898)
    prepared = Prepared(
        title="shopfront", kind="slim", base="", wheel=work.artifacts.get("wheel"), plan=plan,
        context=Context(folder=tmp_path, dockerfile=dockerfile, kept=dockerfile),
    )  # fmt: skip
    monkeypatch.setattr(session, "choose", lambda *_: builder)
    monkeypatch.setattr(session, "prepare", lambda *_: prepared)

    def make(text, *wrong, full=False):
        builder.full = full
        save(tmp_path / "built.tar", [file("app/text", text)])
        bill = work.report(f"shopfront{BILL}")
        bill.write_text(text, encoding="utf-8")
        found = tuple(Finding(title="image-size", text=each) for each in wrong)
        monkeypatch.setattr(session, "check", lambda *_, **__: Checked(findings=found, readings=(), sbom=bill))
        return session.image(work)

    return work, make


def kept(work):
    """All files that a later session may ask for, by their path."""
    folders = [work.project.state / name for name in ("images", "artifacts")]
    return {each.name: each.read_bytes() for folder in folders for each in folder.rglob("*") if each.is_file()}


def whole(work):
    """The text of the image that is kept, which is what was told of it."""
    image = built_image(work)
    assert open_saved(image.archive, image.id, "").layers
    assert json.loads(work.artifacts.get("image").path.read_text(encoding="utf-8"))["id"] == image.id
    return work.artifacts.get("image-sbom").path.read_text(encoding="utf-8")


def test_what_is_refused_replaces_nothing(made, tmp_path):
    """Archive, note and bill of materials are those of what passed; its name in the builder's store is not moved."""
    work, make = made
    assert "passed" == make("one").state
    assert {"shopfront.tar", "shopfront.image.json", f"shopfront{BILL}"} == set(kept(work))
    before = kept(work)
    assert "failed" == make("two", "too large").state
    assert (before, "one") == (kept(work), whole(work))
    assert ["shopfront.tar"] == (tmp_path / "loaded").read_text(encoding="utf-8").split()
    assert "passed" == make("three").state
    assert "three" == whole(work)
    assert ["shopfront.tar"] == [each.name for each in Path(work.project.state / "images").iterdir()]


def test_what_the_builder_does_not_take(made):
    """What passed and cannot be had under its name is not kept either."""
    work, make = made
    make("one")
    with pytest.raises(ToolError, match="The disk is full"):
        make("two", full=True)
    assert "one" == whole(work)

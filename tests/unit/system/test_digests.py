"""Files are what was made, by their digests: as a module, and as the program that the publishing job runs alone."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from github_runner import Log
from twinrail.system import digests
from twinrail.system.digests import place, problems

WHEEL = "dist/shopfront-1.4.0-py3-none-any.whl"
SDIST = "dist/shopfront-1.4.0.tar.gz"
SBOM = ".twinrail/artifacts/shopfront.cdx.json"


def entry(path, content, **more):
    digest = hashlib.sha256(content).hexdigest()
    return {"path": path, "digest": digest, "version": "1.4.0", "commit": "c0ffee", **more}


@pytest.fixture
def handed(tmp_path):
    """A folder as a job hands it over, and what that job told of it."""
    folder = tmp_path / "handed"
    told = {}
    for kind, path in (("wheel", WHEEL), ("sdist", SDIST), ("sbom", SBOM)):
        (folder / place(path)).parent.mkdir(parents=True, exist_ok=True)
        (folder / place(path)).write_bytes(kind.encode())
        told[kind] = entry(path, kind.encode())
    return folder, told


def test_what_was_made(handed):
    """Files that are what was made have no problem; the SBOM lies in no hidden folder."""
    folder, told = handed
    assert [] == problems(told, folder)
    assert (folder / "shopfront.cdx.json").is_file()


def test_edited(handed):
    """A file that was edited is told with both digests."""
    folder, told = handed
    (folder / WHEEL).write_bytes(b"edited")
    found, built = hashlib.sha256(b"edited").hexdigest()[:12], hashlib.sha256(b"wheel").hexdigest()[:12]
    text = f"{WHEEL} is not the wheel that was built: sha256:{found}…, built was {built}…"
    assert [text] == problems(told, folder)


def test_missing(handed):
    """A file that is missing is told, and so is a link, which might lead anywhere; each of several."""
    folder, told = handed
    (folder / WHEEL).unlink()
    (folder / SDIST).rename(folder / "elsewhere")
    (folder / SDIST).symlink_to(folder / "elsewhere")
    assert [f"the wheel {WHEEL} is missing", f"the sdist {SDIST} is missing"] == problems(told, folder)


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "wheel.whl", "/etc/passwd", "../wheel.whl", "dist/../wheel.whl", "dist/a/b.whl", "./dist/a.whl",
     "dist//a.whl", "dist/", "dist", "dist/..", ".twinrail/artifacts/../x", "Dist/a.whl", "dist\\a.whl",
     "dist/a\nb.whl", "dist/a\x00.whl", "dist/\u202ea.whl"],
)  # fmt: skip
def test_paths(tmp_path, path):
    """A path that leads anywhere but to the two folders of artifacts is refused before any file is read."""
    (wrong,) = problems({"wheel": entry(path, b"x")}, tmp_path)
    assert wrong.startswith("what is told of the 'wheel' makes no sense: ")


@pytest.mark.parametrize(
    "told",
    [None, 7, "x", [], {}, {"path": WHEEL}, entry(WHEEL, b"", digest="abc"), entry(WHEEL, b"", digest="A" * 64),
     entry(WHEEL, b"", digest=None), entry(WHEEL, b"", version=1), entry(WHEEL, b"", commit=["c"]),
     entry(7, b""), entry(WHEEL, b"", digest="0" * 63 + "\n")],
)  # fmt: skip
def test_what_makes_no_sense(tmp_path, told):
    """An entry without path, digest, version and commit, each a text, is refused."""
    (wrong,) = problems({"wheel": told}, tmp_path)
    assert wrong.startswith("what is told of the 'wheel' makes no sense: ")
    assert len(wrong) < 140


def publish(folder, artifacts):
    """The program as the action `publish` runs it: alone, whatever stands around it."""
    env = {"PATH": os.environ["PATH"], **({} if artifacts is None else {"ARTIFACTS": artifacts})}
    command = [sys.executable, "-I", str(Path(digests.__file__)), str(folder)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert "" == done.stderr
    return done.returncode, Log().read(done.stdout)


def test_published(handed):
    """When all is what was built, the program ends with 0 and says each digest."""
    folder, told = handed
    code, log = publish(folder, json.dumps(told))
    assert (0, []) == (code, log.obeyed)
    assert [f"sha256:{each['digest']}  {each['path']}" for each in told.values()] == log.lines


@pytest.mark.parametrize(
    "artifacts",
    [None, "", "{}", "[]", "null", "7", '"x"', "[1]", "{", "[" * 90_000, "${{ needs.build.outputs.artifacts }}"],
    ids=lambda text: str(text)[:12],
)
def test_nothing_was_named(handed, artifacts):
    """Without digests nothing is published, whatever lies in the folder."""
    code, log = publish(handed[0], artifacts)
    text = "the input `artifacts` names nothing: give it the output of python.yml"
    assert (1, [("error", text, {"title": "publish"})]) == (code, [(e.name, e.text, e.properties) for e in log.obeyed])


def test_one_file_too_many(handed):
    """A file beside those that were built would be published with them: it is refused, hidden or deep."""
    folder, told = handed
    (folder / "dist" / "deep").mkdir()
    for name in ("evil-1.0.whl", ".hidden", "deep/x.whl"):
        (folder / "dist" / name).write_bytes(b"")
    code, log = publish(folder, json.dumps(told))
    texts = [f"'dist/{name}' was not built" for name in (".hidden", "deep/x.whl", "evil-1.0.whl")]
    assert (1, texts) == (code, [each.text for each in log.named("error")])


def test_one_file_edited(handed):
    """An edited file is an error of the job, and no digest is said as if all were well."""
    folder, told = handed
    (folder / WHEEL).write_bytes(b"edited")
    code, log = publish(folder, json.dumps(told))
    assert (1, 1, []) == (code, len(log.obeyed), log.lines)
    assert log.obeyed[0].text.startswith(f"{WHEEL} is not the wheel that was built")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("wheel", "x\n::add-mask::a"),
        ("wheel", entry("dist/a\n::add-mask::a", b"")),
        ("wheel\r::set-output name=a::b", entry(WHEEL, b"")),
        ("::stop-commands::x", entry(WHEEL, b"100%0A")),
    ],
)
def test_nothing_that_was_told_is_a_command(handed, kind, told):
    """What is told of a file cannot speak to the runner."""
    code, log = publish(handed[0], json.dumps({kind: told}))
    assert (1, ["error"], "") == (code, [each.name for each in log.obeyed], log.stopped)

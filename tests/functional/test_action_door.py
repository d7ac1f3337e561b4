"""The action's door on a real project, with real nox and real tools, as processes."""

import base64
import json
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from door import Door

PACK = Path(__file__).parents[2]
NOXFILE = "from twinrail.sessions import offer\n\noffer()\n"
# pragma: allowlist nextline secret
TOKEN = "s3cr3t/T0ken+with?odd&parts=yes"
LEAKS = f"""\
import base64
import os
import urllib.parse

import pytest


def test_leaks() -> None:
    token = os.environ["TWINRAIL_DEPLOY_TOKEN"]
    print("plain", token)
    print("base64", base64.b64encode(token.encode()).decode())
    print("header", base64.b64encode(b"user:" + token.encode()).decode())
    print("URL", urllib.parse.quote(token, safe=""))
    pytest.fail(f"plain {{token}}, base64 {{base64.b64encode(token.encode()).decode()}}, "
                f"URL {{urllib.parse.quote(token, safe='')}}, repr {{[token]!r}}")
"""  # noqa: F541  # as it is told


@pytest.fixture
def door(parcel, tmp_path):
    """A job whose checkout is the small consumer."""
    # The consumer is one for all tests: each is a run of its own.
    return Door(workspace=parcel.root, folder=tmp_path / "runner", env={"GITHUB_RUN_ID": tmp_path.name})


def run(door, sessions, **inputs):
    """Both steps of the action."""
    begun = door.open("begin", sessions=sessions, **inputs)
    assert (0, "") == (begun.code, begun.troubles)
    return door.open("run", sessions=sessions, **inputs)


def places(came):
    """Where the annotations stand, and what they are called."""
    found = [each.properties for each in came.log.named("error")]
    return {(each.get("file"), each.get("line"), each["title"]) for each in found}


ADVISORY = {
    "id": "SAMPLE-1",
    "affected": [
        {
            "package": {"name": "iniconfig", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        }
    ],
}


@pytest.fixture
def broken(parcel):
    """The consumer with something for every tool to find, and a noxfile."""
    parcel.write("noxfile.py", NOXFILE)
    parcel.edit("src/parcel/__init__.py", "    return 100", '    import os\n\n    exec("1")\n    return "100"')
    parcel.edit("tests/unit/test_postage.py", "(0, 100)", "(0, 101)")
    parcel.edit("pyproject.toml", "coverage = 80", 'coverage = 80\n[tool.twinrail.security]\nadvisories = "osv.jsonl"')
    parcel.edit("pyproject.toml", '">=3.11"', '">=3.11"\ndependencies = ["iniconfig"]')
    parcel.write("osv.jsonl", json.dumps(ADVISORY) + "\n")
    parcel.write("requirements.txt", "iniconfig==1.1.1\n")
    (parcel.root / "uv.lock").unlink()


@pytest.mark.usefixtures("broken")
def test_findings_of_every_tool(door):
    """Each finding is an annotation at file and line; the page has the table and the command for each failure."""
    came = run(door, "lint types test security", python="")
    assert (1, "failed", "") == (came.code, came.outputs["state"], came.troubles)
    found = places(came)
    assert ("src/parcel/__init__.py", "4", "lint: F401") in found
    assert ("src/parcel/__init__.py", "7", "types: operator") in found
    assert ("src/parcel/__init__.py", "6", "security: B102") in found
    assert ("requirements.txt", "1", "security: SAMPLE-1") in found
    assert {("tests/unit/test_postage.py", "test: test_postage[0-101]")} <= {(file, title) for file, _, title in found}
    page = came.summary.splitlines()
    assert {"nox -s lint", "nox -s types", "nox -s security"} <= set(page)
    assert any(line.startswith("nox -s test -- ") and "test_postage[0-101]" in line for line in page)
    assert ["lint", "security", "test", "types"] == sorted(
        line.split(" | ")[0].removeprefix("| ") for line in page if re.match(r"\| \w+ \| ✗ failed ", line)
    )
    assert {"group", "endgroup", "error"} == {each.name for each in came.log.obeyed}
    assert (0, "") == (came.log.open_folds, came.log.stopped)


def test_without_a_noxfile(parcel, door):
    """A project without a noxfile has the pack's, which leaves nothing in the pack; its commands need none."""
    parcel.edit("src/parcel/__init__.py", "    return", "    import os\n    return")
    before = sorted((PACK / "src").rglob("*.nox*"))
    came = run(door, "lint types")
    assert (1, "failed") == (came.code, came.outputs["state"])
    assert "twinrail lint" in came.summary.splitlines()
    assert "passed" == door.ended("types")["state"]
    assert before == sorted((PACK / "src").rglob("*.nox*"))
    assert not (parcel.root / "noxfile.py").exists()


def test_own_and_left_out(parcel, door):
    """An own session takes the place of the pack's; one that the noxfile leaves out is off."""
    own = "import nox\n\n\n@nox.session(venv_backend='none')\ndef lint(session):\n    session.log('my own')\n\n\n"
    parcel.write("noxfile.py", own + NOXFILE.replace("offer()\n", "offer(without={'test'})\n"))
    came = run(door, "lint types test")
    assert (0, "passed") == (came.code, came.outputs["state"])
    ends = {name: (door.ended(name)["state"], door.ended(name)["headline"]) for name in ("lint", "types", "test")}
    assert {
        "lint": ("passed", "the noxfile's own session"),
        "types": ("passed", "clean"),
        "test": ("off", "the noxfile does not offer it"),
    } == ends


def test_a_secret_that_a_test_prints(parcel, door):
    """It is in no file that is kept, on no page, in no annotation; in the log the runner was told to mask it."""
    door.env["TWINRAIL_DEPLOY_TOKEN"] = TOKEN
    parcel.write("tests/unit/test_leaks.py", LEAKS)
    begun = door.open("begin", sessions="test")
    came = door.open("run", sessions="test")
    assert 1 == came.code
    forms = [TOKEN, base64.b64encode(TOKEN.encode()).decode(), quote(TOKEN, safe=""),
             base64.b64encode(b"user:" + TOKEN.encode()).decode()[8:-4]]  # fmt: skip
    kept = {each: each.read_text(encoding="utf-8") for each in (door.place / "out").rglob("*") if each.is_file()}
    assert {"events.jsonl", "run.json", "summary.md", "report.html", "test.log"} <= {each.name for each in kept}
    for name, text in [*kept.items(), ("page", came.summary), ("annotations", "".join(came.errors))]:
        assert not [form for form in forms if form in text], name
        assert "***" in text.replace("\\", "") or "test_leaks" not in text, name
    masked = came.printed
    for mask in begun.log.named("add-mask"):
        masked = masked.replace(mask.text, "***")
    assert not [form for form in forms if form in masked]


def test_what_is_built_is_what_is_tested(parcel, door, tmp_path):
    """A build hands its packages on; on another runner they are tested, and not when somebody changed them."""
    door.job = "build"
    built = run(door, "build sbom")
    assert (0, "0.3.0") == (built.code, built.outputs["version"])
    made = json.loads(built.outputs["artifacts"])
    assert {"wheel", "sdist", "sbom"} == set(made)
    needs = json.dumps({"build": {"result": "success", "outputs": built.outputs}})
    fetched = tmp_path / "fetched"
    shutil.copytree(door.place / "out", fetched)
    for attempt, code in (("whole", 0), ("edited", 4)):
        shutil.rmtree(parcel.root / "dist")
        (parcel.root / ".twinrail" / "artifacts.json").unlink()
        door.job = "accept"
        door.open("begin", sessions="integration e2e")
        shutil.copytree(fetched, door.place / "in")
        if attempt == "edited":
            with (door.place / "in" / made["wheel"]["path"]).open("ab") as wheel:
                wheel.write(b"\0")
        came = door.open("run", sessions="integration e2e", needs=needs)
        assert code == came.code, (attempt, came.printed)
        if attempt == "whole":
            assert ("passed", "off") == (door.ended("integration")["state"], door.ended("e2e")["state"])
            parcel.root.joinpath("dist").mkdir(exist_ok=True)
            (parcel.root / ".twinrail" / "artifacts.json").touch()
    assert came.errors[0].startswith(f"{made['wheel']['path']} is not the wheel that was built: sha256:")

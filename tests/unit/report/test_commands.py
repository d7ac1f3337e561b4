"""What is said to GitHub's runner, read as the runner reads it: escapes and annotations; and the table of jobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_runner import Log, Said
from golden_files import check
from twinrail.report.commands import MOST, annotation, annotations, data, spoken, value
from twinrail.report.events import Finding, SessionEnded
from twinrail.report.summary import jobs_table, refusal
from twinrail.system.errors import UsageError

TEXTS = st.text(st.sampled_from("ab%:,=;] \n\r0AD25\"'é#[🚀"), max_size=30)
HOSTILE = "100%0A,x:y=z\r\n::set-output name=a::b ##[add-mask]c"


def ended(session="lint", state="failed", headline="1 finding", **more):
    return SessionEnded(session=session, state=state, seconds=1.0, headline=headline, exit_code=1, **more)


def obeyed(*lines):
    """What the runner makes of some lines, each of which is one command."""
    log = Log().read("\n".join(lines))
    assert (len(lines), []) == (len(log.obeyed), log.lines)
    return log.obeyed


@given(TEXTS, TEXTS)
def test_what_is_escaped_comes_back(text, title):
    """Whatever stands in a message or a property reaches the runner as it was, and as nothing else."""
    said = Said("error", text, {"file": "a.py", "title": f"lint: {title}!"})
    assert [said] == obeyed(f"::error file=a.py,title={value(f'lint: {title}!')}::{data(text)}")


@pytest.mark.parametrize("text", ["%", "%25", "%0A", "%250A", "%%0D", "a\r\nb", "::endgroup::", HOSTILE])
def test_escaping_twice_is_read_once(text):
    """What looks escaped already is a text like any other."""
    assert [Said("notice", text)] == obeyed(f"::notice::{data(text)}")
    assert [Said("notice", data(text))] == obeyed(f"::notice::{data(data(text))}")


@pytest.mark.parametrize("text", [HOSTILE, "##[error]x", "a ##[group]b", "x\n::error::y", "x\r##[endgroup]"])
def test_what_is_spoken_is_no_command(text):
    """Within a line of ours nothing is a command, in either form that the runner knows."""
    log = Log().read(f"failed {spoken(text)}")
    assert ([], 1) == (log.obeyed, len(log.lines))


FINDINGS = {
    "ruff": Finding(file="src/shop/prices.py", line=41, title="F401", text="`os` imported but unused"),
    "ruff format": Finding(file="src/shop/prices.py", line=1, title="format", text="ruff format would change it"),
    "mypy": Finding(
        file="src/shop/cart.py", line=7, title="arg-type", text='Argument 1 to "f" has type "str"; a, b: c'
    ),
    "mypy without a line": Finding(file="src/shop/cart.py", line=0, title="mypy", text="Source file found twice"),
    "pytest": Finding(
        file="tests/unit/test_prices.py",
        line=12,
        title="test_rounding[a-1,2::3]",
        text="assert 3 == 4\n +  where 3 = f()",
    ),
    "bandit": Finding(file="src/shop/run.py", line=3, title="B602", text="subprocess call with shell=True identified"),
    "pip-audit": Finding(file="uv.lock", line=0, title="GHSA-aaaa-bbbb-cccc", text="jinja2 3.0.0: fixed in 3.1.5"),
    "secrets": Finding(file="settings, old.py", line=2, title="AWS Access Key", text="this looks like a secret"),
    "no place": Finding(title="twine", text="long_description has syntax errors"),
    "no text": Finding(title="contents"),
}


@pytest.mark.parametrize("folder", ["", "packages/api/"])
@pytest.mark.parametrize("tool", FINDINGS)
def test_an_annotation(tool, folder):
    """A finding stands at its file and line, seen from the repository's top; one without a line at the first."""
    found = FINDINGS[tool]
    (said,) = obeyed(annotation(found, "test", folder))
    place = {"file": folder + found.file, "line": str(found.line or 1)} if found.file else {}
    assert Said("error", found.text or found.title, {**place, "title": f"test: {found.title}"}) == said


@pytest.mark.parametrize("part", ["file", "title", "text"])
def test_a_hostile_annotation(part):
    """Whatever a tool calls a file, a rule or a fault, it is one annotation and nothing more."""
    found = Finding(**{"file": "a.py", "line": 3, "title": "T", "text": "t", part: HOSTILE})
    (said,) = obeyed(annotation(found, "lint"))
    assert HOSTILE in {said.text, said.properties["file"], said.properties["title"].removeprefix("lint: ")}
    assert {"file", "line", "title"} == set(said.properties)


def test_annotations_of_a_session():
    """Each finding is an annotation; a failure without findings is one itself, with all that it said."""
    found = tuple(FINDINGS.values())
    assert [each.title for each in found] == [
        each.properties["title"].removeprefix("lint: ") for each in obeyed(*annotations(ended(findings=found)))
    ]
    (said,) = obeyed(*annotations(ended("e2e", headline="refused: a, b", detail="why\nand how")))
    assert Said("error", "refused: a, b\nwhy\nand how", {"title": "e2e"}) == said


@pytest.mark.parametrize("state", ["passed", "unknown", "off", "not run", "waiting", "failed", "interrupted"])
def test_which_ends_are_annotated(state):
    """What failed or was interrupted is an error, what is unknown a warning, what waits a notice; all else is none."""
    found = [each.name for each in obeyed(*annotations(ended(state=state)))]
    levels = {"waiting": "notice", "unknown": "warning", "failed": "error", "interrupted": "error"}
    assert ([levels[state]] if state in levels else []) == found


def test_a_notice_of_what_waits():
    """It says what for, and how to go on."""
    headline = "waits for approval (nobody has agreed yet); go on with:  nox -s production -- --approve production"
    (said,) = obeyed(*annotations(ended("production", "waiting", headline)))
    assert Said("notice", headline, {"title": "production waits"}) == said


def test_as_many_as_github_shows():
    """GitHub shows 50 annotations of a job."""
    assert 50 == MOST


def test_jobs_table():
    """Each job with how it ended and why; what others wrote is shown, and not obeyed."""
    jobs = {
        "verify": ("passed", ""),
        "build": ("failed", "failed"),
        "platforms": ("off", "the project names no Python but 3.13, and no other system"),
        "accept": ("not run", "build failed"),
        "staging": ("interrupted", "was cancelled"),
        "approval": ("waiting", "a gate waits"),
        "production": ("off", "there is no [tool.twinrail.environments.production]"),
        "required | <b>": ("failed", 'ended as "a\n| x | @ada #1 `c` </table>", which is no end that is known'),
    }
    check("report/jobs.md", jobs_table(jobs))


def test_refusal():
    """Why nothing was run, on the page: what it quotes is shown, and not obeyed."""
    error = UsageError("path: '<b>@ada' makes no sense.\n  name: '```\n# x' neither", why="`a` | b", todo="[c](d)")
    check("report/refusal.md", refusal(error))

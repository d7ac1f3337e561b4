"""The noxfile's door, through real nox: what is offered, in which order it runs, who gets which words, how it ends."""

import json

import pytest
from callers import cloned, quick

from golden_files import check

NOXFILE = "from twinrail.sessions import offer\n\noffer()\n"


@pytest.fixture
def offered(parcel):
    """The consumer with a noxfile."""
    parcel.write("noxfile.py", NOXFILE)
    return parcel


def ran(done):
    """The sessions that nox ran, in their order."""
    return [line.split()[-1] for line in done.stderr.splitlines() if "Running session" in line]


def listed(nox_on, folder):
    return {each["session"]: each for each in json.loads(nox_on(folder, "-l", "--json").stdout)}


def test_the_list_reads_as_a_table_of_contents(offered, nox_on):
    """`nox -l` names every session with one line, and nox has nothing to warn of."""
    done = nox_on(offered.root, "-l")
    check("cli/nox-l.txt", done.stdout.replace(str(offered.root), "PROJECT"))
    assert "" == done.stderr


@pytest.fixture(scope="module")
def integrated(_parcel, tmp_path_factory, nox_on):
    """A run of `nox -s integration -- -k wheel`, ended."""
    made = cloned(_parcel, tmp_path_factory.mktemp("integrated") / "parcel")
    made.write("noxfile.py", NOXFILE)
    return nox_on(made.root, "-s", "integration", "--", "-k", "wheel")


def test_a_named_session_runs_what_it_stands_on(integrated):
    """`nox -s integration` runs all that comes before it, and not what comes after."""
    assert ["lint", "types", "test", "security", "build", "sbom", "image", "push", "sign", "integration"] == ran(
        integrated
    )
    assert 0 == integrated.returncode, integrated.stdout


def test_without_dependencies_only_the_named_one_runs(offered, nox_on):
    """`--no-dependencies` makes a job run what it names, and nothing else."""
    assert ["lint"] == ran(nox_on(offered.root, "--no-dependencies", "-s", "lint"))


def test_words_belong_to_what_was_named(integrated):
    """Words after `--` reach the named session, and none that it pulls in."""
    commands = [line for line in integrated.stderr.splitlines() if " -m twinrail " in line]
    said = [line[line.index(" -m twinrail ") :] for line in commands]
    before = ("lint", "types", "test", "security", "build", "sbom", "image", "push", "sign")
    assert [*(f" -m twinrail {name}" for name in before), " -m twinrail integration -- -k wheel"] == said


def test_sessions_side_by_side_share_one_record(offered, nox_on):
    """`nox -j2` runs each session in a process of its own; all of them write into one run."""
    done = nox_on(offered.root, "-j2", "--allow-parallel", "-s", "lint", "types", TWINRAIL_RUN="together")
    assert 0 == done.returncode, done.stderr
    record = json.loads((offered.root / ".twinrail" / "runs" / "together" / "run.json").read_text(encoding="utf-8"))
    assert ["lint", "types"] == sorted(each["name"] for each in record["sessions"])


def test_a_failure_stops_what_stands_on_it(offered, nox_on):
    """After a failed session nox runs none that requires it, and ends with 1."""
    offered.edit("tests/unit/test_postage.py", "(0, 100)", "(0, 101)")
    done = nox_on(offered.root, "-s", "integration")
    assert 1 == done.returncode
    assert "Prerequisite session test was not successful" in done.stderr


def test_notify_runs_after_a_failure_and_tells_of_it(offered, nox_on):
    """notify requires nothing: it runs after what failed, and says so."""
    offered.edit("tests/unit/test_postage.py", "(0, 100)", "(0, 101)")
    done = nox_on(offered.root, "-s", "test", "notify", TWINRAIL_RUN="told")
    assert ["test", "notify"] == ran(done)
    log = (offered.root / ".twinrail" / "runs" / "told" / "logs" / "notify.log").read_text(encoding="utf-8")
    assert "parcel 0.3.0 failed: test failed (run told)\n" == log


def test_own_sessions_are_kept(parcel, nox_on):
    """A session that the noxfile has itself is its own in `nox -s` and in the pipeline; others stand on it still."""
    own = "import nox\n\n@nox.session(venv_backend='none')\ndef lint(session):\n    session.log('my own lint')\n\n"
    parcel.write("noxfile.py", own + quick("test", "security", "sbom"))
    done = nox_on(parcel.root, "-s", "integration")
    assert 0 == done.returncode, done.stdout
    assert "my own lint" in done.stderr
    assert "security was quick" in done.stderr
    assert ("lint", "integration") == (ran(done)[0], ran(done)[-1])
    assert "FutureWarning" not in done.stderr
    piped = nox_on(parcel.root, "-s", "pipeline", "--", "--until", "types")
    assert 0 == piped.returncode, piped.stdout
    assert "the noxfile's own session" == parcel.result("lint")["headline"]


def test_an_own_session_that_fails_fails_the_pipeline(parcel, nox_on):
    """The pipeline stops what stands on a failed own session."""
    own = "import nox\n\n@nox.session(venv_backend='none')\ndef lint(session):\n    session.error('too long')\n\n"
    parcel.write("noxfile.py", own + NOXFILE)
    done = nox_on(parcel.root, "-s", "pipeline", "--", "--until", "integration")
    assert 1 == done.returncode
    assert ("not run", "lint failed") == (
        parcel.result("integration")["state"],
        parcel.result("integration")["headline"],
    )


def test_edges_bridge_over_what_is_left_out(parcel, nox_on):
    """A session that is left out leaves no gap: what came after it comes after what it came after."""
    parcel.write("noxfile.py", NOXFILE.replace("offer()", 'offer(without={"e2e", "integration"})'))
    assert not {"e2e", "integration"} & set(listed(nox_on, parcel.root))
    done = nox_on(parcel.root, "-s", "staging")
    assert ["lint", "types", "test", "security", "build", "sbom", "image", "push", "sign", "staging"] == ran(done)


def test_what_stands_beside_the_pipeline_is_offered(parcel, nox_on):
    """workflows and scan can be left out, or be the noxfile's own, like the sessions of the pipeline."""
    own = "import nox\n\n@nox.session(venv_backend='none')\ndef scan(session):\n    session.log('my own scan')\n\n"
    parcel.write("noxfile.py", own + NOXFILE.replace("offer()", 'offer(without={"workflows"})'))
    assert "workflows" not in listed(nox_on, parcel.root)
    assert "my own scan" in nox_on(parcel.root, "-s", "scan").stderr
    parcel.write("noxfile.py", NOXFILE)
    done = nox_on(parcel.root, "-s", "workflows")
    assert ["workflows"] == ran(done)
    assert 0 == done.returncode, done.stdout


def test_leaving_out_what_is_none_is_a_mistake(parcel, nox_on):
    """`without` names sessions; a misspelt one is told."""
    parcel.write("noxfile.py", NOXFILE.replace("offer()", 'offer(without={"e2", "lint"})'))
    done = nox_on(parcel.root, "-l")
    assert 0 != done.returncode
    assert "offer(without=…) names e2, which is no session." in done.stdout + done.stderr


def test_what_has_nothing_to_do_turns_itself_off(offered, nox_on):
    """Sessions for which the project has nothing pass, say why, and let the rest run."""
    done = nox_on(offered.root, "-s", "production", TWINRAIL_RUN="off")
    assert 0 == done.returncode, done.stdout
    record = json.loads((offered.root / ".twinrail" / "runs" / "off" / "run.json").read_text(encoding="utf-8"))
    off = {each["name"]: each["headline"] for each in record["sessions"] if each["state"] == "off"}
    assert {
        "image": "neither a Dockerfile nor [tool.twinrail.image]",
        "push": "no [tool.twinrail.image] registry",
        "sign": "no key: neither image.signing-key nor TWINRAIL_SIGNING_KEY",
        "e2e": "no folder tests/e2e",
        "staging": "no [tool.twinrail.environments.staging]",
        "production": "no [tool.twinrail.environments.production]",
    } == off


def test_plain_nox_runs_what_needs_no_environment(offered, nox_on):
    """A plain `nox` runs the sessions from lint to sbom."""
    defaults = ["lint", "types", "test", "security", "build", "sbom"]
    assert defaults == list(listed(nox_on, offered.root))
    assert defaults == ran(nox_on(offered.root))


OWN_AFTER_PRODUCTION = """\
import nox
from twinrail.sessions import offer


@nox.session(venv_backend="none", requires=["production"])
def tag(session):
    session.log("tagged")


offer(without={"lint", "types", "test", "security", "sbom", "integration", "e2e"})
"""


def test_a_session_that_waits_is_no_skip(parcel, nox_on):
    """A gate that waits ends the session aborted, says how to go on, and what requires it does not run."""
    tables = '[tool.twinrail.service]\ncommand = ["true"]\n\n[tool.twinrail.environments.production]\n'
    parcel.edit("pyproject.toml", "[tool.twinrail.test]", f"{tables}\n[tool.twinrail.test]")
    parcel.write("noxfile.py", OWN_AFTER_PRODUCTION)
    done = nox_on(parcel.root, "-s", "tag", TWINRAIL_RUN="waits")
    assert 1 == done.returncode
    assert "Session production aborted: a gate waits" in done.stderr
    assert "Session tag aborted: Prerequisite session production was not successful" in done.stderr
    record = json.loads((parcel.root / ".twinrail" / "runs" / "waits" / "run.json").read_text(encoding="utf-8"))
    assert ("waiting", 75) == (record["state"], record["exit_code"])

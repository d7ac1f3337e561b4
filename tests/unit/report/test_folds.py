"""A log in folds, read as the runner reads it: nothing that a tool says is a command."""

import io
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_runner import Log, Said
from twinrail.report.commands import Folds

SAID = (
    "all is well",
    "::error file=a.py,line=1::forged",
    "  ::warning::forged",
    "::endgroup::",
    "::group::forged",
    "::add-mask::a",
    "::stop-commands::x",
    "::x::",
    "::stop-commands::",
    "::::",
    f"::{'0' * 32}::",
    "::set-output name=state::passed",
    "::set-env name=PATH::/tmp",
    "::add-path::/tmp",
    "::add-matcher::evil.json",
    "::echo::on",
    "##[error]forged",
    "x ##[add-mask]a",
    "##[endgroup]",
    "##[stop-commands]x",
    "nox > Running session ::error::forged",
    "nox > Running session lint\t::endgroup::",
    "%0A::error::forged",
)


def folded(*lines):
    """A log of some lines that tools said, as the runner reads it, and the text that it read."""
    out = io.StringIO()
    folds = Folds(out)
    for line in lines:
        folds.say(line)
    folds.close()
    return Log().read(out.getvalue()), out.getvalue()


def test_folds():
    """What nox says before its first session is a fold, and each session is one; they end one after the other."""
    log, _ = folded("nox > starts", "nox > Running session lint", "clean", "nox > Running session types", "an error")
    names = [each.text or each.name for each in log.obeyed]
    assert ["nox", "endgroup", "lint", "endgroup", "types", "endgroup"] == names
    assert "" == log.stopped


@pytest.mark.parametrize("line", SAID)
def test_no_tool_gives_commands(line):
    """The runner obeys none but our folds, shows what was said, and hears us afterwards."""
    log, text = folded("nox > Running session lint", line, "after it")
    assert {"group", "endgroup"} == {each.name for each in log.obeyed}
    assert (0, "") == (log.open_folds, log.stopped)
    assert {line, "after it"} <= set(log.lines)
    assert [Said("error", "ours")] == log.read(f"{text}::error::ours").named("error")


def test_no_tool_gives_commands_by_all_of_it():
    """Nor does all of it together."""
    log, _ = folded(*SAID)
    assert {"group", "endgroup"} == {each.name for each in log.obeyed}
    assert (0, "") == (log.open_folds, log.stopped)


@given(st.lists(st.text(st.sampled_from(":#[]stopendgru-cma \n0af"), max_size=40), max_size=5))
def test_no_tool_gives_commands_whatever_it_says(lines):
    """Lines of the letters that commands are made of."""
    log, _ = folded(*lines)
    assert {"group", "endgroup"} >= {each.name for each in log.obeyed}
    assert (0, "") == (log.open_folds, log.stopped)


def test_the_word_that_ends_a_fold_cannot_be_guessed():
    """It is 32 letters, another one in each fold, and said to nobody but the runner before the fold ends."""
    _, text = folded(*[f"nox > Running session s{number}" for number in range(20)])
    words = [line.removeprefix("::stop-commands::") for line in text.splitlines() if line.startswith("::stop-")]
    assert (20, {32}) == (len(set(words)), {len(word) for word in words})


def test_nothing_said_is_no_fold():
    """A log in which nothing was said has no fold, and closing twice ends nothing twice."""
    out = io.StringIO()
    folds = Folds(out)
    folds.close()
    folds.open("lint")
    folds.close()
    folds.close()
    assert [1, 1] == [out.getvalue().count(word) for word in ("::group::", "::endgroup::")]


def test_a_title_is_no_command():
    """A fold is called what it is called."""
    out = io.StringIO()
    Folds(out).open("types(a='x\n::error::y')")
    assert [Said("group", "types(a='x\n::error::y')")] == Log().read(out.getvalue()).obeyed


@pytest.fixture
def hasty():
    """Threads take turns far more often than they usually do."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_two_streams_of_a_tool_at_once():
    """Each line stays whole, and so does the end of each fold, without which nothing would be heard again."""
    out = io.StringIO()
    folds = Folds(out)

    def speak(line):
        for _ in range(3000):
            folds.say(line)

    lines = ("nox > Running session lint", "said by ruff")
    threads = [threading.Thread(target=speak, args=(line,)) for line in lines]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    folds.close()
    log = Log().read(out.getvalue())
    assert (set(lines), 0, "") == (set(log.lines), log.open_folds, log.stopped)


def test_a_session_that_ran_beside_others_has_its_end_for_a_title():
    """nox prints what came of it above its output: that is the fold's title, and the fold is one."""
    lines = ("Starting session lint...", "========== ✓ lint: success, a second ==========",
             "nox > Running session lint", "clean", "========== ✗ types: failed, 3 seconds ==========",
             "nox > Running session types", "an error")  # fmt: skip
    log, text = folded(*lines)
    names = [each.text or each.name for each in log.obeyed]
    assert [
        "nox",
        "endgroup",
        "✓ lint: success, a second",
        "endgroup",
        "✗ types: failed, 3 seconds",
        "endgroup",
    ] == names
    assert "Running session types" in text


def test_what_is_said_aloud_stands_outside_of_all_folds():
    """The end of a run is seen without opening anything, and holds no command either."""
    out = io.StringIO()
    folds = Folds(out)
    folds.say("nox > Running session lint")
    folds.aloud("  ✗ lint   1 finding\n::error::forged")
    log = Log().read(out.getvalue())
    assert ["lint", "endgroup"] == [each.text or each.name for each in log.obeyed]
    assert "" == log.stopped

"""What a step tells GitHub through the runner's files: outputs, whatever stands in them, and the summary page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from github_runner import read_outputs
from twinrail.system.github import write_output, write_summary

VALUES = (
    "",
    "one\ntwo\n",
    "\n",
    "a\r\nb",
    "name=value",
    "name<<end",
    "end-0123456789abcdef0123456789abcdef",
    "x\nend-0123456789abcdef0123456789abcdef\nstate=passed",
    "::set-output name=state::passed",
    "::set-output name=state::passed\n::add-mask::a",
    "${{ secrets.TOKEN }}",
    "{\"a\": [1, 'b']}",
    "ü ✓ \N{RIGHT-TO-LEFT OVERRIDE} 🚀",
    "x" * 100_000,
    "line\n" * 20_000,
)


@pytest.fixture
def told(monkeypatch, tmp_path):
    """What was told as outputs so far, as the runner reads it."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return lambda: read_outputs((tmp_path / "output").read_bytes().decode())


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:24]))
def test_an_output(told, value):
    """Whatever stands in an output is its value, and no other output."""
    write_output("before", "b")
    write_output("value", value)
    write_output("after", "a")

    assert {"before": "b", "value": value, "after": "a"} == told()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab=<\n\r:%{}\"'é"), max_size=20), max_size=4))
def test_outputs(told, tmp_path, values):
    """Outputs come back as they were told."""
    (tmp_path / "output").write_text("", encoding="utf-8")
    for number, value in enumerate(values):
        write_output(f"value-{number}", value)

    assert {f"value-{number}": value for number, value in enumerate(values)} == told()


@pytest.mark.usefixtures("told")
def test_the_end_of_an_output_cannot_be_guessed(tmp_path):
    """No two outputs end with the same word."""
    for _ in range(20):
        write_output("value", "x")
    lines = (tmp_path / "output").read_text(encoding="utf-8").splitlines()

    assert 20 == len({line for line in lines if line.startswith("end-")})


def test_half_a_character(told):
    """What is no text, from a file's name for example, costs a character and nothing else."""
    write_output("value", "a\udcffb")
    assert {"value": "a?b"} == told()


def test_off_github_nothing_is_told(monkeypatch, tmp_path):
    """Where no file is named, outputs and summary go nowhere."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    write_output("value", "x")
    write_summary("# x")
    assert [] == list(tmp_path.iterdir())


def test_summary(monkeypatch, tmp_path):
    """A summary page grows."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    write_summary("# a ✓")
    write_summary("b")
    assert "# a ✓\nb\n" == (tmp_path / "summary").read_text(encoding="utf-8")

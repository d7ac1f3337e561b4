"""at_end.sh: what several scripts want done when the shell that sourced them ends."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "at_end.sh"


def said(text):
    """What a strict shell says that has sourced the script, with its exit code."""
    command = ["bash", "-c", f'set -euo pipefail; source "$0"; {text}', str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(("ends", "code"), [("true", 0), ("false", 1), ("exit 3", 3)])
def test_all_is_done_the_last_first(ends, code):
    """What was started last is stopped first, however the shell ends; its exit code stays."""
    assert (code, ["second", "first"]) == said(f"at_end 'echo first'; at_end 'echo second'; {ends}")


def test_sourced_twice_it_forgets_nothing():
    """Each script sources it for itself."""
    assert (0, ["second", "first"]) == said("at_end 'echo first'; source \"$0\"; at_end 'echo second'")


def test_a_subshell_ends_only_what_it_started():
    """What its parent started goes on when it ends."""
    assert (0, ["inner", "between", "outer"]) == said("at_end 'echo outer'; (at_end 'echo inner') & wait; echo between")

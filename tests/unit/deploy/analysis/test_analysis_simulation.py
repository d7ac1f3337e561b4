"""How often the analysis is wrong, on a few pairs of each kind; `benchmarks/analysis.py` draws a thousand."""

import subprocess
import sys
from pathlib import Path

from benchmarks.analysis import QUESTIONS, Row, simulate, table

ROOT = Path(__file__).parents[4]


def test_goals():
    """Of sixty pairs of each kind as few are judged wrongly as may be."""
    rows = simulate(60, seed=2)
    assert [] == [row for row in rows if not row.ok]
    assert len(QUESTIONS) == len(rows)


def test_same_for_the_same_seed():
    """The same seed draws the same pairs, case by case."""
    assert simulate(2, seed=3) == simulate(2, seed=3)


def test_table():
    """The table says of each case how often it went wrong, and whether that is too often."""
    rows = [Row(name="alike", pairs=1000, wrong=12, most=0.02), Row(name="slower", pairs=1000, wrong=51, most=0.05)]
    assert [
        "| alike | 1,000 | 12 | 1.2 % | 2 % | ✓ |",
        "| slower | 1,000 | 51 | 5.1 % | 5 % | ✗ |",
    ] == table(rows).splitlines()[2:]


def test_as_a_program():
    """Run by its path it prints the table."""
    command = [sys.executable, "benchmarks/analysis.py", "--pairs", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(QUESTIONS) + 2 == len(done.stdout.splitlines())

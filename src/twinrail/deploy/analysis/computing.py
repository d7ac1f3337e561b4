"""The numbers of a comparison, computed by SciPy in a virtual environment of its own."""

import json
from collections.abc import Callable

from twinrail.deploy.analysis.comparison import STATISTICS, question, read
from twinrail.deploy.analysis.verdict import Case, Pair
from twinrail.project.strategies import Analysis
from twinrail.project.venv import Venv
from twinrail.session.work import Work
from twinrail.system.command import Command

Compute = Callable[[Pair], Case]
"""Finds what a verdict needs."""


def prepare(work: Work) -> Venv:
    """SciPy, installed: better before a rollout than amid it; the second time it costs nothing.

    Raises:
        ToolError: it cannot be installed.
    """
    return work.venvs.for_tools("analysis")


def computer(work: Work, analysis: Analysis) -> Compute:
    """What computes the numbers of a pair of releases for the session; what it was asked stays beside the run record.

    The function raises:
        ToolError: SciPy cannot be installed or run.
        Interrupted: somebody pressed Ctrl-C.
    """

    def compute(pair: Pair) -> Case:
        venv = prepare(work)
        file = work.report(f"analysis-{pair.names[1]}.json")
        file.write_text(json.dumps(question(pair.old, pair.new, analysis.slower)), encoding="utf-8")
        command = Command(
            # -I: a module of ours must not stand in for one of Python's that has its name, `statistics` above all.
            argv=(str(venv.python), "-I", str(STATISTICS), str(file)),
            cwd=work.project.root,
            tool=f"scipy {venv.installed['scipy']} (pack)",
        )
        done = work.shell.run(command, data=True)
        return Case(pair=pair, numbers=read(json.loads(done.stdout)), analysis=analysis)

    return compute

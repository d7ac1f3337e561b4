"""The words of the command line: what can be said, and what it means."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from twinrail.pipeline.graph import ASIDE, DOWN_SAYS, PIPELINE, PIPELINE_SAYS
from twinrail.pipeline.structure import Session
from twinrail.system.called import PROJECT

_INTRO = """\
Two rails, one gauge: the same CI/CD sessions for Python on a laptop and on GitHub Actions.

Every session of the pipeline is a verb here, and `nox -s VERB` in a repository with a noxfile.
Words for a session's tool stand after `--`:

    twinrail test -- tests/unit/test_prices.py -k rounding
    twinrail run test build              these and nothing else, no noxfile needed
    twinrail pipeline --approve production
"""
_ANYWHERE = [each.name for each in (*PIPELINE, *ASIDE) if not (each.somewhere or each.does)]
FLAGS = {
    "build": "for up: build the image anew, from the commit that is checked out",
    "volumes": "for down: the volumes go too, and with them all data",
    "follow": "for logs: go on until Ctrl-C",
}
"""What can be said to a session that does one of several things."""
_OUTRO = """\
Exit codes: 0 passed · 1 something was found · 2 usage · 3 settings · 4 project · 5 tool · 20 turned back ·
75 a gate waits · 130 interrupted; all of them in docs/exit-codes.md.
"""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the command line says.

    Attributes:
        verb: a session, or one of pipeline, run, down, plan, status, history, unlock, verify-journal, explain, schema.
        project: the project's folder.
        overrides: settings of this run alone, `KEY=VALUE`.
        json: whether a program reads the answer.
        environment: for sessions and questions about one environment: its name.
        to: for `rollback`: the release to go back to, or empty.
        end: for `resume`: whether an experiment ends.
        action: for a session that does one of several things: which.
        flags: how.
        services: the services that it is about.
        every: for `history`: whether all rollouts are wanted.
        own_run: for `unlock`: the run of one's own that holds the lease, or empty.
        approve: environments that are approved.
        until: the last session of the pipeline that is wanted, or empty.
        sessions: for `run`: the sessions.
        key: for `explain`: the setting.
        own: sessions that the noxfile does itself.
        without: sessions that the noxfile leaves out.
        noxfile: the noxfile that asked, or None.
        tool: the words after `--`.
    """

    verb: str
    project: Path
    overrides: tuple[str, ...] = ()
    json: bool = False
    environment: str = ""
    to: str = ""
    end: bool = False
    action: str = ""
    flags: frozenset[str] = frozenset()
    services: tuple[str, ...] = ()
    every: bool = False
    own_run: str = ""
    approve: frozenset[str] = frozenset()
    until: str = ""
    sessions: tuple[str, ...] = ()
    key: str = ""
    own: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    noxfile: Path | None = None
    tool: tuple[str, ...] = ()


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        # argparse reckons without the verbs, and breaks the lines of the longer ones.
        self._action_max_length = 12


def read(arguments: list[str]) -> Words:
    """What the words mean; prints help, or what is wrong with them, and exits with 2."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    found = parser().parse_args(arguments[:end])
    return Words(
        verb=found.verb,
        project=Path(found.project).resolve(),
        overrides=tuple(found.set or ()),
        json=found.json,
        environment=getattr(found, "environment", None) or "",
        to=getattr(found, "to", None) or "",
        end=bool(getattr(found, "end", False)),
        action=getattr(found, "action", None) or "",
        flags=frozenset(flag for flag in FLAGS if getattr(found, flag, False)),
        services=tuple(getattr(found, "services", None) or ()),
        every=bool(getattr(found, "every", False)),
        own_run=getattr(found, "own_run", None) or "",
        approve=frozenset(getattr(found, "approve", None) or ()),
        until=getattr(found, "until", None) or "",
        sessions=tuple(getattr(found, "sessions", None) or ()),
        key=getattr(found, "key", None) or "",
        own=frozenset(getattr(found, "own", None) or ()),
        without=frozenset(getattr(found, "without", None) or ()),
        noxfile=Path(found.noxfile) if getattr(found, "noxfile", None) else None,
        tool=tuple(arguments[end + 1 :]),
    )


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = argparse.ArgumentParser(prog="twinrail", description=_INTRO, epilog=_OUTRO, formatter_class=_Help)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")
    for session in PIPELINE:
        verb = _verb(verbs, session.name, session.says, tool=session.tool)
        if session.name in {"staging", "production"}:
            _approve(verb)
            _hidden(verb)
    _pipeline(verbs)
    for session in ASIDE:
        verb = _verb(verbs, session.name, session.says.partition(":")[0], tool=session.tool)
        if session.somewhere:
            _somewhere(verb, session.name)
        if session.does:
            _doing(verb, session)
    run = _verb(verbs, "run", "runs the named sessions and no others, without a noxfile", tool="the tools")
    run.add_argument("sessions", nargs="+", choices=_ANYWHERE, metavar="SESSION")
    _approve(run)
    _verb(verbs, "down", DOWN_SAYS)
    _journal(verbs)
    explain = _verb(verbs, "explain", "tells what a setting means, what it is here, and where that comes from")
    explain.add_argument("key", nargs="?", help="test.coverage, environments.production; without: all of them")
    _verb(verbs, "schema", "prints the JSON schema of [tool.twinrail]")
    return top


def _pipeline(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pipeline = _verb(verbs, "pipeline", PIPELINE_SAYS.partition(":")[0])
    names = [each.name for each in PIPELINE if not each.always]
    pipeline.add_argument("--until", choices=names, metavar="SESSION", help="the last session that is wanted")
    _approve(pipeline)
    _hidden(pipeline)
    pipeline.add_argument("--noxfile", help=argparse.SUPPRESS)


def _journal(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    plan = _verb(verbs, "plan", "tells what a deploy would do now, move by move, and the way back; changes nothing")
    plan.add_argument("environment", metavar="ENVIRONMENT", help="test, staging or production")
    here = "of this environment alone (default: of all of them)"
    status = _verb(verbs, "status", "tells what is live where")
    status.add_argument("environment", nargs="?", metavar="ENVIRONMENT", help=here)
    history = _verb(verbs, "history", "tells what became of each deploy, the newest first")
    history.add_argument("environment", nargs="?", metavar="ENVIRONMENT", help=here)
    history.add_argument("--all", action="store_true", dest="every", help="all of them, not the last 20 alone")
    verify = _verb(verbs, "verify-journal", "tells whether what was written down of deploys is whole")
    verify.add_argument("environment", nargs="?", metavar="ENVIRONMENT", help=here)
    unlock = _verb(verbs, "unlock", "ends the lease of a deploy that died, ran out, or is your own")
    unlock.add_argument("environment", metavar="ENVIRONMENT", help="test, staging or production")
    own = "end it although that run lives: one of your own, begun on this machine; it deploys nothing more"
    unlock.add_argument("--own", metavar="RUN", dest="own_run", help=own)


def _hidden(verb: argparse.ArgumentParser) -> None:
    # What the noxfile tells of itself; nobody types it.
    for hidden in ("--own", "--without"):
        verb.add_argument(hidden, action="append", help=argparse.SUPPRESS)


def _somewhere(verb: argparse.ArgumentParser, name: str) -> None:
    verb.add_argument("environment", metavar="ENVIRONMENT", help="test, staging or production")
    if name == "rollback":
        verb.add_argument("--to", metavar="RELEASE", help="the version to go back to (default: the one live before)")
    else:
        verb.add_argument("--end", action="store_true", help="go on past what waits: an experiment, or a doubt")


def _doing(verb: argparse.ArgumentParser, session: Session) -> None:
    told = "\n".join(f"  {name:<9} {says}" for name, says in session.does)
    verb.description = f"{verb.description}\n\n{told}"
    verb.add_argument("action", choices=[name for name, _ in session.does], metavar="ACTION", help="one of these")
    verb.add_argument(
        "services", nargs="*", default=(), metavar="SERVICE", help="for restart and logs: the services that are meant"
    )
    for flag, says in FLAGS.items():
        verb.add_argument(f"--{flag}", action="store_true", help=says)


def _approve(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--approve", action="append", metavar="ENVIRONMENT", help="agree that the release goes there")


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, says: str, *, tool: str = ""
) -> argparse.ArgumentParser:
    about = f"{says[0].upper()}{says[1:]}." + (f" Words after `--` go to {tool}." if tool else "")
    verb = verbs.add_parser(name, help=says, description=about, formatter_class=_Help)
    here = os.environ.get(PROJECT, ".")
    verb.add_argument(
        "--project", default=here, metavar="FOLDER", help="the folder with pyproject.toml (default: here)"
    )
    verb.add_argument("--set", action="append", metavar="KEY=VALUE", help="a setting for this run: test.coverage=80")
    verb.add_argument("--json", action="store_true", help="answer in JSON, for programs")
    return verb

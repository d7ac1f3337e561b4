"""The door for noxfiles: `from twinrail.sessions import offer; offer()`."""

import os
import re
import sys
from collections.abc import Callable, Iterable

import nox
from nox.command import CommandFailed

from twinrail.pipeline.graph import ASIDE, DOWN_SAYS, PIPELINE, PIPELINE_SAYS, bridge
from twinrail.report.runs import RUN_VARIABLE, new_run
from twinrail.system import pack
from twinrail.system.called import CALLED, FROM, PROJECT
from twinrail.system.errors import UsageError, Waiting

# `-s NAME`, `-sNAME`, `-rs NAME`, `--session=NAME`: as nox's parser takes them.
_NAMES = re.compile(r"(?:-[rRvxn]*[se]|--sessions?(?:=|$))(.*)")
# A rollout that is interrupted makes its way back first; GitHub's runner waits 7.5 s for it.
_INTERRUPT, _TERMINATE = 30.0, 10.0


def offer(*, without: Iterable[str] = ()) -> None:
    """Offers every session of the pipeline to nox, but those `without` and those that the noxfile has itself.

    Raises:
        UsageError: `without` names what is not a session.
    """
    left = frozenset(without)
    if unknown := left - {each.name for each in (*PIPELINE, *ASIDE)}:
        raise UsageError(f"offer(without=…) names {', '.join(sorted(unknown))}, which is no session.")
    # All processes of this run of nox write into one record.
    os.environ.setdefault(RUN_VARIABLE, new_run())
    own = frozenset(nox.registry.get())
    told = _told(own, left)
    for each in bridge(left):
        if each.name not in own:
            words = _always(told) if "receipt" in each.takes else None
            _register(
                each.name, each.says, requires=each.after, default=each.default, tool=bool(each.tool), words=words
            )
    for name, says in (("pipeline", PIPELINE_SAYS), ("down", DOWN_SAYS)):
        if name not in own:
            _register(name, says, words=_with_noxfile(told) if name == "pipeline" else None)
    for each in ASIDE:
        if each.name not in own | left:
            _register(each.name, each.says, default=each.default, tool=bool(each.tool))


def named(arguments: list[str]) -> frozenset[str] | None:
    """The sessions named after `-s` on nox's command line, or None when none was: then all defaults are meant."""
    if "NOXSESSION" in os.environ and not {"-s", "-e", "--session", "--sessions"} & set(arguments):
        return frozenset(os.environ["NOXSESSION"].split(","))
    found: set[str] = set()
    taking = False
    for word in arguments:
        if word == "--":
            break
        if word.startswith("-"):
            asked = _NAMES.fullmatch(word)
            taking = asked is not None
            found |= {asked[1]} if asked and asked[1] else set()
        elif taking:
            found.add(word)
    return frozenset(found) or None


def _register(
    name: str,
    says: str,
    *,
    requires: tuple[str, ...] = (),
    default: bool = False,
    tool: bool = False,
    words: Callable[[nox.Session], list[str]] | None = None,
) -> None:
    def body(session: nox.Session) -> None:
        meant = (chosen := named(sys.argv[1:])) is None or name in chosen
        given = session.posargs if meant else []
        before = words(session) if words else []
        _run(session, name, *before, *(["--", *given] if tool and given else given))

    body.__doc__ = says
    nox.session(name=name, venv_backend="none", requires=list(requires), default=default)(body)


def _told(own: frozenset[str], left: frozenset[str]) -> list[str]:
    # What the pipeline and the deploys are told of the noxfile: the sessions that it does itself, or leaves out.
    hidden = [word for name in sorted(own & {each.name for each in PIPELINE}) for word in ("--own", name)]
    return hidden + [word for name in sorted(left) for word in ("--without", name)]


def _always(told: list[str]) -> Callable[[nox.Session], list[str]]:
    return lambda _: told


def _with_noxfile(told: list[str]) -> Callable[[nox.Session], list[str]]:
    def words(session: nox.Session) -> list[str]:
        noxfile = session._runner.global_config.noxfile  # noqa: SLF001  # nox tells it nowhere else
        return [*told, "--noxfile", str(noxfile)] if "--own" in told else told

    return words


def _run(session: nox.Session, name: str, *words: str) -> None:
    config = session._runner.global_config  # noqa: SLF001  # nox tells it nowhere else
    stood = config.invoked_from
    noxfile = os.path.relpath(config.noxfile, stood)
    called = os.environ.get(CALLED) or ("nox" if noxfile == "noxfile.py" else f"nox -f {noxfile}")
    # Where the noxfile is not the project's own, nobody could call it so.
    env = {**pack.importable(), **({} if PROJECT in os.environ else {CALLED: called}), FROM: stood}
    try:
        session.run(
            sys.executable, "-m", "twinrail", name, *words,
            env=env, external=True, interrupt_timeout=_INTERRUPT, terminate_timeout=_TERMINATE,
        )  # fmt: skip
    except CommandFailed as failed:
        if failed.return_code == Waiting.exit_code:
            session.error("a gate waits: see above what for, and how to go on")
        raise

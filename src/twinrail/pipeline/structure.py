"""What a pipeline is made of: sessions, and the jobs that they lie on."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Session:
    """One thing that the pipeline does: a nox session.

    Attributes:
        name: one word.
        says: what it does, for `nox -l` and the README.
        after: the sessions that must have passed before (nox's `requires=`).
        takes: artifacts that it reads.
        makes: artifacts that it leaves.
        reads: what its result depends on; empty: a result is never used again.
        default: whether a plain `nox` runs it.
        always: whether it runs even after a failure.
        tool: what the words after `--` go to; empty: the session has words of its own.
        somewhere: whether it must be told which environment it is for.
        does: what it can be asked for, each with what that is; empty: it does one thing.
    """

    name: str
    says: str
    after: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    default: bool = True
    always: bool = False
    tool: str = ""
    somewhere: bool = False
    does: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one runner does: a YAML job.

    Attributes:
        name: one word.
        sessions: what it runs; empty: it asks for approval.
        needs: the jobs that must have ended before.
        environment: the environment of GitHub that it stands in, without a prefix; empty: none.
    """

    name: str
    sessions: tuple[str, ...]
    needs: tuple[str, ...] = ()
    environment: str = ""

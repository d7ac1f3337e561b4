"""What the journal says of the database: whether it may be contracted, and whether a way leads back across that."""

from collections.abc import Sequence

from twinrail.deploy.interface import Entry
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import Live, contracted_since, lives, rolled_back
from twinrail.deploy.terms import Terms
from twinrail.system.errors import PlanRefused


def check_contract(
    release: Release, live: str, entries: Sequence[Entry], environment: str, terms: Terms | None = None
) -> None:
    """Nothing, when the database may be contracted for the release.

    It may in an environment that never had another release, and where the one before was expanded for there and is
    not live by a rollback: a release that needs the old no more has been healthy then. A rollout that expands it too
    may only where the live release ran the same `migrate`, and did not name the same `contract`. The same release may
    do again what it has done.

    Args:
        release: the one that is to contract it.
        live: the release that is live; empty where none is.
        entries: the journal of the environment.
        environment: its name.
        terms: the settings of the rollout that is to contract it; None where they are not known.

    Raises:
        PlanRefused: it may not.
    """
    problem = _problem(release, live, entries, terms)
    if not problem:
        return
    raise PlanRefused(
        f"{release.version} cannot contract the database of {environment}: {problem}.",
        why="One release expands it, a later one contracts it: so a way leads back from each while it is new.",
        todo="Deploy it without [tool.twinrail.service] contract, and contract with the next; nothing was changed.",
    )


def _problem(release: Release, live: str, entries: Sequence[Entry], terms: Terms | None) -> str:
    past = lives(entries)
    before = live or (past[-1].name if past else "")
    known = [each for each in past if each.name == before]
    expanded = [each for each in known if each.expanded]
    if before == release.name:
        again = any(each.contracted for each in known)
        return "" if again else "it is live there, and a way is to lead back from it"
    if rolled_back(entries):
        return f"{version_of(before)} is live there by a rollback, and may need what would go"
    if before and not expanded:
        return f"{version_of(before)}, which is live there, did not expand it"
    return _at_once(terms, expanded[-1]) if live and terms else ""


def _at_once(terms: Terms, live: Live) -> str:
    """Why the rollout would expand and contract at once, as far as commands tell; empty where it would not."""
    if not terms.migrate or live.terms is None:
        return ""
    if terms.migrate != live.terms.migrate:
        return f"it would expand it too, by a command that {version_of(live.name)}, which is live there, did not run"
    if terms.contract == live.terms.contract:
        return f"it would expand it too, and {version_of(live.name)}, which is live there, named that contract already"
    return ""


def check_bridge(release: Release, entries: Sequence[Entry], environment: str) -> None:
    """Nothing, when a way leads back to the release.

    Raises:
        PlanRefused: the database was contracted since it was live.
    """
    if by := contracted_since(entries, release.name):
        raise PlanRefused(
            f"No way leads back to {release.version} in {environment}: the database was contracted for "
            f"{version_of(by)}.",
            why=f"What {release.version} needs there may be gone.",
            todo="Mend forward: deploy a newer release. Nothing was changed.",
        )

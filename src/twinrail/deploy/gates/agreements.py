"""Who agreed that a release goes out, read off a ledger: whose agreement counts, and why another's does not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from twinrail.deploy.interface import Entry
from twinrail.deploy.release import Release
from twinrail.system.units import show_minute


@dataclass(frozen=True, kw_only=True)
class Agreements:
    """What people said of a release.

    Attributes:
        counted: who agreed, each once, in the order in which they did.
        lost: of each whose agreement does not count, why.
    """

    counted: tuple[str, ...]
    lost: Mapping[str, str]


def agreements(
    entries: Sequence[Entry], release: Release, *, expires: float | None, authors: Collection[str], now: float
) -> Agreements:
    """The agreements to a release that count at `now`, in seconds since 1970.

    Args:
        entries: the whole ledger of the environment.
        release: the very release that was agreed to.
        expires: how long an agreement counts, in seconds; None: until another release comes up.
        authors: what the commit's author is known as, where the author may not agree.
        now: seconds since 1970.
    """
    rival = next((each for each in reversed(entries) if _comes_up(each) and _newer(each, release)), None)
    counted: list[str] = []
    lost: dict[str, str] = {}
    for each in entries:
        if each.kind != "approved" or identity_in(each) != release.identity:
            continue
        who = str(each.facts["who"])
        if rival and each.number < rival.number:
            lost[who] = f"{_agreement(each)} ended when {rival.facts.get('release', 'another release')} came up"
        elif is_author((who, *map(str, each.facts.get("git", ()))), authors):
            lost[who] = f"{who} wrote the commit, and may not agree to it"
        elif expires is not None and now - each.time > expires:
            lost[who] = f"{_agreement(each)} expired"
        else:
            counted.append(who)
    return Agreements(
        counted=tuple(dict.fromkeys(counted)), lost={who: why for who, why in lost.items() if who not in counted}
    )


def another_is_agreed_to(entries: Sequence[Entry], release: Release) -> bool:
    """Whether the release that came up last is another one, and somebody agreed to it."""
    last = next((each for each in reversed(entries) if _comes_up(each)), None)
    return last is not None and last.kind == "approved" and identity_in(last) != release.identity


def is_author(known_as: Collection[str], authors: Collection[str]) -> bool:
    """Whether somebody is known by a name of the author's, an address, or what stands before its @."""
    theirs = {name.casefold() for each in authors for name in (each, each.partition("@")[0])}
    return any(name.casefold() in theirs for name in known_as if name)


def identity_in(entry: Entry) -> str:
    """The identity of the release of which an entry speaks."""
    return str(entry.facts.get("identity") or entry.facts.get("digest") or "")


def _comes_up(entry: Entry) -> bool:
    asked = entry.kind == "asked" and entry.facts.get("gate") == "approval" and bool(identity_in(entry))
    return asked or entry.kind == "approved"


def _newer(entry: Entry, release: Release) -> bool:
    # An older commit that is built once more takes nobody's agreement away; of what is not known it does.
    return identity_in(entry) != release.identity and float(entry.facts.get("when") or release.when) >= release.when


def _agreement(entry: Entry) -> str:
    return f"{entry.facts['who']}'s agreement of {show_minute(entry.time)}"

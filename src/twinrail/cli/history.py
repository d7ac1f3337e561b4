"""`twinrail history`: what became of each rollout, the newest first."""

import dataclasses
import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from twinrail.cli.asking import NOTHING_YET, open_work, print_json, print_lines, width
from twinrail.cli.words import Words
from twinrail.deploy.history import Attempt, Fate
from twinrail.deploy.history import history as history_of
from twinrail.deploy.places import places_named
from twinrail.deploy.release import version_of
from twinrail.system.units import show_count, show_duration, show_time

LAST = 20
"""How many rollouts of an environment are told unless all are wanted."""

_FATES: dict[Fate, tuple[str, str, str]] = {
    "live": ("✓", "live", "green"),
    "replaced": ("✓", "was live", ""),
    "rolled back": ("↩", "rolled back", "yellow"),
    "down": ("–", "down", "dim"),
    "turned back": ("✗", "turned back", "red"),
    "paused": ("◐", "waits", "yellow"),
    "unfinished": ("●", "unfinished", "yellow"),
}
_HEADER = ("when (UTC)", "became", "release", "commit", "took", "strategy", "by")
_RIGHT = 4
"""The column that stands to the right: how long it took."""


def history(words: Words) -> int:
    """Prints what became of the rollouts of each environment, or of the one that is named."""
    found = {
        place.name: history_of(place.ledger.read())[::-1] for place in places_named(open_work(words), words.environment)
    }
    if words.json:
        kept = {name: attempts if words.every else attempts[:LAST] for name, attempts in found.items()}
        print_json({name: [dataclasses.asdict(each) for each in attempts] for name, attempts in kept.items()})
    else:
        print_lines(told(found, every=words.every, width=width()) if found else [Text(NOTHING_YET)])
    return 0


def told(found: dict[str, tuple[Attempt, ...]], *, every: bool, width: int) -> list[Text]:
    """The environments in words, the newest rollout first; reasons in lines of their own, of `width` characters."""
    lines: list[Text] = []
    for name, attempts in found.items():
        lines += [Text("")] if lines else []
        lines.append(Text(name, "bold"))
        lines += (
            _table(attempts if every else attempts[:LAST], width) if attempts else [Text("  no rollout yet", "dim")]
        )
        if not every and len(attempts) > LAST:
            lines.append(Text(f"  and {show_count(len(attempts) - LAST, 'older one')}:  twinrail history {name} --all"))
    return lines


def _table(attempts: Sequence[Attempt], width: int) -> Iterator[Text]:
    rows = [_HEADER, *map(_row, attempts)]
    wide = [max(len(row[at]) for row in rows) for at in range(len(_HEADER))]
    for row, attempt in zip(rows, [None, *attempts], strict=True):
        cells = [
            f"{cell:>{space}}" if at == _RIGHT else f"{cell:<{space}}"
            for at, (cell, space) in enumerate(zip(row, wide, strict=True))
        ]
        style = _FATES[attempt.became][2] if attempt else "dim"
        when, fate, *rest = cells
        yield Text.assemble(
            f"  {when}  ", (fate, style), f"  {'  '.join(rest).rstrip()}", style="" if attempt else "dim"
        )
        if attempt and (why := _why(attempt)):
            yield from (Text(f"      {line}", "dim") for line in textwrap.wrap(why, max(width - 6, 30)))


def _row(attempt: Attempt) -> tuple[str, ...]:
    sign, fate, _ = _FATES[attempt.became]
    when = show_time(attempt.began)[:16]
    who = attempt.by.partition(",")[0]
    return (
        when,
        f"{sign} {fate}",
        attempt.version,
        attempt.commit[:7],
        show_duration(attempt.seconds),
        attempt.strategy,
        who,
    )


def _why(attempt: Attempt) -> str:
    if attempt.why:
        return attempt.why.splitlines()[0]
    return f"a way back from {version_of(attempt.old)}" if attempt.rollback and attempt.old else ""

"""`twinrail verify-journal`: whether a journal reads as it was written."""

import dataclasses
from collections.abc import Sequence

from rich.text import Text

from twinrail.cli.asking import NOTHING_YET, open_work, print_json, print_lines
from twinrail.cli.words import Words
from twinrail.deploy.interface import Entry
from twinrail.deploy.journal import Fault
from twinrail.deploy.places import places_named
from twinrail.system.errors import LedgerError
from twinrail.system.units import show_count


def verify_journal(words: Words) -> int:
    """Prints of each environment, or of the one that is named, whether its journal is whole, and all that is wrong."""
    found = {place.name: place.ledger.examine() for place in places_named(open_work(words), words.environment)}
    if words.json:
        print_json([_as_json(name, *each) for name, each in found.items()])
    else:
        lines = [line for name, each in found.items() for line in _told(name, *each)]
        print_lines(lines or [Text(NOTHING_YET)])
    return LedgerError.exit_code if any(faults for _, faults in found.values()) else 0


def _as_json(name: str, entries: Sequence[Entry], faults: Sequence[Fault]) -> dict[str, object]:
    head = entries[-1].hash if entries else ""
    return {
        "environment": name,
        "whole": not faults,
        "entries": len(entries),
        "head": head,
        "faults": [dataclasses.asdict(each) for each in faults],
    }


def _told(name: str, entries: Sequence[Entry], faults: Sequence[Fault]) -> list[Text]:
    counted = show_count(len(entries), "entry", "entries")
    if faults:
        first = Text.assemble((name, "bold"), f": {counted}, ", ("broken", "red"))
        return [first, *(Text(f"  {fault}") for fault in faults)]
    head = f" (head {entries[-1].hash[:8]}…)" if entries else ""
    return [Text.assemble((name, "bold"), f": {counted}, ", ("whole", "green"), head)]

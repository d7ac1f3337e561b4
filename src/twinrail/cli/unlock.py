"""`twinrail unlock`: ends a lease that nobody needs any more."""

import dataclasses

from rich.text import Text

from twinrail.cli.asking import open_work, print_json, print_lines
from twinrail.cli.words import Words
from twinrail.deploy.ledger import Unlocked
from twinrail.deploy.places import places_named


def unlock(words: Words) -> int:
    """Ends the lease of an environment where it is over, or is one's own; says so where none is held."""
    found = places_named(open_work(words), words.environment)
    ended = found[0].ledger.unlock(words.own_run) if found else None
    if words.json:
        told = dataclasses.asdict(ended) if ended else {"owner": "", "why": ""}
        print_json({"environment": words.environment, "unlocked": ended is not None, **told})
    else:
        print_lines([Text(_said(words.environment, ended))])
    return 0


def _said(name: str, ended: Unlocked | None) -> str:
    if ended is None:
        return f"Nobody holds {name}; nothing was changed."
    return f"{name} is free: the lease of {ended.owner or 'somebody'} was ended, because {ended.why}."

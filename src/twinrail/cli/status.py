"""`twinrail status`: what is live where."""

import dataclasses
import time
from collections.abc import Iterator

from rich.text import Text

from twinrail.cli.asking import NOTHING_YET, open_work, print_json, print_lines
from twinrail.cli.words import Words
from twinrail.deploy.release import version_of
from twinrail.deploy.status import Status
from twinrail.deploy.status import status as status_of
from twinrail.system.units import show_ago, show_time


def status(words: Words) -> int:
    """Prints what is live in each environment of this machine."""
    work = open_work(words)
    found = status_of(work, words.environment)
    if words.json:
        print_json([dataclasses.asdict(each) for each in found])
    else:
        print_lines(told(found, time.time()) if found else [Text(NOTHING_YET)])
    return 0


def told(found: list[Status], now: float) -> list[Text]:
    """The environments in words, each with its name in front of its lines."""
    width = max(len(each.environment) for each in found)
    lines: list[Text] = []
    for each in found:
        lines += [Text("")] if lines else []
        for number, line in enumerate(_lines(each, now)):
            name = each.environment if number == 0 else ""
            lines.append(Text.assemble((f"{name:<{width}}  ", "bold"), line))
    return lines


def _lines(seen: Status, now: float) -> Iterator[Text]:
    if seen.version:
        commit = f" · {seen.commit[:7]}" if seen.commit else ""
        whole = "green" if seen.instances >= seen.wanted else "yellow"
        counted = (f"{seen.instances} of {seen.wanted}", whole)
        yield Text.assemble((seen.version, "bold"), commit, " · ", counted, " · ", seen.address)
        yield from _past(seen, now)
    else:
        yield Text("nothing is live", "dim")
    yield from _under_way(seen)
    if seen.lease and not seen.lease.over:
        until = f"until {show_time(seen.lease.until)}, or while it is heard of"
        yield Text(f"held by {seen.lease.owner}", "cyan")
        yield Text(until, "dim")
    if seen.trouble:
        yield Text(seen.trouble, "red")


def _past(seen: Status, now: float) -> Iterator[Text]:
    if seen.since is not None:
        yield Text(f"live since {show_time(seen.since)} ({show_ago(max(now - seen.since, 0))})", "dim")
    if seen.previous and seen.under_way is None:  # where something is under way, a rollback takes that back
        yield Text(f"back to {version_of(seen.previous)}:  twinrail rollback {seen.environment}", "dim")


def _under_way(seen: Status) -> Iterator[Text]:
    attempt = seen.under_way
    if attempt is None:
        return
    held = seen.lease and not seen.lease.over
    back = " back" if attempt.why else ""
    match attempt.became:
        case "paused":
            sign, state, colour = "◐", "waits", "yellow"
        case _ if held:
            sign, state, colour = "●", f"is on its way{back}", "cyan"
        case _:
            sign, state, colour = "●", f"is {'halfway back' if back else 'unfinished'}", "yellow"
    yield Text(f"{sign} {attempt.version} {state}, begun {show_time(attempt.began)}", colour)
    if attempt.why:
        yield Text(f"  {attempt.why.splitlines()[0]}")
    if attempt.became == "paused" or not held:
        yield Text(f"  go on:    {attempt.todo or f'twinrail resume {seen.environment}'}")
        yield Text(f"  or back:  twinrail rollback {seen.environment}")

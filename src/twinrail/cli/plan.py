"""`twinrail plan`: what a deploy would do now; it changes nothing."""

import dataclasses
from typing import Any

from rich.text import Text

from twinrail.cli.asking import open_work, print_json, print_lines
from twinrail.cli.words import Words
from twinrail.deploy.foresight import Foresight, foresee
from twinrail.deploy.interface import Answer, Open, Wait
from twinrail.deploy.release import version_of
from twinrail.deploy.written import write_move
from twinrail.system.called import again

_MARKS = {"open": ("✓", "green"), "wait": ("(waiting)", "cyan"), "shut": ("✗", "red")}


def plan(words: Words) -> int:
    """Prints the moves, the gates and the way back of a deploy to an environment."""
    seen = foresee(open_work(words))
    if words.json:
        print_json(_data(seen))
    else:
        print_lines(told(seen))
    return 0


def told(seen: Foresight) -> list[Text]:
    """The plan in words."""
    plan_, version = seen.plan, seen.plan.release.version
    where = f"where {version_of(plan_.old)} is live" if plan_.old else "where nothing is live"
    title = Text.assemble((f"{version} → {seen.environment}", "bold"), f", {where} · {plan_.strategy} on {seen.target}")
    lines = [*_left(seen), title, Text("")]
    if not seen.built:
        lines += [Text(f"  This commit was not built yet: the name of {version} is a guess.", "yellow"), Text("")]
    for number, (name, answer) in enumerate(seen.before):
        lines.append(_asked("before" if number == 0 else "", name, answer))
    verbs = max((len(step.verb) for step in seen.steps), default=0)
    whats = max((len(step.what) for step in seen.steps if len(step.what) < 40), default=0)  # noqa: PLR2004
    for number, step in enumerate(seen.steps, 1):
        what = f"{step.what:<{whats}}   " if step.note else step.what
        lines.append(Text.assemble((f"  {number:>6}", "dim"), f"  {step.verb:<{verbs}}  {what}", (step.note, "dim")))
    return [*lines, Text(""), Text.assemble(("  if anything fails", "dim"), f"  {seen.retreat}")]


def _left(seen: Foresight) -> list[Text]:
    """What is unfinished there, and what a deploy does about it; nothing where all has come to its end."""
    left = seen.unfinished
    if left is None:
        return []
    who = f"{'The way back to ' if left.rollback else ''}{left.release.version}"
    made = f"{left.done} of {len(left.plan)} moves made"
    if left.back:
        how = f"is on its way back in {seen.environment} ({left.back.rstrip('.')})"
    elif left.paused:
        how = f"waits in {seen.environment} ({left.paused}; {made})"
    else:
        how = f"is unfinished in {seen.environment} ({made})"
    resume = again("resume", seen.environment, tool=False)
    does = {
        "goes on": "a deploy goes on with it, by the plan that it has",
        "taken back": f"a deploy takes it back first{'' if left.paused else ', unless its deployer still works'}",
        "refused": f"its database may have been contracted, so a deploy is refused until it is done:  {resume}",
    }[seen.fate]
    return [Text(f"{who} {how}: {does}", "yellow"), Text("")]


def _asked(title: str, name: str, answer: Answer) -> Text:
    mark, style = _MARKS[_word(answer)]
    return Text.assemble((f"  {title:>6}", "dim"), f"  {name}: {answer.note or 'open'} ", (mark, style))


def _word(answer: Answer) -> str:
    return "open" if isinstance(answer, Open) else "wait" if isinstance(answer, Wait) else "shut"


def _data(seen: Foresight) -> dict[str, Any]:
    return {
        "environment": seen.environment,
        "target": seen.target,
        "strategy": seen.plan.strategy,
        "old": seen.plan.old,
        "new": seen.plan.release.name,
        "built": seen.built,
        "unfinished": _left_data(seen),
        "before": [{"gate": name, "answer": _word(each), "note": each.note} for name, each in seen.before],
        "moves": [write_move(move) for move in seen.plan.moves],
        "steps": [dataclasses.asdict(step) for step in seen.steps],
        "retreat": [write_move(move) for move in seen.plan.retreat],
    }


def _left_data(seen: Foresight) -> dict[str, Any] | None:
    left = seen.unfinished
    if left is None:
        return None
    return {
        "release": left.release.name,
        "old": left.old,
        "rollback": left.rollback,
        "paused": left.paused,
        "back": left.back,
        "made": left.done,
        "moves": len(left.plan),
        "deploy": seen.fate,
    }

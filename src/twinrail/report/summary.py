"""The run as Markdown: for a person in a hurry, and for GitHub's job summary.

Much of what stands in it was written by others (test names, tools' messages): it is shown, never obeyed.
"""

import re
from collections.abc import Mapping

from twinrail.report.events import Finding, SessionEnded, State
from twinrail.report.marks import ANSWERS, SYMBOLS
from twinrail.report.story import Story
from twinrail.system.errors import TwinrailError
from twinrail.system.units import show_digest, show_duration, show_time

_FINDINGS = 10
_DETAIL = 20
_WIDEST = 400
_COLUMNS = 48
_SPECIAL = re.compile(r"[&<>@#|`*\[\]\\~$]|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;"}
# GitHub looks for @names and #numbers in what the entities have become: only a gap stops it, and code.
_GAPS = _ENTITIES | {"@": "@&#8203;", "#": "#&#8203;"}


def summary(story: Story) -> str:
    """What happened, as GitHub-flavoured Markdown."""
    troubles = (_trouble(each.name, each.ended) for each in story.troubled if each.ended)
    parts = (_heading(story), _table(story), _timeline(story), *troubles, _gates(story), _artifacts(story))
    return "\n\n".join(part for part in parts if part) + "\n"


def refusal(error: TwinrailError) -> str:
    """Why nothing was run."""
    first, *rest = error.what.splitlines()
    lines = [
        f"### ✗ {_plain(first)}",
        *([_fence("\n".join(rest))] if rest else []),
        *map(_plain, (error.why, error.todo)),
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def jobs_table(jobs: Mapping[str, tuple[State, str]]) -> str:
    """The jobs of a run on GitHub: how each ended, and why."""
    rows = ["| job | result | why |", "|:--|:--|:--|"]
    rows += [f"| {_plain(name)} | {SYMBOLS[state]} {state} | {_plain(why)} |" for name, (state, why) in jobs.items()]
    return "\n".join(rows) + "\n"


def _heading(story: Story) -> str:
    state = story.state
    name = _plain(f"{story.run.project} {story.run.version}") if story.run else "The run"
    lines = [f"## {SYMBOLS[state]} {name}: {state} in {show_duration(story.last - story.began)}"]
    if story.run:
        kind = (
            f" with {story.run.uncommitted} uncommitted change{'s' if story.run.uncommitted != 1 else ''}"
            if story.run.uncommitted
            else ""
        )
        about = (story.run.commit[:7] + kind, story.run.manager, f"Python {story.run.python}", f"run {story.run.run}")
        lines.append(" · ".join([*map(_plain, about), show_time(story.began)]))
    if story.end and story.end.why:
        lines.append(_fence(story.end.why))
    if story.end and story.end.address:
        lines.append(f"Production is live: {_code(story.end.address)}")
    return "\n\n".join(lines)


def _table(story: Story) -> str:
    rows = ["| session | result | time | headline |", "|:--|:--|--:|:--|"]
    for each in story.sessions.values():
        seconds = each.elapsed(story.last)
        time = "" if seconds is None else show_duration(seconds)
        headline = each.ended.headline if each.ended else each.progress
        rows.append(f"| {_plain(each.name)} | {SYMBOLS[each.state]} {each.state} | {time} | {_plain(headline)} |")
    return "\n".join(rows) if story.sessions else ""


def _timeline(story: Story) -> str:
    span = story.last - story.began
    lanes = [(each, each.started) for each in story.sessions.values() if each.started is not None]
    if len(lanes) < 2 or span <= 0:  # noqa: PLR2004
        return ""
    width = max(len(_line(each.name)) for each, _ in lanes)
    lines = []
    for each, started in lanes:
        left = min(int((started - story.began) / span * _COLUMNS), _COLUMNS - 1)
        length = max(round((each.elapsed(story.last) or 0) / span * _COLUMNS), 1)
        bar = ("░" if each.reused else "█") * min(length, _COLUMNS - left)
        lines.append(f"{SYMBOLS[each.state]} {_line(each.name):{width}}  {' ' * left}{bar}")
    end = show_duration(span)
    lines.append(f"{'':{width + 2}}  0 s{end:>{_COLUMNS - 3}}")
    return _fence("\n".join(line.rstrip() for line in lines))


def _trouble(name: str, ended: SessionEnded) -> str:
    parts = [f"### {SYMBOLS[ended.state]} {_plain(name)}: {_plain(ended.headline)}"]
    lines = [_found(each) for each in ended.findings[:_FINDINGS]]
    if (more := len(ended.findings) - _FINDINGS) > 0:
        lines.append(f"- and {more} more")
    parts += ["\n".join(lines)] if lines else []
    if ended.detail.strip():
        detail = ended.detail.strip("\n").splitlines()
        cut = [f"… and {len(detail) - _DETAIL} more lines"] if len(detail) > _DETAIL else []
        parts.append(_fence("\n".join([*(line[:_WIDEST] for line in detail[:_DETAIL]), *cut])))
    if ended.again:
        parts.append("To go on:" if ended.state == "waiting" else "Again, exactly:")
        parts.append(_fence(ended.again, "sh"))
    return "\n\n".join(parts)


def _found(finding: Finding) -> str:
    words = (_code(finding.place) if finding.file else "", f"**{_plain(finding.title)}**", _plain(finding.text))
    return "- " + " ".join(word for word in words if word)


def _gates(story: Story) -> str:
    rows = ["### Gates", "", "| when | environment | gate | answer | who | note |", "|:--|:--|:--|:--|:--|:--|"]
    for time, gate in story.gates:
        answer = ANSWERS.get(gate.answer, gate.answer)
        cells = (show_time(time), gate.environment, gate.gate, answer, gate.who, gate.note)
        rows.append(f"| {' | '.join(map(_plain, cells))} |")
    return "\n".join(rows) if story.gates else ""


def _artifacts(story: Story) -> str:
    rows = ["### Artifacts", "", "| artifact | digest |", "|:--|:--|"]
    made = [each.ended.artifacts for each in story.sessions.values() if each.ended and each.ended.artifacts]
    rows += [f"| {_plain(name)} | {_code(show_digest(digest))} |" for each in made for name, digest in each.items()]
    return "\n".join(rows) if made else ""


def _line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _plain(text: str) -> str:
    shown = _line(text)
    shown = shown if len(shown) <= _WIDEST else shown[: _WIDEST - 1] + "…"
    return _SPECIAL.sub(lambda found: _GAPS.get(found[0], f"\\{found[0]}"), shown)


def _code(text: str) -> str:
    return f"<code>{_SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f'&#{ord(found[0])};'), _line(text))}</code>"


def _fence(text: str, language: str = "text") -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * max(longest + 1, 3)
    return f"{ticks}{language}\n{text}\n{ticks}"

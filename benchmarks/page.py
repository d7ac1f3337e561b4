"""The page of the bench of rollouts, made from what its parts found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from benchmarks.load import ROOT
from benchmarks.parts import PARTS
from benchmarks.results import Form, Result

PAGE = ROOT / "benchmarks" / "rollouts.md"
FORMS: tuple[Form, ...] = ("full", "short", "engine")

_SAID: Mapping[Form, str] = {"full": "", "short": ", in short", "engine": ", on an engine"}
By = Callable[[Result], str]
"""What a part was measured by: its command, and the code where it is not one and the same for all of them."""

_HEAD = """\
# Rollouts, measured

What follows is made by `nox -s bench-rollouts` from what its parts found; nobody edits it. Each part is run by the
command in its row, or all of them by:

    nox -s bench-rollouts                 the full form, some four hours of CPU; a part takes 20 minutes at most
    nox -s bench-rollouts -- --resume     what of it was not yet run on this code
    nox -s bench-rollouts -- --at-once 2  two parts side by side where they mostly wait
    nox -s bench-rollouts -- --short      the short form, eight minutes of CPU (466 s; nine minutes on two busy cores)
    nox -s bench-rollouts -- --engine     on containers, by the engine that `source scripts/engine.sh` starts

The service is example-project's shop on its own routes, its database SQLite in WAL mode; each release is a wheel of its
own, installed with its lock; what the lock names stands compiled in a uv cache of the bench's own. The client
(`benchmarks/client.py`, asyncio, one process) asks over connections that it keeps, never tries again, and holds every
order against the database afterwards. Half of its requests are orders.
"""


def page(results: Iterable[Result]) -> str:
    """The page."""
    order = {each.name: number for number, each in enumerate(PARTS)}
    known = sorted((each for each in results if each.part in order), key=lambda each: order[each.part])
    by = _command if len({each.deploy for each in known}) < 2 else _command_and_code
    texts = [_HEAD, _measured(known), *_not_yet(known)]
    for (form, kind), found in groupby(sorted(known, key=_place), key=lambda each: (each.form, each.section)):
        title, table = _SECTIONS[kind]
        rows = list(found)
        texts.append(f"## {title}{_SAID[form]}\n\n{table(rows, by)}\n{_faults(rows)}")
    return "\n".join(texts)


def missing(results: Iterable[Result], form: Form) -> tuple[str, ...]:
    """The parts of a form that were not run yet, or found something wrong."""
    done = {each.part for each in results if not each.faults}
    return tuple(each.name for each in PARTS if each.form == form and each.name not in done)


def _not_yet(results: Sequence[Result]) -> list[str]:
    ran = {each.part for each in results}
    left = [each for each in PARTS if each.name not in ran]
    lines = [
        f"- {form}, {section}: {', '.join(each.name for each in some)}"
        for (form, section), some in groupby(left, key=lambda each: (each.form, each.section))
    ]
    return ["## Not yet run\n\n" + "\n".join(lines) + "\n"] if lines else []


def _command(result: Result) -> str:
    return f"`{result.command}`"


def _command_and_code(result: Result) -> str:
    # Where parts of several commits stand side by side, each says what it measured.
    return f"`{result.command}` at {result.commit} (`{result.deploy[:16]}`)"


def _place(result: Result) -> tuple[int, int]:
    return FORMS.index(result.form), list(_SECTIONS).index(result.section)


def _measured(results: Sequence[Result]) -> str:
    rows = []
    for form in FORMS:
        mine = [each for each in results if each.form == form]
        wanted = sum(each.form == form for each in PARTS)
        for code, some in groupby(sorted(mine, key=lambda each: each.deploy), key=lambda each: each.deploy):
            found = list(some)
            rows.append((form, f"{len(found)} of {wanted}", f"`{code[:16]}`", _among(each.commit for each in found),
                         _among(each.ended for each in found), _among(each.machine for each in found),
                         _among(each.proxy for each in found)))  # fmt: skip
    head = ("form", "parts", "digest of `deploy/`", "commit", "ended", "machine", "proxy")
    return _table(head, rows)


def _among(words: Iterable[str]) -> str:
    found = sorted(set(words))
    return found[0] if len(found) == 1 else f"{found[0]} – {found[-1]}" if found else ""


def _load(results: Sequence[Result], by: By) -> str:
    head = ("strategy", "switches", "requests", "orders", "held back 0.3 s or 10 s", "lost, reset, timed out, refused",
            "not the right status", "orders not placed exactly once", "routes read / missed", "processes ended",
            "invariants broken", "p50 / p95 / p99 / longest", "reconnects", "CPU of the client", "command")  # fmt: skip
    found = [each.figures for each in results if each.figures]
    requests, orders, switches = (sum(each[key] for each in found) for key in ("asked", "placed", "switches"))
    table = _table(head, [(*_load_row(each), by(each)) for each in results if each.figures])
    return f"{table}\n{requests:,} requests in all, {orders:,} of them orders, over {switches} switches.\n"


def _load_row(result: Result) -> tuple[str, ...]:
    found = result.figures
    failures, watched, took = found["failures"], found["watched"], found["seconds"]
    wrong = sum(count for kind, count in failures.items() if kind.startswith("status"))
    return (
        found["strategy"], str(found["switches"]), f"{found['asked']:,}", f"{found['placed']:,}", f"{found['slow']:,}",
        str(sum(failures.values()) - wrong), str(wrong), str(found["wrong_orders"]),
        f"{watched['changes']} / {watched['missed']}",
        str(watched["ends"]), str(watched["faults"]), " / ".join(f"{took[each] * 1000:.0f} ms" for each in took),
        str(found["reconnects"]), f"{1e6 * found['cpu'] / found['asked']:.0f} µs a request",
    )  # fmt: skip


def _bad(results: Sequence[Result], by: By) -> str:
    head = ("bad release", "strategy", "exit", "requests failed", "at most", "from fault to back", "deploy took",
            "fewest healthy", "what was said, its first line")  # fmt: skip
    rows = [
        (each["name"], each["strategy"], str(each["exit_code"]), str(each["failed"]), str(each["bound"]),
         f"{each['seconds']:.2f} s" if each["failed"] else "–", f"{each['took']:.1f} s",
         str(each.get("fewest", "–")), _plain(each["said"]))
        for result in results if result.figures for each in result.figures["cases"]
    ]  # fmt: skip
    commands = ", ".join(by(each) for each in results)
    return f"{_table(head, rows)}{_slowest(results)} Commands: {commands}.\n"


def _slowest(results: Sequence[Result]) -> str:
    lines = []
    cases = [each for result in results if result.figures for each in result.figures["cases"] if each["failed"]]
    for name, some in groupby(sorted(cases, key=_strategy), key=_strategy):
        took = sorted(each["seconds"] for each in some)
        p95 = took[min(int(0.95 * len(took)), len(took) - 1)]
        lines.append(f"{name}: {p95:.2f} s (of {len(took)})")
    return f"\nFrom the fault until all traffic is back, p95: {' · '.join(lines) or '–'}."


def _strategy(case: Any) -> str:
    return str(case["strategy"])


def _plain(said: str) -> str:
    return said.splitlines()[0].replace("|", "\\|") if said else ""


def _kills(results: Sequence[Result], by: By) -> str:
    head = ("what was killed", "points", "what came after", "live in the end", "requests meanwhile", "failed", "faults",
            "command")  # fmt: skip
    rows = []
    for result in results:
        if found := result.figures:
            what = f"{found['direction']} by {found['strategy']}" if "direction" in found else "a sample"
            live = " · ".join(f"{word} {count}" for word, count in found["live"].items())
            rows.append((what, str(found["points"]), f"{found.get('endings', found['points'])} times", live,
                         f"{found.get('asked', 0):,}", str(found.get("failed", 0)), str(len(result.faults)),
                         by(result)))  # fmt: skip
    points = sum(each.figures.get("points", 0) for each in results)
    return _table(head, rows) + f"\n{points} kill points in all.\n"


def _orders(results: Sequence[Result], by: By) -> str:
    head = ("orders of five releases", "deploys", "faults", "command")
    return _table(head, [(str(each.figures["orders"]), str(each.figures["deploys"]), str(len(each.faults)),
                          by(each)) for each in results if each.figures])  # fmt: skip


def _storm(results: Sequence[Result], by: By) -> str:
    head = ("at once", "who", "rounds", "how they ended", "put to sleep", "changes", "faults", "command")
    rows = []
    for result in results:
        if found := result.figures:
            ends = " · ".join(f"{word} {count:,}" for word, count in found["ends"].items())
            rows.append((str(found["processes"]), found["what"], str(found["rounds"]), ends, f"{found['slept']:,}",
                         f"{found['changes']:,}", str(len(result.faults)), by(result)))  # fmt: skip
    return _table(head, rows) + "\nA change is a mark at the place, or a release that arrived: never two at once.\n"


def _analysis(results: Sequence[Result], by: By) -> str:
    head = ("case", "pairs", "wrong", "share", "at most", "command")
    rows = [
        (each["name"], f"{each['pairs']:,}", f"{each['wrong']:,}", f"{each['wrong'] / each['pairs'] * 100:.1f} %",
         f"{each['most'] * 100:g} %", by(result))
        for result in results if result.figures for each in result.figures["cases"]
    ]  # fmt: skip
    return _table(head, rows)


def _cancelled(results: Sequence[Result], by: By) -> str:
    head = ("cancelled", "ended after", "exit", "`twinrail resume` then", "command")
    rows = [
        (each["name"], each["by"], str(each["exit_code"]), "nothing to do" if each["resumed"] is None
         else f"exit {each['resumed']}", by(result))
        for result in results if result.figures for each in result.figures["cases"]
    ]  # fmt: skip
    return _table(head, rows)


_SECTIONS: dict[str, tuple[str, Callable[[Sequence[Result], By], str]]] = {
    "load": ("Under load", _load),
    "bad": ("Bad releases", _bad),
    "kills": ("Deployers that are killed", _kills),
    "orders": ("In any order", _orders),
    "storm": ("Many at once", _storm),
    "cancelled": ("Cancelled by a runner", _cancelled),
    "analysis": ("How often the analysis is wrong", _analysis),
}


def _faults(results: Sequence[Result]) -> str:
    lines = [f"- {each.part}: {fault}" for each in results for fault in each.faults]
    return "\nNot as it should be:\n\n" + "\n".join(lines) + "\n" if lines else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines) + "\n"

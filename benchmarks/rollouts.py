"""The bench of rollouts: `python -m benchmarks.rollouts [--short | --part NAME | --resume | --list] [--at-once N]`.

Every part runs by itself, in at most twenty minutes, and is written down when it ends: into `.twinrail/bench`, and
together with what was measured before into `benchmarks/rollouts.md`.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from benchmarks.beside import side_by_side
from benchmarks.page import PAGE, page
from benchmarks.parts import PARTS, Part
from benchmarks.results import (
    KEPT,
    STATE,
    Result,
    as_json,
    commit,
    current,
    deploy_digest,
    machine,
    now,
    proxy,
    read,
    write,
)
from benchmarks.room import Room
from benchmarks.sweeping import sweep
from benchmarks.telling import Teller
from benchmarks.wheels import compile_ahead
from twinrail.system.files import write_whole


def main(words: list[str]) -> int:
    """The exit code: 1 where a part found something wrong."""
    options = _read(words)
    parts = _chosen(options)
    if options.list:
        done = current(read(), deploy_digest())
        for part in PARTS:
            print(f"{'✓' if part.name in done else ' '} {part.name:<34} {part.says}")
        return 0
    if options.at_once > 1:
        alone = side_by_side([each.name for each in parts if each.alone], 1)
        return int(any([*alone, *side_by_side([each.name for each in parts if not each.alone], options.at_once)]))
    _prepare()
    worst = 0
    for number, part in enumerate(parts, 1):
        result = measure(part)
        keep(result)
        verdict = f"{len(result.faults)} faults, the first: {result.faults[0]}" if result.faults else "as it should be"
        print(f"{number} of {len(parts)} · {part.name}: {verdict}, after {result.seconds:.0f} s", flush=True)
        worst = max(worst, int(bool(result.faults)))
    return worst


def keep(result: Result, state: Path = STATE, kept: Path = KEPT, shown: Path = PAGE) -> None:
    """Writes down what a part found, and the page of all: two parts may end together."""
    state.mkdir(parents=True, exist_ok=True)
    with FileLock(state / ".rollouts.lock"):
        write(result, state, kept)
        write_whole(shown, page(read(kept)))


def _prepare() -> None:
    # What a bench starts would compile its modules anew, each time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    cache = STATE / "uv"
    try:
        compile_ahead(cache)
    except subprocess.CalledProcessError as error:
        print(f"Every release compiles what it runs with: {error}", file=sys.stderr)
    else:
        os.environ["UV_CACHE_DIR"] = str(cache)


def measure(part: Part) -> Result:
    """What a part finds; its own failure is a fault like another."""
    teller, folder = Teller(part.name), STATE / "ground" / part.name
    code, head = deploy_digest(), commit()
    sweep(folder)
    folder.mkdir(parents=True)
    began = time.monotonic()
    try:
        figures, faults = part.run(Room(folder=folder, tell=teller))
    except Exception as error:  # noqa: BLE001  # the other parts are still to be measured
        traceback.print_exc()
        figures, faults = {}, [f"it did not come to its end: {type(error).__name__}: {error}"]
    finally:
        sweep(folder, files=False)
    if deploy_digest() != code:
        faults = [*faults, "deploy/ was changed meanwhile"]
    if not faults:
        sweep(folder)
    teller.end(f"{time.monotonic() - began:.0f} s")
    return Result(
        part=part.name,
        section=part.section,
        form=part.form,
        figures=as_json(figures),
        faults=tuple(as_json(faults[:20])),
        seconds=round(time.monotonic() - began, 1),
        ended=now(),
        commit=head,
        deploy=code,
        machine=machine(),
        proxy=proxy(),
    )


def _chosen(options: argparse.Namespace) -> Sequence[Part]:
    if options.part:
        return [each for each in PARTS if each.name in options.part]
    parts = [each for each in PARTS if each.form == ("short" if options.short else "full")]
    if options.resume:
        done = current(read(), deploy_digest())
        return [each for each in parts if each.name not in done]
    return parts


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s bench-rollouts --", description=__doc__)
    parser.add_argument("--short", action="store_true", help="the short form, eight minutes of CPU")
    parser.add_argument("--part", nargs="+", choices=[each.name for each in PARTS], metavar="NAME", help="these alone")
    parser.add_argument("--resume", action="store_true", help="only what was not measured yet of this code")
    parser.add_argument("--at-once", type=int, default=1, metavar="N", help="so many parts, where they mostly wait")
    parser.add_argument("--list", action="store_true", help="the parts, and which of them are done")
    return parser.parse_args(words)


if __name__ == "__main__":
    # Whoever ends a bench has it end what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    raise SystemExit(main(sys.argv[1:]))

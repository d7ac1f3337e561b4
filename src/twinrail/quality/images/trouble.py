"""Why a build ended, out of what the builder said: the line of the Dockerfile, and the last words of its step."""

import re
from dataclasses import dataclass

_STEPS = (
    re.compile(r"^ > \[[^\]]*\] ?(?P<text>[A-Z]+ .*?):?$"),  # BuildKit, where it tells of the error
    re.compile(r"^(?:\[\d+/\d+\] )?(?:STEP|Step) \d+/\d+ ?: (?P<text>.*)$"),  # the older builder, buildah and podman
)
_LINE = re.compile(r"^(?:\S*[Dd]ockerfile\S*:(\d+)$|.*dockerfile parse error (?:on )?line (\d+))")
_SAID = re.compile(r"^#\d+ (?:[\d.]+ )?(?=\S)")
_OWN = re.compile(
    r"^(?:-{5,}| > \[|\[[\w -]+ \d+/\d+\]|sha256:[0-9a-f]{64}$|\.\.\.$|CACHED$|DONE |ERROR: executor failed"
    r"|executor failed running|failed to solve|transferring |exporting |writing image|naming to)"
)
"""What a builder says itself, between the words of a step."""
_FULL = re.compile(r"no space left on device", re.IGNORECASE)
_WORDS = 6


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a build failed.

    Attributes:
        line: the line of the Dockerfile; 0 where none is to blame.
        step: the instruction that failed.
        words: the last that it said.
        full: whether the disk is full.
    """

    line: int
    step: str
    words: str
    full: bool = False


def read_trouble(said: str, dockerfile: str) -> Trouble:
    """What a builder said before it ended, held against the Dockerfile."""
    lines = said.splitlines()
    steps = [found["text"] for line in lines for each in _STEPS if (found := each.match(line))]
    step = steps[-1].strip() if steps else ""
    named = [int(found[1] or found[2]) for line in lines if (found := _LINE.match(line.strip()))]
    return Trouble(
        line=named[-1] if named else _line_of(step, dockerfile),
        step=step,
        words=_last_words(lines),
        full=bool(_FULL.search(said)),
    )


def _line_of(step: str, dockerfile: str) -> int:
    wanted = _plain(step)
    for number, text in _instructions(dockerfile):
        plain = _plain(text)
        if wanted and (plain == wanted or plain.endswith(wanted) or wanted.endswith(plain)):
            return number
    return 0


def _instructions(dockerfile: str) -> list[tuple[int, str]]:
    """Each instruction on one line, with the number of the line that it begins at."""
    found: list[tuple[int, str]] = []
    going = False
    for number, line in enumerate(dockerfile.splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if going:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text.removesuffix(chr(92)).strip()}")
        else:
            found.append((number, text.removesuffix("\\").strip()))
        going = text.endswith("\\")
    return found


def _plain(text: str) -> str:
    # Builders leave out the options of an instruction, or write its shell before it.
    words = re.sub(r"/bin/sh -c (?:#\(nop\) )?", "", text).split()
    return " ".join(each for each in words if not each.startswith("--mount="))


def _last_words(lines: list[str]) -> str:
    """The last that the step said, without what its builder adds."""
    said = [_SAID.sub("", line).rstrip() for line in lines]
    kept = [each for each in said if each.strip() and not _OWN.match(each)]
    return "\n".join(kept[-_WORDS:])

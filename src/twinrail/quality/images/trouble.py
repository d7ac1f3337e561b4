"""Why a build ended, out of what the builder said: the line of the Dockerfile, and the last words of its step."""

import re
from dataclasses import dataclass

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(r"(?:^\S*Dockerfile\S*:(\d+)$|dockerfile parse error (?:on )?line (\d+))")
_FULL = re.compile(r"no space left on device", re.IGNORECASE)
_LOST = re.compile(r"^(?:#\d+ )?error\b.*(?:layer does not exist|layer not known)", re.IGNORECASE | re.MULTILINE)
"""What Docker and buildah say where a layer that they had is gone: moby/moby#41595, containers/buildah#5615."""
_WORDS = 6

_TOLD = re.compile(r"^ > \[(?P<stage>[^\]]*)\] (?P<text>.*?):?$")
"""BuildKit, where it tells of the step that failed."""
_METADATA = "load metadata for "
_ERROR = re.compile(r"^#(?P<number>\d+) ERROR: (?P<text>.*)$")
_SAID = re.compile(r"^#\d+ (?:[\d.]+ )?")

_STEP = re.compile(r"^(?:\[\d+/\d+\] )?(?:STEP|Step) \d+/\d+ ?: (?P<text>.*)$")
"""The older builder, buildah and podman, before each step."""

_OWN = re.compile(
    r"^#?\d* ?(?:executor failed running|ERROR: executor failed|process \"[^\"]*\" did not complete"
    r"|sha256:[0-9a-f]{64}$|DONE [\d.]+s|CACHED$|\.\.\.$"
    r"| ?-+> |Removing intermediate container|The command '.*' returned a non-zero code|Sending build context"
    r"|subprocess exited with status|(?:Error|error): building at STEP \".*\": (?:while running runtime: )?exit status)"
)
"""What a builder adds to the words of a step."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a build failed.

    Attributes:
        line: the line of the Dockerfile; 0 where none is to blame.
        step: the instruction that failed.
        words: the last that it said.
        full: whether the disk is full.
        lost: whether the builder lost a layer to another build, or to a removal, at the same time.
    """

    line: int
    step: str
    words: str
    full: bool = False
    lost: bool = False


def read_trouble(said: str, dockerfile: str) -> Trouble:
    """What a builder said before it ended, held against the Dockerfile."""
    lines = _COLOUR.sub("", said).splitlines()
    step = _step(lines)
    named = [int(found[1] or found[2]) for line in lines if (found := _LINE.search(line.strip()))]
    return Trouble(
        line=named[-1] if named else _line_of(step, dockerfile),
        step=step,
        words=_last_words(lines),
        full=bool(_FULL.search(said)),
        lost=bool(_LOST.search(said)),
    )


def _step(lines: list[str]) -> str:
    told = [found for line in lines if (found := _TOLD.match(line))]
    if told and (text := told[-1]["text"]).startswith(_METADATA):
        return f"FROM {text.removeprefix(_METADATA)}"
    if told:
        return " ".join(told[-1]["text"].split())
    return next((" ".join(found["text"].split()) for line in reversed(lines) if (found := _STEP.match(line))), "")


def _line_of(step: str, dockerfile: str) -> int:
    wanted = _plain(step)
    for number, text in _instructions(dockerfile):
        plain = _plain(text)
        if wanted and (plain.startswith(wanted) or wanted.startswith(plain)):
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
        bare = text.removesuffix("\\").strip()
        if going:
            found[-1] = (found[-1][0], f"{found[-1][1]} {bare}")
        else:
            found.append((number, bare))
        going = text.endswith("\\")
    return found


def _plain(text: str) -> str:
    # Builders leave out some options of an instruction.
    return " ".join(word for word in text.split() if not word.startswith("--"))


def _last_words(lines: list[str]) -> str:
    failed = next((found for line in reversed(lines) if (found := _ERROR.match(line))), None)
    if failed:
        inside = [line for line in lines if line.startswith(f"#{failed['number']} ")][1:]
    else:
        steps = [number for number, line in enumerate(lines) if _STEP.match(line)]
        inside = lines[steps[-1] + 1 :] if steps else []
    kept = [_SAID.sub("", line).rstrip() for line in inside if line.strip() and not _OWN.match(_SAID.sub("", line))]
    return "\n".join(kept[-_WORDS:] or [line for line in lines if line.strip()][-1:])

"""Durations and shares, written as people write them; sizes, as people read them."""

import re
from datetime import UTC, datetime

_NUMBER = r"(\d+(?:\.\d+)?)"
_SIZES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
_DURATIONS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: str) -> float:
    """Seconds that `text` means: "400ms", "60s", "1m 30s", "24h".

    Raises:
        ValueError: `text` is not a duration.
    """
    part = rf"{_NUMBER}\s*(ms|s|m|h|d)"
    if not re.fullmatch(rf"(?:{part}\s*)+", text.strip()):
        raise ValueError(f'"{text}" is not a duration, such as "60s", "400ms" or "24h"')
    return sum(float(number) * _DURATIONS[unit] for number, unit in re.findall(part, text))


def parse_share(text: str) -> float:
    """A share between 0 and 1 that `text` means: "1%", "0.5 %".

    Raises:
        ValueError: `text` is not a share.
    """
    found = re.fullmatch(rf"{_NUMBER}\s*%", text.strip())
    if not found or float(found[1]) > 100:  # noqa: PLR2004
        raise ValueError(f'"{text}" is not a share between 0 % and 100 %, such as "1%"')
    return float(found[1]) / 100


def parse_size(text: str) -> int:
    """Bytes that `text` means: "250MB", "1.5 GB".

    Raises:
        ValueError: `text` is not a size.
    """
    found = re.fullmatch(rf"{_NUMBER}\s*(B|kB|MB|GB)", text.strip())
    if not found:
        raise ValueError(f'"{text}" is not a size, such as "250MB"')
    return int(float(found[1]) * _SIZES[found[2]])


def show_duration(seconds: float) -> str:
    """A duration for a person to read: `380 ms`, `6.4 s`, `2 min 05 s`."""
    if seconds < 0.1:  # noqa: PLR2004
        return f"{seconds * 1000:.0f} ms"
    if seconds < 100:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def show_span(seconds: float) -> str:
    """A span of at least a second in its largest unit, for a person to read: `1 second`, `5 minutes`, `2 days`."""
    sizes = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    size, noun = next((each for each in sizes if seconds >= each[0]), sizes[-1])
    return show_count(int(seconds // size), noun)


def show_ago(seconds: float) -> str:
    """How long ago something was, for a person to read: `just now`, `5 minutes ago`, `2 days ago`."""
    return f"{show_span(seconds)} ago" if seconds >= 60 else "just now"  # noqa: PLR2004


def show_size(size: int) -> str:
    """A size in bytes for a person to read: `41 kB`, `1.2 MB`, `178 MB`."""
    if size < 1000:  # noqa: PLR2004
        return f"{size} B"
    if size < 10**6:
        return f"{size / 1000:.0f} kB"
    return f"{size / 10**6:.1f} MB" if size < 10**8 else f"{size / 10**6:.0f} MB"


def show_share(share: float) -> str:
    """A share for a person to read: `0.5 %`, `93 %`."""
    return f"{share * 100:.3g} %"


def show_count(number: int, noun: str, plural: str = "") -> str:
    """A number of things: `1 finding`, `3 findings`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def show_time(time: float) -> str:
    """A time, in seconds since 1970, as a person anywhere reads it: `2026-11-22 20:14:59 UTC`."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S} UTC"


def show_minute(time: float) -> str:
    """A time, in seconds since 1970, to the minute: `2026-11-22 20:14 UTC`."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M} UTC"


def show_digest(digest: str) -> str:
    """A digest with its algorithm, which records leave out where it is SHA-256."""
    return digest if ":" in digest else f"sha256:{digest}"

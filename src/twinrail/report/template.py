"""A template, compiled once: kept where Python keeps what it compiles, and trusted no more than that."""

import contextlib
import sys
from collections.abc import Callable, Mapping
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket


class _Kept(FileSystemBytecodeCache):
    """Keeps templates in a folder; where nothing can be written there, each process compiles its own."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Writes a compiled template."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def template(path: Path, filters: Mapping[str, Callable[..., str]]) -> Template:
    """The template at `path`, with its filters; what it is given stands in HTML as text."""
    rules = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_beside(path),
    )
    rules.filters.update(filters)
    return rules.get_template(path.name)


def _beside(path: Path) -> BytecodeCache | None:
    if sys.dont_write_bytecode:
        return None
    folder = Path(cache_from_source(str(path.with_suffix(".py")))).parent
    return _Kept(str(folder), f"%s.{sys.implementation.cache_tag}.jinja") if folder.is_dir() else None

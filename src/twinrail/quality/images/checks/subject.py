"""What a check is given, and what all of them found."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from twinrail.quality.images.archive import Archive
from twinrail.quality.images.checks.instructions import Instruction, instructions_of, parent, stages
from twinrail.quality.images.layers import Entry
from twinrail.report.events import Finding, Reading

SETUID = (
    *(f"/usr/bin/{name}" for name in ("chage", "chfn", "chsh", "expiry", "gpasswd", "mount", "newgrp", "passwd", "su",
                                      "umount", "wall", "write")),
    *(f"/bin/{name}" for name in ("mount", "su", "umount")),
    "/sbin/unix_chkpwd",
    "/usr/sbin/unix_chkpwd",
)  # fmt: skip
"""What gives rights to whoever runs it in every Debian and Ubuntu; `no-new-privileges` takes them away."""


class Image(Protocol):
    """An image that was built and saved."""

    @property
    def id(self) -> str:
        """The digest of its configuration, `sha256:…`."""

    @property
    def archive(self) -> Path:
        """Where it was saved."""

    @property
    def dockerfile(self) -> Path:
        """The text that it was built from."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is asked of an image.

    Attributes:
        size: bytes that all layers may have unpacked; None: as many as they like.
        files: paths, or patterns of paths, that must be there.
        without_files: paths, or patterns, that must not.
        user: the number of the user that it runs as; None: anybody but root.
        ports: where it serves, by TCP, and nowhere else; None: not asked.
        shell: whether there may be a shell.
        setuid: programs that may give rights to whoever runs them.
    """

    size: int | None = None
    files: tuple[str, ...] = ()
    without_files: tuple[str, ...] = ()
    user: int | None = None
    ports: tuple[int, ...] | None = None
    shell: bool = True
    setuid: tuple[str, ...] = SETUID


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found in an image.

    Attributes:
        findings: what is wrong with it.
        readings: what was measured.
        sbom: its bill of materials.
        unknown: what an advisory service left unanswered; empty when it answered for every Python distribution.
        notes: what cannot be known with these settings, and is no failure: a sentence each.
    """

    findings: tuple[Finding, ...]
    readings: tuple[Reading, ...]
    sbom: Path
    unknown: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An image that is looked at.

    Attributes:
        archive: what was saved.
        dockerfile: the text that it was built from.
        file: that text's path below the project; empty where it is the pack's own.
        expected: what is asked of it.
    """

    archive: Archive
    dockerfile: str
    file: str
    expected: Expected

    @cached_property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions of its Dockerfile."""
        return instructions_of(self.dockerfile)

    def finding(self, title: str, text: str, *, line: int = 0) -> Finding:
        """What is wrong, at a line of the Dockerfile, or with all of it."""
        if self.file or not line:
            return Finding(file=self.file, line=line, title=title, text=text)
        return Finding(title=title, text=f"{text} (line {line} of the Dockerfile that Twinrail wrote)")

    def line_of(self, *keywords: str) -> int:
        """The line of the last of some instructions that the image has, else where its last stage begins; 0: no line.

        A stage has what the stage has that it begins from.
        """
        every = stages(self.instructions)
        stage = every[-1] if every else ()
        begins = stage[0].line if stage else 0
        while stage:
            if found := [each.line for each in stage if each.keyword in keywords]:
                return found[-1]
            stage = parent(every, stage)
        return begins

    def layer(self, number: int) -> str:
        """A layer as a person finds it: its number, counted from 1, and the step that made it."""
        made = [step.text for step in self.archive.config.history if not step.empty]
        fits = len(made) == len(self.archive.layers)
        step = " ".join(made[number].removeprefix("/bin/sh -c #(nop) ").split()) if fits else ""
        return f"layer {number + 1}{f' ({_short(step)})' if step else ''}"

    def there(self, entry: Entry) -> str:
        """Where a file of a layer is, and whether the image still shows it."""
        seen = self.archive.tree.get(entry.path)
        gone = seen is None or (seen.layer, seen.source) != (entry.layer, "")
        return f"{entry.shown} in {self.layer(entry.layer)}{', which a later one hides but which is shipped' * gone}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004

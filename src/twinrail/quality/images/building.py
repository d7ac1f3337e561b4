"""Builds an image: the base is there, the build runs, a second one is the same, the result lies in a file.

It has its own name in the builder's store once it has passed, and another one until then.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from twinrail.quality.images.context import Context
from twinrail.quality.images.dating import Dated, date_archive
from twinrail.quality.images.index import VARIABLES
from twinrail.quality.images.inspected import Stored, fits, read_inspected
from twinrail.quality.images.interface import Builder, Plan
from twinrail.quality.images.references import pinned
from twinrail.quality.images.repeated import differences, summary
from twinrail.quality.images.trouble import Trouble, read_trouble
from twinrail.report.events import Finding
from twinrail.session.outcome import Outcome, failed
from twinrail.session.work import Work
from twinrail.system.command import Command, Finished
from twinrail.system.errors import ToolError

_NOBODY = re.compile(r"dial tcp|no such host|i/o timeout|TLS handshake timeout|network is unreachable", re.IGNORECASE)
"""What a builder says where it does not reach a registry at all."""


class NoRegistry(ToolError):
    """The base is not here, and its registry cannot be reached."""


@dataclass(frozen=True)
class Building:
    """One image of a session, on its way through a builder.

    Attributes:
        work: what the session was given.
        builder: what builds.
        scratch: a folder for what nobody needs afterwards.
        platform: what the image is made for; empty: what the builder runs on.
        suffix: what tells its name from that of the first one: `-arm64`; empty for that.
    """

    work: Work
    builder: Builder
    scratch: Path
    platform: str = ""
    suffix: str = ""

    def base(self, reference: str) -> str:
        """A base by the digest under which its registry has it; fetched where it is not here.

        Raises:
            ToolError: it cannot be had; a NoRegistry where nobody could be asked.
        """
        stored = self._stored(reference)
        if stored and self.builder.fetches and "@" in reference:
            return reference  # of several platforms its store keeps one: the build fetches the other
        found = self._fitting(stored)
        if found is None:
            self.work.progress(f"fetching {reference}")
            done = self.work.shell.run(self.builder.pull(reference, self.platform), ok=())
            found = self._fitting(self._stored(reference)) if done.returncode == 0 else None
            if found is None:
                kind = NoRegistry if _NOBODY.search(done.tail) else ToolError
                raise kind(
                    f"The base {reference}{self._meant} is neither here nor to be had.",
                    why=done.tail.replace("\n", "\n  "),
                    todo='Name one that is:  [tool.twinrail.image] from = "…", or log in to its registry.',
                )
        return pinned(reference, found.digests)

    def known(self, base: str) -> str:
        """What a base is known by where it is another one: its digest in its registry, or its id where it has none."""
        if "@" in base:
            return base
        found = self._stored(base)
        return found.id if found else ""

    def build(self, plan: Plan, context: Context) -> Stored | Outcome:
        """The image as its builder has it, or the step that failed, with its line of the Dockerfile.

        Raises:
            ToolError: the disk is full, or the base is of another platform.
        """
        done = self._run_build(plan)
        if done.returncode and self._trouble(done, context).lost:
            self.work.progress(f"{self.builder.title} lost a layer to another build; once more")
            # What it remembers of the steps names that layer.
            done = self._run_build(replace(plan, fresh=True))
        if done.returncode:
            return self._failed(done, context)
        if found := self._stored(plan.unchecked):
            return self._checked(plan, found)
        raise ToolError(f"{self.builder.title} built {plan.unchecked}, and does not have it.")

    def second(self, first: Stored, plan: Plan, context: Context) -> Outcome | None:
        """Nothing, when another build of the same inputs makes the same layers; else what differs, file by file."""
        second = self.build(plan, context)
        if isinstance(second, Outcome):
            return replace(second, headline=f"built once and not a second time: {second.headline}")
        if second.layers == first.layers:
            return None
        if len(second.layers) != len(first.layers):
            text = f"built twice, with {len(first.layers)} layers and with {len(second.layers)}"
        else:
            paths = [self._saved(each.id, plan.name, f"{number}.tar") for number, each in enumerate((first, second))]
            found = differences(*paths)
            # The same files in another order: they are put in one before anything is kept.
            if not found and plan.ordered:
                return None
            text = f"built twice, and not the same: {summary(found) or 'the same files in another order'}"
        return failed(text, findings=(Finding(file=self._named(context), title="reproducible", text=text),))

    def save(self, stored: Stored, plan: Plan, archive: Path) -> Dated:
        """The image in a file, as of the commit's time.

        Raises:
            ToolError: it cannot be saved.
        """
        saved = self._saved(stored.id, plan.name, "saved.tar")
        dated = date_archive(saved, archive, name=plan.name, when=plan.when, ordered=plan.ordered)
        saved.unlink()
        return dated

    def load(self, archive: Path) -> None:
        """What was saved, under its name in the builder's store.

        Raises:
            ToolError: it cannot be taken there.
        """
        self._run(self.builder.load(archive))

    @property
    def _meant(self) -> str:
        return f" for {self.platform}" if self.platform else ""

    def _failed(self, done: Finished, context: Context) -> Outcome:
        _refuse_full(done)
        trouble = self._trouble(done, context)
        named = self._named(context)
        finding = Finding(file=named, line=trouble.line, title=trouble.step or "build", text=trouble.words)
        place = f"{named}:{trouble.line}" if trouble.line else named
        return failed(f"the build failed at {place}", findings=(finding,))

    def _run_build(self, plan: Plan) -> Finished:
        return self.work.shell.run(replace(self.builder.build(plan), secrets=VARIABLES), ok=())

    @staticmethod
    def _trouble(done: Finished, context: Context) -> Trouble:
        text = context.dockerfile.read_text(encoding="utf-8", errors="replace")
        return read_trouble(f"{done.stdout}\n{done.stderr}", text)

    def _named(self, context: Context) -> str:
        return context.kept.relative_to(self.work.project.root).as_posix()

    def _fitting(self, found: Stored | None) -> Stored | None:
        return found if found and fits(self.platform, found.platform) else None

    def _checked(self, plan: Plan, found: Stored) -> Stored:
        # A base of one platform is taken for another with a warning, and its programs run here.
        if not fits(self.platform, found.platform):
            raise ToolError(
                f"{plan.name} is made for {found.platform}, not for {self.platform}.",
                why="The base is of that platform: its digest names one image, not several.",
                todo="Name the digest of all its platforms, or a tag:  [tool.twinrail.image] from",
            )
        return found

    def _stored(self, reference: str) -> Stored | None:
        done = self.work.shell.run(self.builder.inspect(reference), ok=(), quiet=True)
        return read_inspected(done.stdout) if done.returncode == 0 else None

    def _saved(self, reference: str, name: str, file: str) -> Path:
        path = self.scratch / file
        self._run(self.builder.save(reference, name, path))
        return path

    def _run(self, command: Command) -> None:
        done = self.work.shell.run(command, ok=())
        if done.returncode:
            _refuse_full(done)
            raise ToolError(f"{command.argv[0]} ended with {done.returncode}: {command}", why=done.tail)


def _refuse_full(done: Finished) -> None:
    if read_trouble(f"{done.stdout}\n{done.stderr}", "").full:
        raise ToolError(
            "The disk is full: the image could not be written.",
            why=done.tail.splitlines()[-1] if done.tail else "",
            todo=f"Make room:  {done.command.argv[0]} system prune" if done.command.argv[0] != "buildah"
            else "Make room:  buildah rmi --prune",
        )  # fmt: skip

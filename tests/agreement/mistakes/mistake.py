"""What a mistake is, and how it is made."""

from dataclasses import dataclass

from agreement.checks.files import Files


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One mistake.

    Attributes:
        what: what it is, in a few words.
        file: where it is made.
        at: a text that stands in the file once; the mistake is made behind it. Empty: at the beginning.
        old: what stands there.
        new: what stands there instead.
        check: the check that finds it.
    """

    what: str
    file: str
    at: str = ""
    old: str
    new: str
    check: str

    def made(self, files: Files) -> Files:
        """The files with the mistake in them.

        Raises:
            ValueError: what is to be replaced does not stand there.
        """
        text = files.texts[self.file]
        if self.at and text.count(self.at) != 1:
            raise ValueError(f"{self.what}: {self.at!r} stands {text.count(self.at)} times in {self.file}")
        before, mark, behind = text.partition(self.at) if self.at else ("", "", text)
        if self.old not in behind or self.old == self.new:
            raise ValueError(f"{self.what}: {self.old!r} does not stand in {self.file}")
        return files.but(self.file, before + mark + behind.replace(self.old, self.new, 1))


def job(name: str) -> str:
    """Where a job begins."""
    return f"\n  {name}:\n"


def mistakes(file: str, at: str, *rows: tuple[str, str, str, str]) -> tuple[Mutation, ...]:
    """Mistakes behind one place of a file: what each is, what stands there, what instead, and the check."""
    return tuple(Mutation(what=what, file=file, at=at, old=old, new=new, check=check) for what, old, new, check in rows)

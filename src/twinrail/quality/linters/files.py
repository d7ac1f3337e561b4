"""Which files are workflows and actions, and what stands in them."""

import json
from pathlib import Path

from twinrail.quality.linters.tree import Node, Yaml
from twinrail.report.events import Finding
from twinrail.session.work import Work
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError

USUAL = (
    ".github/workflows/*.y*ml",
    ".github/actions/**/action.y*ml",
    "actions/*/action.y*ml",
    "action.y*ml",
)
"""Where GitHub looks, and where packs of actions keep them: at the top of a repository, and nowhere below."""

_READER = Path(__file__).with_name("reader.py")
_SUFFIXES = {".yml", ".yaml"}


def find(work: Work) -> tuple[str, ...]:
    """The workflows and actions of the project, sorted; none where it is a folder of a larger repository.

    Raises:
        ProjectError: the settings name what is not there.
    """
    wanted = work.settings.workflows.paths
    if not wanted and work.commit.prefix:
        return ()
    found = {each: _matching(work, each) for each in wanted or USUAL}
    if wanted and (missing := [each for each, names in found.items() if not names]):
        raise ProjectError(
            f"workflows.paths names {', '.join(missing)}, where no YAML file is.",
            todo="Name files, folders, or patterns as git knows them: .github/workflows/*.yml",
        )
    return tuple(sorted({name for names in found.values() for name in names}))


def read(work: Work, root: Path, names: tuple[str, ...]) -> tuple[tuple[Yaml, ...], tuple[Finding, ...]]:
    """The files below `root` that could be read, and what is wrong with the others."""
    venv = work.venvs.for_tools("workflows")
    tool = f"pyyaml {venv.installed['pyyaml']} (pack)"
    argv = (str(venv.python), "-I", str(_READER), *names)
    told = json.loads(work.shell.run(Command(argv=argv, cwd=root, tool=tool), data=True).stdout)
    files = [Yaml(file=name, root=Node.read(each["tree"])) for name, each in zip(names, told, strict=True)
             if each["tree"]]  # fmt: skip
    wrong = [Finding(file=name, line=line, title="syntax", text=text) for name, each in zip(names, told, strict=True)
             for line, text in each["problems"]]  # fmt: skip
    return tuple(files), tuple(wrong)


def _matching(work: Work, pattern: str) -> list[str]:
    root = work.project.root
    if work.commit.id:
        words = ("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", f":(glob){pattern}")
        names = work.shell.run(Command(argv=("git", *words), cwd=root), quiet=True).stdout.split("\0")
    else:
        found = (root / pattern).rglob("*") if (root / pattern).is_dir() else root.glob(pattern)
        names = [path.relative_to(root).as_posix() for path in found]
    return [name for name in names if Path(name).suffix in _SUFFIXES and (root / name).is_file()]

"""build: the sdist and the wheel of a commit, built twice and compared, their metadata and contents checked."""

import shutil
import tempfile
from pathlib import Path

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from twinrail.quality.compare import differences
from twinrail.quality.contents import strangers
from twinrail.quality.export import export_commit
from twinrail.report.events import Finding
from twinrail.session.artifacts import DIST
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system.errors import ToolError
from twinrail.system.files import sha256
from twinrail.system.units import show_size


def build(work: Work) -> Outcome:
    """The wheel and the sdist of the commit in `dist/`, or what is wrong with them."""
    if "build-system" not in work.project.data:
        return off("no [build-system] in pyproject.toml")
    with tempfile.TemporaryDirectory(prefix="twinrail-build-") as temporary:
        scratch = Path(temporary)
        first = _build(work, scratch, "first")
        if isinstance(first, Outcome):
            return first
        wrong = _twice(work, scratch, first) + _checked(work, first)
        if wrong:
            return failed(wrong[0].text, findings=wrong)
        return _kept(work, first)


def _build(work: Work, scratch: Path, name: str) -> list[Path] | Outcome:
    work.progress(f"{name} build")
    source = export_commit(work.project, work.commit, work.shell, scratch / name / "source")
    out = scratch / name / "dist"
    tool = work.tools.standing_alone("build", lock="package", program="pyproject-build")
    command = tool.command(
        "--installer=uv", "--outdir", str(out), *work.words, str(source),
        cwd=work.project.root, SOURCE_DATE_EPOCH=str(work.commit.when), UV_PYTHON_DOWNLOADS="never",
    )  # fmt: skip
    done = work.shell.run(command, ok=())
    if done.returncode:
        return failed("the build failed", detail=done.tail)
    return sorted(out.iterdir())


def _twice(work: Work, scratch: Path, first: list[Path]) -> tuple[Finding, ...]:
    if not work.settings.build.reproducible:
        return ()
    second = _build(work, scratch, "second")
    if isinstance(second, Outcome):
        return (Finding(title="reproducible", text=f"built once and not a second time: {second.detail}"),)
    return tuple(
        Finding(file=one.name, title="reproducible", text=f"built twice, and not the same: {', '.join(names)}")
        for one, other in zip(first, second, strict=True)
        if sha256(one) != sha256(other)
        for names in [differences(one, other)]
    )


def _checked(work: Work, made: list[Path]) -> tuple[Finding, ...]:
    twine = work.tools.standing_alone("twine", lock="package")
    names = tuple(map(str, made))
    done = work.shell.run(twine.command("check", "--strict", *names, cwd=work.project.root), ok=(0, 1))
    found = [] if done.returncode == 0 else [Finding(title="twine", text=_last(done.stdout + done.stderr))]
    contents = work.tools.standing_alone("check-wheel-contents", lock="package")
    wheels = tuple(name for name in names if name.endswith(".whl"))
    done = work.shell.run(contents.command("--no-config", *wheels, cwd=work.project.root), ok=(0, 1))
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if ".whl: W" in line]
        if not lines:
            raise ToolError("check-wheel-contents gave no answer.", why=done.tail)
        found += [Finding(title="contents", text=line.rpartition(".whl: ")[2]) for line in lines]
    found += [Finding(file=path.name, title="contents", text=text) for path in made
              for text in strangers(path, work.project)]  # fmt: skip
    return tuple(found)


def _kept(work: Work, made: list[Path]) -> Outcome:
    dist = work.project.root / DIST
    dist.mkdir(exist_ok=True)
    for old in (*dist.glob("*.whl"), *dist.glob("*.tar.gz")):
        old.unlink()
    artifacts, wheel = {}, ""
    for path in made:
        kind = "wheel" if path.suffix == ".whl" else "sdist"
        version = str((parse_wheel_filename if kind == "wheel" else parse_sdist_filename)(path.name)[1])
        kept = Path(shutil.copy2(path, dist))
        artifacts[path.name] = work.artifacts.put(kind, kept, version=version, commit=work.commit.id).digest
        if kind == "wheel":
            wheel = f"{path.name}  {show_size(path.stat().st_size)}  sha256:{artifacts[path.name][:8]}…"
    left = len(work.commit.uncommitted)
    names = ", ".join(work.commit.uncommitted[:3]) + (f" and {left - 3} more" if left > 3 else "")  # noqa: PLR2004
    note = f" · without {left} uncommitted: {names}" if left else ""
    return passed(f"{wheel}{note}", artifacts=artifacts)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith(("ERROR", "WARNING"))), lines[-1] if lines else "failed")

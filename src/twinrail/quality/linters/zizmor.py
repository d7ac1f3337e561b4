"""zizmor over workflows and actions: every audit that needs no network, and nothing waved through."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twinrail.quality.linters.schema import TITLE
from twinrail.quality.linters.tree import Yaml
from twinrail.report.events import Finding
from twinrail.report.sarif import Judged
from twinrail.session.work import Work
from twinrail.system.command import Finished
from twinrail.system.errors import ToolError

_OPTIONS = (
    "--offline", "--no-ignores", "--no-config", "--strict-collection", "--persona=auditor",
    "--format=json-v1", "--no-progress", "--color=never", "--quiet",
)  # fmt: skip
# It ends with 10 and more by the severity of what it found, and with 1 where it could not read a file.
_CLEAN, _UNREAD, _FOUND = 0, 1, 10
_NAMED = re.compile(r"^failed to load file://(.+) as \w+$", re.MULTILINE)


def zizmor(work: Work, root: Path, files: Sequence[Yaml]) -> Judged:
    """What zizmor found below `root`.

    It audits nothing where one file cannot be read: that one is a finding then, and the others are tried again.

    Raises:
        ToolError: it ends in a way that is no answer.
    """
    tool = work.tools.standing_alone("zizmor", lock="workflows")
    names = [each.file for each in files]
    refused: list[Finding] = []
    while names:
        done = work.shell.run(tool.command(*_OPTIONS, *names, cwd=root, RUST_BACKTRACE="0"), ok=(), data=True)
        if done.returncode != _UNREAD:
            return Judged(tool=tool.name, version=tool.version, findings=(*refused, *_findings(done)))
        refused.append(_refused(done, names))
        names.remove(refused[-1].file)
    return Judged(tool=tool.name, version=tool.version, findings=tuple(refused))


def _refused(done: Finished, names: Sequence[str]) -> Finding:
    found = _NAMED.search(done.stderr)
    if not found or found[1] not in names:
        raise ToolError("zizmor gave no answer.", why=done.tail)
    _, _, causes = done.stderr.partition("Caused by:")
    text = "\n".join(re.sub(r"^\d+: ", "", line.strip()) for line in causes.splitlines() if line.strip())
    return Finding(file=found[1], line=1, title=TITLE, text=text or "zizmor cannot read it")


def _findings(done: Finished) -> list[Finding]:
    try:
        told = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise ToolError("zizmor's answer cannot be read.", why=done.tail) from error
    if _CLEAN < done.returncode < _FOUND or bool(told) != (done.returncode >= _FOUND):
        raise ToolError(f"zizmor ended with {done.returncode} and told of {len(told)} findings.", why=done.tail)
    return [_finding(each) for each in told]


def _finding(told: dict[str, Any]) -> Finding:
    place = next(each for each in told["locations"] if each["symbolic"]["kind"] == "Primary")
    return Finding(
        file=place["symbolic"]["key"]["Local"]["verbatim_path"],
        line=place["concrete"]["location"]["start_point"]["row"] + 1,
        title=told["ident"],
        text=f"{told['desc']}: {place['symbolic']['annotation']}\n{told['url']}",
    )

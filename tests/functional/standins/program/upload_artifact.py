"""actions/upload-artifact 7."""

import io
import os
import re
import zipfile
from pathlib import Path

from action import Action, Refused, output, say
from artifacts import upload
from find_files import Found, find_files

DAYS = 90
NOT_IN_NAMES = re.compile(r'[":<>|*?\r\n\\/]')
NOT_IN_PATHS = re.compile(r'[":<>|*?\r\n]')


def upload_artifact(action: Action) -> None:
    """Puts the files that `path` finds into one artifact."""
    name = action.text("name")
    level, archived = action.number("compression-level", 9), action.flag("archive")
    action.number("retention-days", DAYS)
    missing = action.choice("if-no-files-found", "warn", "error", "ignore")
    found = find_files(action.lines("path"), hidden=action.flag("include-hidden-files"))
    if not found.files:
        nothing(action.text("path"), missing)
        return
    if not archived:
        name = single(found).name
    refuse_characters(name, found)
    content = pack(found, level) if archived else single(found).read_bytes()
    made = upload(name, content, archived=archived, overwrite=action.flag("overwrite"))
    print(f"Artifact {name} has been successfully uploaded: {len(found.files)} files, {len(content)} bytes")
    output("artifact-id", made.number)
    output("artifact-digest", made.digest)
    output("artifact-url", f"{run_url()}/artifacts/{made.number}")


def run_url() -> str:
    """The address of this run."""
    server, repository, run = (os.environ[f"GITHUB_{name}"] for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}"


def nothing(path: str, missing: str) -> None:
    """Tells that no file was found, as loud as the step asks for."""
    message = f"No files were found with the provided path: {path}. No artifacts will be uploaded."
    if missing == "error":
        raise Refused(message)
    if missing == "warn":
        say("warning", message)
    else:
        print(message)


def single(found: Found) -> Path:
    """The one file of an artifact that is no archive."""
    if len(found.files) != 1:
        raise Refused(f"When 'archive' is set to false, only a single file can be uploaded. Found {len(found.files)}")
    return found.files[0]


def refuse_characters(name: str, found: Found) -> None:
    """Refuses names that some file system cannot keep."""
    if NOT_IN_NAMES.search(name):
        raise Refused(f'The artifact name is not valid: {name}. It contains one of " : < > | * ? \\ / CR LF')
    for file in found.files:
        if NOT_IN_PATHS.search(relative := str(file.relative_to(found.root))):
            lost = '" : < > | * ? CR LF'
            raise Refused(
                f"The path for one of the files in artifact is not valid: /{relative}. It contains one of {lost}"
            )


def pack(found: Found, level: int) -> bytes:
    """A zip of the files; permissions are not kept."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED) as archive:
        for file in found.files:
            archive.writestr(str(file.relative_to(found.root)), file.read_bytes(), compresslevel=level or None)
    return content.getvalue()

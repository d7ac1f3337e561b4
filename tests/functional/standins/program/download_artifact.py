"""actions/download-artifact 8.

By `name`, the files go to `path` itself. Without a name, those that `pattern` matches (all without one) get a folder
each below `path`, unless `merge-multiple` is true, or just one matched: since version 5 that one goes to `path` itself.
"""

import hashlib
import io
import itertools
import re
import zipfile
from pathlib import Path

from action import Action, Refused, output, say, workspace
from artifacts import Artifact, download, listed

BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


def download_artifact(action: Action) -> None:
    """Unpacks the artifacts that were asked for."""
    action.only(github_token="")
    mismatch = action.choice("digest-mismatch", "error", "warn", "info", "ignore")
    merge, as_it_is = action.flag("merge-multiple"), action.flag("skip-decompress")
    wanted, there = chosen(action), workspace(action.inputs["path"])
    for artifact in wanted:
        flat = merge or len(wanted) == 1
        content = checked(artifact, download(artifact), mismatch)
        unpack(artifact, content, there if flat else there / artifact.name, as_it_is=as_it_is)
    print(f"Total of {len(wanted)} artifact(s) downloaded: {', '.join(each.name for each in wanted)}")
    output("download-path", str(there))


def chosen(action: Action) -> list[Artifact]:
    """The artifacts that the step asks for; one that is asked for by name or number must be there."""
    name, numbers = action.inputs["name"], [each for each in re.split(r"[\s,]+", action.inputs["artifact-ids"]) if each]
    if name and numbers:
        raise Refused("Inputs 'name' and 'artifact-ids' cannot be used together. Please specify only one.")
    found = listed()
    if name:
        if not (same := [each for each in found if each.name == name]):
            raise Refused(f"Unable to download artifact(s): Artifact not found for name: {name}")
        return same
    if numbers:
        if missing := set(numbers) - {each.number for each in found}:
            raise Refused(f"Unable to download artifact(s): no artifact has the id {', '.join(sorted(missing))}")
        return [each for each in found if each.number in numbers]
    forms = [re.compile(expression(each)) for each in expanded(action.inputs["pattern"] or "*")]
    return [each for each in found if any(form.fullmatch(each.name) for form in forms)]


def expanded(pattern: str) -> list[str]:
    """A pattern without its braces: `{a,b}-x` is `a-x` and `b-x`."""
    if not (braces := BRACES.search(pattern)):
        return [pattern]
    before, after = pattern[: braces.start()], pattern[braces.end() :]
    return list(itertools.chain.from_iterable(expanded(before + each + after) for each in braces[1].split(",")))


def expression(pattern: str) -> str:
    """A regular expression for a pattern of minimatch; a name that begins with a dot wants a pattern that does."""
    if re.search(r"[+@!?*]\(|^!", pattern):
        raise Refused(f"the stand-in for download-artifact knows * ? [] and {{}}, and not {pattern}")
    parts = re.split(r"(\*+|\?|\[[^]]+\])", pattern)
    wild = {"*": ".*", "?": ".", "[": ""}
    text = "".join(
        (wild[each[0]] or each.replace("[!", "[^")) if each[:1] in wild else re.escape(each) for each in parts
    )
    return text if pattern.startswith(".") else rf"(?!\.){text}"


def checked(artifact: Artifact, content: bytes, mismatch: str) -> bytes:
    """The content, when it is what was uploaded, or when the step does not mind."""
    if hashlib.sha256(content).hexdigest() != artifact.digest and mismatch != "ignore":
        message = f"Artifact '{artifact.name}' digest validation failed. Please verify the integrity of the artifact."
        if mismatch == "error":
            raise Refused(message)
        say("warning", message) if mismatch == "warn" else print(message)
    return content


def unpack(artifact: Artifact, content: bytes, to: Path, *, as_it_is: bool) -> None:
    """Writes an artifact's files into a folder."""
    to.mkdir(parents=True, exist_ok=True)
    if artifact.archived and not as_it_is:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(to)
    else:
        (to / (f"{artifact.name}.zip" if artifact.archived else artifact.name)).write_bytes(content)

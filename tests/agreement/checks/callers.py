"""Those who call: our ci.yml and the examples give what is taken, grant what is asked for, and do not collide."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from agreement.checks.files import CI, IDENTITY, IMAGE, PYTHON, SCAN, Document, Files, Problems, check, same
from agreement.model.document import StartupFailure, given, triggers
from agreement.model.expressions import references
from agreement.model.permissions import granted, needed, short


def calls(files: Files) -> Iterator[tuple[str, str, Document, str]]:
    """Every call of a workflow of ours: the caller's file, its job, that job, the file that it calls."""
    for name, job, each in files.jobs():
        if "uses" in each:
            yield name, job, each, called(each["uses"])


def called(uses: str) -> str:
    """The file that a `uses:` of ours or of a caller names."""
    return uses.partition("@")[0].removeprefix("$/").removeprefix("twinrail/twinrail/")


@check
def check_calls(files: Files) -> Problems:
    """Callers give only inputs and secrets that are taken, of their types, and ask only for outputs that are told."""
    for name, job, each, path in calls(files):
        if path not in files.texts:
            yield f"{name}: {job} calls {each['uses']}, which is not there"
            continue
        try:
            given(files.yaml(path), each.get("with", {}))
        except StartupFailure as failure:
            yield f"{name}: {job}: {failure}"
        declared = triggers(files.yaml(path))["workflow_call"]
        if unknown := set(each.get("secrets", {})) - set(declared.get("secrets", {})):
            yield f"{name}: {job} gives secrets {sorted(unknown)}"
        for reference in references(files.yaml(name)):
            match reference.split("."):
                case ["needs", need, "outputs", output] if need == job and output not in declared["outputs"]:
                    yield f"{name}: {path} tells no {output}"


@check
def check_references(files: Files) -> Problems:
    """What is asked of the jobs before is asked of one that is needed and tells it."""
    for name, job, each in files.jobs():
        needs = each.get("needs", [])
        for path in references(each):
            if not path.startswith("needs."):
                continue
            _, need, *rest = path.split(".")
            other = files.yaml(name)["jobs"].get(need, {})
            known = need in ([needs] if isinstance(needs, str) else needs)
            tells = "uses" in other or rest == ["result"] or (rest[1:] and rest[1] in other.get("outputs", {}))
            if not known or not tells:
                yield f"{name}: {job} asks for {path}"


@check
def check_grants(files: Files) -> Problems:
    """Every caller grants at least what the jobs of its callee ask for, theirs and those that they call."""

    def find(uses: str) -> Document:
        return files.yaml(called(uses))

    for name, job, each, path in calls(files):
        if path in files.texts:
            try:
                lacking = short(granted(files.yaml(name), each), needed(files.yaml(path), find))
            except ValueError as error:
                yield f"{name}: {job}: {error}"
                continue
            yield from same(f"{name}: what {job} does not grant", {}, lacking)


@check
def check_promise(files: Files) -> Problems:
    """A caller who grants `contents: read` and nothing else can call every workflow of ours but two."""
    wide = dict.fromkeys(("packages", "id-token", "attestations"), "write")
    for name, document in files.workflows.items():
        if "workflow_call" in triggers(document):
            wanted = {"contents": "read"} | (wide if name in {IDENTITY, IMAGE} else {})
            yield from same(f"{name} asks for", wanted, needed(document, lambda _: {}))


@check
def check_collisions(files: Files) -> Problems:
    """Two calls in one run differ in the name of their artifacts and in their environments."""
    for name in (*files.workflows, *files.examples):
        seen = [
            names(each.get("with", {})) for caller, _, each, path in calls(files) if (caller, path) == (name, PYTHON)
        ]
        for what, each in zip(("artifacts", "environments"), zip(*seen, strict=True), strict=False):
            if len(set(each)) < len(each):
                yield f"{name}: the same {what} twice: {each}"


def names(words: Document) -> tuple[str, str]:
    """What the artifacts and the environments of a call are called after."""
    return words.get("name") or PurePosixPath(words.get("path", ".")).name or ".", words.get("environment-prefix", "")


@check
def check_ci(files: Files) -> Problems:
    """We call our own pipeline twice, for the pack and for the project of a newcomer, and scan ourselves."""
    wanted = {
        # Our own tests are long.
        "pack": (PYTHON, {"name": "twinrail", "timeout-minutes": "60"}),
        "example": (PYTHON, {"path": "example-project", "name": "shopfront", "environment-prefix": "shopfront-"}),
        "scan": (SCAN, {"name": "twinrail"}),
    }
    found = {job: (path, each.get("with", {})) for name, job, each, path in calls(files) if name == CI}
    yield from same("calls of ci.yml", wanted, found)

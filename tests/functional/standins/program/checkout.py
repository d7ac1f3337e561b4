"""actions/checkout 7: the commit under test, out of the folder STANDIN_REMOTES that holds OWNER/NAME."""

import base64
import json
import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path

from action import Action, Refused, output, workspace

UNSAFE_EVENTS = ("pull_request_target", "workflow_run")


def checkout(action: Action) -> None:
    """Ends with exactly the commit that was asked for, in a folder that was empty before."""
    action.only(ssh_key="", filter="", sparse_checkout="", submodules="false", lfs="false", clean="true")
    refuse_code_of_forks(action)
    here, folder = workspace(), workspace(action.inputs["path"])
    if not folder.is_relative_to(here):
        raise Refused(f"Repository path '{folder}' is not under '{here}'")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    address = begin(folder, action.text("repository"))
    ref, commit = wanted(action, address)
    git(folder, "fetch", "--quiet", "--no-tags", "--force", *asked(action, ref, commit))
    branch = ref.removeprefix("refs/heads/")
    git(folder, "checkout", "--quiet", "--force", *(("--detach",) if branch == ref else ("-B", branch)), commit)
    if action.flag("persist-credentials"):
        persist(folder, action.inputs["token"])
    output("ref", ref)
    output("commit", commit)


def begin(folder: Path, repository: str) -> str:
    """Makes an empty repository whose origin is the one on the server; the address where it is fetched from."""
    remote = Path(os.environ["STANDIN_REMOTES"], repository)
    if not remote.exists():
        raise Refused(f"Repository {repository} not found")
    address, name = f"file://{remote}", f"{os.environ['GITHUB_SERVER_URL']}/{repository}"
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", name)
    git(folder, "config", f"url.{address}.insteadOf", name)
    return address


def wanted(action: Action, address: str) -> tuple[str, str]:
    """The full ref, which may be empty, and the commit that the step asks for."""
    ref = action.inputs["ref"]
    own = action.inputs["repository"] == os.environ["GITHUB_REPOSITORY"]
    if not ref and own:
        return os.environ["GITHUB_REF"], os.environ["GITHUB_SHA"]
    if re.fullmatch(r"[0-9a-f]{40}", ref):
        return "", ref
    lines = git(Path("/"), "ls-remote", address).splitlines()
    there = {name: commit for commit, _, name in (line.partition("\t") for line in lines)}
    if not ref:
        return "", there["HEAD"]
    for name in (ref, f"refs/heads/{ref}", f"refs/tags/{ref}"):
        if name in there:
            return name, there.get(name + "^{}", there[name])
    raise Refused(f"A branch or tag with the name '{ref}' could not be found")


def asked(action: Action, ref: str, commit: str) -> list[str]:
    """What `git fetch` is asked for: the commit, and all branches and tags where the depth is 0."""
    tags = "+refs/tags/*:refs/tags/*"
    if depth := action.number("fetch-depth", 2**31 - 1):
        name = local(ref)
        wanted = [f"+{commit}:{name}" if name else commit, *([tags] if action.flag("fetch-tags") else [])]
        return [f"--depth={depth}", "origin", *wanted]
    return ["origin", commit, "+refs/heads/*:refs/remotes/origin/*", tags]


def local(ref: str) -> str:
    """The name in the clone for a ref of the server; empty for what has none."""
    for there, here in (("heads", "remotes/origin"), ("pull", "remotes/pull"), ("tags", "tags")):
        if ref.startswith(f"refs/{there}/"):
            return ref.replace(f"refs/{there}/", f"refs/{here}/", 1)
    return ""


def persist(folder: Path, token: str) -> None:
    """Keeps the token for later git commands, in a file of its own, as checkout 6 and later do."""
    kept = Path(os.environ["RUNNER_TEMP"], f"git-credentials-{uuid.uuid4()}.config")
    kept.parent.mkdir(parents=True, exist_ok=True)
    header = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    key = f"http.{os.environ['GITHUB_SERVER_URL']}/.extraheader"
    git(folder, "config", "--file", str(kept), key, f"AUTHORIZATION: basic {header}")
    git(folder, "config", f"includeIf.gitdir:{folder}/.git.path", str(kept))


def refuse_code_of_forks(action: Action) -> None:
    """Refuses the code of a fork where the workflow runs with the rights of the repository, as checkout 7 does."""
    if os.environ["GITHUB_EVENT_NAME"] not in UNSAFE_EVENTS or action.flag("allow-unsafe-pr-checkout"):
        return
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    pull = event.get("pull_request") or event.get("workflow_run") or {}
    head = pull.get("head") or {"sha": pull.get("head_sha"), "repo": pull.get("head_repository")}
    fork = (head.get("repo") or {}).get("full_name")
    if fork and fork != os.environ["GITHUB_REPOSITORY"]:
        asked = (action.inputs["repository"] == fork, head.get("sha") == action.inputs["ref"])
        if any(asked) or action.inputs["ref"].startswith("refs/pull/"):
            raise Refused(f"Refusing to check out fork pull request code from a '{os.environ['GITHUB_EVENT_NAME']}'")


def git(folder: Path, *words: str) -> str:
    """What `git WORDS` prints in a folder."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"git {' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout

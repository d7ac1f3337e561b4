"""docs/examples/image.yml, executed: pushed to a registry on loopback by one job, signed and attested by another."""

import json
import shutil
import socket
import subprocess
import time
from contextlib import suppress

import pytest
from callers import cloned, example

from twinrail.session.dsse import verify
from twinrail.session.provenance import PREDICATE
from twinrail.system.registry.attachments import attached
from twinrail.system.registry.authority import Authority
from twinrail.system.registry.client import Registry
from twinrail.system.registry.reference import parse_repository

RAN = "the project's own noxfile ran"
NOXFILE = f"""\
import hashlib
import io
import json
import pathlib
import tarfile

import nox
from twinrail.session.artifacts import Artifacts
from twinrail.sessions import offer

print("{RAN}")


@nox.session(venv_backend="none", requires=["build"])
def image(session):
    root = pathlib.Path.cwd()
    wheel = Artifacts(root).get("wheel")
    layer = b"\\0" * 10240
    layers = ["sha256:" + hashlib.sha256(layer).hexdigest()]
    config = json.dumps({{"rootfs": {{"type": "layers", "diff_ids": layers}}}}).encode()
    digest = hashlib.sha256(config).hexdigest()
    manifest = json.dumps([{{"Config": digest + ".json", "Layers": ["layer.tar"]}}]).encode()
    archive = root / ".twinrail" / "images" / "parcel.tar"
    archive.parent.mkdir()
    with tarfile.open(archive, "w") as tar:
        for name, data in {{digest + ".json": config, "layer.tar": layer, "manifest.json": manifest}}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    told = root / ".twinrail" / "artifacts" / "parcel.image.json"
    told.parent.mkdir(exist_ok=True)
    told.write_text(json.dumps({{"name": "parcel:1", "id": "sha256:" + digest, "base": "", "builder": "by hand"}}))
    Artifacts(root).put("image", told, version=wheel.version, commit=wheel.commit)


offer()
"""


SECRETS = """\
    secrets:
      signing-key: ${{ secrets.KEY }}
      registry-user: ${{ secrets.WHO }}
      registry-password: ${{ secrets.WORD }}
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """The address of a registry that is gone after the tests."""
    if not (program := shutil.which("docker-registry")):
        pytest.skip("docker-registry is not here; it is a package of Debian's")
    folder = tmp_path_factory.mktemp("registry")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {"version": 0.1, "storage": {"filesystem": {"rootdirectory": str(folder)}}, "http": {"addr": address}}
    (folder / "settings.yml").write_text(json.dumps(settings), encoding="utf-8")
    with (folder / "log").open("w") as log:
        served = subprocess.Popen([program, "serve", str(folder / "settings.yml")], stdout=log, stderr=log)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))):
            break
        time.sleep(0.1)
    yield address
    served.terminate()
    served.wait()


@pytest.fixture(scope="module")
def pushed(_parcel, tmp_path_factory, commit, act, registry):
    """The run of image.yml when a tag is pushed, with a key; and the public one."""
    root = tmp_path_factory.mktemp("image")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "key"], cwd=root, check=True)
    subprocess.run(["openssl", "pkey", "-in", "key", "-pubout", "-out", "key.pub"], cwd=root, check=True)
    made = cloned(_parcel, root / "parcel")
    settings = f'\n[tool.twinrail.deploy]\non = ["v*"]\n\n[tool.twinrail.image]\nregistry = "{registry}/team"\n'
    made.write("pyproject.toml", (made.root / "pyproject.toml").read_text(encoding="utf-8") + settings)
    [(path, text)] = example("image.yml").items()
    commit(made.root, {"noxfile.py": NOXFILE, path: text + SECRETS})
    key = (root / "key").read_text(encoding="utf-8")
    secrets = {"KEY": key, "WHO": "ann", "WORD": "of-green"}  # pragma: allowlist secret
    run = act.run(made.root, payload={"ref": "refs/tags/v0.3.0"}, secrets=secrets)
    return run, (root / "key.pub").read_text(encoding="utf-8"), key


def test_the_image_is_pushed_signed_and_attested(pushed, registry):
    """One digest: what `build` tells, what lies in the registry, what was signed, what is attested."""
    run, public, _ = pushed
    assert 0 == run.returncode, run.said
    assert {"twinrail": "success", "twinrail/build": "success", "twinrail/sign": "success"} == run.jobs
    told = json.loads(run.outputs("twinrail/build", "nox")["image"])
    assert f"{registry}/team/parcel" == told["name"]
    [use] = [each for each in run.used if each.action == "attest"]
    assert ("sign", told["name"], told["digest"]) == (use.job, use.inputs["subject-name"], use.inputs["subject-digest"])
    repository = parse_repository(told["name"])
    there = Registry(repository=repository, authority=Authority(repository=repository, login=None))
    [envelope] = attached(there, told["digest"], PREDICATE)
    [signed] = verify({"envelopes": [envelope], "keys": {"ours": public}})
    assert ("ours", True) == (signed["signer"], told["digest"].removeprefix("sha256:") in signed["payload"])


def test_what_signs_runs_nothing_of_the_project(pushed):
    """The noxfile runs in `build`, and not where the key is; no log holds any of it."""
    run, _, key = pushed
    assert (True, False) == tuple(RAN in run.log(f"twinrail/{job}") for job in ("build", "sign"))
    # What tells the runner what to hide is shown by act alone.
    logs = [line for job in ("build", "sign") for line in run.log(f"twinrail/{job}").splitlines()]
    middle = key.splitlines()[1][16:40]
    assert not any(middle in line for line in logs if "::add-mask::" not in line)

"""One digest on its way through the environments, and what lies beside it: signed by one of ours, or not let in."""

import base64
import contextlib
import json
import secrets
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from shipped import Shipped

from twinrail.deploy.imaged import image_of
from twinrail.deploy.interface import Open, Shut
from twinrail.deploy.promotion import ImageGate, name_image
from twinrail.deploy.provenance import demand_provenance
from twinrail.deploy.release import Release
from twinrail.project.images import Image
from twinrail.project.repository import open_project
from twinrail.project.settings import Settings
from twinrail.quality.sign import sign
from twinrail.session.images import open_registry
from twinrail.session.provenance import PREDICATE
from twinrail.session.work import Work
from twinrail.system.errors import NotSigned
from twinrail.system.registry.attachments import attach, attached
from twinrail.system.registry.reference import parse_reference
from twinrail.system.shell import Shell

TEAM = f"team-{secrets.token_hex(4)}"
"""A folder of this run's own: a registry may live on."""
OPENSSL = {
    "ours": ("genpkey", "-algorithm", "ed25519"),
    "theirs": ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "others": ("genpkey", "-algorithm", "ed25519"),
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, engine, registry):
    """A project whose image is in the registry, with pairs of keys."""
    root = tmp_path_factory.mktemp("promoted")
    (root / "context").mkdir()
    (root / "context" / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\nUSER 10001\n", encoding="utf-8")
    for name, words in OPENSSL.items():
        subprocess.run(["openssl", *words, "-out", f"{name}.pem"], cwd=root, check=True)
        subprocess.run(
            ["openssl", "pkey", "-in", f"{name}.pem", "-pubout", "-out", f"{name}.pub"], cwd=root, check=True
        )
    name = engine.name("promoted")
    engine("build", "--tag", name, str(root / "context"))
    engine("save", "--output", str(root / "saved.tar"), name)
    made = Shipped(root, env={"DOCKER_CONFIG": str(root)})
    made.lay_out()
    made.built(root / "saved.tar", name)
    done = made.push(f"{registry.address}/{TEAM}")
    assert 0 == done.returncode, done.stdout
    return made


@pytest.fixture(scope="module")
def work(shipped, registry):
    """A session of that project, which signs with one of the keys."""

    def make(key="ours.pem", signers=("ours.pub",)):
        pyproject = tomllib.loads((shipped.root / "pyproject.toml").read_text(encoding="utf-8"))
        image = Image(registry=f"{registry.address}/{TEAM}", signers=signers, **{"signing-key": key})
        return Work(
            session="sign",
            project=open_project(shipped.root, pyproject),
            settings=Settings(image=image),
            shell=Shell(say=lambda _: None),
            folder=shipped.root / "reports",
            run="run-1",
            tell=lambda _: None,
        )

    return make


@pytest.fixture(scope="module")
def release(shipped, work):
    """What is deployed: the image, and the wheel in it."""
    (shipped.root / "dist").mkdir()
    wheel = shipped.root / "dist" / "shopfront-1.4.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    (shipped.root / "uv.lock").write_text("", encoding="utf-8")
    commit = shipped.git("rev-parse", "HEAD")
    made = work().artifacts.put("wheel", wheel, version="1.4.0", commit=commit)
    return Release(version="1.4.0", digest=made.digest, wheel=wheel, requirements=Path(), commit=commit,
                   image=image_of(work()).name)  # fmt: skip


def test_one_digest_under_three_names(work, release):
    """Each environment looks it up and gives it its name; the registry is given no other image, and no layer."""
    for environment in ("test", "staging", "production"):
        assert Open(note=release.image) == ImageGate(work=work()).ask(release)
        assert "" == name_image(work(), environment, release)
    repository, digest = parse_reference(release.image)
    registry = open_registry(work(), repository)
    names = ("test", "staging", "production", "1.4.0", release.commit)
    assert {digest} == {registry.manifest(each).digest for each in names}
    gone = replace(release, image=repository.by(f"sha256:{'0' * 64}"))
    assert isinstance(ImageGate(work=work()).ask(gone), Shut)


def test_what_is_deployed_is_signed(work, release, shipped):
    """Refused without a signature, with one of somebody else, of another image, or changed; let through with ours."""
    refused(work(), release, "Nothing signed lies beside it")
    assert "passed" == sign(work("theirs.pem")).state
    refused(work(), release, "signed by somebody else, or was changed since")
    # A key that lies in the folder and not in the commit opens nothing.
    with lying(shipped.root / "ours.pub", (shipped.root / "theirs.pub").read_bytes()):
        refused(work(), release, "signed by somebody else, or was changed since")
    another = shipped.git("commit-tree", "HEAD^{tree}", "-m", "Another")
    repository, digest = parse_reference(release.image)
    registry = open_registry(work(), repository)
    image = registry.manifest(digest)
    envelope = json.loads(
        (work().project.state / "artifacts" / "shopfront.provenance.json").read_text(encoding="utf-8")
    )
    payload = base64.b64decode(envelope["payload"])
    changed = base64.b64encode(payload.replace(b"run-1", b"run-2")).decode()
    attach(registry, image, json.dumps({**envelope, "payload": changed}).encode(), PREDICATE)
    refused(work(signers=("theirs.pub",)), replace(release, commit=another), "it names the commit")
    refused(work(signers=("theirs.pub",)), replace(release, digest="0" * 64), "it names another wheel")
    demand_provenance(work(signers=("ours.pub", "theirs.pub")), release)
    assert "laid beside it" in sign(work()).headline
    demand_provenance(work(), release)
    refused(work(), replace(release, image=repository.by(f"sha256:{'1' * 64}")), "Nothing signed lies beside it")
    refused(work(), replace(release, image=digest), "in no registry")


def test_signed_once(work, release):
    """A second run of the same build lays nothing more beside it, and keeps the same envelope; another key does."""
    repository, digest = parse_reference(release.image)
    registry, path = open_registry(work(), repository), work().project.state / "artifacts/shopfront.provenance.json"
    sign(work())
    there, envelope = attached(registry, digest, PREDICATE), path.read_bytes()
    again = sign(replace(work(), run="run-2"))
    assert "lies beside it already" in again.headline
    assert (there, envelope) == (attached(registry, digest, PREDICATE), path.read_bytes())
    sign(work("others.pem"))
    assert len(there) + 1 == len(attached(registry, digest, PREDICATE))


@contextlib.contextmanager
def lying(path, data):
    """A file with something else in it than what was committed."""
    held = path.read_bytes()
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(held)


def refused(work, release, why):
    """It may not be deployed, and that is told."""
    with pytest.raises(NotSigned) as told:
        demand_provenance(work, release)
    assert why in told.value.why

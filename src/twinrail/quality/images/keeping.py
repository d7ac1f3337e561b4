"""Where an image waits until it has been looked at, and how it is kept then: all of it, or nothing of it.

What was kept before stays whole until then: who pushes or deploys it finds what it was told of.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twinrail.quality.images.building import Building
from twinrail.quality.images.checks.sbom import BILL
from twinrail.quality.images.checks.subject import Checked
from twinrail.quality.images.interface import Image
from twinrail.session.artifacts import Artifact
from twinrail.session.work import Work
from twinrail.system.files import write_json


@contextmanager
def waiting(work: Work) -> Iterator[Path]:
    """A folder for archives that nobody has looked at yet, on the disk of those that are kept."""
    folder = work.project.state / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unchecked-") as made:
        yield Path(made)


def keep(building: Building, images: Sequence[Image], wheel: Artifact, checked: Checked) -> dict[str, str]:
    """Keeps images that passed, one for each platform: in the builder's store, as files, and noted for later sessions.

    What was noted: digests by name.

    Raises:
        ToolError: the builder cannot take one; then nothing is kept.
    """
    work, made = building.work, images[0]
    for each in images:
        building.load(each.archive)
    bills = [checked.sbom.with_name(f"{each.archive.stem}{BILL}") for each in images]
    archives, artifacts = work.project.state / "images", work.project.state / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)
    for path, folder in (*((each.archive, archives) for each in images), *((bill, artifacts) for bill in bills)):
        path.replace(folder / path.name)
    path = artifacts / f"{made.archive.stem}.image.json"
    write_json(path, _told(images, wheel))
    noted = {made.name: made.id}
    for kind, file in (("image", path), ("image-sbom", artifacts / bills[0].name)):
        noted[file.name] = work.artifacts.put(kind, file, version=wheel.version, commit=wheel.commit).digest
    return noted


def _told(images: Sequence[Image], wheel: Artifact) -> dict[str, object]:
    made = images[0]
    told: dict[str, object] = {
        "name": made.name, "id": made.id, "layers": made.layers, "base": made.base, "builder": made.builder,
        "size": made.size, "version": wheel.version, "commit": wheel.commit,
    }  # fmt: skip
    if made.platform:
        told["platforms"] = [
            {"platform": each.platform, "id": each.id, "archive": each.archive.name} for each in images
        ]
    return told

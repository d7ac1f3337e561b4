"""Which of the envelopes beside an image are read: those of the kind that is asked for, and of a size that can be."""

import json
from types import SimpleNamespace

from twinrail.system.registry.attachments import DSSE, attached
from twinrail.system.registry.client import LARGEST, OCI, Manifest


def layer(digest, size=10, **notes):
    """A layer of the manifest, as cosign or we describe one."""
    return {"mediaType": DSSE, "digest": digest, "size": size, "annotations": notes}


def test_what_others_lay_there_is_left_alone():
    """A bill of materials of any size, fifty of them, or what is no envelope; one that says no kind may be ours."""
    layers = [layer("ours", predicateType="kind"), {"mediaType": "text/plain", "digest": "x"}, layer("untold"),
              layer("large", LARGEST + 1, predicateType="kind"),
              *(layer("bill", predicateType="spdx") for _ in range(60))]  # fmt: skip
    held = Manifest(kind=OCI, data=json.dumps({"layers": layers}).encode())
    blobs = {"ours": b'{"payload": 1}', "untold": b"{"}
    registry = SimpleNamespace(manifest={"sha256-1.att": held}.get, blob=blobs.__getitem__)
    assert (None, {"payload": 1}) == attached(registry, "sha256:1", "kind")
    assert () == attached(registry, "sha256:2", "kind")

"""actions/attest 4, of a subject by its digest; nothing is signed, and nobody is asked for an identity."""

import re

from action import Action, Refused


def attest(action: Action) -> None:
    """Takes a subject by name and digest."""
    name, digest = action.text("subject-name"), action.text("subject-digest")
    if not name:
        raise Refused("subject-name must be provided when using subject-digest")
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise Refused('subject-digest must be in the format "sha256:<hex-digest>"')
    print(f"Attestation created for {name}@{digest}")

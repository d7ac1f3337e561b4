"""How large an image is, against its budget."""

from twinrail.quality.images.checks.subject import Subject
from twinrail.report.events import Finding, Reading
from twinrail.system.units import show_size

_NAMED = 3


def size(subject: Subject) -> tuple[tuple[Finding, ...], Reading]:
    """What is over the budget, and the size of all layers unpacked: what the image takes where it runs."""
    archive, budget = subject.archive, subject.expected.size
    shown = show_size(archive.size)
    if budget is None:
        return (), Reading(name="image size", value=shown)
    fits = archive.size <= budget
    reading = Reading(name="image size", value=shown, limit=show_size(budget), ok=fits, final=True)
    if fits:
        return (), reading
    largest = sorted(archive.layers, key=lambda layer: -layer.size)[:_NAMED]
    named = ", ".join(f"{show_size(layer.size)} in {subject.layer(layer.number)}" for layer in largest)
    over = show_size(archive.size - budget)
    return (
        subject.finding("image-size", f"{shown} is {over} more than the budget of {reading.limit}: {named}"),
    ), reading

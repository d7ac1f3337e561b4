"""What a noxfile imports: `from twinrail.sessions import offer`."""

from twinrail.cli.sessions import offer

__all__ = ["offer"]

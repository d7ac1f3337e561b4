"""Notifiers, a file each: whoever is told how a run ended."""

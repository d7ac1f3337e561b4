"""Checks, a file each: one question to a running release, asked once. Whoever asks repeats it."""

"""Targets, a file or a folder each: places where releases run. They make moves and decide nothing."""

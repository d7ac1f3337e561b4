"""A small model of GitHub Actions, for tests only: what an expression is worth, which jobs run, what a run costs.

It says what GitHub documents, not what a runner does: nothing here starts a program.
"""

"""What sessions do to code: lint, types, tests, security, packages, the SBOM.

A file a session or two: each has a function that takes `Work` and gives an `Outcome`. Nothing here
deploys, nor knows what runs before or after it.
"""

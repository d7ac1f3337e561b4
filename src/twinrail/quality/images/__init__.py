"""What becomes of a project's image: how it is built, and what is looked at before it may be pushed.

Whatever runs an image belongs to `deploy`.
"""

"""What is looked at in an image before it may be pushed: one file a question, each answered from the saved archive.

Nothing here builds, runs or pushes an image.
"""

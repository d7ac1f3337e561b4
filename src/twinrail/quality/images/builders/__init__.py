"""What builds images, one file each: how it is found, and the commands that it is given.

Nothing here runs a build, or knows what is in it.
"""

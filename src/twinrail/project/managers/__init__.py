"""Dependency managers, a file each: what they say to install and export a lock; they run nothing themselves.

What is done with the commands belongs to `project/venv.py`.
"""

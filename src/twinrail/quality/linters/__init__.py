"""What judges workflows and actions: a file a tool, and the rules that no tool has.

Each takes the files, read once with their lines, and gives findings; none of them changes a file.
"""

"""What runs, in which order, and how it is run: the graph, the sessions' bodies, the run.

What a session does to code stands in `quality`, how a release gets out in `deploy`.
"""

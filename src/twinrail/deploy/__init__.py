"""How a release gets out: moves, strategies, the rollout, the ledger, environments, checks and gates.

Strategies decide and touch nothing; targets make moves and decide nothing; the rollout stands between.
"""

"""The new release against the old one, under the same traffic: what was seen of both, the numbers, the verdict.

Which moves follow from it is the rollout's; the gate `analysis` asks here.
"""

"""What every target shares that has a proxy of its own in front: routes, a fleet behind them, requests that were seen.

What a backend is, a process or a container, and how the proxy is run, belongs to the target.
"""

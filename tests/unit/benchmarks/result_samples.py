"""Results of parts, as they might be."""

from benchmarks.results import Result

COMMON = {
    "seconds": 300.0, "ended": "2026-11-23 04:00 UTC", "commit": "0123456789ab", "deploy": "d" * 64,
    "machine": "2 cores, Python 3.11.7, Linux 6.18", "proxy": "Traefik 3.7.15",
}  # fmt: skip
LOAD = {
    "strategy": "canary", "switches": 11, "asked": 130_007, "failed": 0, "placed": 65_004, "slow": 900, "failures": {},
    "wrong_orders": 0, "reconnects": 0, "cookies": 0, "turns": 0, "cpu": 19.5,
    "seconds": {"p50": 0.0142, "p95": 0.071, "p99": 0.31, "max": 10.2},
    "watched": {"changes": 90, "missed": 0, "ends": 22, "asked": 180, "overtaken": 0, "faults": 0},
}  # fmt: skip
BAD = {
    "name": "fails after a while", "strategy": "canary", "exit_code": 20, "failed": 57, "bound": 400, "seconds": 1.32,
    "took": 4.9, "asked": 487, "said": "1.4.1 was turned back: 1.4.1 answered / with 500\n  1.4.0 serves 100 % again.",
}  # fmt: skip


def results() -> tuple[Result, ...]:
    """One of each section, and some of the short form."""
    broken = {**LOAD, "failed": 3, "wrong_orders": 1, "failures": {"lost": 1, "status 502": 2}}
    bad = {"cases": [BAD, {**BAD, "name": "never starts", "failed": 0, "bound": 0}]}
    kills = {"strategy": "ab", "direction": "rollback", "points": 12, "endings": 24, "live": {"new": 11, "newer": 12,
             "old": 1}, "asked": 5000, "failed": 0}  # fmt: skip
    cases = [{"name": "amid a start that hangs", "by": "SIGINT", "exit_code": 130, "resumed": None},
             {"name": "where the release does not end", "by": "SIGKILL", "exit_code": -9, "resumed": 20}]  # fmt: skip
    storm = {"what": "holders of a lease, struck at random", "processes": 20, "rounds": 50, "ends": {"done": 200,
             "killed": 600, "refused": 200}, "slept": 780, "changes": 1350}  # fmt: skip
    judged = {"seed": 1, "cases": [{"name": "alike: turned back", "pairs": 1000, "wrong": 12, "most": 0.02}]}
    told = [
        ("load-canary-1", "load", LOAD, ()),
        ("load-canary-2", "load", broken, ("w-1 was placed and stands there 0 times",)),
        ("bad-canary", "bad", bad, ()),
        ("kills-ab-rollback-after", "kills", kills, ()),
        ("orders-1", "orders", {"orders": 60, "deploys": 300}, ()),
        ("cancelled", "cancelled", {"cases": cases}, ()),
        ("storm-1", "storm", storm, ()),
        ("analysis", "analysis", judged, ()),
        ("short-kills", "kills", {"points": 12, "live": {"old": 2, "new": 5, "newer": 5}}, ()),
        ("short-bad", "bad", bad, ()),
    ]
    return tuple(
        Result(part=part, section=section, form="short" if part.startswith("short") else "full", figures=figures,
               faults=faults, **COMMON)
        for part, section, figures, faults in told
    )  # fmt: skip

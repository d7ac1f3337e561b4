"""Five releases in three of their orders. All orders are in `benchmarks`."""

from concurrent.futures import ThreadPoolExecutor

from tinyweb import TINYWEB

from benchmarks.ground import Ground
from benchmarks.ordering import deploy_in

ORDERS = [(3, 1, 5, 2, 4), (5, 4, 3, 2, 1), (2, 1, 4, 3, 5)]


def test_newest_ends_live(project):
    """The newest of five releases ends live, and those that come too late hear that they are superseded."""
    names = ["".join(map(str, order)) for order in ORDERS]
    options = {"replicas": 1}
    grounds = [Ground(root=project.root, kind=TINYWEB, name=f"order-{name}", options=options) for name in names]
    try:
        with ThreadPoolExecutor(3) as pool:
            assert [[]] * 3 == list(pool.map(deploy_in, ORDERS, grounds))
    finally:
        for ground in grounds:
            ground.end()

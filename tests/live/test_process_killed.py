"""What `down` finds after a deployer that was killed."""

from tinyweb import TINYWEB

from benchmarks.deployer import Point
from benchmarks.elsewhere import deploy_elsewhere
from benchmarks.ground import Ground


def test_down_after_a_deployer_was_killed(project):
    """`down` ends what a dead deployer started and could not write down; the next deploy begins anew."""
    ground = Ground(root=project.root, kind=TINYWEB, name="killed")
    try:
        ground.deploy(ground.release("1.1", commit=1))
        assert deploy_elsewhere(ground, "1.2", 2, point=Point(entry=1, when="pid")).died
        assert 4 == len(ground.processes())
        ground.down()
        assert [] == ground.processes()
        assert "" == ground.deploy(ground.release("1.3", commit=3)).old
        assert ({"1.3": 2}, {"1.3": 100.0}) == ground.serving()
    finally:
        ground.end()

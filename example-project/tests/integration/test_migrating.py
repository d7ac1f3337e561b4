"""`shopfront migrate` prepares a database that replicas wait for."""

import httpx


def test_a_shop_becomes_ready_once_migrated(start_shop, migrate) -> None:
    """Serving does not migrate: the shop is alive, and ready only after `migrate`."""
    shop = start_shop()
    assert httpx.get(f"{shop.url}/healthz").status_code == 200
    before = httpx.get(f"{shop.url}/readyz")
    assert before.status_code == 503
    assert "run `shopfront migrate`" in before.json()["reason"]
    assert migrate().wait(timeout=20) == 0
    assert httpx.get(f"{shop.url}/readyz").status_code == 200


def test_migrations_at_once_agree(start_shop, migrate) -> None:
    """Of several migrations at the same time one does the work and all succeed."""
    migrations = [migrate() for _ in range(4)]
    assert [migration.wait(timeout=30) for migration in migrations] == [0] * 4
    assert httpx.get(f"{start_shop().url}/readyz").status_code == 200

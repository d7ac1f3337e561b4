"""Create products and orders, and fill the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CATALOGUE = (
    {"id": "apron", "name": "Linen apron", "price_cents": 3450},
    {"id": "bowl", "name": "Salad bowl", "price_cents": 2199},
    {"id": "candle", "name": "Beeswax candle", "price_cents": 875},
    {"id": "jug", "name": "Water jug", "price_cents": 1910},
    {"id": "mug", "name": "Stoneware mug", "price_cents": 1260},
    {"id": "teapot", "name": "Cast-iron teapot", "price_cents": 5905},
)


def upgrade() -> None:
    """Create the three tables and fill the catalogue."""
    products = op.create_table(
        "products",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("price_cents", sa.Integer, nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_orders_status_placed_at", "orders", ["status", "placed_at"])
    _create_order_lines()
    op.bulk_insert(products, [dict(product) for product in CATALOGUE])


def downgrade() -> None:
    """Drop the three tables."""
    for table in ("order_lines", "orders", "products"):
        op.drop_table(table)


def _create_order_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.String(64), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("product_id", sa.String(64), sa.ForeignKey("products.id"), primary_key=True),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price_cents", sa.Integer, nullable=False),
    )

"""A small web shop: products, orders and a page to buy from."""

from importlib.metadata import version

__version__ = version("shopfront")

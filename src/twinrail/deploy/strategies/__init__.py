"""Strategies, a file each: from the old release to the new one, as moves. Nothing here touches anything."""

"""Where a page's map gets its ground from: the tile server of the settings, else our own outlines."""

from __future__ import annotations

from app.web.shell import asset_url, settings

OUTLINES = "zip-areas.json"


def map_source() -> dict[str, str]:
    """What the map's script needs: the tile server with its credit, and the outlines without one."""
    chosen = settings()
    return {
        "tiles": chosen.map_tiles_url,
        "credit": chosen.map_tiles_credit,
        "outlines": asset_url(OUTLINES),
    }

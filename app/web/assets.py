"""The files that pages load: our own style, mark and outlines; htmx, Leaflet and the API's reader
from their wheels.

Each address holds a digest of the file, so a browser may keep it for a year and still never shows
an old one. Nothing is ever loaded from another host. Called by shell (addresses) and pages (route).
"""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files
from pathlib import Path

OWN = Path(__file__).parent.parent / "static"

# What comes from a wheel: (package, path inside it, sha256). A changed file is refused, here
# and by the tests, so that a new version of a script is always somebody's decision.
VENDORED: dict[str, tuple[str, str, str]] = {
    "htmx.min.js": (
        "js_lib_htmx",
        "static/htmx/htmx.min.js",
        "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e",
    ),
    "leaflet.css": (
        "js_lib_leaflet",
        "static/js_lib_leaflet/leaflet.css",
        "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
    ),
    "leaflet.js": (
        "js_lib_leaflet",
        "static/js_lib_leaflet/leaflet.js",
        "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    ),
    "swagger-ui-bundle.js": (
        "flask_swagger_ui",
        "dist/swagger-ui-bundle.js",
        "3f6abf70480db7e07914df4c98a77385f22ea585eaf457a3e6415ba0eae2d167",
    ),
    "swagger-ui.css": (
        "flask_swagger_ui",
        "dist/swagger-ui.css",
        "c3cfe8248c4b0b89673600fb829924eafbac6de4bc4b2b06f5f5243483074d0a",
    ),
}

TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


class UnknownAssetError(Exception):
    """There is no such file, or it is not the one that was pinned."""


@functools.cache
def asset_bytes(name: str) -> bytes:
    """The content. Raises UnknownAssetError for a name that is not ours, or a changed file."""
    if name in VENDORED:
        package, path, pinned = VENDORED[name]
        content = files(package).joinpath(path).read_bytes()
        if hashlib.sha256(content).hexdigest() != pinned:
            raise UnknownAssetError(
                f"{name} from {package} is not the file that was reviewed. "
                "Review the new one and pin its sha256 in app/web/assets.py."
            )
        return content
    own = {path.name: path for path in OWN.iterdir() if path.suffix in TYPES}
    if name not in own:
        raise UnknownAssetError(f"There is no file {name!r} in app/static.")
    return own[name].read_bytes()


@functools.cache
def asset_digest(name: str) -> str:
    """The part of the address that changes with the content: 12 hexadecimal digits."""
    return hashlib.sha256(asset_bytes(name)).hexdigest()[:12]


def asset_type(name: str) -> str:
    """The media type by the name's ending."""
    return TYPES[Path(name).suffix]

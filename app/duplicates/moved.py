"""Where an address of a merged entry leads now. Asked only when nothing was found at the old one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, request, url_for

from app.extensions import db
from catalog.merging import kept_ids


def address_after_merge() -> Response | None:
    """A redirect to the same page of the entry that stays, or None (1 statement, 2 where it was
    merged). Temporary, since a merge can be undone; for reading only: a form that was sent to an
    entry that is no more must not change another one unseen.
    """
    arguments = request.view_args or {}
    ids = [value for value in arguments.values() if isinstance(value, uuid.UUID)]
    if request.method not in {"GET", "HEAD"} or not ids or not request.endpoint:
        return None
    kept = kept_ids(db.session, ids)
    if not kept:
        return None
    moved: dict[str, Any] = {
        name: kept.get(value, value) if isinstance(value, uuid.UUID) else value
        for name, value in arguments.items()
    }
    address = url_for(request.endpoint, **moved)
    query = request.query_string.decode("utf-8", "replace")
    return Response(status=302, headers={"Location": f"{address}?{query}" if query else address})

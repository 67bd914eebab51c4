"""What must not be answered stale while the offers are built anew: open places and closed listings.

Called by engines.py, once a process after a change of the catalog. Reads every listed place by
columns, 3 statements: no list of what changed has to be kept, so nothing can be missing from it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.recommendations.offers import openings_told
from catalog.queries import capacities_on_offer, intakes_on_offer, places_on_offer
from matching.amending import amended, differs
from matching.index import Index
from matching.types import Openings


def put_right(session: Session, index: Index) -> Index:
    """The index with the openings as they are now, and without what is offered no more or has become
    confidential (3 statements). Listings that are new or changed otherwise wait for the next index.
    """
    rows: dict[uuid.UUID, list[Row[Any]]] = defaultdict(list)
    for capacity in capacities_on_offer(session):
        rows[capacity.service_id].append(capacity)
    intakes = {
        one.service_id: Openings(has_waitlist=one.has_waitlist, next_intake=one.next_intake)
        for one in intakes_on_offer(session)
    }
    columns = index.columns
    changes: dict[int, Openings | None] = dict.fromkeys(range(len(columns)))
    for place in places_on_offer(session):
        row = columns.row_of(str(place.id))
        if row is None or (place.is_confidential and columns.points.is_known[row]):
            continue
        told = openings_told(rows[place.service_id], intakes.get(place.service_id, Openings()), [])
        if columns.is_contradictory[row] or not differs(index, row, told):
            del changes[row]
        else:
            changes[row] = told
    return amended(index, changes)

"""Finding the points of places: who waits, who is asked, what is written, and what is left alone."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.geocoding.work import Report, find_places
from catalog.geocoding import parcels, queue
from catalog.geocoding.addresses import StreetAddress
from catalog.geocoding.answers import Answer, Geocoder, Point
from catalog.geocoding.online import GeocoderTroubleError
from catalog.geocoding.zip_areas import middle_of
from catalog.history import NEW, Author, written_by
from catalog.importers import apply_import, plan_import, read_package
from catalog.merging import merge
from catalog.models import (
    FieldChange,
    GeocoderAnswer,
    GeocoderRest,
    Geocoding,
    ImportConflict,
    Location,
)
from catalog.queries import current_revision
from catalog.unmerging import undo_merge
from tests.factories import make_location, make_service_at_location

DOWNTOWN = (35.0472, -85.3112)
WorkUnit = Callable[[], AbstractContextManager[Session]]


class Asked:
    """A geocoder that knows the streets it is told, and notes what it is asked."""

    def __init__(self, name: str, **known: tuple[float, float]) -> None:
        self.name, self.known = name, known
        self.asked: list[str] = []
        self.trouble: GeocoderTroubleError | None = None

    def locate(self, address: StreetAddress) -> Answer:
        self.asked.append(address.line)
        if self.trouble:
            raise self.trouble
        point = self.known.get(address.street.split()[1].lower())
        return Answer(self.name, Point(*point), "address") if point else Answer(self.name)


@pytest.fixture(autouse=True)
def no_parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streets of these tests are invented; the parcels have tests of their own."""
    monkeypatch.setattr(parcels, "file_of_parcels", lambda: None)


@pytest.fixture
def find(session: Session, now: datetime) -> Callable[..., Report]:
    """A run of the job, in the test's session."""

    @contextlib.contextmanager
    def work_unit() -> Iterator[Session]:
        with written_by(session, Author("Footbridge", "system", now)):
            yield session
        session.flush()

    def run(*geocoders: Geocoder, at: datetime = now, **options: int) -> Report:
        return find_places(work_unit, geocoders, now=at, **options)

    return run


def place(session: Session, street: str = "12 Oak St", **facts: object) -> Location:
    location = make_location(
        session, **{"latitude": None, "longitude": None, "point_precision": "unknown", **facts}
    )
    location.addresses[0].address_1 = street
    session.flush()
    return location


def point_of(location: Location) -> tuple[float | None, float | None, str]:
    return location.latitude, location.longitude, location.point_precision


ZIP_POINT = (*(middle_of("37403") or (0, 0)), "zip")


def test_without_a_network_a_place_lies_in_its_zip_area(
    session: Session, find: Callable[..., Report]
) -> None:
    one, before = place(session), current_revision(session)
    session.info.pop(NEW)  # as if it had been entered another day
    report = find()
    assert point_of(one) == ZIP_POINT
    assert (report.looked_up, report.moved, dict(report.found)) == (1, 1, {"zip_area": 1})
    assert current_revision(session) == before + 1
    assert find().looked_up == 0  # nothing is due any more
    changed = session.scalars(
        select(FieldChange).filter_by(resource_id=one.id, last_action_type="update")
    ).all()
    assert {(row.field_name, row.made_by) for row in changed} == {
        ("latitude", "system"),
        ("longitude", "system"),
        ("point_precision", "system"),
    }


def test_the_geocoders_are_asked_in_their_order_until_one_knows(
    session: Session, find: Callable[..., Report]
) -> None:
    one, other = place(session, "12 Oak St"), place(session, "14 Elm St")
    first, second = Asked("census", oak=DOWNTOWN), Asked("nominatim", oak=(1, 1), elm=DOWNTOWN)
    report = find(first, second)
    assert point_of(one) == point_of(other) == (*DOWNTOWN, "address")
    assert len(first.asked) == 2
    assert second.asked == ["14 Elm St, Chattanooga, TN 37403"]
    assert dict(report.found) == {"census": 1, "nominatim": 1}
    assert find(first, second).asked == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"is_confidential": True},
        {"location_type": "virtual"},
        {"latitude": 35.1, "longitude": -85.1, "point_precision": "address"},  # somebody's point
        {"latitude": 35.1, "longitude": -85.1, "point_precision": "zip"},  # a rough one, but theirs
    ],
)
def test_some_places_are_never_looked_up(
    session: Session, find: Callable[..., Report], facts: dict[str, object]
) -> None:
    one = place(session, **facts)
    before, geocoder = point_of(one), Asked("census", oak=DOWNTOWN)
    assert find(geocoder).looked_up == 0
    assert (point_of(one), geocoder.asked) == (before, [])


@pytest.mark.parametrize("street", ["PO Box 11", "Engine 1", ""])
def test_an_address_without_a_house_asks_nobody_over_the_network(
    session: Session, find: Callable[..., Report], street: str
) -> None:
    one, geocoder = place(session, street), Asked("census", box=DOWNTOWN)
    report = find(geocoder)
    assert geocoder.asked == []
    is_box = street.startswith("PO")
    assert point_of(one) == ((None, None, "unknown") if is_box else ZIP_POINT)
    assert report.not_found == is_box


def test_letters_go_to_another_address_than_people(
    session: Session, find: Callable[..., Report]
) -> None:
    one = place(session)
    one.addresses[0].address_type = "postal"
    session.flush()
    assert find().looked_up == 0


def test_a_correction_of_the_address_is_looked_up_and_an_old_point_does_not_stay(
    session: Session, find: Callable[..., Report]
) -> None:
    one, geocoder = place(session), Asked("census", oak=DOWNTOWN)
    find(geocoder)
    one.addresses[0].address_1 = "99 Ash St"
    one.addresses[0].postal_code = "37401"  # post boxes alone: no area
    session.flush()
    find(geocoder)
    assert point_of(one) == (None, None, "unknown")
    assert geocoder.asked[-1] == "99 Ash St, Chattanooga, TN 37401"


def test_a_point_that_a_person_sets_is_left_alone_even_when_the_address_changes(
    session: Session, find: Callable[..., Report]
) -> None:
    one, geocoder = place(session), Asked("census", oak=DOWNTOWN)
    find(geocoder)
    one.latitude, one.longitude = 35.05, -85.31
    one.addresses[0].address_1 = "99 Oak St"
    session.flush()
    assert find(geocoder).looked_up == 0
    assert (one.latitude, one.longitude) == (35.05, -85.31)


def test_a_new_geocoder_in_the_settings_is_asked_about_what_is_known_roughly(
    session: Session, find: Callable[..., Report]
) -> None:
    one = place(session)
    find()
    assert point_of(one) == ZIP_POINT
    find(Asked("census", oak=DOWNTOWN))
    assert point_of(one) == (*DOWNTOWN, "address")


def test_what_nobody_knows_is_asked_again_after_thirty_days_and_not_before(
    session: Session, find: Callable[..., Report], now: datetime
) -> None:
    place(session)
    geocoder = Asked("census")
    for days, asked in ((0, 1), (1, 1), (29, 1), (31, 2), (32, 2)):
        find(geocoder, at=now + timedelta(days=days))
        assert len(geocoder.asked) == asked, days


def test_two_places_at_one_address_ask_once(session: Session, find: Callable[..., Report]) -> None:
    for street in ("12 Oak St", "12 Oak Street", "12 oak st, Suite 4"):
        place(session, street)
    geocoder = Asked("census", oak=DOWNTOWN)
    assert find(geocoder).moved == 3
    assert len(geocoder.asked) == 1
    assert len(session.scalars(select(GeocoderAnswer)).all()) == 1


def test_a_run_asks_no_more_than_it_may_and_the_rest_waits_with_its_zip_area(
    session: Session, find: Callable[..., Report]
) -> None:
    places = [place(session, f"{number} Oak St") for number in range(10, 15)]
    geocoder = Asked("census", oak=DOWNTOWN)
    report = find(geocoder, budget=2)
    assert (report.asked, report.moved) == (2, 5)
    assert sorted(one.point_precision for one in places) == ["address"] * 2 + ["zip"] * 3
    assert find(geocoder, budget=2).asked == 2
    assert find(geocoder, budget=2).asked == 1
    assert {one.point_precision for one in places} == {"address"}


def test_a_geocoder_that_fails_rests_longer_each_time_and_the_next_one_is_asked(
    session: Session, find: Callable[..., Report], now: datetime
) -> None:
    one, other = place(session, "12 Oak St"), place(session, "14 Elm St")
    broken, second = Asked("census", oak=DOWNTOWN), Asked("nominatim", elm=DOWNTOWN)
    broken.trouble = GeocoderTroubleError("GeocoderTimedOut")
    report = find(broken, second)
    assert len(broken.asked) == 1  # not asked about the second place
    assert report.failed == {"census": "GeocoderTimedOut"}
    assert other.point_precision == "address"
    assert point_of(one) == ZIP_POINT
    for minutes, asked in ((0.5, 1), (1.5, 2), (2.5, 2), (4, 3)):
        find(broken, second, at=now + timedelta(minutes=minutes))
        assert len(broken.asked) == asked, minutes
    broken.trouble = None
    find(broken, second, at=now + timedelta(minutes=20))
    assert one.point_precision == "address"
    assert session.scalars(select(GeocoderRest)).all() == []  # it works again


@pytest.mark.parametrize(
    ("trouble", "hours"),
    [
        (GeocoderTroubleError("rate limited", retry_after=7200), 2),
        (GeocoderTroubleError("account refused", is_refused=True), 24),
        (GeocoderTroubleError("rate limited", retry_after=10**9), 24),
    ],
)
def test_a_geocoder_is_left_alone_as_long_as_it_asks(
    session: Session,
    find: Callable[..., Report],
    now: datetime,
    trouble: GeocoderTroubleError,
    hours: int,
) -> None:
    place(session)
    geocoder = Asked("census")
    geocoder.trouble = trouble
    find(geocoder)
    [rest] = session.scalars(select(GeocoderRest)).all()
    assert rest.until == now + timedelta(hours=hours)


def test_who_becomes_confidential_or_is_corrected_meanwhile_is_not_written(
    session: Session, find: Callable[..., Report], now: datetime
) -> None:
    one, other = place(session, "12 Oak St"), place(session, "14 Oak St")

    class Slow(Asked):
        def locate(self, address: StreetAddress) -> Answer:
            one.is_confidential = True
            other.addresses[0].address_1 = "15 Oak St"
            with written_by(session, Author("Somebody", "staff", now)):
                session.flush()
            return super().locate(address)

    assert find(Slow("census", oak=DOWNTOWN)).moved == 0
    assert one.latitude is other.latitude is None
    assert [w.location_id for w in queue.waiting_places(
        session, geocoders="zip_area,census", now=now, limit=9
    )] == [other.id]  # fmt: skip


def test_a_source_that_tells_the_point_later_is_believed_without_a_question(
    session: Session, find: Callable[..., Report], now: datetime, tmp_path: Path
) -> None:
    """The page of conflicts is for what people wrote; a looked-up point gives way to the source's."""
    folder = tmp_path / "directory"
    folder.mkdir()
    for name, text in DIRECTORY.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    bring_in(session, folder, now)
    find()
    one = session.scalars(select(Location)).one()
    assert point_of(one) == ZIP_POINT
    bring_in(session, folder, now)  # the same again changes nothing
    assert point_of(one) == ZIP_POINT
    with_point = DIRECTORY["locations"].replace(",,", ",35.0472,-85.3112")
    (folder / "locations.csv").write_text(with_point, encoding="utf-8")
    bring_in(session, folder, now)
    assert point_of(one) == (*DOWNTOWN, "address")
    assert session.scalars(select(ImportConflict)).all() == []
    assert find().looked_up == 0


DIRECTORY = {
    "organizations": "id,name,description\no1,House,A house\n",
    "services": "id,organization_id,name,status\ns1,o1,Tutoring,active\n",
    "locations": "id,organization_id,name,latitude,longitude\nl1,o1,House,,\n",
    "services_at_location": "id,service_id,location_id\nx1,s1,l1\n",
    "physical_addresses": "id,location_id,address_1,city,state_province,postal_code,country\n"
    "a1,l1,12 Oak St,Chattanooga,TN,37403,US\n",
}


def bring_in(session: Session, folder: Path, now: datetime) -> None:
    apply_import(session, plan_import(session, read_package(folder), source="x", now=now))
    session.flush()
    session.expire_all()


def test_the_command_tells_what_it_did(session: Session, runner: object) -> None:
    place(session)
    make_service_at_location(session)
    ended = runner.invoke(args=["catalog", "geocode", "--json"])  # type: ignore[attr-defined]
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout)
    assert (told["looked_up"], told["moved"], told["waiting"]) == (1, 1, 0)
    assert told["found"] == {"zip_area": 1}
    again = runner.invoke(args=["catalog", "geocode"])  # type: ignore[attr-defined]
    assert "0  not found" in again.stdout


def test_what_was_looked_up_goes_with_its_place(
    session: Session, find: Callable[..., Report]
) -> None:
    one = place(session)
    find()
    session.delete(one)
    session.flush()
    assert session.scalars(select(Geocoding)).all() == []


def test_a_place_that_was_merged_and_is_two_again_still_has_a_geocoders_point(
    session: Session, find: Callable[..., Report], now: datetime
) -> None:
    kept, gone = place(session), place(session, "99 Ash St")
    find()
    kept_id, gone_id = kept.id, gone.id
    before = looked_up(session)
    record = merge(session, "location", kept_id=kept_id, gone_id=gone_id, by="Ann", now=now)
    assert looked_up(session).keys() == {kept_id}
    assert undo_merge(session, record, by="Ann", now=now).left == []
    assert looked_up(session) == before
    assert find(Asked("census", oak=DOWNTOWN, ash=DOWNTOWN)).moved == 2
    assert point_of(session.get_one(Location, gone_id)) == (*DOWNTOWN, "address")


def looked_up(session: Session) -> dict[uuid.UUID, dict[str, object]]:
    rows = session.execute(select(Geocoding.__table__)).mappings()
    return {row["location_id"]: dict(row) for row in rows}

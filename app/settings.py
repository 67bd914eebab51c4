"""Everything that differs between installations, read once from the environment into a frozen value.

create_app builds it; nothing else reads the environment. Each setting's default is right and safe in
production, or there is none. docs/operators.md lists them all (a test compares).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.notices.smtp_server import read_smtp_url, sender_address

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MINIMUM_SECRET_LENGTH = 32
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which, why, and what to set it to."""


# What LISTING_LIVE_FIELDS may name: the kinds of app/listings/fields.py, which a test compares.
LISTING_KINDS = frozenset(
    {"phone", "hours", "street", "town", "zip", "closed", "new_place", "description"}
    | {"application_process", "fees_description", "url", "name", "eligibility_description"}
    | {"ages", "grades", "zips", "counties", "insurance", "situations", "languages"}
    | {"interpretation_services", "fee", "documents"}
)


# Whom GEOCODERS may name: those of catalog/geocoding/online.py, which a test compares.
ONLINE_GEOCODERS = ("census", "nominatim", "arcgis")


def setting(env: str, meaning: str, default: str = "") -> str:
    """A dataclass field read from `env`; `meaning` is for the operators' guide."""
    value: str = field(default=default, metadata={"env": env, "meaning": meaning})
    return value


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings. Build with `from_environment`, or directly in tests."""

    instance_dir: Path = field(
        metadata={
            "env": "INSTANCE_DIR",
            "meaning": "Where the embedded database, mail and keys lie",
        }
    )
    secret_key: str = field(
        metadata={
            "env": "SECRET_KEY",
            "meaning": "Signs sessions and links; at least 32 characters. "
            "Unset: made once and kept in the instance folder",
        }
    )
    database_url: str = field(
        metadata={
            "env": "DATABASE_URL",
            "meaning": "postgresql+psycopg://… ; unset: an SQLite file in the instance folder",
        }
    )
    base_url: str = setting(
        "BASE_URL", "How people reach the site, for links in messages", "http://127.0.0.1:8000"
    )
    timezone: str = setting("TIMEZONE", "The zone in which pages tell the time", "America/New_York")
    smtp_url: str = setting(
        "SMTP_URL", "smtp://user:password@host:587 ; unset: messages are kept as .eml files"
    )
    mail_from: str = setting(
        "MAIL_FROM", "The sender of every message", "Footbridge <footbridge@localhost>"
    )
    redis_url: str = setting(
        "REDIS_URL", "Counts sign-in attempts in Redis; unset: in the database"
    )
    trusted_proxies: int = field(
        default=0,
        metadata={
            "env": "TRUSTED_PROXIES",
            "meaning": "How many proxies stand before the service, each setting X-Forwarded-For, "
            "-Proto and -Host; 0: nobody's forwarding headers are believed",
        },
    )
    listing_review_days: int = field(
        default=180,
        metadata={
            "env": "LISTING_REVIEW_DAYS",
            "meaning": "After how many days a partner is asked whether its listing is still right",
        },
    )
    listing_live_fields: str = setting(
        "LISTING_LIVE_FIELDS",
        "Which fields a partner's correction changes at once, between commas; all others wait for the "
        "district's team. Of: phone, hours, street, town, zip, closed, new_place, description, "
        "application_process, fees_description, url, name, eligibility_description, ages, grades, zips, "
        "counties, insurance, situations, languages, interpretation_services, fee, documents. "
        "Open places are always live",
        "phone,hours",
    )
    listing_answer_days: int = field(
        default=14,
        metadata={
            "env": "LISTING_ANSWER_DAYS",
            "meaning": "After how many days without an answer a listing is on the list to call about",
        },
    )
    listing_asks_a_day: int = field(
        default=30,
        metadata={
            "env": "LISTING_ASKS_A_DAY",
            "meaning": "How many partners are asked in a day, at most, so that their answers can be read",
        },
    )
    import_limit_mb: int = field(
        default=50,
        metadata={
            "env": "IMPORT_LIMIT_MB",
            "meaning": "How many megabytes an imported directory may have, unpacked",
        },
    )
    import_keep_days: int = field(
        default=14,
        metadata={
            "env": "IMPORT_KEEP_DAYS",
            "meaning": "After how many days an uploaded directory and the lines of its report are "
            "deleted",
        },
    )
    matching_parameters: str = setting(
        "MATCHING_PARAMETERS",
        "A folder with the district's own weights and limits of matching; unset: as shipped",
    )
    map_tiles_url: str = setting(
        "MAP_TILES_URL",
        "The map's ground, https://tiles.example.org/{z}/{x}/{y}.png ; unset: outlines of ZIP areas",
    )
    map_tiles_credit: str = setting(
        "MAP_TILES_CREDIT", "Whom the map names as its source", "© OpenStreetMap contributors"
    )
    geocoders: str = setting(
        "GEOCODERS",
        "Who is asked over the network for the points of partners' addresses that parcels do not know, "
        "in order, between commas: census, nominatim, arcgis; unset: nobody, and the ZIP area counts",
    )
    nominatim_url: str = setting(
        "NOMINATIM_URL", "A Nominatim server of one's own; unset: OpenStreetMap's, once a second"
    )
    arcgis_account: str = setting(
        "ARCGIS_ACCOUNT", "user:password of ArcGIS, whose answers may be kept with an account alone"
    )
    log_level: str = setting("LOG_LEVEL", "debug, info, warning or error", "info")
    demo: bool = field(
        default=False,
        metadata={
            "env": "DEMO",
            "meaning": "1 shows the demo's accounts and its mail to everyone. Never with real students",
        },
    )
    testing: bool = False

    def __post_init__(self) -> None:
        url = urlsplit(self.base_url)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise SettingsError(
                f"BASE_URL is {self.base_url!r}: it must be a web address such as https://refer.example.org."
            )
        if url.scheme == "http" and url.hostname not in LOOPBACK:
            raise SettingsError(
                f"BASE_URL is {self.base_url!r}: students' data travels only over https, "
                "except to this machine itself. Set an https:// address."
            )
        if len(self.secret_key) < MINIMUM_SECRET_LENGTH:
            raise SettingsError(
                f"SECRET_KEY is shorter than {MINIMUM_SECRET_LENGTH} characters, so it can be guessed. "
                "Set a longer one, or unset it: one is then made and kept."
            )
        self.check_numbers()
        self.check_live_fields()
        self.check_geocoders()
        readers: tuple[tuple[str, str, Callable[[str], object]], ...] = (
            ("MAIL_FROM", self.mail_from, sender_address),
            ("SMTP_URL", self.smtp_url, read_smtp_url),
            ("MAP_TILES_URL", self.map_tiles_url, tiles_origin),
        )
        for env, text, read in readers:
            if not text and env != "MAIL_FROM":
                continue
            try:
                read(text)
            except ValueError as error:
                raise SettingsError(f"{env} cannot be used: {error}") from None
        if self.log_level.lower() not in LOG_LEVELS:
            raise SettingsError(
                f"LOG_LEVEL is {self.log_level!r}: it must be one of {', '.join(LOG_LEVELS)}."
            )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise SettingsError(
                f"TIMEZONE is {self.timezone!r}: no such zone. Use a name such as America/New_York."
            ) from None
        try:
            backend = make_url(self.database_url).get_backend_name()
        except ArgumentError:
            raise SettingsError(
                "DATABASE_URL cannot be read as a database address. "
                "Use postgresql+psycopg://user:password@host/name, or unset it."
            ) from None
        if backend not in {"sqlite", "postgresql"}:
            raise SettingsError(
                f"DATABASE_URL names {backend}: Footbridge runs on SQLite and PostgreSQL only."
            )

    def check_numbers(self) -> None:
        """Raise SettingsError for a number that makes no sense."""
        for env, value, lowest, highest in (
            ("TRUSTED_PROXIES", self.trusted_proxies, 0, 9),
            ("LISTING_REVIEW_DAYS", self.listing_review_days, 7, 3650),
            ("LISTING_ANSWER_DAYS", self.listing_answer_days, 1, 365),
            ("LISTING_ASKS_A_DAY", self.listing_asks_a_day, 1, 10_000),
            ("IMPORT_LIMIT_MB", self.import_limit_mb, 1, 2000),
            ("IMPORT_KEEP_DAYS", self.import_keep_days, 1, 365),
        ):
            if not lowest <= value <= highest:
                raise SettingsError(f"{env} is {value}: it must be from {lowest} to {highest}.")

    @property
    def live_fields(self) -> frozenset[str]:
        """The kinds of LISTING_LIVE_FIELDS."""
        return frozenset(filter(None, map(str.strip, self.listing_live_fields.split(","))))

    def check_live_fields(self) -> None:
        """Raise SettingsError for a kind that no listing has."""
        unknown = sorted(self.live_fields - LISTING_KINDS)
        if unknown:
            raise SettingsError(
                f"LISTING_LIVE_FIELDS names {unknown[0]!r}, which no listing has. "
                f"Use any of: {', '.join(sorted(LISTING_KINDS))}."
            )

    @property
    def geocoder_names(self) -> tuple[str, ...]:
        """The geocoders of GEOCODERS, in their order."""
        return tuple(filter(None, map(str.strip, self.geocoders.split(","))))

    def check_geocoders(self) -> None:
        """Raise SettingsError for a geocoder that there is not, or one that lacks what it needs."""
        unknown = [name for name in self.geocoder_names if name not in ONLINE_GEOCODERS]
        if unknown or len(set(self.geocoder_names)) < len(self.geocoder_names):
            raise SettingsError(
                f"GEOCODERS is {self.geocoders!r}: name each once, of {', '.join(ONLINE_GEOCODERS)}."
            )
        user, _, password = self.arcgis_account.partition(":")
        if "arcgis" in self.geocoder_names and not (user and password):
            raise SettingsError(
                "GEOCODERS names arcgis, which lets its answers be kept with an account alone. "
                "Set ARCGIS_ACCOUNT to user:password, or leave arcgis out."
            )
        url = urlsplit(self.nominatim_url)
        if self.nominatim_url and (url.scheme not in {"http", "https"} or not url.hostname):
            raise SettingsError(
                "NOMINATIM_URL must be a web address such as https://nominatim.example.org."
            )

    @property
    def cookies_secure(self) -> bool:
        """Cookies travel over https only; plain http is allowed on loopback alone (see above)."""
        return self.base_url.startswith("https://")

    @property
    def mail_dir(self) -> Path:
        """Where messages land as .eml files when no SMTP server is set."""
        return self.instance_dir / "mail"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, instance_dir: Path) -> Settings:
        """Read the settings; raises SettingsError for a wrong one."""
        given: dict[str, object] = {
            f.name: environ[f.metadata["env"]].strip()
            for f in fields(cls)
            if "env" in f.metadata and environ.get(f.metadata["env"], "").strip()
        }
        folder = Path(str(given.get("instance_dir", instance_dir))).absolute()
        given["instance_dir"] = folder
        if "demo" in given:
            given["demo"] = str(given["demo"]).lower() in {"1", "true", "yes", "on"}
        for number in (
            "trusted_proxies",
            "listing_review_days",
            "listing_answer_days",
            "listing_asks_a_day",
            "import_limit_mb",
            "import_keep_days",
        ):
            if number in given:
                given[number] = whole_number(number.upper(), given[number])
        try:
            # For its owner alone: the embedded database, the mail and the key lie in it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if "secret_key" not in given:
                given["secret_key"] = kept_secret(folder)
        except OSError as error:
            raise SettingsError(
                f"INSTANCE_DIR is {folder}: it cannot be used ({error.strerror}). "
                "Name a folder that this account may write."
            ) from None
        if "database_url" not in given:
            given["database_url"] = f"sqlite:///{folder / 'footbridge.db'}"
        return cls(**given)  # type: ignore[arg-type]


def tiles_origin(address: str) -> str:
    """The origin of a tile server, as the content policy names it ({s} becomes *); raises ValueError
    for an address that is not https, lacks {z}, {x} or {y}, or has more than plain characters.
    """
    missing = [part for part in ("{z}", "{x}", "{y}") if part not in address]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}.")
    url = urlsplit(address.replace("{s}.", "*.", 1))
    if url.scheme != "https" or not re.fullmatch(r"(\*\.)?[a-z0-9.-]+(:[0-9]+)?", url.netloc):
        raise ValueError("it must begin with https:// and the name of a host.")
    return f"https://{url.netloc}"


def whole_number(env: str, text: object) -> int:
    """The number that a setting holds; raises SettingsError where it holds none."""
    try:
        return int(str(text))
    except ValueError:
        raise SettingsError(f"{env} is {text!r}: it must be a whole number.") from None


def kept_secret(folder: Path) -> str:
    """The key kept in `folder`, made on first use, readable by its owner only."""
    path = folder / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()

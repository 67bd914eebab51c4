"""The Flask extensions, unbound; create_app binds them. Nothing else is a global."""

from pathlib import Path
from typing import Any

from flask_alembic import Alembic
from flask_babel import Babel
from flask_compress import Compress
from flask_security import Security
from flask_smorest import Api
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

from catalog.db import Base, JsonType, UTCDateTime

db = SQLAlchemy()
alembic = Alembic(metadatas=Base.metadata, run_mkdir=False)
babel = Babel()
compress = Compress()
csrf = CSRFProtect()
security = Security()
api = Api()

MIGRATIONS = Path(__file__).parent / "migrations"


def render_type(kind: str, value: Any, context: Any) -> str | bool:
    """How a new migration writes our own column types: as what the database gets, so that a
    migration keeps working when the class is moved. False: as Alembic would.
    """
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and value is JsonType:
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False

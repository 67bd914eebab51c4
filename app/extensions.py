"""The Flask extensions, unbound; create_app binds them. Nothing else is a global."""

from flask_babel import Babel
from flask_compress import Compress
from flask_security import Security
from flask_smorest import Api
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

from app.migrating import Migrations
from catalog.db import Base

db = SQLAlchemy()
alembic = Migrations(metadatas=Base.metadata, run_mkdir=False)
babel = Babel()
compress = Compress()
csrf = CSRFProtect()
security = Security()
api = Api()

"""The Flask extensions, unbound; create_app binds them. Nothing else is a global."""

from inspect import iscoroutinefunction

from flask.sansio.app import App
from flask_babel import Babel
from flask_compress import Compress
from flask_security import Security
from flask_smorest import Api
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

from app.migrating import Migrations
from catalog.db import Base


class Database(SQLAlchemy):
    """The extension without asynchronous sessions: we have none, and to look after them takes a thread
    and an event loop at the end of every request, a twentieth of a page's time."""

    def init_app(self, app: App) -> None:
        """Bind it."""
        super().init_app(app)
        ends = app.teardown_appcontext_funcs
        ends[:] = [one for one in ends if not iscoroutinefunction(one)]


db = Database()
alembic = Migrations(metadatas=Base.metadata, run_mkdir=False)
babel = Babel()
compress = Compress()
csrf = CSRFProtect()
security = Security()
api = Api()

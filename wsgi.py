"""The composition root: the web service, and the demo's commands from above it.

`gunicorn wsgi:app` serves it; `flask --app wsgi …` runs its commands.
"""

import sys

from app import create_app
from app.settings import SettingsError
from seeds.commands import commands
from seeds.demo import demo

try:
    app = create_app(commands=[*commands, demo])
except SettingsError as error:
    sys.exit(f"Footbridge cannot start. {error}")

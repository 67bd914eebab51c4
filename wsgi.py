"""The composition root: the web service, and the demo's commands from above it.

`gunicorn wsgi:app` serves it; `flask --app wsgi …` runs its commands.
"""

from app import create_app
from seeds.commands import commands
from seeds.demo import demo

app = create_app(commands=[*commands, demo])

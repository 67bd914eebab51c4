"""docs/operators.md lists every setting, with the meaning and the default that the code has."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

from app.settings import Settings

GUIDE = Path(__file__).parents[2] / "docs" / "operators.md"
HEAD = ["| setting | meaning | default |", "| --- | --- | --- |"]
# What is worked out when the setting is unset, and so has no default in the class.
WORKED_OUT = {
    "INSTANCE_DIR": "`instance/` beside the program",
    "SECRET_KEY": "made once",
    "DATABASE_URL": "the embedded database",
}


def table() -> str:
    """The settings as a Markdown table, in the order of the class."""
    rows = []
    for setting in fields(Settings):
        if "env" not in setting.metadata:
            continue
        env = setting.metadata["env"]
        default = WORKED_OUT.get(env) or shown(setting.default)
        rows.append(f"| `{env}` | {setting.metadata['meaning']} | {default} |")
    return "\n".join([*HEAD, *rows])


def shown(default: object) -> str:
    """A default as the guide tells it."""
    assert default is not MISSING, "a setting without a default: say in WORKED_OUT what then holds"
    if default == "":
        return "unset"
    return f"`{int(default) if isinstance(default, bool) else default}`"


def test_the_guide_lists_every_setting() -> None:
    wanted = table()
    assert wanted in GUIDE.read_text(encoding="utf-8"), (
        f"docs/operators.md should hold:\n\n{wanted}"
    )

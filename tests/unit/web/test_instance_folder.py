"""The folder that holds the embedded database, the mail and the key is its owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError


def test_it_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings.from_environment({}, instance_dir=tmp_path / "instance")
    assert stat.S_IMODE(settings.instance_dir.stat().st_mode) == 0o700
    key = settings.instance_dir / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    first = Settings.from_environment({}, instance_dir=tmp_path).secret_key
    assert Settings.from_environment({}, instance_dir=tmp_path).secret_key == first


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("not a folder")
    with pytest.raises(SettingsError, match="INSTANCE_DIR"):
        Settings.from_environment({}, instance_dir=tmp_path / "instance")

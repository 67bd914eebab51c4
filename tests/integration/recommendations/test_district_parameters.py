"""A district's own figures of matching: checked at the start, in force in the engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import matching_parameters
from app.recommendations.engines import engine_for
from app.settings import Settings, SettingsError
from matching.parameters import PRESETS, load

ON = date(2026, 10, 13)
REACH = '[reach.foot]\nvalue = {}\nunit = "metres, straight line"\nsource = "here, today"\n'


def settings(tmp_path: Path, folder: str) -> Settings:
    environ = {"MATCHING_PARAMETERS": folder} if folder else {}
    return Settings.from_environment(environ, instance_dir=tmp_path / "instance")


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.usefixtures("app_context")
def test_the_engine_goes_by_the_districts_figures(
    session: Session, tmp_path: Path, preset: str
) -> None:
    other = next(one for one in PRESETS if one != preset)
    shipped, _ = engine_for(session, other, on=ON)
    (tmp_path / "eligibility.toml").write_text(REACH.format(1200), encoding="utf-8")
    own = matching_parameters(settings(tmp_path, str(tmp_path)))
    session.info.update(own)
    try:
        engine, _ = engine_for(session, preset, on=ON)
    finally:
        for key in own:
            del session.info[key]
    assert (shipped.parameters.reach_foot, engine.parameters.reach_foot) == (2400, 1200)
    assert engine.parameters.preset == preset
    assert engine.parameters.version != load(preset).version


def test_a_wrong_figure_stops_the_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "eligibility.toml").write_text(REACH.format(-1), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"MATCHING_PARAMETERS .*eligibility\.toml, line 1"):
        matching_parameters(settings(tmp_path, str(tmp_path)))


def test_without_the_setting_the_shipped_figures_hold(tmp_path: Path) -> None:
    assert matching_parameters(settings(tmp_path, "")) == {}

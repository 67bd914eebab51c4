"""The engine: who fits, how well, and why. No Flask, no SQLAlchemy, no clock, no randomness.

Callers (app/recommendations) use `engine.Engine`, `parameters.load`, `explain.sentence` and the
values of `types`; `rules.apply_change` carries out what a near miss tells.
"""

"""The engine: who fits, how well, and why not the others."""

from matching.reference import ReferenceEngine as Engine

__all__ = ["Engine"]

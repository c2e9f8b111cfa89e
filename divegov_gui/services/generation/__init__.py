"""Synthetic divers: realistic people in many languages, with as many defects as are asked for.

The same request gives the same records on every machine, so that a batch can be reproduced from its name.
"""

from divegov_gui.services.generation.kinds import DEFAULT_DEFECTS, DEFECTS, DefectKind
from divegov_gui.services.generation.locales import AVAILABLE_LOCALES, DEFAULT_LOCALES
from divegov_gui.services.generation.request import GenerationRequest, KnownDiver
from divegov_gui.services.generation.source import GeneratedSource

__all__ = [
    "AVAILABLE_LOCALES",
    "DEFAULT_DEFECTS",
    "DEFAULT_LOCALES",
    "DEFECTS",
    "DefectKind",
    "GeneratedSource",
    "GenerationRequest",
    "KnownDiver",
]

"""How often does a process look for garbage? What was imported stays for good: looking through it is lost time."""

import gc
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)
"""Python's own (700, 10, 10) look after every few rows of a large file; cycles are rare here, and small."""


def spare_imports() -> None:
    """Leave out of every later search for garbage what exists by now. For the beginning of a program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)

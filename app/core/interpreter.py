"""How does a process share its time? Between the loop and its threads, and with the search for garbage."""

import gc
import sys
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)
"""Python's own (700, 10, 10) look after every few rows of a large file; cycles are rare here, and small."""
_TURN_S: Final = 0.0005
"""Python's own is 0.005: while a thread reads a large file, the loop waits so long for each of its many small steps. A
bank's file of a hundred thousand lines took a seventh longer by that, and whoever else asked waited, too."""


def spare_imports() -> None:
    """Leave out of every later search for garbage what exists by now. For the beginning of a program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


def take_short_turns() -> None:
    """Let the loop go on soon while a thread computes. For the beginning of a program."""
    sys.setswitchinterval(_TURN_S)

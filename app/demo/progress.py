"""What does somebody see who watches the demonstration? One line for each of nine steps, with its time."""

import sys
import time
import unicodedata
from typing import Final

STEPS: Final = 9
_WIDTH: Final = 104


class Progress:
    """Says each step when it is done, with the seconds since the one before."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._done = 0

    def done(self, what: str) -> None:
        """The next step is done."""
        now = time.monotonic()
        self._done += 1
        assert self._done <= STEPS, what
        line = f"{self._done}/{STEPS} {what}"
        say(f"{line}{' ' * max(1, _WIDTH - width(line))}{now - self._last:4.1f} s")
        self._last = now

    @property
    def is_whole(self) -> bool:
        """Whether every step is done."""
        return self._done == STEPS

    def total_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began


def say(line: str = "") -> None:
    """One line, now: whoever reads us through a pipe sees it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def width(text: str) -> int:
    """How many columns of a terminal a text takes: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "FW" else 1 for char in text)

"""Who may end the demonstration? Ctrl-C, SIGTERM, and the death of whoever started it."""

import ctypes
import os
import signal
import sys
from types import FrameType
from typing import Final

from app.demo.errors import Stopped

_PR_SET_PDEATHSIG: Final = 1
"""linux/prctl.h: which signal a process gets when its parent dies."""
_STARTER_IS_GONE: Final = signal.SIGUSR1
"""Not SIGTERM: Linux sends it also when only the thread that started us has ended, and then we go on."""


def stop_on_signals() -> None:
    """From now on the first signal raises `Stopped` in the main thread, and later ones change nothing.

    Whoever began us with nohup or in a session of our own wants us to outlive them: then their death is no signal.
    """
    starter = os.getppid()

    def stopped(number: int, _frame: FrameType | None) -> None:
        if number == _STARTER_IS_GONE and os.getppid() == starter:
            return
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, _STARTER_IS_GONE):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    signal.signal(signal.SIGINT, stopped)
    signal.signal(signal.SIGTERM, stopped)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return
    signal.signal(signal.SIGHUP, stopped)
    if os.getsid(0) != os.getpid():
        signal.signal(_STARTER_IS_GONE, stopped)
        signal_at_death_of_parent(_STARTER_IS_GONE)


def signal_at_death_of_parent(number: signal.Signals) -> None:
    """Ask Linux to send us this signal when the thread that started us ends; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)

"""When should this process end? The first SIGTERM or SIGINT asks for it, the second insists."""

import asyncio
import logging
import os
import signal
from typing import Final

_logger: Final = logging.getLogger(__name__)


def stop_on_signals() -> asyncio.Event:
    """An event that the first SIGTERM or SIGINT sets. The second ends the process: leases give its jobs back."""
    stop = asyncio.Event()

    def signalled(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        _logger.info("a signal says stop", extra={"code": signal.Signals(number).name})
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled, number)
    return stop

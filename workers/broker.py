"""How does a worker hear that a job is due? By a message with its id: from this process's memory, or from RabbitMQ.

The job row is the truth and a message only a wake-up, so nothing is asked of the broker but speed. Messages carry no
delay and no result. There is no dramatiq Retries (it loses a message when its second sending fails; the row knows
when to try again), no AgeLimit, and no TimeLimit (it interrupts the thread that waits, not the flow on the event loop;
the runner limits the flow itself). Flows run on the one event loop that opened the database and the clients: a thread
of dramatiq waits for each, so that as many jobs run at once as there are threads.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import dramatiq
import pika.exceptions
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.stub import StubBroker

QUEUE: Final = "offsetdesk.jobs"
_ACTOR: Final = "job"
_HEARTBEAT_S: Final = 30
_NETWORK_S: Final = 10
_IDLE_MS: Final = 500
"""How long a thread of the worker sleeps in an empty queue before it looks whether it should stop."""


class NotSent(Exception):
    """The broker did not confirm a wake-up. Its row stays woken and is woken again after the sweep interval."""


def make_broker(url: str) -> StubBroker | RabbitmqBroker:
    """A broker without any middleware: in memory when `url` is empty, else RabbitMQ with publisher confirms."""
    if not url:
        return StubBroker(middleware=[])
    # A broker that is gone or blocked must fail a send within seconds; pika waits for ever by default.
    limits = {"heartbeat": _HEARTBEAT_S, "blocked_connection_timeout": _NETWORK_S, "socket_timeout": _NETWORK_S}
    pieces = urlsplit(url)
    given = dict(parse_qsl(pieces.query))
    return RabbitmqBroker(
        url=urlunsplit(pieces._replace(query=urlencode(limits | given))), confirm_delivery=True, middleware=[]
    )


class Wakeups:
    """Sends wake-ups and runs what they wake, through one queue of one broker."""

    def __init__(self, broker: StubBroker | RabbitmqBroker, *, queue: str, threads: int) -> None:
        """Nothing connects and no thread runs yet."""
        self.broker = broker
        self.queue = queue
        self._threads = threads
        self._actor: dramatiq.Actor[[str], None] | None = None
        self._worker: dramatiq.Worker | None = None
        # pika's connections belong to one thread each: all sending happens in this one.
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="wakeups")

    def start(self, run: Callable[[UUID], Coroutine[Any, Any, None]]) -> None:
        """Begin to run woken jobs on the running event loop, as many at once as there are threads."""
        loop = asyncio.get_running_loop()

        def job(job_id: str) -> None:
            asyncio.run_coroutine_threadsafe(run(UUID(job_id)), loop).result()

        self._actor = dramatiq.actor(actor_name=_ACTOR, queue_name=self.queue, broker=self.broker)(job)
        self._worker = dramatiq.Worker(self.broker, worker_threads=self._threads, worker_timeout=_IDLE_MS)
        # Each worker holds no more than it can soon run; the rest stays in the queue for the others.
        self._worker.queue_prefetch = self._threads
        self._worker.delay_prefetch = 1
        self._worker.start()

    async def send(self, job_ids: Sequence[UUID]) -> None:
        """Send a wake-up for each job and wait for the broker's confirmation. Raises NotSent."""
        await asyncio.get_running_loop().run_in_executor(self._sender, self._send, job_ids)

    async def waiting(self) -> int:
        """How many wake-ups lie in the queue. Raises NotSent when the broker cannot be asked."""
        return await asyncio.get_running_loop().run_in_executor(self._sender, self._waiting)

    async def stop(self, *, grace_ms: int) -> None:
        """Take no more jobs and wait for those that run, at most as long as the grace; then close the broker."""
        if self._worker:
            await asyncio.to_thread(self._worker.stop, timeout=grace_ms)
        # Called in the thread that owns the connections; close() itself tells nobody of a broker that is gone.
        await asyncio.get_running_loop().run_in_executor(self._sender, self.broker.close)
        self._sender.shutdown()

    def _send(self, job_ids: Sequence[UUID]) -> None:
        assert self._actor, "start() comes first"
        try:
            for job_id in job_ids:
                self._actor.send(str(job_id))
        except (dramatiq.DramatiqError, pika.exceptions.AMQPError, OSError) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error

    def _waiting(self) -> int:
        if isinstance(self.broker, StubBroker):
            in_memory: int = self.broker.queues[self.queue].qsize()
            return in_memory
        try:
            waiting, _, _ = self.broker.get_queue_message_counts(self.queue)
        except (pika.exceptions.AMQPError, OSError) as error:
            del self.broker.connection  # A dead one would be asked again; the next use opens another.
            raise NotSent(f"{type(error).__name__}: {error}") from error
        return waiting


def quiet_broker_logs() -> None:
    """Let pika speak only when it crashes, and dramatiq of trouble only.

    pika tells every connection's life at INFO, and each refused connection in seven lines at ERROR. What it raises is
    told once by whoever asked: dramatiq's consumers and the relay.
    """
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    logging.getLogger("dramatiq").setLevel(logging.WARNING)

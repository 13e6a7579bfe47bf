"""What is an organisation told when it asks for what is not its own? One operation, asked in one caller's name."""

from uuid import UUID

import httpx

from app.core.ids import public_id
from tests.isolation.document import Body, Operation, headers
from tests.isolation.rows import ids_in
from tests.isolation.scene import CUSTOMERS, PROVIDERS, Stage
from tests.isolation.story import told

NOBODY = "nobody"
THROUGH = ("page_a", "person_a", "acted_a")
"""Who comes through the first storefront: its page, a person signed in on it, its program in the name of a buyer."""
CALLERS = (*PROVIDERS, *CUSTOMERS, *THROUGH, NOBODY)
ENDS_ITS_CALLER = {("DELETE /v1/storefront-tokens", "person_a")}
"""Who would be signed out by it, and could not be asked about anything else."""


class Prober:
    """Asks one operation in a caller's name, and looks at every answer for what is not the caller's."""

    def __init__(self, stage: Stage, operation: Operation, caller: str) -> None:
        self.stage, self.operation, self.caller = stage, operation, caller
        nobody = caller == NOBODY
        self.client = stage.world.client() if nobody else stage.parties[caller].client
        self.org_id = None if nobody else stage.parties[caller].org_id
        self.words = stage.scene.words.hidden_from(caller)
        self.ids = stage.scene.book.hidden_from(self.org_id)

    async def ask(self, given: str, query: dict[str, str], body: Body | None) -> int:
        """The answer's status, after it was looked through."""
        operation = self.operation
        more = {} if body is None else {"Content-Type": body.media_type}
        answer = await self.client.request(
            operation.method, operation.url(given), params=query, content=body.content if body else None,
            headers=headers() | more,
        )  # fmt: skip
        self.look_through(answer)
        return answer.status_code

    def look_through(self, answer: httpx.Response) -> None:
        """Fail on any word or id that this caller must not be told, but for the ids that it said itself."""
        text, asked = told(answer), f"{answer.request.url} {answer.request.content.decode(errors='replace')}"
        context = f"{self.caller}: {self.operation.name} ({asked}) -> {text[:2000]}"
        assert answer.status_code < 500, context
        found = [word for word in self.words if word in text]
        assert not found, f"{found} told to {context}"
        strange = (ids_in(text) - ids_in(asked.lower())) & self.ids
        assert not strange, f"{strange} told to {context}"

    def foreign(self, prefix: str) -> list[tuple[str, frozenset[UUID]]]:
        """The ids of this kind that are another organisation's and not for everybody, with their owners."""
        rows = self.stage.scene.book.by_prefix[prefix]
        return [(public_id(prefix, id_), of) for id_, of, public in rows if self.org_id not in of and not public]

    def strangers(self, prefix: str) -> list[str]:
        """Ids of rows of every other kind that this caller is no party of, written as if they were of this kind."""
        kind = {id_ for id_, _, _ in self.stage.scene.book.by_prefix[prefix]}
        samples = {id_ for id_, parties in self.stage.scene.book.samples if self.org_id not in parties}
        return [public_id(prefix, id_) for id_ in sorted(samples - kind - self.stage.scene.book.open)]

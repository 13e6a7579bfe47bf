"""What does a storefront have in the identity tests: its owner, its origin, its keys, and browsers on its pages?"""

from dataclasses import dataclass
from typing import Any

import httpx

from app.core.ids import new_id
from app.identity.http import ACT_FOR
from tests.identity.identity_world import PASSWORD, Process, sign_up_body

ACTING = ["read", "act_for_buyers", "orders:write", "retirements:write"]


@dataclass
class Front:
    """One storefront as its owner has it."""

    api: Process
    owner: httpx.AsyncClient
    owner_id: str
    id: str
    origin: str
    key: str
    key_id: str

    def page(self, *, origin: str | None = None, on: Process | None = None) -> httpx.AsyncClient:
        """A browser on a page of the storefront's, or of another origin, with the publishable key."""
        return (on or self.api).client(bearer=self.key, Origin=origin or self.origin)

    async def acting_key(self, scopes: list[str] | None = None) -> str:
        """A secret key that acts for this storefront's buyers."""
        wish = {"name": "shop", "scopes": scopes or ACTING, "storefront_id": self.id}
        answer = await self.owner.post("/v1/api-keys", json=wish)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["secret"])

    async def buyer(self, **more: Any) -> dict[str, Any]:
        """A buyer that signs up on the storefront's page; its e-mail address is told beside what was answered."""
        body = sign_up_body("buyer", **more)
        answer = await self.page().post("/v1/organisations", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()) | {"email": body["member"]["email"]}

    async def sign_in(self, email: str, *, origin: str | None = None) -> httpx.Response:
        """What the page's sign-in is answered."""
        wish = {"email": email, "password": PASSWORD}
        return await self.page(origin=origin).post("/v1/storefront-tokens", json=wish)

    async def tokens(self, email: str) -> dict[str, Any]:
        """Fresh tokens of somebody who may sign in."""
        answer = await self.sign_in(email)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def refresh(self, token: str) -> httpx.Response:
        """What the page's refresh is answered."""
        return await self.page().post("/v1/storefront-tokens/refresh", json={"refresh_token": token})

    async def change(self, **fields: Any) -> httpx.Response:
        """The owner changes the storefront as it is stored now."""
        etag = (await self.owner.get(f"/v1/storefronts/{self.id}")).headers["ETag"]
        return await self.owner.patch(f"/v1/storefronts/{self.id}", json=fields, headers={"If-Match": etag})


async def front(api: Process, kind: str = "organiser", **fields: Any) -> Front:
    """A new storefront of a new organisation, with one publishable key."""
    made = await api.sign_up(kind)
    owner = api.client(bearer=made["secret"])
    origin = f"https://shop-{new_id().hex}.test"
    answer = await owner.post("/v1/storefronts", json={"name": "店舗", "origins": [origin], **fields})
    assert answer.status_code == 201, answer.text
    storefront_id = answer.json()["id"]
    key = (await owner.post(f"/v1/storefronts/{storefront_id}/keys")).json()
    key_id = key["storefront_key"]["id"]
    return Front(api, owner, made["organisation"]["id"], storefront_id, origin, key["key"], key_id)


def browser(api: Process, token: str, origin: str) -> httpx.AsyncClient:
    """A page that carries a buyer's token."""
    return api.client(bearer=token, Origin=origin)


def acting(api: Process, key: str, buyer_id: str) -> httpx.AsyncClient:
    """A storefront's program in the name of a buyer."""
    return api.client(bearer=key, **{ACT_FOR.replace("-", "_"): buyer_id})


def code(answer: httpx.Response) -> tuple[int, str]:
    """The refusal's status and code."""
    return answer.status_code, str(answer.json().get("code"))

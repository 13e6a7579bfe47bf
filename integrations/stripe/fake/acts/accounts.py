"""Who is paid through Stripe? Connected accounts, from being made to being let in, and out again. docs.stripe.com/connect."""

from typing import Any, Final

from integrations.stripe.fake.act import Act, Answer, Page
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.ids import letters
from integrations.stripe.fake.refusals import missing_parameter, plainly
from integrations.stripe.fake.shelf import Thing

_LINK_S: Final = 5 * 60
"""How long a link leads anywhere; ours, Stripe says minutes."""
_ASKED_FIRST: Final = (
    "business_profile.mcc",
    "business_profile.url",
    "business_type",
    "external_account",
    "representative.first_name",
    "representative.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
)


def create(act: Act, asked: Asked) -> Thing:
    """Connect a provider: it is let in when it has told Stripe who it is."""
    if "type" not in asked and "controller" not in asked:
        raise missing_parameter("type")
    if asked.get("type", "express") != "express":
        raise plainly("This double of Stripe knows Express accounts only.", "type")
    wanted = {name for name, given in asked.get("capabilities", {}).items() if given.get("requested")}
    profile = asked.get("business_profile", {})
    return act.make(
        "account",
        {
            "country": asked.get("country", "JP"),
            "email": asked.get("email"),
            "business_type": asked.get("business_type"),
            "metadata": asked.get("metadata", {}),
            "details_submitted": False,
            "payouts_enabled": False,
            "_capabilities": dict.fromkeys(sorted(wanted), "inactive"),
            "_due_facts": list(_ASKED_FIRST),
            "_disabled": "requirements.past_due",
            "_profile": {field: profile.get(field) for field in ("name", "url", "mcc", "product_description")},
            "_company": asked.get("company", {}).get("name"),
        },
    )


def link(act: Act, asked: Asked) -> Answer:
    """A page on which the provider tells who it is; good for minutes."""
    account = act.need("account", asked["account"], "account")
    name = account["id"]
    url = f"https://connect.stripe.com/setup/e/{name}/{letters(f'{name}:{act.now}', 16)}"
    body = {"object": "account_link", "created": act.now, "expires_at": act.now + _LINK_S, "url": url}
    return Answer(200, body)


def onboard(act: Act, name: str) -> Thing:
    """The provider told everything, and may be paid."""
    account = act.edit(name)
    capabilities = dict.fromkeys(account["_capabilities"], "active")
    return _changed(
        act,
        account,
        {"details_submitted": True, "payouts_enabled": True, "_capabilities": capabilities, "_due_facts": []},
        disabled=None,
    )


def disable(act: Act, name: str, *, reason: str) -> Thing:
    """Stripe lets the provider be paid no more."""
    account = act.edit(name)
    capabilities = dict.fromkeys(account["_capabilities"], "inactive")
    return _changed(act, account, {"payouts_enabled": False, "_capabilities": capabilities}, disabled=reason)


def list_all(act: Act, asked: Asked) -> Page:
    """Accounts that are connected to ours."""
    return act.page("account", asked)


def _changed(act: Act, account: Thing, changes: dict[str, Any], *, disabled: str | None) -> Thing:
    """Change it and say so: the event is the connected account's own, as Stripe sends it."""
    account |= changes | {"_disabled": disabled}
    act.tell("account.updated", account)
    return account

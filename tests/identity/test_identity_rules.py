"""Do roles, kinds and states give exactly the rights that they should, and are browsers' changes told apart?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.scope import RIGHTS
from app.identity import rules
from app.identity.models import OrganisationKind, OrganisationStatus, Role

HOUSE = {"read", "members:write", "keys:write"}
FRONT = {"storefronts:write"}
SUPPLY = {"inventory:write", "listings:write", "tasks:write"}
BUY = {"orders:write", "retirements:write"}
SIGN = {"retirements:sign_off"}
TABLE = {
    ("provider", "owner"): HOUSE | FRONT | SUPPLY,
    ("provider", "admin"): HOUSE | FRONT | SUPPLY,
    ("provider", "trader"): {"read"} | SUPPLY,
    ("provider", "approver"): {"read"} | SUPPLY,
    ("provider", "viewer"): {"read"},
    ("buyer", "owner"): HOUSE | FRONT | BUY | SIGN,
    ("buyer", "admin"): HOUSE | FRONT | BUY | SIGN,
    ("buyer", "trader"): {"read"} | BUY,
    ("buyer", "approver"): {"read"} | BUY | SIGN,
    ("buyer", "viewer"): {"read"},
    ("operator", "owner"): HOUSE | {"admin"},
    ("operator", "admin"): HOUSE | {"admin"},
    ("operator", "trader"): {"read"},
    ("operator", "approver"): {"read"},
    ("operator", "viewer"): {"read"},
}
TABLE |= {("organiser", role): rights for (kind, role), rights in TABLE.items() if kind == "buyer"}

kinds = st.sampled_from(list(OrganisationKind))
roles = st.sampled_from(list(Role))
states = st.sampled_from(list(OrganisationStatus))
some_rights = st.frozensets(st.sampled_from(RIGHTS))


def test_the_table_of_roles_and_kinds_is_complete_and_right() -> None:
    assert {(kind.value, role.value) for kind in OrganisationKind for role in Role} == set(TABLE)
    for (kind, role), rights in TABLE.items():
        assert rules.rights_of(kind, role) == rights, (kind, role)


@given(kinds, roles, states)
def test_only_an_active_organisation_has_all_that_its_roles_give(kind: str, role: str, status: str) -> None:
    held = rules.rights_of(kind, role)
    now = rules.rights_now(held, kind=kind, status=status)
    assert now <= held
    assert (now == held) or status != "active"
    assert not now or not rules.is_shut(status)
    if status == "pending":
        assert now == held & {"read", "inventory:write", "members:write", "keys:write"}


@given(some_rights, kinds, states)
def test_a_key_never_gets_more_than_it_holds_or_its_kind_allows(held: frozenset[str], kind: str, status: str) -> None:
    allowed = rules.rights_of(kind, "owner") | (set() if kind == "operator" else {rules.ACT_FOR_BUYERS})
    assert rules.rights_now(held, kind=kind, status=status) <= held & allowed


def test_only_the_active_trade() -> None:
    assert [status for status in OrganisationStatus if rules.may_trade(status)] == ["active"]


@given(states, st.sampled_from(["approve", "reject"]))
def test_only_what_is_pending_is_decided_on(found: str, decision: rules.Decision) -> None:
    expected = {"approve": "active", "reject": "rejected"}[decision] if found == "pending" else None
    assert rules.decided_status(found, decision) == expected


@pytest.mark.parametrize(
    ("method", "fetch_site", "origin", "own"),
    [
        ("POST", "same-origin", None, True),
        ("POST", "none", None, True),
        ("POST", "same-site", "https://desk.test", False),
        ("POST", "cross-site", "https://desk.test", False),
        ("POST", "", "https://desk.test", False),
        ("DELETE", None, "https://desk.test", True),
        ("DELETE", None, "https://DESK.test", True),
        ("PATCH", None, "https://desk.test.evil.test", False),
        ("PATCH", None, "null", False),
        ("PUT", None, None, False),
        ("GET", "cross-site", "https://evil.test", True),
        ("HEAD", None, None, True),
    ],
)
def test_a_change_by_cookie_comes_from_our_own_pages(
    method: str,
    fetch_site: str | None,
    origin: str | None,
    own: bool,
) -> None:
    assert rules.is_from_own_pages(method, fetch_site=fetch_site, origin=origin, host="desk.test") is own


@given(st.text(max_size=40))
def test_no_control_character_gets_into_a_name(name: str) -> None:
    if not tuple(rules.wrong_about_name(name, "/name")):
        assert name.strip()
        assert len(name.splitlines()) == 1


@given(st.emails())
def test_two_spellings_of_an_address_are_one(email: str) -> None:
    assert rules.folded_email(email.upper()) == rules.folded_email(email.lower())

"""Where does anybody see what a registry asks, and how does the operator say it?"""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import Scope
from app.retirements import errors, operations, queries
from app.retirements.rules import PURPOSES, purpose_of
from app.retirements.rules.registry_rules import SHIPPED, Change
from app.retirements.schemas import PurposeOut, PurposesOut, RegistryRulesOut, RuleIn

_Registry = Annotated[
    str | None, QueryParameter(max_length=40, description="Only what this registry takes, by its code.")
]


@get("/v1/purposes", tags=["Retirements"], opt={"errors": (errors.RegistryUnknown,)})
async def list_purposes(db: NamedDependency[Database], registry: _Registry = None) -> PurposesOut:
    """What credits may be retired for: J-Credit's uses in the scheme's own words, or what another registry takes."""
    if registry is None:
        return PurposesOut([PurposeOut.of(purpose) for purpose in PURPOSES])
    _refuse_unknown(registry)
    async with db.public() as session:
        rules = await queries.rules_of(session, registry)
    taken = [purpose_of(rule.code) for rule in rules.purposes.value]
    return PurposesOut([PurposeOut.of(purpose) for purpose in taken if purpose is not None])


@get("/v1/registries/{registry:str}/rules", tags=["Catalogue"], opt={"errors": (errors.RegistryUnknown,)})
async def show_registry_rules(registry: FromPath[str], db: NamedDependency[Database]) -> RegistryRulesOut:
    """What a registry asks of a retirement, rule by rule, with its source and whether it was verified."""
    _refuse_unknown(registry)
    async with db.public() as session:
        changes = await queries.changes_of(session, registry)
        return RegistryRulesOut.of(registry, await queries.rules_of(session, registry), changes)


@post(
    "/v1/admin/registries/{registry:str}/rules",
    status_code=201,
    tags=["Operator"],
    opt={"errors": (errors.RegistryUnknown, errors.RuleInvalid)},
)
async def say_registry_rule(
    registry: FromPath[str],
    data: JSONBody[RuleIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
) -> RegistryRulesOut:
    """Say what a registry asks, instead of what was believed. It holds from now on; what was said before is kept."""
    caller.needs_operator()
    change = Change(data.key, data.value, data.verified, data.source, data.note)
    now = utc_now()
    async with db.transaction(caller) as session:
        await operations.say_rule(session, caller, registry, change, reason=data.reason, rule_id=new_id(), now=now)
        changes = await queries.changes_of(session, registry)
        return RegistryRulesOut.of(registry, await queries.rules_of(session, registry), changes)


def _refuse_unknown(registry: str) -> None:
    if registry not in SHIPPED:
        raise errors.RegistryUnknown("This desk knows no such registry.")


routes = [list_purposes, show_registry_rules, say_registry_rule]

"""What do a project's credits count for, and which labels do they carry? `rules.verdicts`, said in SQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import aliased

from app.catalog.models import Fact, Methodology, Project, ProjectMethodology
from app.catalog.rules import RANKS, VERSION_RANK, Answer, FactKind, Level

Day = ColumnElement[date] | date
IssuanceId = ColumnElement[Any] | UUID | None
"""An id, or another table's column in the statement around; None for a project as such."""

_VERSION: Final = r"^[0-9]{1,4}(\.[0-9]{1,4}){0,5}$"


def holds(on: Day) -> ColumnElement[bool]:
    """Whether a fact is the newest of its chain, was not withdrawn, and speaks of this day."""
    return and_(is_newest(), Fact.withdrawn.is_(False), Fact.valid_from <= on, _open_or_until(on))


def is_newest() -> ColumnElement[bool]:
    """Whether no other row supersedes the fact."""
    later = aliased(Fact)
    return ~exists().where(later.supersedes == Fact.id).correlate(Fact)


def speaks_of_project(issuance_id: IssuanceId) -> ColumnElement[bool]:
    """Whether a fact is said of the project around, of its issuance, or of its whole registry."""
    return or_(
        and_(Fact.level == Level.ISSUANCE, _is_issuance(issuance_id)),
        and_(Fact.level == Level.PROJECT, Fact.project_id == Project.id),
        and_(Fact.level == Level.REGISTRY, Fact.registry_code == Project.registry_code),
    )


def verdicts(
    kind: FactKind, *, on: Day, issuance_id: IssuanceId, correlated: Sequence[FromClause], key: str | None = None
) -> Subquery:
    """`key`, `answer` and `because` of what is said of the project around: `rules.verdicts` for facts of one kind.

    `correlated` are the tables of the statement around, besides Project, whose columns are named; `key` is the only
    use or label that is asked for.
    """
    wanted = true() if key is None else Fact.key == key
    one = select(literal_column("1").label("n")).subquery("one")
    used, known, fact = ProjectMethodology, Methodology, Fact
    narrowest = func.rank().over(partition_by=(func.coalesce(used.n, 0), fact.key), order_by=rank_of().desc())
    spoken = (
        select(
            func.coalesce(used.n, 0).label("n"),
            fact.key.label("key"),
            fact.id.label("fact_id"),
            case((_unknown_version(), literal(Answer.UNKNOWN.value)), else_=fact.answer).label("answer"),
            narrowest.label("place"),
            _methodologies().label("of"),
        )
        .select_from(one)
        .outerjoin(used, used.project_id == Project.id)
        .outerjoin(
            known,
            and_(known.registry_code == Project.registry_code, known.code == used.code, known.version == ""),
        )
        .join(fact, and_(fact.kind == kind, wanted, holds(on), or_(speaks_of_project(issuance_id), _of_methodology())))
        .correlate(Project, *correlated)
        .subquery("spoken")
    )
    unsaid = or_(
        func.bool_or(spoken.c.answer == Answer.UNKNOWN), func.count(distinct(spoken.c.n)) < func.max(spoken.c.of)
    )
    answer = case(
        (unsaid, literal(Answer.UNKNOWN.value)),
        (func.min(spoken.c.answer) == func.max(spoken.c.answer), func.min(spoken.c.answer)),
        else_=literal(Answer.CONDITIONAL.value),
    )
    because = func.array_agg(aggregate_order_by(distinct(spoken.c.fact_id), spoken.c.fact_id))
    return (
        select(spoken.c.key, answer.label("answer"), because.label("because"))
        .where(spoken.c.place == 1)
        .group_by(spoken.c.key)
        .subquery("verdict")
    )


def rank_of() -> ColumnElement[int]:
    """How narrowly a fact speaks: the higher, the narrower."""
    by_version = and_(Fact.level == Level.METHODOLOGY, Fact.version_from.is_not(None))
    by_level = {level.value: literal_column(str(rank), Integer) for level, rank in RANKS.items()}
    return case((by_version, literal_column(str(VERSION_RANK), Integer)), else_=case(by_level, value=Fact.level))


def _of_methodology() -> ColumnElement[bool]:
    same = Fact.registry_code == Project.registry_code
    return or_(
        and_(
            Fact.level == Level.METHODOLOGY,
            same,
            Fact.methodology_code == ProjectMethodology.code,
            or_(Fact.version_from.is_(None), _unknown_version(), _in_range()),
        ),
        and_(Fact.level == Level.CATEGORY, same, Fact.category == Methodology.category),
    )


def _unknown_version() -> ColumnElement[bool]:
    """Whether the fact is of some versions, and which one the project applies is not known."""
    return and_(
        Fact.level == Level.METHODOLOGY,
        Fact.version_from.is_not(None),
        func.coalesce(~ProjectMethodology.version.regexp_match(_VERSION), True),
    )


def _in_range() -> ColumnElement[bool]:
    return _version_key(ProjectMethodology.version).between(
        _version_key(Fact.version_from), _version_key(Fact.version_to)
    )


def _version_key(version: Any) -> ColumnElement[list[int]]:
    """`rules.version_key`; null for what is no version, which a cast would refuse."""
    bare = func.regexp_replace(version, r"(\.0+)+$", "")
    return case((version.regexp_match(_VERSION), cast(func.string_to_array(bare, "."), ARRAY(Integer))))


def _methodologies() -> ColumnElement[int]:
    """How many methodologies the project applies; a project without any is asked about once."""
    used = aliased(ProjectMethodology)
    counted = select(func.greatest(func.count(), 1)).where(used.project_id == Project.id).correlate(Project)
    return counted.scalar_subquery()


def _is_issuance(issuance_id: IssuanceId) -> ColumnElement[bool]:
    return false() if issuance_id is None else Fact.issuance_id == issuance_id


def _open_or_until(on: Day) -> ColumnElement[bool]:
    return or_(Fact.valid_to.is_(None), Fact.valid_to >= on)

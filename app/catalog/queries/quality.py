"""What is known of the quality of a project's credits? Columns for whoever selects from `project`, and for filters."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Text, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, array
from sqlalchemy.orm import aliased

from app.catalog.models import Fact, Methodology, Prefecture, Project, ProjectMethodology, Region, Registry
from app.catalog.queries.verdicts import Day, IssuanceId, holds, rank_of, speaks_of_project, verdicts
from app.catalog.rules import MIXED, Answer, FactKind

_TOKYO, _KYOTO = "東京都", "京都府"


def quality_columns(on: Day, issuance_id: IssuanceId = None) -> dict[str, ColumnElement[Any]]:
    """What a projection keeps of the quality of the project in the statement around, and of one issuance of it.

    `on` is the day that is asked about, in Japan; `issuance_id` a column of the statement around or an id. By name:
    `family` and `mechanism` (text, `mixed` where methodologies differ), `prefectures` (codes of JIS X 0401),
    `eligible_for` and `eligible_maybe` (uses: yes, and on conditions), `labels`, `sdgs` (1 to 17), `ratings` (jsonb:
    agency, value, scale, as_of) and `search_text`. Arrays are sorted.
    """
    return {
        "family": family(),
        "mechanism": mechanism(),
        "prefectures": prefectures(),
        "eligible_for": uses(Answer.YES, on, issuance_id),
        "eligible_maybe": uses(Answer.CONDITIONAL, on, issuance_id),
        "labels": labels(on, issuance_id),
        "sdgs": sdgs(on, issuance_id),
        "ratings": ratings(on, issuance_id),
        "search_text": search_text(),
    }


def family() -> ColumnElement[str]:
    """The family of the project's methodologies: `mixed` where they differ, `unknown` where none is known."""
    return _of_methodologies(Methodology.family)


def mechanism() -> ColumnElement[str]:
    """Reduction or removal, or `mixed`, or `unknown`."""
    return _of_methodologies(Methodology.mechanism)


def prefectures() -> ColumnElement[list[str]]:
    """The codes of the prefectures that the project's location names: `rules.prefectures_of`, said in SQL."""
    codes = select(Prefecture.code).where(located()).order_by(Prefecture.code).correlate(Project)
    return func.array(codes.scalar_subquery(), type_=ARRAY(Text))


def located() -> ColumnElement[bool]:
    """Whether the location of the project around names the prefecture."""
    rest = case((Prefecture.name_ja == _KYOTO, func.replace(Project.location, _TOKYO, " ")), else_=Project.location)
    return func.strpos(rest, Prefecture.name_ja) > 0


def uses(answer: Answer, on: Day, issuance_id: IssuanceId = None) -> ColumnElement[list[str]]:
    """The uses for which the answer is this one."""
    return _keys_answered(FactKind.ELIGIBILITY, answer, on=on, issuance_id=issuance_id)


def labels(on: Day, issuance_id: IssuanceId = None) -> ColumnElement[list[str]]:
    """The labels that the credits carry."""
    return _keys_answered(FactKind.LABEL, Answer.YES, on=on, issuance_id=issuance_id)


def is_answered(kind: FactKind, key: str | None, answer: Answer, on: Day) -> ColumnElement[bool]:
    """Whether the answer for one use or label is this one, for the project in the statement around."""
    found = verdicts(kind, on=on, issuance_id=None, correlated=[], key=key)
    return select(found.c.key).where(found.c.answer == answer).correlate(Project).exists()


def is_in(prefecture: str | None) -> ColumnElement[bool]:
    """Whether the location of the project around names the prefecture with this code."""
    return select(Prefecture.code).where(Prefecture.code == prefecture, located()).correlate(Project).exists()


def sdgs(on: Day, issuance_id: IssuanceId = None) -> ColumnElement[list[int]]:
    """The numbers of the goals that the narrowest facts name."""
    said = _narrowest(FactKind.SDG, on, issuance_id)
    numbers = func.jsonb_array_elements_text(said.c.value["sdgs"]).table_valued(
        "value", name="goal", joins_implicitly=True
    )
    each = select(cast(numbers.c.value, Integer).label("number")).select_from(said).join(numbers, literal(True))
    goals = each.correlate(Project, *_tables(issuance_id)).distinct().subquery("goals")
    sorted_goals = select(func.array_agg(aggregate_order_by(goals.c.number, goals.c.number), type_=ARRAY(Integer)))
    return func.coalesce(sorted_goals.scalar_subquery(), cast(array([], type_=Integer), ARRAY(Integer)))


def ratings(on: Day, issuance_id: IssuanceId = None) -> ColumnElement[list[dict[str, Any]]]:
    """Each agency's newest rating of the narrowest kind, by agency."""
    said = _narrowest(FactKind.RATING, on, issuance_id)
    newest = func.row_number().over(partition_by=said.c.key, order_by=(said.c.value["as_of"].desc(), said.c.id.desc()))
    placed = select(said.c.key, said.c.value, newest.label("place")).subquery("placed")
    shown = func.jsonb_build_object(
        "agency", placed.c.key, "value", placed.c.value["value"], "scale", placed.c.value["scale"],
        "as_of", placed.c.value["as_of"],
    )  # fmt: skip
    every = select(func.jsonb_agg(aggregate_order_by(shown, placed.c.key))).where(placed.c.place == 1)
    return func.coalesce(every.scalar_subquery(), cast(literal("[]"), JSONB))


def search_text() -> ColumnElement[str]:
    """The words that a project is looked for by, in Japanese and English, one text as written: nothing is folded."""
    named = aliased(Methodology)
    methodologies = (
        select(_words(ProjectMethodology.n, ProjectMethodology.code, named.name_ja, named.name_en))
        .select_from(ProjectMethodology)
        .outerjoin(
            named,
            and_(
                named.registry_code == Project.registry_code, named.code == ProjectMethodology.code, named.version == ""
            ),
        )
        .where(ProjectMethodology.project_id == Project.id)
    )
    around = select(_words(Prefecture.code, Prefecture.name_ja, Prefecture.name_en)).where(located())
    regions = select(_words(Region.n, Region.name_ja, Region.name_en)).where(
        Region.name_ja == func.any(Project.regions)
    )
    registry = select(func.concat_ws(" ", Registry.name_ja, Registry.name_en)).where(
        Registry.code == Project.registry_code
    )
    told = (each.correlate(Project).scalar_subquery() for each in (methodologies, around, regions, registry))
    named_at = (func.nullif(Project.name, ""), Project.country)
    return func.concat_ws(" ", *named_at, Project.operator_name, Project.summary, Project.location, *told)


def _words(place: Any, *texts: Any) -> ColumnElement[str]:
    return func.string_agg(
        func.concat_ws(" ", *(func.nullif(each, "") for each in texts)), aggregate_order_by(literal(" "), place)
    )


def _of_methodologies(column: Any) -> ColumnElement[str]:
    said = func.coalesce(column, literal("unknown"))
    one = case((func.min(said) < func.max(said), literal(MIXED)), else_=func.min(said))
    found = (
        select(func.coalesce(one, literal("unknown")))
        .select_from(ProjectMethodology)
        .outerjoin(
            Methodology,
            and_(
                Methodology.registry_code == Project.registry_code,
                Methodology.code == ProjectMethodology.code,
                Methodology.version == "",
            ),
        )
        .where(ProjectMethodology.project_id == Project.id)
        .correlate(Project)
    )
    return found.scalar_subquery()


def _keys_answered(kind: FactKind, answer: Answer, *, on: Day, issuance_id: IssuanceId) -> ColumnElement[list[str]]:
    found = verdicts(kind, on=on, issuance_id=issuance_id, correlated=_tables(issuance_id))
    chosen = select(found.c.key).where(found.c.answer == answer).order_by(found.c.key)
    return func.array(chosen.correlate(Project, *_tables(issuance_id)).scalar_subquery(), type_=ARRAY(Text))


def _narrowest(kind: FactKind, on: Day, issuance_id: IssuanceId) -> Any:
    """The facts of a kind that are said of the project around most narrowly, for each key."""
    place = func.rank().over(partition_by=Fact.key, order_by=rank_of().desc())
    said = (
        select(Fact.id, Fact.key, Fact.value, place.label("place"))
        .where(Fact.kind == kind, holds(on), speaks_of_project(issuance_id))
        .correlate(Project, *_tables(issuance_id))
        .subquery("said")
    )
    return select(said).where(said.c.place == 1).subquery("narrowest")


def _tables(issuance_id: IssuanceId) -> list[FromClause]:
    """The table of the statement around that the issuance's id is a column of."""
    table = getattr(issuance_id, "table", None)
    return [] if table is None else [table]

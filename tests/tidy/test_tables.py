"""What can a column not hold, and what can a reference not cross? No float touches value; no key leaves its tenant."""

import ast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from app import tables
from tests.tidy.source import Source, sources, written

INEXACT = ("REAL", "DOUBLE", "FLOAT", "MONEY")


def inexact_columns(metadata: MetaData) -> list[str]:
    """Columns whose numbers are not what was written into them."""
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    return [str(column) for column in columns if _is_inexact(column.type)]


def _is_inexact(kind: TypeEngine[object]) -> bool:
    floats = isinstance(kind, Float) or (isinstance(kind, Numeric) and kind.asdecimal is False)
    return floats or str(kind).upper().startswith(INEXACT)


def names_a_float(source: Source) -> list[str]:
    """Lines of a file of tables that so much as mention floats."""
    names = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name | ast.Attribute)]
    said = [(node.lineno, node.id if isinstance(node, ast.Name) else node.attr) for node in names]
    return [f"{source.path}:{line}" for line, name in said if name.upper().startswith(INEXACT)]


def keys_that_leave_their_tenant(metadata: MetaData) -> list[str]:
    """Foreign keys between two tables of organisations that do not name the organisation: policies do not bind them."""
    return [
        f"{table.name}.{key.name}"
        for table in metadata.sorted_tables
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint)
        if "org_id" in table.columns and "org_id" in key.referred_table.columns
        if "org_id" not in {element.column.name for element in key.elements}
    ]


def unnamed(metadata: MetaData) -> list[str]:
    """Constraints that no refusal and no migration could refer to."""
    every = [(table, constraint) for table in metadata.sorted_tables for constraint in table.constraints]
    return [f"{table.name}: {constraint}" for table, constraint in every if not constraint.name]


def test_no_column_is_a_float() -> None:
    assert len(tables.metadata.tables) > 30
    assert not inexact_columns(tables.metadata)
    planted = MetaData()
    Table("planted", planted, Column("a", Float()), Column("b", Numeric(asdecimal=False)), Column("c", Numeric()))
    assert inexact_columns(planted) == ["planted.a", "planted.b"]


def test_models_do_not_mention_floats() -> None:
    models = [source for source in sources() if "models" in source.rooms]
    assert len(models) > 7
    found = [line for source in models for line in names_a_float(source)]
    assert not found, found
    assert names_a_float(written("app/x/models.py", "price: Mapped[float]"))


def test_no_foreign_key_leaves_its_tenant() -> None:
    assert not keys_that_leave_their_tenant(tables.metadata)
    planted = MetaData()
    Table("above", planted, Column("org_id", Uuid), Column("id", Uuid, primary_key=True))
    Table("below", planted, Column("org_id", Uuid), Column("above_id", Uuid),
          ForeignKeyConstraint(["above_id"], ["above.id"], name="fk_planted"))  # fmt: skip
    assert keys_that_leave_their_tenant(planted) == ["below.fk_planted"]


def test_every_constraint_has_a_name() -> None:
    assert not unnamed(tables.metadata)
    planted = MetaData()
    Table("planted", planted, Column("n", Integer), CheckConstraint("n > 0"), PrimaryKeyConstraint("n", name="pk"))
    assert len(unnamed(planted)) == 1

"""The first tables: workspaces with their history, projects, variants and runs."""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def _owner() -> sa.Column[int]:
    return sa.Column("workspace", sa.Integer(), nullable=False)


def _of_workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=f"fk_{table}_workspace", ondelete="CASCADE")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        sa.UniqueConstraint("owner", name="uq_workspaces_owner"),
    )
    op.create_table(
        "contents",
        _owner(),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _of_workspace("contents"),
        sa.PrimaryKeyConstraint("workspace", "digest", name="pk_contents"),
    )
    op.create_table(
        "steps",
        _owner(),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("project", sa.String(32), nullable=False),
        _of_workspace("steps"),
        sa.PrimaryKeyConstraint("workspace", "number", name="pk_steps"),
    )
    op.create_table(
        "projects",
        _owner(),
        sa.Column("key", sa.String(32), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "example", "note")),
        *(
            sa.Column(name, sa.String(64), nullable=False)
            for name in ("original", "original_source", "latest", "latest_source")
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _of_workspace("projects"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_projects"),
    )
    op.create_table(
        "variants",
        _owner(),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        _of_workspace("variants"),
        sa.PrimaryKeyConstraint("workspace", "number", name="pk_variants"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        _owner(),
        sa.Column("project", sa.String(32), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "settings", "summary")),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        _of_workspace("runs"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_workspace", "runs", ["workspace"])

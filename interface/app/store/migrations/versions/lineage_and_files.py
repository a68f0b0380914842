"""What variants were changed from, when steps were made, keys of runs, and files that were read."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("steps", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("projects", sa.Column("base", sa.Text(), nullable=False, server_default=""))
    for name in ("source", "changes", "note"):
        op.add_column("variants", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("variants", sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("runs", sa.Column("key", sa.String(32), nullable=False, server_default=""))
    op.add_column("runs", sa.Column("contents", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "files",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_files_workspace", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "digest", name="pk_files"),
    )

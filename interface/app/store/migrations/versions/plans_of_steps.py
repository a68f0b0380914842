"""Steps of the history hold a shift plan and a roster."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; older steps have neither plan nor roster."""
    for name in ("shifts", "shifts_for", "roster"):
        op.add_column("steps", sa.Column(name, sa.String(64), nullable=False, server_default=""))

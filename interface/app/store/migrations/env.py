"""What Alembic runs around the migrations: the connection comes from `interface.app.store.migrate`."""

from alembic import context

from interface.app.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

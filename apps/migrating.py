"""Steps of migrations that do not make every model anew.

Django renders a changed model and all that is related to it again after each step, and here nearly everything is
related: an empty database took half a minute. A table that did not exist is related to nothing yet, and a trigger
changes no model, so these two steps render the new model alone, and nothing. What they write is the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import migrations
from django.db.migrations.state import ProjectState, StateApps
from pgtrigger.migrations import AddTrigger as OneTrigger


@contextmanager
def _unrendered(state: ProjectState) -> Iterator[StateApps | None]:
    """The state changes while its rendered models are put aside; they come back as they were."""
    rendered = state.__dict__.pop("apps", None)
    yield rendered
    if rendered is not None:
        state.apps = rendered


class CreateModel(migrations.CreateModel):
    """Create a table for a model that nothing refers to yet."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        with _unrendered(state) as rendered:
            super().state_forwards(app_label, state)
        if rendered is not None:
            rendered.render_multiple([state.models[app_label, self.name_lower]])


class AddTrigger(OneTrigger):
    """Add a trigger to a table."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        with _unrendered(state):
            super().state_forwards(app_label, state)


class KeptOnce(migrations.AlterField):
    """A foreign key loses the index Django made for it: another one begins with the same column.

    Django's own `AlterField` would drop *every* index on that column alone that is not among the model's indexes, a
    partial unique constraint such as `claim_one_live_per_case` included. This drops the one, by its name.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        with _unrendered(state):
            super().state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        schema_editor.execute(f"DROP INDEX {self._index(app_label, schema_editor, to_state)[0]}")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        name, table, column = self._index(app_label, schema_editor, to_state)
        schema_editor.execute(f"CREATE INDEX {name} ON {table} ({column})")

    def _index(self, app_label: str, schema_editor: Any, state: ProjectState) -> tuple[str, str, str]:
        """The names of the index, its table and its column, quoted; nothing is rendered to know them."""
        options = state.models[app_label, self.model_name_lower].options
        table = options.get("db_table") or f"{app_label}_{self.model_name_lower}"
        column = self.field.db_column or f"{self.name}_id"
        name = schema_editor._create_index_name(table, [column])
        quote = schema_editor.quote_name
        return quote(name), quote(table), quote(column)

"""First migrations of a room, without making every model anew for every step.

Django renders a changed model and all that is related to it again after each step, and here nearly everything is
related: an empty database took half a minute. A table that did not exist is related to nothing yet, and a trigger
changes no model, so these two steps render the new model alone, and nothing. What they write is the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

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

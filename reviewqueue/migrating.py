"""The tables of an empty database, in half the time.

Django renders a model and all it is related to again after each constraint, index or trigger of a migration; in a
house of 200 tables that is most of the time migrating takes. Here only the model itself is rendered, and the state is
marked as delayed, which is Django's own word for it: a migration that runs code gets everything rendered anew first.
What the database is asked to do is the same to the letter (tests/house/test_migrating.py compares both).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from unittest.mock import patch

from django.core.management.commands import migrate as command
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import Field


class LightState(ProjectState):
    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        if not delay:
            super().reload_model(app_label, model_name)
        elif "apps" in self.__dict__:
            self.is_delayed = True
            self._reload({(app_label, model_name)})  # type: ignore[attr-defined]

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Field, preserve_default: bool
    ) -> None:
        rendered = self.__dict__.pop("apps", None)  # what is not rendered is not rendered again
        super().add_field(app_label, model_name, name, field, preserve_default)
        if rendered is not None:
            self.apps = rendered
            self.reload_model(app_label, model_name, delay=True)

    def clone(self) -> "LightState":
        copy = super().clone()
        copy.__class__ = LightState
        return cast(LightState, copy)


class LightExecutor(MigrationExecutor):
    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        state: ProjectState = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        state.__class__ = LightState
        return state


@contextmanager
def lightly() -> Iterator[None]:
    """Within it the command `migrate` renders no more than it needs."""
    with patch.object(command, "MigrationExecutor", LightExecutor):
        yield

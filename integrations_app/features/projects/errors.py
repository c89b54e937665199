"""Errors of projects."""

from integrations_app.errors.base import shown
from integrations_app.errors.inputs import InvalidInput
from integrations_app.errors.stored import Missing


class ProjectMissing(Missing):
    """There is no such project or template."""

    code = "not_found"

    def __init__(self, ref: object) -> None:
        super().__init__(f"There is no project {shown(ref)}.", ref=ref)


class NameTaken(InvalidInput):
    """Another one of the same kind is called like this, whatever the case."""

    code = "already_exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"The name {shown(name)} is already taken.")
        self.name = name

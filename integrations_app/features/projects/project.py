"""A project, a template for projects, and what lists show of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

KEY = "projects"
"""Key of the module, and of what is told about its rows."""

NAME, DESCRIPTION = "name", "description"
"""Fields, as errors, pages and the audit log name them."""

NAME_MAX_LENGTH = 100
DESCRIPTION_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A project or a template as an admin types it.

    Attributes:
        name: What people call it; unique among projects, or among templates, whatever its case.
        description: A sentence about it; may be empty.
    """

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project or a template as stored.

    Attributes:
        uuid: Its identity.
        draft: What an admin says of it.
        is_template: Projects are made from it; it is none itself.
        version: Grows by one with each change.
        updated_at: When it was changed last.
    """

    uuid: UUID
    draft: Draft
    is_template: bool
    version: int
    updated_at: datetime

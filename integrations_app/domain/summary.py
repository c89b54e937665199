"""Connections as lists show them, and a page of such a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Status
from integrations_app.domain.paging import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A connection as a list shows it; see `Connection` for the attributes."""

    uuid: UUID
    provider: str
    name: str
    account_name: str | None
    status: Status
    validation_reason: CheckReason | None
    validation_details: Mapping[str, Any]
    last_validated_at: datetime | None
    version: int
    updated_at: datetime


class SortKey(StrEnum):
    """Order of a list; ties are broken by uuid."""

    ATTENTION = "attention"
    """What fails comes first; within that, and for the rest, as `service`."""

    SERVICE = "service"
    NAME = "name"
    ACCOUNT = "account"
    STATUS = "status"
    TESTED = "tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Query for a page of the list.

    Attributes:
        search: Any part of the name or of the account, in any case; empty for all.
        provider: Key of a provider; empty for all.
        status: A status; None for all.
        sort: What to sort by.
        descending: The other way round.
        after: Cursor of the page before; empty for the first.
        before: Cursor of the page behind; empty unless going back.
        limit: Rows a page.
    """

    search: str = ""
    provider: str = ""
    status: Status | None = None
    sort: SortKey = SortKey.ATTENTION
    descending: bool = False
    after: str = ""
    before: str = ""
    limit: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page[Summary]):
    """One page of the list; see `Page` for the other attributes.

    Attributes:
        failing: Rows of all there are, matching or not, whose last check failed; counted up to
            one more than `FAILING_LIMIT`.
    """

    failing: int = 0


FAILING_LIMIT = 99
"""Counting of what fails stops here, as it is only a hint."""

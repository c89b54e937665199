"""The table of modules' old data."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Column
from sqlmodel import Field

from integrations_app.storage.tables.base import (
    Table,
    moment,
)


class ModuleRunRow(Table, table=True):
    """The last migration of a module's old data."""

    __tablename__ = "integration_module_runs"

    module: str = Field(sa_column=Column(sa.Text, primary_key=True))
    error: str | None = Field(default=None, sa_column=Column(sa.Text))
    at: datetime = moment(nullable=False, default_now=True)

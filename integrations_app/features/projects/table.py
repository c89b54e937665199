"""The table of projects and templates."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlmodel import Field

from integrations_app.storage.tables import Table

LOWER_NAME = text("lower(name)")
NAME_OF_TEMPLATE = "uq_projects_name_of_template"
NAME_OF_PROJECT = "uq_projects_name_of_project"
"""A project may be called like a template; two of a kind may not, whatever their case."""


class ProjectRow(Table, table=True):
    """A project, or a template for projects."""

    __tablename__ = "projects"
    __table_args__ = (
        sa.Index(NAME_OF_TEMPLATE, LOWER_NAME, unique=True, postgresql_where=text("is_template")),
        sa.Index(
            NAME_OF_PROJECT, LOWER_NAME, unique=True, postgresql_where=text("NOT is_template")
        ),
    )

    uuid: UUID = Field(
        sa_column=Column(sa.Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    )
    name: str = Field(sa_column=Column(sa.Text, nullable=False))
    description: str = Field(
        default="", sa_column=Column(sa.Text, nullable=False, server_default="")
    )
    is_template: bool = Field(
        default=False, sa_column=Column(sa.Boolean, nullable=False, server_default=sa.false())
    )
    version: int = Field(
        default=1, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("1"))
    )
    created_at: datetime = Field(
        default=None,
        sa_column=Column(sa.DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
    updated_at: datetime = Field(
        default=None,
        sa_column=Column(sa.DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )

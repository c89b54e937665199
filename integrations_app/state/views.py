"""Connections and providers as pages show them: texts only, nothing secret."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations_app import routes
from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Connection
from integrations_app.domain.explanation import explain
from integrations_app.domain.provider import Provider, SetupField
from integrations_app.domain.summary import Summary
from integrations_app.domain.usage import Usage
from integrations_app.i18n import _
from integrations_app.providers import icons
from integrations_app.services import catalogue
from integrations_app.services.checking import run
from integrations_app.services.credentials.setup_values import ACCESS_TOKEN
from integrations_app.state import wording


@dataclass(frozen=True, kw_only=True)
class ConnectionItem:
    """A row of the list."""

    uuid: str = ""
    provider: str = ""
    service: str = ""
    icon: str = ""
    name: str = ""
    account: str = ""
    status: str = ""
    reason: str = ""
    tested_at: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class OptionItem:
    """A choice."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class FieldItem:
    """A field of a form; `value` is empty for secrets, `saved` says that one is stored."""

    key: str = ""
    label: str = ""
    kind: str = ""
    required: bool = False
    secret: bool = False
    placeholder: str = ""
    help: str = ""
    options: list[OptionItem] = field(default_factory=list)
    value: str = ""
    saved: bool = False
    max_length: int = 0


@dataclass(frozen=True, kw_only=True)
class StepItem:
    """A step of the setup instructions."""

    title: str = ""
    text: str = ""
    link_label: str = ""
    link_url: str = ""
    copy: str = ""


@dataclass(frozen=True, kw_only=True)
class ChoiceItem:
    """A provider to choose; `text` is what it is found by."""

    key: str = ""
    title: str = ""
    description: str = ""
    category: str = ""
    icon: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class ChoiceGroup:
    """The providers of a category."""

    title: str = ""
    choices: list[ChoiceItem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ProviderItem:
    """The provider that a form is for; `example_url` is something to read from it."""

    key: str = ""
    title: str = ""
    icon: str = ""
    connects_account: bool = False
    redirect_uri: str = ""
    example_url: str = ""
    steps_show_redirect: bool = False
    testable: bool = False
    steps: list[StepItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class UsageItem:
    """A place that uses a connection."""

    label: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusItem:
    """The status card of one connection."""

    status: str = ""
    reason: str = ""
    account: str = ""
    scopes: list[str] = field(default_factory=list)
    has_account: bool = False
    testable: bool = False
    tested_at: str = ""
    connected_at: str = ""
    next_check_at: str = ""


def connection_item(row: Summary) -> ConnectionItem:
    """A row of the list from what is stored."""
    provider = catalogue.find(row.provider)
    return ConnectionItem(
        uuid=str(row.uuid),
        provider=row.provider,
        service=provider.title if provider else row.provider,
        icon=icon_of(provider),
        name=row.name,
        account=row.account_name or "",
        status=row.status.value,
        reason=_reason(row.validation_reason, row.validation_details, provider, row.provider),
        tested_at=_moment(row.last_validated_at),
        version=row.version,
    )


def status_item(connection: Connection) -> StatusItem:
    """The status card from what is stored."""
    provider = catalogue.find(connection.provider)
    return StatusItem(
        status=connection.status.value,
        reason=_reason(
            connection.validation_reason,
            connection.validation_details,
            provider,
            connection.provider,
        ),
        account=connection.account_name or connection.account_id or "",
        scopes=list(connection.scopes),
        has_account=ACCESS_TOKEN in connection.saved_secrets,
        testable=run.can_check(connection),
        tested_at=_moment(connection.last_validated_at),
        connected_at=_moment(connection.connected_at),
        next_check_at=_moment(connection.next_check_at),
    )


def choice_item(provider: Provider) -> ChoiceItem:
    """A provider to choose."""
    title, description = provider.title, _(provider.description)
    category = wording.of_category(provider.category)
    return ChoiceItem(
        key=provider.key,
        title=title,
        description=description,
        category=category,
        icon=icon_of(provider),
        text=f"{title} {description} {category} {provider.key}".lower(),
    )


def grouped(choices: Iterable[ChoiceItem]) -> list[ChoiceGroup]:
    """Return the providers by category."""
    by_title: dict[str, list[ChoiceItem]] = {}
    for choice in choices:
        by_title.setdefault(choice.category, []).append(choice)
    return [ChoiceGroup(title=title, choices=by_title[title]) for title in sorted(by_title)]


def provider_item(provider: Provider, *, redirect_uri: str) -> ProviderItem:
    """A provider with its instructions, addresses filled in."""
    steps = [
        StepItem(
            title=_(step.title),
            text=_(step.text) if step.text else "",
            link_label=_(step.link.label) if step.link else "",
            link_url=step.link.url if step.link else "",
            copy=(step.copy or "").replace("{redirect_uri}", redirect_uri),
        )
        for step in provider.instructions.steps
    ]
    return ProviderItem(
        key=provider.key,
        title=provider.title,
        icon=icon_of(provider),
        connects_account=provider.connects_account,
        redirect_uri=redirect_uri if provider.connects_account else "",
        example_url=_example_url(provider),
        steps_show_redirect=any(redirect_uri in step.copy for step in steps),
        testable=provider.is_testable and not provider.connects_account,
        steps=steps,
        notes=[_(note) for note in provider.instructions.notes],
    )


def _example_url(provider: Provider) -> str:
    """Something that a program may read with the credentials; empty if none is known."""
    check = provider.check
    if check is None or check.method != "GET" or "{" in check.url or provider.placement.manual:
        return ""
    return check.url


def field_items(
    provider: Provider, *, values: Mapping[str, str], saved_secrets: tuple[str, ...]
) -> list[FieldItem]:
    """The fields of a provider's form, with what is stored in the open ones."""
    return [_field_item(each, values, saved_secrets) for each in provider.fields]


def usage_items(usages: Iterable[Usage]) -> list[UsageItem]:
    """The places that use a connection."""
    return [UsageItem(label=usage.label, url=usage.url or "") for usage in usages]


def _field_item(
    declared: SetupField, values: Mapping[str, str], saved_secrets: tuple[str, ...]
) -> FieldItem:
    return FieldItem(
        key=declared.key,
        label=_(declared.label),
        kind=declared.kind,
        required=declared.required,
        secret=declared.secret,
        placeholder=declared.placeholder,
        help=_(declared.help) if declared.help else "",
        options=[OptionItem(value=each.value, label=_(each.label)) for each in declared.options],
        value=_shown_value(declared, values),
        saved=declared.key in saved_secrets,
        max_length=declared.max_length,
    )


def _shown_value(declared: SetupField, values: Mapping[str, str]) -> str:
    if declared.secret:
        return ""
    chosen = declared.default or "" if declared.kind == "select" else ""
    return values.get(declared.key, chosen)


def _reason(
    reason: CheckReason | None,
    details: Mapping[str, Any],
    provider: Provider | None,
    key: str,
) -> str:
    if reason is None:
        return ""
    return explain(reason, details, provider=provider.title if provider else key)


def icon_of(provider: Provider | None) -> str:
    """The address of a provider's logo; empty for none."""
    if provider is None or provider.icon is None:
        return ""
    brought = icons.is_brought(provider.icon)
    return (
        routes.brought_icon(provider.key) if brought else routes.asset(f"providers/{provider.icon}")
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""

"""What typed setup values mean for what is stored: accepted, kept, refused."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from integrations_app.domain.provider import AuthType, Provider, SetupField
from integrations_app.errors import FieldProblem, InvalidFields
from integrations_app.providers.addresses import host_of
from integrations_app.providers.placement import place
from integrations_app.providers.templates import fill_url, placeholders, value_of

ACCESS_TOKEN = "access_token"
REFRESH_TOKEN = "refresh_token"
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_CONTROL = frozenset({"Cc", "Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedValues:
    """Setup values as sent, read by the declaration.

    Attributes:
        opened: Open field to its new value; empty removes what is stored.
        secrets: Secret field to its new value; a secret sent empty is not here.
    """

    public_values: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def over(self, stored: Mapping[str, str]) -> dict[str, str]:
        """The open values that hold once these are laid over the stored ones."""
        merged = {**stored, **self.public_values}
        return {key: value for key, value in merged.items() if value}


def read(provider: Provider, sent: object) -> SubmittedValues:
    """Read what was sent; only what no save could ever accept is refused here.

    Args:
        provider: Declares the fields.
        sent: Field key to text.

    Raises:
        InvalidFields: Unknown keys, what is not text, too long or with control characters.
    """
    if not isinstance(sent, Mapping):
        raise InvalidFields({InvalidFields.VALUES: FieldProblem.NOT_TEXT})
    problems: dict[str, FieldProblem] = {}
    public_values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for key, value in cast("Mapping[object, object]", sent).items():
        declared = provider.setup_field(key) if isinstance(key, str) else None
        if declared is None:
            problems[InvalidFields.VALUES] = FieldProblem.UNKNOWN
        elif not isinstance(value, str):
            problems[declared.key] = FieldProblem.NOT_TEXT
        elif (problem := _unreadable(declared, value.strip())) is not None:
            problems[declared.key] = problem
        elif not declared.secret:
            public_values[declared.key] = value.strip()
        elif value.strip():
            secrets[declared.key] = value.strip()
    if problems:
        raise InvalidFields(problems)
    return SubmittedValues(public_values=public_values, secrets=secrets)


def refuse_unfit(
    provider: Provider,
    typed: SubmittedValues,
    *,
    sent: Collection[str],
    stored: Mapping[str, str],
    saved_secrets: Collection[str],
) -> None:
    """Refuse values that cannot be saved.

    A required field may stay unset until someone sends it: setting up in several steps is fine,
    sending it empty is not.

    Args:
        provider: Declares the fields.
        typed: What was sent, read.
        sent: Keys that were sent, empty ones included.
        stored: Open values that are stored.
        saved_secrets: Secrets that are stored.

    Raises:
        InvalidFields: Values missing, of another form, or to be typed anew.
    """
    merged = typed.over(stored)
    problems: dict[str, FieldProblem] = {}
    for declared in provider.fields:
        key = declared.key
        value = typed.secrets.get(key) if declared.secret else merged.get(key)
        if value:
            problem = _unfit(declared, value)
            if problem is not None and (key in typed.public_values or key in typed.secrets):
                problems[key] = problem
        elif key in sent and key not in saved_secrets and _is_needed(declared):
            problems[key] = FieldProblem.REQUIRED
    for key, problem in _unsendable(provider, merged | dict(typed.secrets)).items():
        if key in typed.public_values or key in typed.secrets:
            problems.setdefault(key, problem)
    for key in secrets_to_type_anew(provider, typed, stored=stored, saved_secrets=saved_secrets):
        problems[key] = FieldProblem.SECRET_REQUIRED
    if problems:
        raise InvalidFields(problems)


def secrets_to_type_anew(
    provider: Provider,
    typed: SubmittedValues,
    *,
    stored: Mapping[str, str],
    saved_secrets: Collection[str],
) -> tuple[str, ...]:
    """Stored secrets that would go somewhere new unless they are typed again (P-6)."""
    if not is_moved(provider, typed, stored=stored):
        return ()
    return tuple(
        key for key in provider.secret_keys if key in saved_secrets and key not in typed.secrets
    )


def is_moved(provider: Provider, typed: SubmittedValues, *, stored: Mapping[str, str]) -> bool:
    """Return whether these values would send the credentials somewhere else."""
    merged = typed.over(stored)
    return any(
        declared.destination
        and value_of(declared.key, merged, provider) != value_of(declared.key, stored, provider)
        for declared in provider.fields
    )


def has_credentials(
    provider: Provider, public_values: Mapping[str, str], saved_secrets: Collection[str]
) -> bool:
    """Return whether everything is there that a request to the provider needs."""
    if provider.auth_type is AuthType.OAUTH2:
        return ACCESS_TOKEN in saved_secrets
    return all(
        key in saved_secrets or value_of(key, public_values, provider)
        for key in provider.required_keys
    )


def is_credential(provider: Provider, key: str) -> bool:
    """Return whether a check of the old value says nothing about a new one."""
    declared = provider.setup_field(key)
    if declared is None or declared.secret or declared.destination:
        return True
    placement = provider.placement
    templates = [*placement.headers.values(), *placement.query.values()]
    if placement.basic:
        templates += [placement.basic.username, placement.basic.password]
    if provider.check:
        templates.append(provider.check.url)
    if provider.oauth:
        templates += [provider.oauth.authorize_url or "", provider.oauth.token_url]
        templates += [*provider.oauth.token_params.values(), "{client_id}"]
    if placement.path:
        templates.append(placement.path)
    return any(key in placeholders(template) for template in templates)


def _is_needed(declared: SetupField) -> bool:
    return declared.required and declared.default is None


def _unreadable(declared: SetupField, text: str) -> FieldProblem | None:
    if len(text) > declared.max_length:
        return FieldProblem.TOO_LONG
    if any(unicodedata.category(character) in _CONTROL for character in text):
        return FieldProblem.CONTROL_CHARACTERS
    return None


def _unsendable(provider: Provider, values: Mapping[str, str]) -> Mapping[str, FieldProblem]:
    """Values that no request could carry; for those not there yet something stands in."""
    urls = {each.key for each in provider.fields if each.kind == "url"}
    stand_ins = {
        each.key: "https://example.com" if each.key in urls else "x" for each in provider.fields
    }
    filled = {ACCESS_TOKEN: "x", **stand_ins, **values}
    try:
        place(provider, filled)
        if provider.check:
            fill_url(provider.check.url, filled, provider)
    except InvalidFields as error:
        return error.fields
    return {}


def _unfit(declared: SetupField, value: str) -> FieldProblem | None:
    if declared.kind == "select" and value not in {option.value for option in declared.options}:
        return FieldProblem.NOT_AN_OPTION
    if declared.kind == "number" and not _NUMBER.fullmatch(value):
        return FieldProblem.NOT_A_NUMBER
    if declared.kind == "url" and host_of(value) is None:
        return FieldProblem.NOT_AN_ADDRESS
    if declared.pattern and not re.fullmatch(declared.pattern, value):
        return FieldProblem.PATTERN
    return None

"""Setup values as they are stored in the open and as they are submitted: kept, refused, moved."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from integrations_app.domain.provider import Provider, SetupField
from integrations_app.errors import FieldProblem, InvalidFields
from integrations_app.providers.addresses import host_of
from integrations_app.providers.placement import place
from integrations_app.providers.templates import fill_url, placeholders, value_of

ACCESS_TOKEN = "access_token"
REFRESH_TOKEN = "refresh_token"
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_CONTROL = frozenset({"Cc", "Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicValues:
    """Setup values of a connection that are no secrets, read by its provider's declaration.

    Attributes:
        provider: Declares the fields.
        texts: Field key to text, as stored; fields without a value are not here.
    """

    provider: Provider
    texts: Mapping[str, str]

    def get(self, key: str) -> str | None:
        """Return the value that holds: the stored one, else the field's default, else None."""
        return value_of(key, self.texts, self.provider)

    def changed_by(self, submitted: "SubmittedValues") -> "PublicValues":
        """Return the values that hold once what was submitted is saved."""
        merged = {**self.texts, **submitted.public_texts}
        texts = {key: text for key, text in merged.items() if text}
        return PublicValues(provider=self.provider, texts=texts)

    def leads_elsewhere_than(self, other: "PublicValues") -> bool:
        """Return whether credentials would be sent to another destination than with the other."""
        return any(
            field.destination and self.get(field.key) != other.get(field.key)
            for field in self.provider.fields
        )

    def are_complete_with(self, secrets: Collection[str]) -> bool:
        """Return whether these and the secrets of these names are all that a request needs."""
        if self.provider.connects_account:
            return ACCESS_TOKEN in secrets
        return all(key in secrets or self.get(key) for key in self.provider.required_keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedValues:
    """Setup values as somebody sent them, read by the declaration.

    Attributes:
        provider: Declares the fields.
        public_texts: Public field to its new text; an empty one removes what is stored.
        secrets: Secret field to its new text; a secret sent empty is not here.
        keys: Fields that were sent, empty ones included.
    """

    provider: Provider
    public_texts: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    keys: frozenset[str]

    @property
    def changed_keys(self) -> frozenset[str]:
        """Return the fields to which something new was sent, secrets that were left empty not."""
        return frozenset({*self.public_texts, *self.secrets})

    def alone(self) -> PublicValues:
        """Return the public values that hold where nothing is stored."""
        return PublicValues(provider=self.provider, texts={}).changed_by(self)

    def secrets_to_type_anew(
        self, stored: PublicValues, saved_secrets: Collection[str]
    ) -> tuple[str, ...]:
        """Return the stored secrets that would go somewhere new unless they are typed again (P-6).

        Args:
            stored: Public values that are stored.
            saved_secrets: Names of the secrets that are stored.
        """
        if not stored.changed_by(self).leads_elsewhere_than(stored):
            return ()
        return tuple(
            key
            for key in self.provider.secret_keys
            if key in saved_secrets and key not in self.secrets
        )

    def refuse_unfit(self, stored: PublicValues, saved_secrets: Collection[str]) -> None:
        """Refuse values that cannot be saved.

        A required field may stay unset until someone sends it: setting up in several steps is
        fine, sending it empty is not.

        Args:
            stored: Public values that are stored.
            saved_secrets: Names of the secrets that are stored.

        Raises:
            InvalidFields: Values missing, of another form, or to be typed anew.
        """
        after = stored.changed_by(self)
        problems = dict(self._problems_of_fields(after, saved_secrets))
        for key, problem in _unsendable(self.provider, {**after.texts, **self.secrets}).items():
            if key in self.changed_keys:
                problems.setdefault(key, problem)
        for key in self.secrets_to_type_anew(stored, saved_secrets):
            problems[key] = FieldProblem.SECRET_REQUIRED
        if problems:
            raise InvalidFields(problems)

    def _problems_of_fields(
        self, after: PublicValues, saved_secrets: Collection[str]
    ) -> Iterator[tuple[str, FieldProblem]]:
        for setup_field in self.provider.fields:
            key = setup_field.key
            value = self.secrets.get(key) if setup_field.secret else after.texts.get(key)
            if value:
                problem = _unfit(setup_field, value)
                if problem is not None and key in self.changed_keys:
                    yield key, problem
            elif key in self.keys and key not in saved_secrets and _is_needed(setup_field):
                yield key, FieldProblem.REQUIRED


def read(provider: Provider, values: object) -> SubmittedValues:
    """Read what was sent; only what no save could ever accept is refused here.

    Args:
        provider: Declares the fields.
        values: Field key to text.

    Raises:
        InvalidFields: Unknown keys, what is not text, too long or with control characters.
    """
    if not isinstance(values, Mapping):
        raise InvalidFields({InvalidFields.VALUES: FieldProblem.NOT_TEXT})
    problems: dict[str, FieldProblem] = {}
    texts: dict[str, str] = {}
    for key, value in cast("Mapping[object, object]", values).items():
        setup_field = provider.setup_field(key) if isinstance(key, str) else None
        if setup_field is None:
            problems[InvalidFields.VALUES] = FieldProblem.UNKNOWN
        elif not isinstance(value, str):
            problems[setup_field.key] = FieldProblem.NOT_TEXT
        elif (problem := _unreadable(setup_field, value.strip())) is not None:
            problems[setup_field.key] = problem
        else:
            texts[setup_field.key] = value.strip()
    if problems:
        raise InvalidFields(problems)
    secret_keys = provider.secret_keys
    return SubmittedValues(
        provider=provider,
        public_texts={key: text for key, text in texts.items() if key not in secret_keys},
        secrets={key: text for key, text in texts.items() if text and key in secret_keys},
        keys=frozenset(texts),
    )


def is_credential(provider: Provider, key: str) -> bool:
    """Return whether a check of the old value says nothing about a new one."""
    setup_field = provider.setup_field(key)
    if setup_field is None or setup_field.secret or setup_field.destination:
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


def _is_needed(setup_field: SetupField) -> bool:
    return setup_field.required and setup_field.default is None


def _unreadable(setup_field: SetupField, text: str) -> FieldProblem | None:
    if len(text) > setup_field.max_length:
        return FieldProblem.TOO_LONG
    if any(unicodedata.category(character) in _CONTROL for character in text):
        return FieldProblem.CONTROL_CHARACTERS
    return None


def _unsendable(provider: Provider, values: Mapping[str, str]) -> Mapping[str, FieldProblem]:
    """Values that no request could carry; for those not there yet something stands in."""
    urls = {setup_field.key for setup_field in provider.fields if setup_field.kind == "url"}
    stand_ins = {
        setup_field.key: "https://example.com" if setup_field.key in urls else "x"
        for setup_field in provider.fields
    }
    filled = {ACCESS_TOKEN: "x", **stand_ins, **values}
    try:
        place(provider, filled)
        if provider.check:
            fill_url(provider.check.url, filled, provider)
    except InvalidFields as error:
        return error.fields
    return {}


def _unfit(setup_field: SetupField, value: str) -> FieldProblem | None:
    if setup_field.kind == "select" and value not in {
        option.value for option in setup_field.options
    }:
        return FieldProblem.NOT_AN_OPTION
    if setup_field.kind == "number" and not _NUMBER.fullmatch(value):
        return FieldProblem.NOT_A_NUMBER
    if setup_field.kind == "url" and host_of(value) is None:
        return FieldProblem.NOT_AN_ADDRESS
    if setup_field.pattern and not re.fullmatch(setup_field.pattern, value):
        return FieldProblem.PATTERN
    return None

"""A provider: a kind of outside service, declared as data."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Literal

from integrations_app.domain.check import CheckReason
from integrations_app.domain.declared import declared
from integrations_app.domain.instructions import Instructions, Link


class AuthType(StrEnum):
    """Kind of credential by which a provider recognises its caller."""

    OAUTH2 = "oauth2"
    API_KEY = "api_key"
    KEY_SECRET = "key_secret"
    BOT_TOKEN = "bot_token"
    CREDENTIALS = "credentials"
    CLIENT_CREDENTIALS = "client_credentials"
    """OAuth2 without a person: client id and secret are exchanged for tokens."""


@declared
class Option:
    """One choice of a select field.

    Attributes:
        value: What is stored.
        label: What a person reads.
    """

    value: str
    label: str


@declared
class SetupField:
    """One thing the admin types.

    Attributes:
        key: Name under which the value is stored, and in `{placeholders}`.
        label: What a person reads.
        kind: Which control to show, and which values to accept.
        required: A save without a value is refused.
        secret: Stored sealed, never shown again.
        destination: Decides where a secret is sent; changing it asks for the secrets anew.
        placeholder: An example of what to type.
        help: One sentence beneath the field.
        pattern: Regular expression that the whole value matches.
        pattern_help: What the pattern asks for, in words.
        options: Choices, for `select`.
        default: Used where nothing was typed.
        max_length: Longest value, in characters.
    """

    key: str
    label: str
    kind: Literal["text", "url", "number", "select"] = "text"
    required: bool = False
    secret: bool = False
    destination: bool = False
    placeholder: str = ""
    help: str = ""
    pattern: str | None = None
    pattern_help: str = ""
    options: tuple[Option, ...] = ()
    default: str | None = None
    max_length: int = 1_000


@declared
class BasicAuth:
    """HTTP basic authentication; both halves may have `{placeholders}`."""

    username: str = ""
    password: str = ""


@declared
class Placement:
    """Places of the credential in a request; all values may have `{placeholders}`.

    Attributes:
        headers: Header name to value.
        query: Query parameter to value.
        basic: User name and password.
        path: What stands before the path of every request, beginning with a slash.
        manual: No request of ours carries the credential; programs read it and use it themselves.
    """

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    basic: BasicAuth | None = None
    path: str | None = None
    manual: bool = False


@declared
class Verdict:
    """A rule that reads an answer; the first one that matches decides.

    Attributes:
        status: HTTP statuses it applies to; empty for any.
        path: Dotted path into the JSON answer; None to look at the status alone.
        equals: What must stand at the path.
        reason: The verdict; None says that the credentials are good.
    """

    status: tuple[int, ...] = ()
    path: str | None = None
    equals: Any = None
    reason: CheckReason | None = None


@declared
class Check:
    """A request that shows whether credentials work, at no cost and without harm.

    Attributes:
        url: Address, may have `{placeholders}`.
        method: HTTP method.
        requires: Dotted paths that a good answer must contain; a 200 without them is no proof.
        verdicts: Rules that differ from the usual reading of statuses.
        account_id: Dotted path of the account's id; in these paths numbers count into lists.
        account_name: Dotted path of the account's name.
        provider_code: Dotted path of the provider's own error code.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    requires: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    account_id: str | None = None
    account_name: str | None = None
    provider_code: str | None = None


@declared
class Chat:
    """A request by which one of the provider's language models answers a prompt.

    Attributes:
        url: Address that is posted to, may have `{placeholders}`.
        body: What is sent as JSON; `{model}` and `{prompt}` in its texts are filled in.
        answer: Dotted path to the text of the answer; numbers count into lists.
        error: Dotted path to what the provider says when it refuses.
    """

    url: str
    body: Mapping[str, Any]
    answer: str
    error: str | None = None


@declared
class OAuth:
    """OAuth2 settings; all addresses may have `{placeholders}`.

    Attributes:
        authorize_url: Where the admin's browser is sent; None for client credentials, which need
            nobody's consent.
        token_url: Where codes, refresh tokens and client credentials are exchanged.
        revoke_url: Where tokens are revoked; None if the provider has no such place.
        default_scopes: Scopes asked for unless the caller names others.
        scope_separator: What stands between scopes.
        authorize_params: Further parameters of the authorisation request.
        token_params: Further parameters of every token request.
        pkce: The provider accepts PKCE with S256.
        client_auth: How the client names itself at `token_url`.
    """

    token_url: str
    authorize_url: str | None = None
    revoke_url: str | None = None
    default_scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    authorize_params: Mapping[str, str] = field(default_factory=dict[str, str])
    token_params: Mapping[str, str] = field(default_factory=dict[str, str])
    pkce: bool = True
    client_auth: Literal["client_secret_post", "client_secret_basic", "none"] = "client_secret_post"


@declared
class Provider:
    """A kind of outside service.

    Attributes:
        key: Stable identifier.
        title: Its name, as people know it.
        description: One sentence.
        icon: Name of a file beside the declaration or under `assets/providers/`, or the absolute
            path of one; None shows the first letter of the title.
        category: For grouping in choices; see `providers.vocabulary`.
        auth_type: How it recognises its caller.
        fields: What the admin types.
        placement: Where the credential goes in a request.
        allowed_hosts: The only hosts the credential is sent to; `*.` matches any subdomain,
            a `{placeholder}` stands for the host of that field's value.
        check: How to ask whether credentials work; None if there is no way.
        oauth: OAuth2 settings, for `oauth2` and `client_credentials`.
        chat: How to prompt its models; None if it has none, or nobody has said how.
        instructions: What to do at the provider first.
        capabilities: What it can do, for consumers to filter by; see `providers.vocabulary`.
        links: Places to read further.
    """

    key: str
    title: str
    description: str
    auth_type: AuthType
    category: str = "other"
    icon: str | None = None
    fields: tuple[SetupField, ...] = ()
    placement: Placement = field(default_factory=Placement)
    allowed_hosts: tuple[str, ...] = ()
    check: Check | None = None
    oauth: OAuth | None = None
    chat: Chat | None = None
    instructions: Instructions = field(default_factory=Instructions)
    capabilities: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    def setup_field(self, key: str) -> SetupField | None:
        """The setup field of this key, or None."""
        return next((field for field in self.fields if field.key == key), None)

    @property
    def connects_account(self) -> bool:
        """Return whether a person has to grant access before there are credentials."""
        return self.auth_type is AuthType.OAUTH2

    @property
    def uses_tokens(self) -> bool:
        """Return whether requests carry an access token that has to be renewed."""
        return self.auth_type in (AuthType.OAUTH2, AuthType.CLIENT_CREDENTIALS)

    @property
    def is_testable(self) -> bool:
        """Return whether it offers a way to find out if credentials work."""
        return self.check is not None or (self.uses_tokens and not self.connects_account)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Keys of the fields that are stored sealed."""
        return tuple(field.key for field in self.fields if field.secret)

    @property
    def required_keys(self) -> tuple[str, ...]:
        """Keys of the fields without which there are no usable credentials."""
        return tuple(field.key for field in self.fields if field.required)

"""A declaration that could not work or could leak is refused, in one line that says where."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from integrations_app.errors import InvalidDeclaration
from integrations_app.providers import declaration, icons

TOML = """
key = "acme"
title = "Acme"
description = "Rockets."
auth_type = "api_key"
capabilities = ["chat"]
fields = [{ key = "api_key", label = "API key", secret = true }]
placement = { headers = { Authorization = "Bearer {api_key}" } }
"""
CLIENT = [
    {"key": "client_id", "label": "Client ID"},
    {"key": "client_secret", "label": "Client secret", "secret": True},
]
BEARER = {"headers": {"Authorization": "Bearer {access_token}"}}
MANUAL = {"manual": True}
OAUTH = {
    "authorize_url": "https://login.acme.example/authorize",
    "token_url": "https://api.acme.example/token",
}


def refusal(data: Mapping[str, Any]) -> str:
    with pytest.raises(InvalidDeclaration) as refused:
        declaration.parse(data, source="acme.toml")
    return str(refused.value)


def field(**parts: Any) -> dict[str, Any]:
    return {"key": "extra", "label": "Extra", **parts}


def test_a_declaration_without_faults_is_read(acme: Mapping[str, Any]) -> None:
    provider = declaration.parse(acme, source="acme.toml")

    assert provider.key == "acme"
    assert provider.secret_keys == ("api_key",)


def test_an_oauth_declaration_without_faults_is_read(acme: Mapping[str, Any]) -> None:
    data = {**acme, "auth_type": "oauth2", "fields": CLIENT, "oauth": OAUTH, "placement": BEARER}

    assert declaration.parse(data, source="acme.toml").oauth is not None


@pytest.mark.parametrize(
    ("auth_type", "key", "label"),
    [
        ("api_key", "api_key", "API key"),
        ("key_secret", "private", "Private key"),
        ("bot_token", "bot", "Bot token"),
        ("credentials", "login_password", "Password"),
        ("credentials", "entry", "PIN"),
    ],
)
def test_a_secret_that_is_not_declared_as_one_is_refused_and_named(
    acme: Mapping[str, Any], auth_type: str, key: str, label: str
) -> None:
    fields = [field(), {"key": key, "label": label}]
    placement = {"headers": {"Authorization": f"Bearer {{{key}}}"}}

    told = refusal({**acme, "auth_type": auth_type, "fields": fields, "placement": placement})

    assert told.startswith("acme.toml: fields.1.secret: must be true: ")
    assert repr(key) in told
    assert repr(auth_type) in told


def test_a_declaration_without_any_secret_is_refused(acme: Mapping[str, Any]) -> None:
    told = refusal({**acme, "fields": [field()], "placement": MANUAL})

    assert told == (
        "acme.toml: fields: auth_type 'api_key' needs a secret, so one field must say secret = true"
    )


@pytest.mark.parametrize("auth_type", ["oauth2", "client_credentials"])
def test_a_clients_secret_that_is_not_declared_as_one_is_refused(
    acme: Mapping[str, Any], auth_type: str
) -> None:
    fields = [{**each, "secret": False} for each in CLIENT]

    told = refusal(
        {**acme, "auth_type": auth_type, "fields": fields, "oauth": OAUTH, "placement": {}}
    )

    assert f"fields.{len(fields) - 1}.secret: must be true" in told


def test_an_unknown_key_is_told_with_its_place(acme: Mapping[str, Any]) -> None:
    assert refusal({**acme, "titel": "Acme"}) == "acme.toml: titel: unknown key"
    told = refusal({**acme, "fields": [{"key": "a", "label": "A", "sekret": True}]})
    assert told.startswith("acme.toml: fields.0.sekret: unknown key")


def test_a_missing_key_is_told_with_its_place(acme: Mapping[str, Any]) -> None:
    data = {key: value for key, value in acme.items() if key != "title"}

    assert refusal(data) == "acme.toml: title: is missing"


def test_a_wrong_value_is_told_with_its_place(acme: Mapping[str, Any]) -> None:
    assert "acme.toml: auth_type: " in refusal({**acme, "auth_type": "magic"})


def test_all_faults_are_told_in_one_line(acme: Mapping[str, Any]) -> None:
    told = refusal({**acme, "key": "Ac me", "icon": "../x.svg"})

    assert "key: " in told
    assert "icon: " in told
    assert "\n" not in told


@pytest.mark.parametrize("key", ["Acme", "a-b", "a:b", "", "a b", "acme\n"])
def test_a_provider_key_cannot_break_a_storage_key(key: str, acme: Mapping[str, Any]) -> None:
    assert "acme.toml: key: " in refusal({**acme, "key": key})


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (field(key="name"), "fields.3.key: 'name' is reserved"),
        (field(key="storage_key"), "fields.3.key: 'storage_key' is reserved"),
        (field(key="9lives"), "fields.3.key: must be"),
        (field(key="Key"), "fields.3.key: must be"),
        (field(key="region"), "fields.3.key: 'region' is declared twice"),
        (field(kind="select"), "fields.3.options: "),
        (field(options=[{"value": "a", "label": "A"}]), "fields.3.options: "),
        (field(secret=True, default="x"), "fields.3.default: a secret has no default"),
        (field(pattern="("), "fields.3.pattern: is not a regular expression"),
        (field(pattern="[0-9]+", default="x"), "fields.3.default: does not match"),
        (
            field(kind="select", options=[{"value": "a", "label": "A"}], default="b"),
            "fields.3.default: is not one of the options",
        ),
    ],
)
def test_a_field_that_could_not_work_is_refused(
    extra: dict[str, Any], told: str, acme: Mapping[str, Any]
) -> None:
    assert told in refusal({**acme, "fields": [*acme["fields"], extra]})


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"check": {"url": "https://api.acme.example/{nobody}"}}, "check.url: {nobody} names no"),
        ({"check": {"url": "https://api.acme.example/{Bad"}}, "check.url: has a brace"),
        ({"check": {"url": "http://api.acme.example/me"}}, "check.url: must begin with https://"),
        ({"check": {"url": "https://evil.example/me"}}, "check.url: goes to evil.example"),
        ({"check": {"url": "https://u@api.acme.example/"}}, "check.url: has no valid host"),
        ({"check": {"url": "https://{region}.acme.example/"}}, "check.url: {region} decides"),
        ({"allowed_hosts": ["api.acme.example", "{region}"]}, "allowed_hosts.1: {region} decides"),
        ({"allowed_hosts": ["https://api.acme.example"]}, "allowed_hosts.0: must be a host"),
        ({"allowed_hosts": ["*"]}, "allowed_hosts.0: must be a host"),
        ({"allowed_hosts": ["*.example"]}, "allowed_hosts.0: must be a host"),
        ({"placement": {"headers": {"A": "{access_token}"}}}, "headers.A: {access_token} names"),
        ({"placement": {"headers": {"A b": "x"}}}, "headers.A b: is not a header"),
        ({"placement": {"headers": {"Host": "x"}}}, "headers.Host: is not a header"),
        ({"placement": {"headers": {"A": "x\r\nB: y"}}}, "headers.A: has characters"),
        ({"placement": {"headers": {"A": "x", "a": "y"}}}, "headers.a: is set twice"),
        (
            {"placement": {"headers": {"authorization": "x"}, "basic": {}}},
            "headers.authorization: is set twice",
        ),
        ({"placement": {"query": {"k": "{api_kee}"}}}, "placement.query.k: {api_kee} names"),
        ({"links": [{"label": "x", "url": "javascript:alert(1)"}]}, "links.0.url: must begin"),
        (
            {"instructions": {"steps": [{"title": "x", "copy": "{api_key}"}]}},
            "instructions.steps.0: {api_key} is not filled",
        ),
        ({"auth_type": "oauth2"}, "oauth: is for auth_type 'oauth2'"),
        ({"oauth": OAUTH}, "oauth: is for auth_type 'oauth2'"),
        ({"icon": "../secret.svg"}, "icon: must be"),
        ({"icon": "gone.svg"}, "icon: there is no file 'gone.svg'"),
        ({"icon": "/gone.svg"}, "icon: there is no file '/gone.svg'"),
        ({"icon": "/etc/passwd"}, "icon: must be"),
        ({"category": "produktivity"}, "category: 'produktivity' is unknown; did you mean 'produ"),
        ({"category": "zzz"}, "category: 'zzz' is unknown; known are ai, business,"),
        ({"category": ""}, "category: '' is unknown"),
        ({"capabilities": ["email", "chta"]}, "capabilities.1: 'chta' is unknown; did you mean 'c"),
        ({"capabilities": ["acme:"]}, "capabilities.0: 'acme:' is unknown"),
        ({"placement": {}}, "placement: puts {api_key} nowhere; say where, or manual = true"),
        ({"placement": {"headers": {"X-Version": "1"}}}, "placement: puts {api_key} nowhere"),
        ({"placement": {"query": {"region": "{region}"}}}, "placement: puts {api_key} nowhere"),
        (
            {"placement": {"headers": {"X-Key": "{api_key}"}, "manual": True}},
            "placement.manual: is for credentials that no request of ours carries",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    parts: dict[str, Any], told: str, acme: Mapping[str, Any]
) -> None:
    assert told in refusal({**acme, **parts})


@pytest.mark.parametrize(
    ("verdict", "told"),
    [({"reason": "no_credit"}, "decides every answer"), ({"status": [200], "equals": 1}, "path")],
)
def test_a_verdict_without_a_condition_is_refused(
    verdict: dict[str, Any], told: str, acme: Mapping[str, Any]
) -> None:
    check = {**acme["check"], "verdicts": [verdict]}

    assert told in refusal({**acme, "check": check})


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://api.acme.example/{base}", "{base} is a base address"),
        ("{base}{region}/me", "'/' or '?' must follow"),
        ("{base}.acme.example/me", "'/' or '?' must follow"),
        ("{base}/me", "{base} decides the host"),
    ],
)
def test_a_base_address_stands_only_where_it_can_decide_the_host(
    url: str, told: str, acme: Mapping[str, Any]
) -> None:
    fields = [*acme["fields"], {"key": "base", "label": "Base", "kind": "url"}]

    assert told in refusal({**acme, "fields": fields, "check": {"url": url}})


def test_a_base_address_is_accepted_as_a_destination(acme: Mapping[str, Any]) -> None:
    base = {"key": "base", "label": "Base", "kind": "url", "destination": True}
    parts = {"check": {"url": "{base}/me"}, "allowed_hosts": ["{base}"]}

    declared = declaration.parse({**acme, "fields": [base, *acme["fields"]], **parts}, source="x")

    assert declared.allowed_hosts == ("{base}",)


@pytest.mark.parametrize(
    ("oauth", "told"),
    [
        ({"token_url": "https://evil.example/token"}, "oauth.token_url: goes to evil.example"),
        ({"revoke_url": "http://api.acme.example/"}, "oauth.revoke_url: must begin"),
        ({"authorize_url": "https://a.example/{client_secret}"}, "{client_secret} is secret"),
        ({"authorize_params": {"x": "{client_secret}"}}, "{client_secret} is secret"),
        ({"token_url": "https://api.acme.example/{access_token}"}, "{access_token} names no"),
    ],
)
def test_oauth_settings_that_could_leak_are_refused(
    oauth: dict[str, Any], told: str, acme: Mapping[str, Any]
) -> None:
    data = {**acme, "auth_type": "oauth2", "fields": CLIENT, "placement": BEARER}

    assert told in refusal({**data, "oauth": {**OAUTH, **oauth}})


def test_a_token_cannot_be_typed_into_an_oauth_provider(acme: Mapping[str, Any]) -> None:
    fields = [*CLIENT, {"key": "refresh_token", "label": "Token"}]
    data = {**acme, "auth_type": "oauth2", "oauth": OAUTH, "placement": {}, "fields": fields}

    assert "'refresh_token' is reserved" in refusal(data)


@pytest.mark.parametrize("content", [b"key = ", b"\xff\xfe", b'key = "a"\nkey = "b"\n'])
def test_a_file_that_is_not_toml_is_refused_by_its_name(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_bytes(content)

    with pytest.raises(InvalidDeclaration) as refused:
        declaration.read(file)

    assert str(refused.value).startswith(f"{file}: is not TOML")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidDeclaration, match=r"gone\.toml: cannot be read"):
        declaration.read(tmp_path / "gone.toml")


CHAT = {
    "url": "https://api.acme.example/v1/chat",
    "body": {"model": "{model}", "messages": [{"content": "{prompt}"}]},
    "answer": "choices.0.message.content",
}


def test_a_chat_without_faults_is_read(acme: Mapping[str, Any]) -> None:
    provider = declaration.parse(
        {**acme, "capabilities": ["chat"], "chat": CHAT}, source="acme.toml"
    )

    assert provider.chat is not None
    assert provider.chat.body == CHAT["body"]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"url": "http://api.acme.example/chat"}, "chat.url: must begin with https://"),
        ({"url": "https://evil.example/chat"}, "chat.url: goes to evil.example"),
        ({"url": "https://api.acme.example/{nothing}"}, "chat.url: {nothing} names no field"),
        ({"body": {"prompt": "{prompt}"}}, "chat.body: has no place for {model}"),
        ({"body": {"model": "{model}"}}, "chat.body: has no place for {prompt}"),
        (
            {"body": {"model": "{model}", "in": [{"text": "{prompt} {api_key}"}]}},
            "chat.body: {api_key} is not filled in there, only {model} and {prompt} are",
        ),
        ({"anwser": "text"}, "chat.anwser: unknown key"),
    ],
)
def test_a_chat_that_could_not_work_or_could_leak_is_refused(
    acme: Mapping[str, Any], parts: dict[str, Any], told: str
) -> None:
    data = {**acme, "capabilities": ["chat"], "chat": {**CHAT, **parts}}

    assert told in refusal(data)


def test_a_chat_is_a_capability(acme: Mapping[str, Any]) -> None:
    assert "chat: needs 'chat' among the capabilities" in refusal({**acme, "chat": CHAT})


def test_a_declaration_without_any_placement_is_refused(acme: Mapping[str, Any]) -> None:
    data = {key: value for key, value in acme.items() if key != "placement"}

    assert refusal(data).startswith("acme.toml: placement: puts {api_key} nowhere")


@pytest.mark.parametrize("auth_type", ["oauth2", "client_credentials"])
def test_a_token_that_goes_nowhere_is_refused(acme: Mapping[str, Any], auth_type: str) -> None:
    oauth = {
        key: value for key, value in OAUTH.items() if auth_type == "oauth2" or "auth" not in key
    }
    placement = {"headers": {"X-Client": "{client_secret}"}}
    data = {**acme, "auth_type": auth_type, "fields": CLIENT, "oauth": oauth}

    told = refusal({**data, "placement": placement})

    assert told == "acme.toml: placement: puts {access_token} nowhere; say where, or manual = true"


def test_a_credential_that_programs_use_themselves_has_no_placement(
    acme: Mapping[str, Any],
) -> None:
    declared = declaration.parse({**acme, "placement": MANUAL}, source="acme.toml")

    assert declared.placement.manual


def test_words_of_a_package_of_its_own_are_accepted(acme: Mapping[str, Any]) -> None:
    words = {"category": "acme:rockets", "capabilities": ["chat", "acme:launch"]}

    assert declaration.parse({**acme, **words}, source="x").capabilities == ("chat", "acme:launch")


def test_a_misspelt_word_is_refused_by_the_name_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(TOML.replace("chat", "chatt"))

    with pytest.raises(InvalidDeclaration, match="chatt") as refused:
        declaration.read(file)

    assert str(refused.value).startswith(f"{file}: capabilities.0: ")


def test_an_icon_beside_the_file_is_taken_before_one_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(f'icon = "google.svg"\n{TOML}')

    assert declaration.read(file).icon == "google.svg"

    (tmp_path / "google.svg").write_text("<svg/>")

    assert declaration.read(file).icon == str(tmp_path / "google.svg")


def test_an_icon_that_is_too_large_is_refused(tmp_path: Path) -> None:
    icon = tmp_path / "acme.svg"
    icon.write_bytes(b" " * (icons.MAX_BYTES + 1))
    (tmp_path / "acme.toml").write_text(f'icon = "acme.svg"\n{TOML}')

    with pytest.raises(InvalidDeclaration, match=r"icon: .*larger than 64 kB"):
        declaration.read(tmp_path / "acme.toml")

"""What the built-in declarations promise."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from integrations_app.domain.check import CheckReason
from integrations_app.domain.provider import AuthType, Provider
from integrations_app.providers import declaration
from integrations_app.providers.hosts import allowed
from integrations_app.providers.placement import place
from integrations_app.providers.registry import built_in
from integrations_app.providers.templates import fill_url

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "integrations_app" / "providers" / "catalogue"
FILES = sorted(CATALOGUE.glob("*.toml"))
KEYS = ("deepseek", "google", "microsoft", "mistral", "openrouter")
API_KEY_PROVIDERS = ("openrouter", "mistral", "deepseek")


def provider(key: str) -> Provider:
    return declaration.read(CATALOGUE / f"{key}.toml")


def notes(key: str) -> str:
    return " ".join(provider(key).instructions.notes)


def test_these_providers_are_built_in() -> None:
    assert {each.key for each, _ in built_in()} >= set(KEYS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_declares_the_provider_it_is_named_after(file: Path) -> None:
    assert declaration.read(file).key == file.stem


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_provider_has_what_a_page_shows(file: Path) -> None:
    shown = declaration.read(file)

    assert shown.description.endswith(".")
    assert shown.category != "other"
    assert shown.capabilities
    assert shown.links
    assert shown.instructions.steps
    assert shown.instructions.notes


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_icon_is_a_drawing_without_text_or_outside_parts(file: Path) -> None:
    icon = declaration.read(file).icon

    assert icon is not None
    drawing = ElementTree.parse(ROOT / "assets" / "providers" / icon).getroot()
    tags = {each.tag.rpartition("}")[2] for each in drawing.iter()}
    assert drawing.get("viewBox") == "0 0 24 24"
    assert tags <= {"svg", "g", "rect", "path", "circle"}


@pytest.mark.parametrize("key", API_KEY_PROVIDERS)
def test_an_api_key_goes_into_the_authorization_header(key: str) -> None:
    placed = place(provider(key), {"api_key": "k-1"})

    assert placed.headers == {"Authorization": "Bearer k-1"}
    assert placed.query == {}


@pytest.mark.parametrize("key", API_KEY_PROVIDERS)
def test_an_api_key_is_required_and_secret(key: str) -> None:
    declared = provider(key)

    assert declared.auth_type is AuthType.API_KEY
    assert declared.required_keys == declared.secret_keys == ("api_key",)


@pytest.mark.parametrize("key", API_KEY_PROVIDERS)
@pytest.mark.parametrize("value", ["sk-or-v1-0a", "sk-1", "AbC_9.-~/+=", "x" * 500])
def test_no_key_is_refused_for_its_format(key: str, value: str) -> None:
    field = provider(key).setup_field("api_key")

    assert field is not None
    assert re.fullmatch(field.pattern or "", value)
    assert len(value) <= field.max_length


@pytest.mark.parametrize("key", ["google", "microsoft"])
def test_an_access_token_goes_into_the_authorization_header(key: str) -> None:
    assert place(provider(key), {"access_token": "t-1"}).headers == {"Authorization": "Bearer t-1"}


def test_google_always_asks_for_offline_access_and_consent() -> None:
    oauth = provider("google").oauth

    assert oauth is not None
    assert oauth.authorize_params == {"access_type": "offline", "prompt": "consent"}
    assert oauth.pkce


def test_microsoft_asks_for_a_refresh_token_for_the_user_and_for_consent() -> None:
    oauth = provider("microsoft").oauth

    assert oauth is not None
    assert {"offline_access", "User.Read"} <= set(oauth.default_scopes)
    assert oauth.authorize_params["prompt"] == "consent"
    assert oauth.pkce


@pytest.mark.parametrize(
    ("values", "tenant"), [({}, "common"), ({"tenant_id": "contoso.com"}, "contoso.com")]
)
def test_microsofts_tenant_is_common_unless_typed(values: dict[str, str], tenant: str) -> None:
    microsoft = provider("microsoft")

    assert microsoft.oauth is not None
    address = fill_url(microsoft.oauth.token_url, values, microsoft)
    assert address == f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"


@pytest.mark.parametrize(
    "tenant",
    [
        "common",
        "organizations",
        "consumers",
        "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "contoso.com",
        "Contoso.onmicrosoft.com",
        "xn--bcher-kva.example",
        "example.xn--p1ai",
    ],
)
def test_a_tenant_is_accepted(tenant: str) -> None:
    field = provider("microsoft").setup_field("tenant_id")

    assert field is not None
    assert not field.required
    assert re.fullmatch(field.pattern or "", tenant)


@pytest.mark.parametrize(
    "tenant", ["", "..", "a/b", "a b", "common/", "evil.com/x", "a?b", "a#b", "u@h.com", "%2e%2e"]
)
def test_a_text_that_is_no_tenant_is_refused(tenant: str) -> None:
    field = provider("microsoft").setup_field("tenant_id")

    assert field is not None
    assert not re.fullmatch(field.pattern or "", tenant)


@pytest.mark.parametrize("key", ["google", "microsoft"])
def test_the_redirect_address_is_there_to_be_copied(key: str) -> None:
    copied = [step.copy for step in provider(key).instructions.steps if step.copy]

    assert copied == ["{redirect_uri}"]


def test_the_known_traps_are_named() -> None:
    assert "payment method" in notes("mistral")
    assert "402" in notes("deepseek")
    assert "balance" in notes("deepseek")
    assert "Value" in notes("microsoft")
    assert "Secret ID" in notes("microsoft")


@pytest.mark.parametrize(
    ("key", "address", "proof"),
    [
        ("openrouter", "https://openrouter.ai/api/v1/key", "data"),
        ("mistral", "https://api.mistral.ai/v1/models", "data"),
        ("deepseek", "https://api.deepseek.com/user/balance", "is_available"),
        ("google", "https://www.googleapis.com/oauth2/v2/userinfo", "id"),
        ("microsoft", "https://graph.microsoft.com/v1.0/me", "id"),
    ],
)
def test_a_check_asks_what_only_a_right_key_answers(key: str, address: str, proof: str) -> None:
    check = provider(key).check

    assert check is not None
    assert (check.method, check.url, check.requires) == ("GET", address, (proof,))


def test_deepseek_tells_an_empty_balance() -> None:
    check = provider("deepseek").check

    assert check is not None
    (verdict,) = check.verdicts
    assert (verdict.path, verdict.equals, verdict.reason) == (
        "is_available",
        False,
        CheckReason.NO_CREDIT,
    )


def test_openrouters_label_is_not_an_account_since_it_shows_parts_of_the_key() -> None:
    check = provider("openrouter").check

    assert check is not None
    assert "data.label" not in (check.account_id, check.account_name)


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("google", "gmail.googleapis.com"),
        ("google", "www.googleapis.com"),
        ("microsoft", "graph.microsoft.com"),
        ("openrouter", "OPENROUTER.AI."),
        ("mistral", "api.mistral.ai"),
        ("deepseek", "api.deepseek.com"),
    ],
)
def test_credentials_go_to_the_providers_own_hosts(key: str, host: str) -> None:
    assert allowed(provider(key), {}, host)


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("google", "googleapis.com.evil.com"),
        ("google", "evilgoogleapis.com"),
        ("microsoft", "microsoft.com"),
        ("openrouter", "evilopenrouter.ai"),
        ("openrouter", "openrouter.ai.evil.com"),
        ("openrouter", "sub.openrouter.ai"),
        ("mistral", "mistral.ai"),
    ],
)
def test_credentials_go_nowhere_else(key: str, host: str) -> None:
    assert not allowed(provider(key), {}, host)

"""A value fills its place, and can never be more than a value."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations_app.domain.provider import Provider
from integrations_app.errors import FieldProblem, InvalidFields, MissingPlaceholder
from integrations_app.providers.hosts import allowed
from integrations_app.providers.templates import fill_text, fill_url, placeholders

Declare = Callable[..., Provider]


def test_placeholders_are_named_once_and_in_order() -> None:
    assert placeholders("https://{b}.x/{a}/{b}?{c}={Not}") == ("b", "a", "c")


def test_an_address_without_placeholders_passes_unchanged(declare: Declare) -> None:
    address = "https://api.acme.example/a%20b?c=%7Bd%7D#e"

    assert fill_url(address, {"api_key": "x"}, declare()) == address


@pytest.mark.parametrize(
    ("values", "filled"), [({"region": "us"}, "us"), ({}, "eu"), ({"region": ""}, "eu")]
)
def test_a_value_comes_from_the_connection_else_from_the_default(
    values: dict[str, str], filled: str, declare: Declare
) -> None:
    assert fill_url("https://x.example/{region}", values, declare()).endswith(f"/{filled}")


@pytest.mark.parametrize("fill", [fill_url, fill_text])
@pytest.mark.parametrize("values", [{}, {"project": ""}])
def test_a_placeholder_without_value_and_default_is_named(
    fill: Callable[..., str], values: dict[str, str], declare: Declare
) -> None:
    with pytest.raises(MissingPlaceholder) as missing:
        fill("https://x.example/{project}", values, declare())

    assert missing.value.placeholder == "project"
    assert missing.value.code == "missing_placeholder"
    assert "{project}" in str(missing.value)


def test_a_value_is_percent_encoded(declare: Declare) -> None:
    filled = fill_url("https://x.example/{project}", {"project": "a/b ?#%ü"}, declare())

    assert filled == "https://x.example/a%2Fb%20%3F%23%25%C3%BC"


def test_a_value_that_looks_like_a_placeholder_stays_a_value(declare: Declare) -> None:
    values = {"project": "{api_key}", "api_key": "k-1"}

    assert fill_text("{project}", values, declare()) == "{api_key}"
    assert "k-1" not in fill_url("https://x.example/{project}", values, declare())


@pytest.mark.parametrize("value", [".", "..", "..."])
def test_a_value_cannot_walk_up_the_path(value: str, declare: Declare) -> None:
    with pytest.raises(InvalidFields) as refused:
        fill_url("https://x.example/a/{project}/b", {"project": value}, declare())

    assert refused.value.fields == {"project": FieldProblem.PATTERN}


@pytest.mark.parametrize("typed", ["https://h.example/base", "https://h.example/base//"])
def test_a_base_address_goes_in_as_it_is_without_trailing_slash(
    typed: str, self_hosted: Provider
) -> None:
    filled = fill_url("{base_url}/api/me", {"base_url": typed}, self_hosted)

    assert filled == "https://h.example/base/api/me"


@pytest.mark.parametrize(
    "typed", ["https://h.example:8443", "https://[::1]:1", "https://bücher.de"]
)
def test_a_base_address_may_have_a_port_and_any_host(typed: str, self_hosted: Provider) -> None:
    assert fill_url("{base_url}/me", {"base_url": typed}, self_hosted) == f"{typed}/me"


@pytest.mark.parametrize(
    "typed",
    [
        "http://h.example",
        "ftp://h.example",
        "h.example",
        "https://",
        "https:///h.example",
        "https://u:p@h.example",
        "https://good.example@evil.example",
        "https://h.example?x=",
        "https://h.example/#",
        "https://h.example\\@evil.example",
        "https://h.example/a b",
        "https://h.example\r\nX: y",
        " https://h.example",
        "https://[::1]evil.example",
        "https://h.example:99999",
        "https://h.example:x",
        "https://h%2eexample",
        "https://h..example",
    ],
)
def test_what_is_no_base_address_is_refused(typed: str, self_hosted: Provider) -> None:
    with pytest.raises(InvalidFields) as refused:
        fill_url("{base_url}/me", {"base_url": typed}, self_hosted)

    assert refused.value.fields == {"base_url": FieldProblem.NOT_AN_ADDRESS}
    assert typed not in str(refused.value)


@pytest.mark.parametrize("typed", ["evil.example/", "evil.example#", "u@evil", "a:1", "a..b", "."])
def test_a_value_in_a_host_cannot_leave_it(typed: str, by_subdomain: Provider) -> None:
    with pytest.raises(InvalidFields):
        fill_url("https://{shop}.acme.example/me", {"shop": typed}, by_subdomain)


@pytest.mark.parametrize("char", ["\r", "\n", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"])
def test_control_characters_are_refused_in_headers(char: str, declare: Declare) -> None:
    with pytest.raises(InvalidFields) as refused:
        fill_text("Bearer {api_key}", {"api_key": f"secret{char}X: y"}, declare())

    assert refused.value.fields == {"api_key": FieldProblem.CONTROL_CHARACTERS}
    assert "secret" not in repr(refused.value)


def test_a_broken_character_is_refused_without_being_quoted(declare: Declare) -> None:
    with pytest.raises(InvalidFields) as refused:
        fill_url("https://x.example/{project}", {"project": "secret\ud800"}, declare())

    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@given(value=st.text(min_size=1, max_size=40))
@example(value="../../evil")
@example(value="//evil.example/")
@example(value="a?b=c&d#e")
@example(value="%2e%2e")
@example(value="\\..\\")
@example(value="@evil.example:1/")
def test_a_value_changes_nothing_but_its_own_part(value: str, declare: Declare) -> None:
    template = "https://api.acme.example/v1/{project}/me?q={project}"

    try:
        filled = fill_url(template, {"project": value}, declare())
    except InvalidFields:
        return

    parts = urlsplit(filled)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "api.acme.example", "")
    assert [unquote(part) for part in parts.path.split("/")] == ["", "v1", value, "me"]
    assert unquote(parts.query) == f"q={value}"
    sent = httpx2.URL(filled)
    assert (sent.scheme, sent.host, sent.port) == ("https", "api.acme.example", None)
    assert sent.raw_path.count(b"/") == 3
    assert sent.raw_path.count(b"?") == 1


@given(value=st.text(min_size=1, max_size=40))
@example(value="evil.example/.")
@example(value="evil.example:443#")
def test_a_value_in_a_host_changes_nothing_but_its_subdomain(
    value: str, by_subdomain: Provider
) -> None:
    try:
        filled = fill_url("https://{shop}.acme.example/me", {"shop": value}, by_subdomain)
    except InvalidFields:
        return

    sent = httpx2.URL(filled)
    assert sent.host == f"{value}.acme.example".lower()
    assert (sent.scheme, sent.path, sent.query, sent.userinfo) == ("https", "/me", b"", b"")


@given(rest=st.text(alphabet="ab.:/@?#\\[] \t\n%é", max_size=20))
def test_a_base_address_leads_to_the_host_that_is_allowed(rest: str, self_hosted: Provider) -> None:
    values = {"base_url": f"https://{rest}"}
    try:
        filled = fill_url("{base_url}/me", values, self_hosted)
    except InvalidFields:
        return

    sent = httpx2.URL(filled)
    assert (sent.scheme, sent.query, sent.userinfo) == ("https", b"", b"")
    assert sent.path.endswith("/me")
    assert allowed(self_hosted, values, sent.host)

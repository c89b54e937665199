"""Every variable with nonsense in it stops the start with one line that names it."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from integrations_app import settings
from integrations_app.errors import InvalidSetting
from integrations_app.security import network

SECRET = "a-password"
KEY = base64.b64encode(b"k" * 32).decode()

NONSENSE = {
    "DATABASE_URL": [
        "nonsense",
        "mysql://localhost/name",
        f"postgresql://user:{SECRET}@host:many/name",
        f"postgresql://user:{SECRET}@host:99999/name",
        f"postgresql://user:{SECRET}@[host/name",
        f"postgresql://user:{SECRET}@host:0/name",
        f"postgresql://user:{SECRET}@one:5432,two:many/name",
        f"postgresql://user:%{SECRET}@host/name",
        f"postgresql://user:{SECRET}%@host/name",
        f"postgresql://user:{SECRET}%00@host/name",
        f"postgresql://user:@{SECRET}@host/name",
        f"postgresql://user:{SECRET}@{SECRET}@host/name",
        f"postgresql://user:/{SECRET}@host/name",
        f"postgresql://user:1/{SECRET}@host/name",
        f"postgresql://user:{SECRET}/@host/name",
        f"postgresql://user:p@?{SECRET}@host/name",
        f"postgresql://user:p@?{SECRET}=x@host/name",
        f"postgresql://user:{SECRET}@host/name?nonsense=1",
        f"postgresql://user@host/name?password={SECRET}=",
        f"postgresql://user@host/name?password={SECRET}&{SECRET}",
    ],
    "INTEGRATIONS_DB_CONNECTIONS": ["many", "5", "501", "-20", "2O"],
    "INTEGRATIONS_SCHEMA": [
        "Tables",
        "our tables",
        "our.tables",
        'a"b',
        "1st",
        "pg_tables",
        "information_schema",
        "x" * 64,
    ],
    "INTEGRATIONS_LISTEN_URL": ["nonsense", f"postgresql://user:{SECRET}%@host/name"],
    "INTEGRATIONS_DATA_DIR": ["~nobody-of-this-name/data"],
    "INTEGRATIONS_ENCRYPTION_KEYS": [
        ",",
        "nonsense",
        "ключ",
        base64.b64encode(b"short").decode(),
        f"{KEY},{KEY}",
        f"{KEY}, nonsense",
    ],
    "INTEGRATIONS_PUBLIC_URL": [
        "nonsense",
        "admin.example.com",
        "//admin.example.com",
        "ftp://admin.example.com",
        "https://",
        "https://:443",
        f"https://user:{SECRET}@admin.example.com",
        f"https://{SECRET}@admin.example.com",
        "https://@admin.example.com",
        "https://admin.example.com:99999",
        "https://admin.example.com:0",
        "https://admin.example.com:many",
        "https://admin.example.com/../tools",
        "https://admin.example.com//tools",
        "https://admin.example.com/our tools",
        "https://admin.example.com/t%6fols",
        "https://admin.example.com/admin",
        "https://admin.example.com/api/tools",
        "https://admin.example.com?query",
        "https://admin.example.com#fragment",
        "https://admin example.com",
        "https://admin\texample.com",
        "https://admin.example.com\\tools",
        "https://admin..example.com",
        "https://-admin.example.com",
        "https://*.example.com",
        "https://admin%2Eexample.com",
        "https://admin.example.com,https://other.example.com",
        "https://10.0.0.256",
        "https://[::1",
        "https://[::1%25eth0]",
        "https://[nonsense]",
        "https://xn--\udcff",
    ],
    "INTEGRATIONS_ALLOW_PRIVATE_NETWORK": [
        "10.0.0.0/64",
        "10.0.0.256",
        "*.internal",
        "https://intranet.example.com",
        "intranet.example.com:8443",
        "intranet..example.com",
        "10.0.0.0/8, ?",
    ],
    "REDIS_URL": [
        "nonsense",
        "http://localhost:6379",
        "redis://localhost:6379/many",
        "unix://",
        f"redis://:{SECRET}@localhost:many/0",
        f"redis://:{SECRET}@localhost:99999/0",
        f"redis://:{SECRET}@[localhost/0",
    ],
    "WEB_CONCURRENCY": ["many", "0", "-1", "65", "1.5", "٤", 5_000 * "1"],
    "PORT": ["many", "0", "-1", "65536", "3000.0", "３０００", 5_000 * "1"],
    "INTEGRATIONS_LISTEN": [
        ",",
        "nonsense",
        "localhost",
        "10.0.0.256",
        "10.0.0.0/8",
        "0.0.0.0:3000",
        "[::",
        "fe80::1%eth0",
        "224.0.0.1",
        "127.0.0.1 ::1",
    ],
    "LOG_LEVEL": ["LOUD", "10"],
    "INTEGRATIONS_METRICS_TOKEN": [SECRET, f"{SECRET} and à and more", f"{SECRET}\nand more of it"],
    "INTEGRATIONS_TRUSTED_PROXIES": ["proxy.example", "10.0.0.0/8, 10.0.0.0/64", "10.0.0.1:80"],
}
"""What cannot be used, by the variable in which it stands."""

OF_THE_NETWORK = {
    "HTTPS_PROXY": [
        f"socks5://user:{SECRET}@localhost:1080",
        "ftp://localhost",
        "http://",
        f"http://user:{SECRET}@localhost:many",
        f"http://user:{SECRET}@localhost:99999",
        f"http://user:{SECRET}@[localhost",
    ],
    "ALL_PROXY": ["socks5://localhost:1080", "socks5h://localhost:1080", "socks4://localhost"],
    "https_proxy": ["socks5://localhost:1080"],
    "all_proxy": ["socks5://localhost:1080"],
    "SSL_CERT_FILE": ["/missing.pem", "/", "{folder}/empty.pem", "{folder}/nonsense.pem"],
    "SSL_CERT_DIR": ["/missing", "{folder}", "{folder}/empty.pem"],
}


def cases(table: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(name, value, id=f"{name}-{number}")
        for name, values in table.items()
        for number, value in enumerate(values)
    ]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NONSENSE, *OF_THE_NETWORK, "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds files that are no certificates."""
    (tmp_path / "empty.pem").touch()
    (tmp_path / "nonsense.pem").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n")
    return tmp_path


def test_every_variable_stands_in_the_table() -> None:
    assert set(settings.NAMES) == set(NONSENSE)


@pytest.mark.parametrize(("name", "value"), cases(NONSENSE))
def test_a_setting_with_nonsense_in_it_names_itself_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSetting, match=f"^{name}: ") as refused:
        settings.load()

    assert refused.value.name == name
    assert_one_line_without_secret(str(refused.value))


@pytest.mark.parametrize(("name", "value"), cases(OF_THE_NETWORK))
def test_what_no_request_could_use_names_itself_in_one_line(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value.format(folder=folder))

    with pytest.raises(InvalidSetting, match=f"^{name}: ") as refused:
        network.check_environment()

    assert refused.value.name == name
    assert_one_line_without_secret(str(refused.value))


def test_a_proxy_that_is_not_used_may_be_of_any_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://localhost:1080")
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")

    network.check_environment()

    assert network.proxy_for("example.com") == "http://proxy.example:3128"


@pytest.mark.parametrize("name", settings.NAMES)
def test_a_setting_that_is_empty_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    unset = settings.load()
    monkeypatch.setenv(name, "  ")

    assert settings.load() == unset


def assert_one_line_without_secret(message: str) -> None:
    assert message.isprintable(), "no line ends, and nothing that a terminal obeys"
    assert SECRET not in message
    assert len(message) < 200


def test_text_that_is_no_unicode_is_nonsense_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(os.environ, "LOG_LEVEL", os.fsdecode(b"\xff\xfe"))

    with pytest.raises(InvalidSetting, match=r"^LOG_LEVEL: "):
        settings.load()

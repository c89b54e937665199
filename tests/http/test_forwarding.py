"""Which address counts as the client's, behind proxies."""

from __future__ import annotations

import ipaddress

import pytest

from integrations_app.http.forwarding import client_address

TRUSTED = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "fd00::/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9, 10.2.3.4"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9:51234"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::9]:443"], "2001:db8::9"),
        ("10.0.0.1", ["2001:DB8::9"], "2001:db8::9"),
        ("fd00::1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
    ],
)
def test_the_rightmost_address_that_no_trusted_proxy_has_is_the_clients(
    peer: str, forwarded: list[str], client: str
) -> None:
    assert client_address(peer, forwarded, TRUSTED) == client


@pytest.mark.parametrize("peer", ["203.0.113.1", "unknown", ""])
def test_an_untrusted_peer_is_the_client_whatever_it_says(peer: str) -> None:
    assert client_address(peer, ["198.51.100.1, 10.0.0.1"], TRUSTED) == peer


@pytest.mark.parametrize("forwarded", [[], [""], ["unknown"], ["203.0.113.9, _hidden"]])
def test_where_a_proxy_names_no_address_it_counts_itself(forwarded: list[str]) -> None:
    assert client_address("10.0.0.1", forwarded, TRUSTED) == "10.0.0.1"


def test_a_way_through_trusted_proxies_alone_begins_at_the_first() -> None:
    assert client_address("10.0.0.1", ["10.3.0.1, 10.2.0.1"], TRUSTED) == "10.3.0.1"

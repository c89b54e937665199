"""Which addresses are on the public internet."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations_app.security import addresses, special_networks
from integrations_app.settings import load

V4 = st.ip_addresses(v=4)
V6 = st.ip_addresses(v=6)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "168.63.129.15",
        "168.63.129.17",
        "191.255.255.255",
        "192.0.1.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "64:ff9b::101:101",
        "::ffff:1.1.1.1",
        "2002:101:101::",
    ],
)
def test_what_is_given_out_is_public(address: str) -> None:
    assert special_networks.is_public(ipaddress.ip_address(address))


@given(V4)
def test_an_address_is_as_public_as_those_that_stand_for_it(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    standing_for_it = (
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))),
    )

    for text in standing_for_it:
        same = special_networks.is_public(ipaddress.ip_address(text))
        assert same == special_networks.is_public(address)


@given(st.one_of(V4, V6))
def test_nothing_is_public_that_python_calls_private_multicast_or_reserved(
    address: special_networks.Address,
) -> None:
    if special_networks.is_public(address):
        for meaning in special_networks.meanings(address):
            assert not meaning.is_multicast
            assert not meaning.is_loopback
            assert not meaning.is_link_local


def test_a_network_that_the_operator_allows_is_reached_by_what_stands_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", "10.0.0.0/8")
    configured = load()

    for host in ("10.1.2.3", "[::ffff:10.1.2.3]", "[64:ff9b::10.1.2.3]", "①⓪.①.②.③"):
        addresses.refuse_plainly_private(host, settings=configured)
    for host in ("11.0.0.1", "one.one.one.one"):
        addresses.refuse_plainly_private(host, settings=configured)
    with pytest.raises(addresses.PrivateAddress):
        addresses.refuse_plainly_private("192.168.1.1", settings=configured)


@pytest.mark.parametrize("host", ["a\u2024\u2024b", "\u3002", "\ud800", "\u00ad"])
def test_what_is_no_host_in_any_script_is_refused(host: str) -> None:
    with pytest.raises(addresses.PrivateAddress):
        addresses.refuse_plainly_private(host, settings=load())

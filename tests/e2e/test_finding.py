"""Finding rows among many: search, filters, order and pages, all in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from integrations_app import integrations
from tests.e2e.pages import names_shown, open_list, row, rows, stored
from tests.postgresql import DatabaseUnderTest

PER_PAGE = 25


@pytest.fixture
def sixty(library: DatabaseUnderTest) -> None:
    """40 connections to Mistral and 20 to DeepSeek."""
    for number in range(60):
        provider = "deepseek" if number % 3 == 0 else "mistral"
        integrations.add_connection(provider, f"team-{number:02}")


def test_typing_into_search_leaves_the_rows_that_begin_so(admin: Page, sixty: None) -> None:
    open_list(admin)
    expect(rows(admin)).to_have_count(PER_PAGE)

    admin.get_by_label("Search").press_sequentially("team-1")

    expect(rows(admin)).to_have_count(10)
    expect(admin.get_by_text("1–10 of 10")).to_be_visible()
    expect(admin).to_have_url(re.compile(r"[?&]search=team-1(&|$)"))
    expect(admin.get_by_label("Search")).to_have_value("team-1")


def test_a_search_without_results_says_so_and_keeps_what_was_typed(
    admin: Page, sixty: None
) -> None:
    open_list(admin)

    admin.get_by_label("Search").press_sequentially("nobody")

    expect(admin.get_by_text("Nothing found")).to_be_visible()
    expect(admin.get_by_label("Search")).to_have_value("nobody")
    admin.get_by_role("link", name="Show all").click()
    expect(rows(admin)).to_have_count(PER_PAGE)
    expect(admin.get_by_label("Search")).to_have_value("")


def test_filters_by_service_and_status_are_in_the_address(admin: Page, sixty: None) -> None:
    stored("mistral", "ready")
    open_list(admin)

    admin.get_by_role("combobox", name="Service").click()
    admin.get_by_role("option", name="Mistral").click()
    expect(admin.get_by_text("1–25 of 41")).to_be_visible()
    admin.get_by_role("combobox", name="Status").click()
    admin.get_by_role("option", name="Not tested").click()

    expect(rows(admin)).to_have_count(1)
    expect(row(admin, "ready")).to_be_visible()
    expect(admin).to_have_url(re.compile(r"provider=mistral"))
    expect(admin).to_have_url(re.compile(r"status=configured"))


def test_the_address_alone_brings_the_same_rows_back(admin: Page, sixty: None) -> None:
    open_list(admin, search="TEAM-", provider="deepseek", sort="name", order="desc")

    expect(rows(admin).first).to_contain_text("team-57")
    expect(rows(admin)).to_have_count(20)
    expect(admin.get_by_label("Search")).to_have_value("TEAM-")
    expect(admin.get_by_role("combobox", name="Service")).to_contain_text("DeepSeek")


def test_a_column_heading_sorts_and_turns_the_order(admin: Page, sixty: None) -> None:
    open_list(admin)
    heading = admin.get_by_role("columnheader", name="Connection")

    heading.get_by_role("link").click()
    expect(rows(admin).first).to_contain_text("team-00")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").click()

    expect(rows(admin).first).to_contain_text("team-59")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(admin).to_have_url(re.compile(r"order=desc"))


def test_pages_follow_each_other_without_a_gap_and_back(admin: Page, sixty: None) -> None:
    open_list(admin, sort="name")
    seen: list[str] = []

    for first, count, position in (
        ("team-00", 25, "1–25 of 60"),
        ("team-25", 25, "26–50 of 60"),
        ("team-50", 10, "51–60 of 60"),
    ):
        expect(rows(admin).first).to_contain_text(first)
        expect(rows(admin)).to_have_count(count)
        expect(admin.get_by_text(position)).to_be_visible()
        seen += names_shown(admin).all_inner_texts()
        if count == PER_PAGE:
            admin.get_by_role("link", name="Next").click()

    assert seen == [f"team-{number:02}" for number in range(60)]
    expect(admin.get_by_role("link", name="Next")).to_have_count(0)
    admin.get_by_role("link", name="Previous").click()
    expect(rows(admin).first).to_contain_text("team-25")
    expect(admin).to_have_url(re.compile("before="))  # the address follows the rows
    admin.go_back()
    expect(rows(admin).first).to_contain_text("team-50")


def test_search_finds_the_account_too(admin: Page, library: DatabaseUnderTest) -> None:
    stored("openrouter", "main")
    stored("openrouter", "other")
    library.execute(
        "UPDATE integration_connections SET account_name = 'Grace Hopper' WHERE name = 'main'"
    )

    open_list(admin, search="grace")

    expect(rows(admin)).to_have_count(1)
    expect(row(admin, "main")).to_contain_text("Grace Hopper")


def test_back_goes_through_filters_pages_and_orders(admin: Page, sixty: None) -> None:
    open_list(admin)
    admin.get_by_role("combobox", name="Service").click()
    admin.get_by_role("option", name="Mistral").click()
    expect(admin.get_by_text("1–25 of 40")).to_be_visible()
    expect(admin).to_have_url(re.compile(r"\?provider=mistral$"))
    admin.get_by_role("link", name="Next").click()
    expect(admin.get_by_text("26–40 of 40")).to_be_visible()
    expect(admin).to_have_url(re.compile("after="))
    admin.get_by_label("Search").press_sequentially("team-1", delay=400)
    expect(admin.get_by_text("1–7 of 7")).to_be_visible()
    expect(admin).to_have_url(re.compile("search=team-1"))

    admin.go_back()
    expect(admin.get_by_text("26–40 of 40")).to_be_visible()
    expect(admin.get_by_label("Search")).to_have_value("")
    admin.go_back()
    expect(admin.get_by_text("1–25 of 40")).to_be_visible()
    admin.go_back()
    expect(admin.get_by_text("1–25 of 60")).to_be_visible()
    admin.go_forward()

    expect(admin.get_by_text("1–25 of 40")).to_be_visible()
    expect(admin.get_by_role("combobox", name="Service")).to_contain_text("Mistral")


def test_a_click_that_asks_for_a_tab_opens_one_and_leaves_the_list(
    admin: Page, sixty: None
) -> None:
    open_list(admin)

    with admin.context.expect_page() as opened:
        admin.get_by_role("link", name="Next").click(modifiers=["Control"])

    expect(opened.value.get_by_text("26–50 of 60")).to_be_visible()
    expect(admin.get_by_text("1–25 of 60")).to_be_visible()
    assert "after=" not in admin.url
    opened.value.close()


def test_a_slash_leads_to_the_search_but_not_out_of_a_field(admin: Page, sixty: None) -> None:
    open_list(admin)
    search = admin.get_by_label("Search")
    expect(search).to_have_attribute("aria-keyshortcuts", "/")

    admin.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("")

    admin.keyboard.press("/")
    expect(search).to_have_value("/")

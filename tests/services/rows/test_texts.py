"""Texts of rows: which can be saved, and in what two drafts differ."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from integrations_app.errors import FieldProblem, InvalidFields
from integrations_app.services.rows import texts
from integrations_app.services.rows.texts import TextRule

RULES = {"name": TextRule(max_length=5), "note": TextRule(max_length=3, is_required=False)}


def test_texts_are_trimmed_and_an_optional_one_may_be_empty() -> None:
    assert texts.checked({"name": " abc\n", "note": "  "}, RULES) == {"name": "abc", "note": ""}


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidFields) as refused:
        texts.checked({"name": "", "note": "abcd"}, RULES)

    assert refused.value.fields == {"name": FieldProblem.REQUIRED, "note": FieldProblem.TOO_LONG}


@pytest.mark.parametrize("text", ["a\x00", "a\u2028b", "a\tb", "a\ud800"])
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    assert texts.problem_of(text, RULES["name"]) is FieldProblem.CONTROL_CHARACTERS


def test_the_longest_text_fits() -> None:
    assert texts.problem_of("abcde", RULES["name"]) is None


def test_fields_that_differ_are_named_in_order() -> None:
    before, after = SimpleNamespace(a=1, b=2, c=3), SimpleNamespace(a=2, b=2, c=4)

    assert texts.differing(before, after, ("c", "b", "a")) == ("c", "a")

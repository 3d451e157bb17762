"""A field is label, hint, error, control, in that order, and each names the other to a reader."""

from typing import Any

import pytest
from django import forms
from lxml import html

from governance.widgets import DayInput, MomentInput
from tests.look.previews import EveryField


class Answer(forms.Form):
    purpose = forms.CharField(label="Syfte", help_text="Vad ni vill uppnå.")
    day = forms.DateField(label="Dag", widget=DayInput)
    other = forms.CharField(label="Övrigt", required=False)


def drawn(form: forms.Form) -> Any:
    return html.fromstring(f"<form>{form}</form>")


def of_class(element: Any, name: str) -> list[Any]:
    return list(element.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"))


def test_label_hint_error_and_control_stand_in_that_order() -> None:
    field = drawn(Answer({"purpose": ""})).get_element_by_id("id_purpose_field")
    words = [
        element.get("class")
        for element in field.iter()
        if (element.get("class") or "").split("__")[0] == "field" and "__" in element.get("class")
    ]
    assert words == ["field__label", "field__hint", "field__error", "field__control"]


def test_the_control_names_its_hint_and_its_error() -> None:
    page = drawn(Answer({"purpose": ""}))
    control = page.get_element_by_id("id_purpose")
    assert control.get("aria-invalid") == "true"
    named = control.get("aria-describedby").split()
    assert named == ["id_purpose_helptext", "id_purpose_error"]
    assert all(page.get_element_by_id(name) is not None for name in named)


def test_what_was_typed_stays_beside_the_error() -> None:
    page = drawn(Answer({"purpose": "Nå unga", "day": "i går"}))
    assert page.get_element_by_id("id_purpose").get("value") == "Nå unga"
    assert page.get_element_by_id("id_day").get("value") == "i går"
    assert of_class(page.get_element_by_id("id_day_field"), "field__error")


def test_the_summary_leads_to_each_field_that_must_be_put_right() -> None:
    page = drawn(Answer({}))
    links = [link.get("href") for link in page.xpath("//*[@data-errors]//a")]
    assert links == ["#id_purpose", "#id_day"]


def test_only_what_is_optional_is_marked() -> None:
    labels = [label.text_content() for label in of_class(drawn(Answer()), "field__label")]
    assert [("(" in label) for label in labels] == [False, False, True]


def test_a_clause_carried_by_a_field_stands_under_its_label() -> None:
    form = Answer()
    form.fields["purpose"].clause = "riktlinjen 2.2"  # type: ignore[attr-defined]
    form.fields["purpose"].number = 4  # type: ignore[attr-defined]
    field = drawn(form).get_element_by_id("id_purpose_field")
    assert of_class(field, "clause")[0].text_content() == "riktlinjen 2.2"
    assert field.xpath(".//label")[0].text_content().strip() == "4 Syfte"


@pytest.mark.parametrize("form", [EveryField(), EveryField({"text": "x" * 30})])
def test_every_control_has_a_label_of_its_own(form: forms.Form) -> None:
    page = drawn(form)
    labelled = {label.get("for") for label in page.xpath("//label")}
    controls = page.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert controls
    assert {control.get("id") for control in controls} <= labelled


def test_a_list_of_choices_is_one_group_under_its_question() -> None:
    field = drawn(EveryField()).get_element_by_id("id_ground_field")
    assert field.xpath(".//fieldset/legend")[0].text_content().strip() == "Varför ska den bort?"
    headings = [heading.text_content() for heading in of_class(field, "choices__heading")]
    assert headings == ["Lagen kräver borttagning", "Våra publicerade regler"]


def test_choices_without_a_heading_are_one_list() -> None:
    field = drawn(EveryField()).get_element_by_id("id_topics_field")
    lists = of_class(field, "choices__list")
    assert [len(of_class(each, "choice")) for each in lists] == [2]


def test_a_moment_is_written_and_read_as_the_browser_sends_it() -> None:
    field = forms.DateTimeField(widget=MomentInput)
    moment = field.clean("2026-03-02T09:15")
    assert MomentInput().format_value(moment) == "2026-03-02T09:15"

"""Parameters as people read them, for every rule there is, in both languages."""

from datetime import date

from alerts.desk.pages.grounds import grounds_of, own_parameters
from alerts.desk.pages.wording import LANGUAGES, words
from alerts.desk.world import every_rule


def test_no_parameter_is_told_as_a_program_would() -> None:
    told = [
        (meta.id, used.name, used.value)
        for language in LANGUAGES
        for meta in every_rule()
        for used in own_parameters(meta, date(2026, 5, 1), words(language))
    ]
    assert len(told) > 300
    assert [one for one in told if "Decimal(" in one[2] or "{" in one[2] or "[" in one[2]] == []


def test_every_clause_is_told_with_document_and_article() -> None:
    for meta in every_rule():
        clauses, law = grounds_of((*meta.clauses, *meta.law), words("zh"))
        assert all(clause.document and clause.demand for clause in clauses)
        assert len(clauses) + len(law) == len((*meta.clauses, *meta.law))

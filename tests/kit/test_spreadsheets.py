"""A CSV that comes in is read the same way wherever it comes in."""

import pytest

from convention.kit import spreadsheets


@pytest.mark.parametrize("separator", [",", ";"])
def test_each_record_knows_the_line_where_it_begins(separator):
    file = f'\ufeff titre {separator}texte\r\nUn{separator}"deux\r\nlignes"\r\n{separator}\r\nTrois{separator}fin\r\n'
    table = spreadsheets.read(file.encode())
    assert table.columns == ["titre", "texte"]
    assert table.rows == [(2, {"titre": "Un", "texte": "deux\r\nlignes"}), (5, {"titre": "Trois", "texte": "fin"})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("titre,texte\nÉté,x\n".encode("latin-1"), "UTF-8"),
        (b"titre,texte\n" + b"x" * 200_000 + b",y\n", "pas un tableau CSV"),
    ],
)
def test_what_is_no_table_is_said(content, said):
    with pytest.raises(spreadsheets.Unreadable, match=said):
        spreadsheets.read(content)


def test_a_short_record_and_an_empty_file_are_no_trouble():
    assert spreadsheets.read(b"").rows == []
    assert spreadsheets.read(b"a,b\nseul\n").rows == [(2, {"a": "seul"})]

"""Plain CSV and statements by type: every fault with its line and its words."""

import pytest

from standards.importers.plain import statement_title
from standards.importers.trees import MAX_CRITERIA, MAX_DEPTH
from tests.standards.samples import PLAIN, STATEMENTS, faults_of, parse, tree_of, warnings_of

PLAIN_TREE = [(2, "", "A"), (3, "A", "A1"), (4, "A", "A2"), (5, "", "B")]


def test_plain_with_translations() -> None:
    parsed = parse(PLAIN)
    assert (parsed.format, parsed.code, parsed.title) == ("plain", "sample_file", {"en": "sample file"})
    assert tree_of(parsed) == PLAIN_TREE
    assert parsed.criteria[1].title == {"en": "Listens", "es": "Escucha", "pl": "Słucha"}
    assert parsed.criteria[1].description == {"en": "Lets others finish.", "es": "Deja terminar a los demás."}
    assert parsed.criteria[3].description == {"en": "Keeps tools,\npapers and dates in order.", "es": ""}
    assert parsed.scale is None
    assert warnings_of(parsed) == [
        "The file has no title for the framework; its name is used: “sample file”."
    ]


def test_plain_names_given() -> None:
    parsed = parse(PLAIN, code="OTHERS", version="2.1", title="Working together")
    assert (parsed.code, parsed.version, parsed.title) == ("OTHERS", "2.1", {"en": "Working together"})
    assert parsed.warnings == []


def test_plain_header_in_another_case_and_order() -> None:
    parsed = parse(" Title ;CODE;Parent\nFirst;A;\nSecond;B;A\n")
    assert (parsed.delimiter, tree_of(parsed)) == ("semicolon", [(2, "", "A"), (3, "A", "B")])


def test_plain_in_another_language() -> None:
    parsed = parse("code,title,title_en\nA,Escucha,Listens\n", language="es", title="Convivir")
    assert (parsed.language, parsed.title) == ("es", {"es": "Convivir"})
    assert parsed.criteria[0].title == {"es": "Escucha", "en": "Listens"}


def test_plain_child_before_its_parent() -> None:
    assert tree_of(parse("code,parent,title\nA1,A,Child\nA,,Parent\n")) == [(2, "A", "A1"), (3, "", "A")]


def test_plain_empty_rows_and_a_nameless_empty_column() -> None:
    parsed = parse("\n\ncode,title,\n\nA,First,\n,,\nB,Second,\n\n")
    assert tree_of(parsed) == [(5, "", "A"), (7, "", "B")]


def test_plain_faults_all_at_once() -> None:
    text = 'code,parent,title\nA,,\n,,No code\nB,,"two\nlines"\nB,X,Again\nC,,Third,too much\nD,C,Fourth\n'
    assert faults_of(text) == [
        "Line 2: “title” is empty.",
        "Line 3: “code” is empty.",
        "Line 6: “B” is already on line 4.",
        "Line 7: The row has 4 columns, the header has 3.",
    ]


def test_plain_columns_unknown_and_twice() -> None:
    assert faults_of("code,title,colour,Code,title_en,\nA,First,red,A,First,stray\n") == [
        "Line 1: The column “colour” is not known.",
        "Line 1: The column “code” is there twice.",
        "Line 1: The column “title_en” is there twice.",
        "Line 1: Column 6 has no name.",
    ]


def test_plain_without_a_title_column() -> None:
    assert faults_of("code,parent,description\nA,,Text\n") == ["Line 1: The column “title” is missing."]


def test_plain_cycle_below_and_beside_it() -> None:
    text = "code,parent,title\nin,b,Leads in\na,c,A\nb,a,B\nc,b,C\nok,,Fine\n"
    assert faults_of(text) == ["Line 3: These parents go round in a circle: a → c → b → a."]


def test_plain_too_deep() -> None:
    rows = [f"c{number},{f'c{number - 1}' if number else ''},Title" for number in range(MAX_DEPTH + 2)]
    assert faults_of("\n".join(["code,parent,title", *rows])) == [
        f"Line {MAX_DEPTH + 2}: “c10” is too deep in the tree: up to 10 levels are kept."
    ]


@pytest.mark.slow
def test_plain_too_many_criteria() -> None:
    text = "code,title\n" + "".join(f"c{number},Title\n" for number in range(MAX_CRITERIA + 1))
    assert faults_of(text) == ["There are 20001 criteria; a framework has up to 20000."]


def test_plain_quotation_marks() -> None:
    assert faults_of('code,title\nA,"one"two\nB,"never closed\nC,Third\n') == [
        "Line 2: The quotation marks in this row do not match.",
        "Line 3: A quotation mark that opens in this row is never closed.",
    ]


def test_plain_cell_beyond_the_limit_of_the_reader() -> None:
    assert faults_of(f"code,title\nA,First\nB,{'x' * 140_000}\n") == [
        "Line 3: A cell in this row is too long, or a quotation mark that opens in it is never closed."
    ]


# Statements by type -----------------------------------------------------------------------


def test_statements() -> None:
    parsed = parse(STATEMENTS, name="ST0001.csv")
    assert (parsed.format, parsed.code) == ("ksb", "ST0001")
    assert tree_of(parsed) == [
        (2, "", "Knowledge"),
        (2, "Knowledge", "K1"),
        (3, "", "Skills"),
        (3, "Skills", "S1"),
        (4, "Knowledge", "K2"),
    ]
    assert [criterion.is_group for criterion in parsed.criteria] == [True, False, True, False, False]
    assert parsed.criteria[0].title == {"en": "Knowledge"}
    assert (
        parsed.criteria[1].title
        == parsed.criteria[1].description
        == {"en": "how a small workshop earns its money"}
    )
    assert parsed.criteria[3].title == {
        "en": "plan a day so that the longest job is not the last one and tell the others early when the plan no…"
    }


def test_statement_title_lengths() -> None:
    assert statement_title("x" * 100) == "x" * 100
    assert statement_title("x" * 101) == "x" * 99 + "…"
    assert statement_title("word " * 30) == ("word " * 20).strip() + "…"
    assert len(statement_title("ab " * 50)) == 99


def test_statement_types_in_another_case_are_one_group() -> None:
    parsed = parse("code,type,statement\nK1,Knowledge,one\nK2,knowledge,two\n")
    assert tree_of(parsed) == [(2, "", "Knowledge"), (2, "Knowledge", "K1"), (3, "Knowledge", "K2")]


def test_statement_faults() -> None:
    text = (
        "code,type,statement\nK1,,one\nK2,Knowledge,\n,Skills,three\nSkills,Skills,four\nK2,Knowledge,five\n"
    )
    assert faults_of(text) == [
        "Line 2: “type” is empty.",
        "Line 3: “statement” is empty.",
        "Line 4: “code” is empty.",
        "Line 5: “Skills” is already on line 5.",
        "Line 6: “K2” is already on line 3.",
    ]

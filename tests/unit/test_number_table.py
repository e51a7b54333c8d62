"""Tables of numbers as people paste them: each is the numbers they see, or refused with a sentence that says where and why."""

import pytest

from py_lstm import InvalidInput
from py_lstm.number_table import offered, read_table
from py_lstm.numerals import doubt, number

N, F = "\u00a0", "\u202f"                               # spaces that stand between thousands

TAKEN = {
    # one line: each number is a step
    "0.1, 0.5, 0.9": [[0.1], [0.5], [0.9]], "0.1,0.5,0.9,0.5,0.1": [[0.1], [0.5], [0.9], [0.5], [0.1]], "0.5 -0.25 1e-3": [[0.5], [-0.25], [0.001]],
    "1;2;3": [[1], [2], [3]], "1\t2\t3": [[1], [2], [3]], "1|2|3": [[1], [2], [3]], "8, 8, 8": [[8], [8], [8]], "1,2,3": [[1], [2], [3]],
    "1,234,567": [[1], [234], [567]], "100 200 300": [[100], [200], [300]], "7": [[7]], "1, 2, 3,": [[1], [2], [3]], "-1,-2": [[-1], [-2]],
    # decimal commas
    "0,5\n0,7\n0,9\n0,7": [[0.5], [0.7], [0.9], [0.7]], "0,5; 0,7; 0,9; 0,7": [[0.5], [0.7], [0.9], [0.7]], "0,5 0,7 0,9": [[0.5], [0.7], [0.9]],
    "0,1;0,5;0,9;0,5;0,1": [[0.1], [0.5], [0.9], [0.5], [0.1]], "0,5, 0,7, 0,9": [[0.5], [0.7], [0.9]], "1,5\n2\n3,5": [[1.5], [2], [3.5]],
    "1,5 2,5 3,5": [[1.5], [2.5], [3.5]], "-0,5\n-0,7\n0,9": [[-0.5], [-0.7], [0.9]], "1,5e-3 2,5": [[0.0015], [2.5]], "1,5\t2,5": [[1.5], [2.5]],
    # columns
    "1;2\n3;4\n5;6": [[1, 2], [3, 4], [5, 6]], "1,5;2,5\n1,6;2,6": [[1.5, 2.5], [1.6, 2.6]], "1,5\t2,5\n1,6\t2,6": [[1.5, 2.5], [1.6, 2.6]],
    "1,5 2,5\n1,6 2,6": [[1.5, 2.5], [1.6, 2.6]], "1,5|2,5\n1,6|2,6": [[1.5, 2.5], [1.6, 2.6]], "1 2\n3 4": [[1, 2], [3, 4]],
    "1, 2\n3, 4": [[1, 2], [3, 4]], "0.5,0.7\n0.6,0.8": [[0.5, 0.7], [0.6, 0.8]], "1,2,3\n4,5,6": [[1, 2, 3], [4, 5, 6]], "  1  2\n 3  4": [[1, 2], [3, 4]],
    "1 0; 0 1; 1 1": [[1, 0], [0, 1], [1, 1]], "0.1,-2;1e-9,3": [[0.1, -2], [1e-9, 3]], "1 0; 0 1\n1 1; 0 0": [[1, 0], [0, 1], [1, 1], [0, 0]],
    # thousands
    f"1{F}234,5\n1{F}235,5": [[1234.5], [1235.5]], f"1{N}234\n1{N}235": [[1234], [1235]], "1'234.5\n2'345": [[1234.5], [2345]], "1’234\n1’235": [[1234], [1235]],
    "1,234.5 2,345.5": [[1234.5], [2345.5]], "1.234,5 2.345,6": [[1234.5], [2345.6]], "1.234,5\t2.345,6\n3\t4": [[1234.5, 2345.6], [3, 4]],
    "1.234.567\n2.345.678": [[1234567], [2345678]], "1,234.5;2,345.5\n1;2": [[1234.5, 2345.5], [1, 2]], '"1,234.5"\n"2,345"': [[1234.5], [2345]],
    "1.234\n1.235": [[1.234], [1.235]], f"1{F}234;2{F}345\n3;4": [[1234, 2345], [3, 4]],
    # as an input method types them
    "0.1，0.5，0.9": [[0.1], [0.5], [0.9]], "0.1、0.5": [[0.1], [0.5]], "0.1,0.5；0.3,0.4": [[0.1, 0.5], [0.3, 0.4]], "１ ２ ３": [[1], [2], [3]], "24。": [[24]], "０": [[0]],
    "１，２；３，４": [[1, 2], [3, 4]], "1，2\n3，4": [[1, 2], [3, 4]], "－１　２．５": [[-1], [2.5]], "0。5；0。7": [[0.5], [0.7]], "−1\n–2": [[-1], [-2]], "0,5，0,7": [[0.5], [0.7]],
    # ends, marks and quotes that say nothing
    "\ufeff1\r\n2\r\n3\r\n\r\n": [[1], [2], [3]], "1\r2": [[1], [2]], "\n\n1\n2": [[1], [2]], "1;2;\n3;4;": [[1, 2], [3, 4]], "1,\n2,\n3": [[1], [2], [3]],
    '"1.5","2.5"\n"1.6","2.6"': [[1.5, 2.5], [1.6, 2.6]], '"1,5","2,5"\n"1,6","2,6"': [[1.5, 2.5], [1.6, 2.6]], "'1'\n'2'": [[1], [2]],
    # names of columns, Markdown, lists
    "a,b\n1,2\n3,4": [[1, 2], [3, 4]], "t;T, °C\n1,5;2\n2,5;3": [[1.5, 2], [2.5, 3]], '"x"\n1\n2': [[1], [2]], "a b\n1 2": [[1, 2]], "温度\n1\n2": [[1], [2]],
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |": [[1, 2], [3, 4]], "1 | 2\n3 | 4": [[1, 2], [3, 4]], "| 1 |\n| 2 |": [[1], [2]],
    "[0.1, 0.2]": [[0.1], [0.2]], "[0,5]": [[0], [5]], "[[1,2],[3,4]]": [[1, 2], [3, 4]], "[[1], [2]]": [[1], [2]], "[[1, 2, 3]]": [[1, 2, 3]], "(1, 2), (3, 4)": [[1, 2], [3, 4]],
    "[[1. 2.]\n [3. 4.]]": [[1, 2], [3, 4]], "array([1., 2.])": [[1], [2]], "[1 2; 3 4]": [[1, 2], [3, 4]], "[\n 0.1,\n 0.2\n]": [[0.1], [0.2]], "[1, 2],\n[3, 4]": [[1, 2], [3, 4]],
    "[0,5; 0,7]": [[0.5], [0.7]], "(0.5, 0.25)": [[0.5], [0.25]],
}


@pytest.mark.parametrize("text", TAKEN)
def test_a_table_is_the_numbers_people_see(text):
    assert read_table(text).rows == TAKEN[text]


AMBIGUOUS = {
    "1,234\n1,235\n1,236": [[[1234], [1235], [1236]], [[1.234], [1.235], [1.236]], [[1, 234], [1, 235], [1, 236]]],
    "−1,5;2,3": [[[-1.5], [2.3]], [[-1, 5], [2, 3]]], "1,2\n3,4": [[[1.2], [3.4]], [[1, 2], [3, 4]]], "1,5": [[[1], [5]], [[1.5]]],
    "1,234.5\n1,235.5": [[[1234.5], [1235.5]], [[1, 234.5], [1, 235.5]]], "100 200\n300 400": [[[100200], [300400]], [[100, 200], [300, 400]]],
    "1 234,5\n2 345,6": [[[1234.5], [2345.6]], [[1, 234.5], [2, 345.6]]], "0,0\n0,1\n1,0": [[[0], [0.1], [1]], [[0, 0], [0, 1], [1, 0]]],
    "0,0\n0,1": [[[0], [0.1]], [[0, 0], [0, 1]]], "1,5, 2,5": [[[1], [5], [2], [5]], [[1.5], [2.5]]], "1,5;2,5;3,5": [[[1.5], [2.5], [3.5]], [[1, 5], [2, 5], [3, 5]]],
    "1.234,5\n1.235,5": [[[1234.5], [1235.5]], [[1.234, 5], [1.235, 5]]], "0，5\n0，7": [[[0.5], [0.7]], [[0, 5], [0, 7]]], "1，234\n1，235": [[[1234], [1235]], [[1, 234], [1, 235]]],
    "0,4": [[[0], [4]], [[0.4]]], f"2{N}750,606": [[[2750], [606]], [[2750.606]]],
    "1.437\n813\n2.752": [[[1.437], [813], [2.752]], [[1437], [813], [2752]]],
    "1,234\t2,345\n3\t4": [[[1.234, 2.345], [3, 4]], [[1234, 2345], [3, 4]]],
}


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_text_with_two_meanings_is_refused_with_both(text):
    with pytest.raises(InvalidInput, match="can be read in") as refused:
        read_table(text)
    assert refused.value.code == "ambiguous"
    readings = [one["rows"] for one in refused.value.details["readings"]]
    assert sorted(readings) == sorted(AMBIGUOUS[text])


REFUSED = {
    "1,2,,4,5": ("empty_cell", 1, 3), "1;;3": ("empty_cell", 1, 2), "1\t\t3\n4\t5\t6": ("empty_cell", 1, 2), "1\t2\n3\t\n5\t6": ("empty_cell", 2, 2), ",a,b\n0,1,2": ("empty_cell", 1, 1),
    '1,""\n2,3': ("empty_cell", 1, 2), "1\n\n3\n4": ("empty_line", 2, None), "1 2\n\n3 4": ("empty_line", 2, None), "1 2\n \t\n3 4": ("empty_line", 2, None),
    "1 2\n3": ("ragged", 2, None), "1;2\n3;4;5": ("ragged", 2, None), "a,b,c\n1,2\n3,4": ("names", 2, None),
    "1, two, 3": ("cell", 1, 2), "1\nx\n3": ("cell", 2, 1), "l.5\n2.5": ("cell", 1, 1), "O,5\n0,7": ("cell", 1, 1), "1_000\n2": ("cell", 1, 1), "--5\n4": ("cell", 1, 1),
    "- 5\n3": ("cell", 1, 1), "5-\n3": ("cell", 1, 1), "1/2\n3": ("cell", 1, 1), "①\n2": ("cell", 1, 1), "٣\n2": ("cell", 1, 1), "# t x\n1 2": ("cell", 1, 1), "1.2 # a\n3": ("cell", 1, 1),
    "10²\n3": ("cell_unit", 1, 1), "€5\n€6": ("cell_unit", 1, 1), "5kg\n6kg": ("cell_unit", 1, 1), "USD 5\n6\n7": ("cell_unit", 1, 1), "5 °C\n6": ("cell_unit", 1, 1), "￥5\n6": ("cell_unit", 1, 1),
    "50%\n60%": ("cell_percent", 1, 1), "50 ％;60 ％\n1;2": ("cell_percent", 1, 1), "2024-01-01,5\n2024-01-02,6": ("cell_date", 1, 1), "12:30\n12:31": ("cell_date", 1, 1),
    "01.02.2024;5\n02.02.2024;6": ("cell_date", 1, 1), "2024年1月\n3": ("cell_date", 1, 1), "nan\n1\n2": ("cell_missing", 1, 1), "1\nNA\n3": ("cell_missing", 2, 1), "1\n-inf": ("cell_missing", 2, 1),
    "1;N/A;2": ("cell_missing", 1, 2), "1;-;2": ("cell_missing", 1, 2), "[1, null]": ("cell_missing", 1, 2), "1;#DIV/0!": ("cell_missing", 1, 2), "1D3\n2": ("cell_fortran", 1, 1),
    "0x10\n3": ("cell_hexadecimal", 1, 1), "1e999\n2": ("cell_large", 1, 1), "[1,2,3": ("brackets", None, None), "(5)": ("brackets", None, None), "(5)\n(6)": ("brackets", None, None),
    "[1 2\n3 4]": ("brackets", None, None), "[[1,2],[3,4]] x": ("brackets", None, None), "[[[1]]]": ("brackets", None, None), "[0,5, 0,7": ("brackets", None, None),
    "": ("missing", None, None), " \n\t\n": ("missing", None, None), "[]": ("missing", None, None), "1;2\n3,4": ("ragged", 2, None), "1.2.3.4\n4": ("cell", 1, 1), "1,2,3,4.5.6": ("cell", 1, 4),
    "1\t2 3\n4\t5 6": ("cell", 1, 2), "{1, 2}": ("brackets", None, None), "1,23,456\n1": ("ragged", 2, None),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_a_table_of_numbers_is_refused_where_it_is_wrong(text):
    with pytest.raises(InvalidInput) as refused:
        read_table(text)
    code, line, column = REFUSED[text]
    assert (refused.value.code, refused.value.details.get("line"), refused.value.details.get("column")) == (code, line, column), str(refused.value)
    for where in filter(None, (line, column)):
        assert str(where) in str(refused.value)


def test_how_a_table_was_understood_is_said():
    for text, said in (("1,5;2,5\n1,6;2,6", "2 steps of 2 numbers: semicolons between numbers, commas as decimal marks"),
                       ("0.1 0.5", "2 steps of 1 number: spaces between numbers, points as decimal marks"), ("1\n2", "2 steps of 1 number"),
                       ("1 0; 0 1", "2 steps of 2 numbers: semicolons between steps, spaces between numbers"),
                       ("a,b\n1'000,2", "1 step of 2 numbers: commas between numbers, apostrophes between thousands, line 1 names the columns a, b")):
        assert read_table(text).understood() == said
    far = read_table("1.234\n2.345")
    assert [one.rows for one in far.others] == [[[1234], [2345]]]
    assert [one.rows for one in read_table(f"1{F}234,5\n1{F}235,5").others] == [[[1234, 5], [1235, 5]]]
    assert [one.rows for one in read_table("0,5\n0,7").others] == [[[0, 5], [0, 7]]]


def test_the_shape_that_is_known_settles_what_else_would_be_ambiguous():
    assert read_table("1,5;2,3", width=1).rows == [[1.5], [2.3]]
    assert read_table("1,5;2,3;3,4", width=2).rows == [[1, 5], [2, 3], [3, 4]]
    assert read_table("1,0", width=1, steps=2).rows == [[1], [0]] and read_table("1,0", width=1, steps=1).rows == [[1]]
    assert read_table("1 0 1", width=3).rows == [[1, 0, 1]] and read_table("1 0 1", width=1).rows == [[1], [0], [1]]
    assert read_table("1 0 1", width=1, steps=5).rows == [[1], [0], [1]]           # too few, which the caller says better
    with pytest.raises(InvalidInput, match="2 numbers in each step; give 1"):
        read_table("1 0\n1 2", width=1)
    with pytest.raises(InvalidInput, match="can be read in 2 ways"):
        read_table("1,234\n2,345", width=1)


def test_tables_as_the_page_and_numpy_write_them_are_read_back():
    rows = [[0.1, -2.0, 1e-9], [1 / 3, 100200.0, -1e21], [123.456, 234.567, 345.678]]
    for between, end in ((", ", "\n"), (" ", "\n"), ("\t", "\n"), (" ", "; "), (";", "\n"), ("|", "\n"), (",", "\n")):
        assert read_table(end.join(between.join(map(repr, row)) for row in rows)).rows == rows
    assert read_table(repr(rows)).rows == rows and read_table(str(rows[0])).rows == [[value] for value in rows[0]]


@pytest.mark.parametrize("text, value", [("0,05", 0.05), ("０，０５", 0.05), ("２４", 24), ("24。", 24), ("1'000", 1000), (f"1{F}000,5", 1000.5), ("1,000.5", 1000.5), ("1.000,5", 1000.5),
                                         ("1,000,000", 1000000), ("–5", -5), ("1,5e-3", 0.0015), ("1.000", 1), ("1234,567", 1234.567)])
def test_a_single_number_as_people_type_it(text, value):
    assert number(text) == value and doubt(text) is None


@pytest.mark.parametrize("text", ["1,000", "-12,345", "1,000e2", "10²", "①", "1 000", "50%", "1D3", "0x10", "1，2，3", "5,", "", "nan", "1_000", "½"])
def test_what_is_not_one_number_stays_text(text):
    assert number(text) == text


def test_a_number_with_two_meanings_is_told_with_both():
    from py_lstm import Experiment
    for field in ("learning_rate", "hidden_size"):
        with pytest.raises(InvalidInput, match="can mean 1000 or 1.000") as refused:
            Experiment(**{field: "1,000"})
        assert refused.value.code == "comma" and refused.value.details["whole"] == "1000"


@pytest.mark.parametrize("values, code, said", [([0] * 1002, "steps", "1002 rows, which make 1001 steps; at most 1000 steps"), ([[0] * 65] * 3, "width", "65 numbers in each row"),
                                                ([[1, 2], [3, 1e7]], "range", "10000000.0 in row 2")])
def test_own_numbers_that_are_too_many_or_too_large(values, code, said):
    from py_lstm import Experiment
    with pytest.raises(InvalidInput) as refused:
        Experiment("own", values=values)
    assert refused.value.code == code and said in str(refused.value)


def test_no_row_of_a_long_table_is_left_out():
    assert len(offered(read_table("\n".join(["1"] * 5000)))["rows"]) == 5000
    with pytest.raises(InvalidInput) as refused:
        read_table("\n".join(["1,2"] * 5000))
    assert [len(one["rows"]) for one in refused.value.details["readings"]] == [5000, 5000]

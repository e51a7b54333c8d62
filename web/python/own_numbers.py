"""How the page's fields for numbers of one's own are understood: a question, see questions.py."""

from py_lstm.number_table import offered, read_table


def read(field, text, steps):
    """Text from the field "values" or "targets" as rows and how they were understood, and other ways to understand it.

    `steps` is how many there are already, None for any; targets are one number for each.
    """
    table = read_table(text, field, **({"width": 1, "steps": steps} if field == "targets" else {}))
    yield offered(table) | {"others": [offered(one) for one in table.others]}

"""A PartiQL statement is parsed once for each text.

AWS: nothing observable; a batch of 25 conditional updates answers in single-digit milliseconds.
Emulator: parses each statement anew, up to three times a call, with the parameters in place; that was a third of the
time of the whole data path.
Here: the text is parsed with placeholders, and each call fills in its parameters.
Test: partiql-parsed-once.
"""
from functools import lru_cache

from ministack.services import _dynamodb_keywords as partiql
from ministack.services import dynamodb

KEPT_TEXTS = 1_024
KEPT_STATEMENTS = 64
ORDERED = {"<", "<=", ">", ">="}


class Placeholder(dict):
    """Stands for the parameter of an index; empty, so that no rule about values of a type applies to it."""

    def __init__(self, index: int):
        super().__init__()
        self.index = index


def check_order(node: tuple) -> tuple:
    """The one rule about a parameter's type that the parser itself applies."""
    if node[0] == "cmp" and node[1] in ORDERED:
        partiql._check_ordered(node[1], node[2], node[3])
    elif node[0] == "between":
        partiql._check_ordered("BETWEEN", node[2], node[3])
    return node


def filler(node):
    """A function from the parameters to the node with them in place; None for a node without placeholders."""
    if isinstance(node, Placeholder):
        index = node.index
        return lambda parameters: parameters[index]
    if isinstance(node, dict):
        fill_values = filler(list(node.values()))
        keys = list(node)
        return fill_values and (lambda parameters: dict(zip(keys, fill_values(parameters))))
    if not isinstance(node, (list, tuple)):
        return None
    members = [(filler(member), member) for member in node]
    if not any(fill for fill, _ in members):
        return None

    def fill_members(parameters):
        return [fill(parameters) if fill else member for fill, member in members]

    if isinstance(node, list):
        return fill_members
    if node[0] in ("cmp", "between"):
        return lambda parameters: check_order(tuple(fill_members(parameters)))
    return lambda parameters: tuple(fill_members(parameters))


class Placeholders:
    """As many as the statement asks for, which it does in order."""

    count = 0

    def __len__(self) -> int:
        return self.count + 1

    def __getitem__(self, index: int) -> Placeholder:
        self.count = index + 1
        return Placeholder(index)


class Template:
    """A statement parsed with placeholders."""

    def __init__(self, text: str, parse):
        placeholders = Placeholders()
        self.parsed = parse(text, placeholders)
        self.fill = filler(self.parsed)
        self.count = placeholders.count

    def with_parameters(self, parameters: list) -> dict:
        return self.fill(parameters) if self.fill else dict(self.parsed)


def apply() -> None:
    parse_text = dynamodb.parse_partiql_statement
    template_of = lru_cache(maxsize=KEPT_TEXTS)(lambda text: Template(text, parse_text))

    def parse_filled(text, parameters):
        template = template_of(text)
        if template.count > len(parameters or []):
            return parse_text(text, parameters)
        return template.with_parameters(parameters)

    dynamodb.parse_partiql_statement = parse_filled

    parse = dynamodb._parse_partiql
    recent = {}

    def parse_once(statement, parameters):
        # The entry holds the parameters, so their id cannot become another list's while it is there.
        key = (statement, id(parameters))
        entry = recent.get(key)
        if entry is None or entry[0] is not parameters:
            if len(recent) >= KEPT_STATEMENTS:
                recent.clear()
            entry = recent[key] = (parameters, parse(statement, parameters))
        return entry[1]

    dynamodb._parse_partiql = parse_once

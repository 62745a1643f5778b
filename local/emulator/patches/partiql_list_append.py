"""`SET list = list_append(list, ?)` in a PartiQL UPDATE.

AWS: documents `list_append(list1, list2)` among the functions of an UPDATE ("PartiQL update statements for DynamoDB").
Emulator: parses it and then answers "Unsupported operation: list_append".
Test: partiql-list-append.
"""
from ministack.services import dynamodb


def apply() -> None:
    call = dynamodb._pq_call

    def call_or_append(name, arguments, nodes):
        if name != "list_append":
            return call(name, arguments, nodes)
        if len(arguments) != 2 or not all(argument and "L" in argument for argument in arguments):
            raise ValueError("An operand in the update expression has an incorrect data type")
        return {"L": arguments[0]["L"] + arguments[1]["L"]}

    dynamodb._pq_call = call_or_append

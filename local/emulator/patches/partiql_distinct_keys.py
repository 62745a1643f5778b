"""Two statements of one batch cannot name the same item.

AWS: BatchExecuteStatement refuses the whole call, and applies nothing, when its statements repeat a key
(ValidationException, "Provided list of item keys contains duplicates"; DynamoDB Local gives the same answer).
Emulator: runs both.
Test: partiql-distinct-keys.
"""
from ministack.core.responses import error_response_json
from ministack.services import dynamodb


def named_key(statement: dict):
    """(table, partition, sort) of the one item a statement names; None when it has another fault of its own."""
    try:
        parsed = dynamodb._parse_partiql(statement.get("Statement", ""), statement.get("Parameters", []))
    except ValueError:
        return None
    table = dynamodb._tables.get(parsed.get("table"))
    if table is None:
        return None
    if parsed["op"] == "INSERT":
        item = parsed.get("item") or {}
        item = item["M"] if set(item) == {"M"} else item
        keys = [item.get(table["pk_name"]), item.get(table["sk_name"]) if table["sk_name"] else None]
    else:
        equal = {name: value for name, operator, value in parsed.get("conditions") or [] if operator == "="}
        keys = [equal.get(table["pk_name"]), equal.get(table["sk_name"])]
    return table["TableName"], *(dynamodb._extract_key_val(key) if key else None for key in keys)


def apply() -> None:
    execute = dynamodb._batch_execute_statement

    def execute_distinct(data):
        keys = [key for key in map(named_key, data.get("Statements") or []) if key]
        if len(set(keys)) < len(keys):
            message = "Provided list of item keys contains duplicates"
            return error_response_json("ValidationException", message, 400)
        return execute(data)

    dynamodb._batch_execute_statement = execute_distinct

"""PartiQL statements are authorized by verb and table.

AWS: `dynamodb:PartiQLSelect`, `PartiQLInsert`, `PartiQLUpdate` and `PartiQLDelete` on the table or index that the
statement names ("IAM security policies with PartiQL for DynamoDB").
Emulator: asks for `dynamodb:ExecuteStatement` or `BatchExecuteStatement` on `*` and ignores the verbs.
Test: iam-partiql.
"""
import json
import re

from ministack.core import iam_actions

TARGET = re.compile(
    r"""\s*(?:(?P<SELECT>SELECT\b.*?\bFROM|EXISTS\s*\(\s*SELECT\b.*?\bFROM)|(?P<INSERT>INSERT\s+INTO)
        |(?P<UPDATE>UPDATE)|(?P<DELETE>DELETE\s+FROM))\s+
        "?(?P<table>[\w.-]+?)"?(?:\s*\.\s*"(?P<index>[\w.-]+)")?(?=[\s(]|$)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
STATEMENTS = {
    "dynamodb:ExecuteStatement": lambda body: [body],
    "dynamodb:BatchExecuteStatement": lambda body: body.get("Statements") or [],
    "dynamodb:ExecuteTransaction": lambda body: body.get("TransactStatements") or [],
}


def check_of(statement: str, tables_arn: str):
    target = TARGET.match(statement)
    if target is None:
        return None
    verb = next(verb for verb in ("SELECT", "INSERT", "UPDATE", "DELETE") if target[verb])
    index = f"/index/{target['index']}" if target["index"] else ""
    return f"dynamodb:PartiQL{verb.title()}", f"{tables_arn}/{target['table']}{index}"


def apply() -> None:
    checks_of_transaction = iam_actions.dynamodb_transaction_checks

    def checks(action, body, region, account):
        if action not in STATEMENTS:
            return checks_of_transaction(action, body, region, account)
        tables_arn = f"arn:aws:dynamodb:{region}:{account}:table"
        statements = STATEMENTS[action](json.loads(body or b"{}"))
        found = (check_of(statement.get("Statement", ""), tables_arn) for statement in statements)
        return list(dict.fromkeys(check for check in found if check))

    iam_actions.dynamodb_transaction_checks = checks

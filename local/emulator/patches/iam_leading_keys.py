"""`dynamodb:LeadingKeys` has the partition keys that a request names.

AWS: the condition key holds the partition key of each item of GetItem, PutItem, UpdateItem, DeleteItem, Query and the
batch and transaction calls ("Using IAM policy conditions for fine-grained access control").
Emulator: never sets it, so a `ForAllValues` condition on it allows every key.
Not mended: PartiQL statements, which the product does not restrict by key.
Test: iam-leading-keys.
"""
import json
import re

from ministack.core import iam_actions
from ministack.services import dynamodb

EQUALITY = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


def hash_key(table_name: str, index_name: str | None = None) -> str | None:
    table = dynamodb._tables.get(table_name) or {}
    indexes = (table.get("GlobalSecondaryIndexes") or []) + (table.get("LocalSecondaryIndexes") or [])
    schema = next((index["KeySchema"] for index in indexes if index["IndexName"] == index_name), table.get("KeySchema"))
    return next((key["AttributeName"] for key in schema or [] if key["KeyType"] == "HASH"), None)


def named_items(body: dict):
    """(table, item or key) of everything the request reads or writes by key."""
    for part in ("Key", "Item"):
        yield body.get("TableName"), body.get(part)
    for table, requests in (body.get("RequestItems") or {}).items():
        if isinstance(requests, dict):
            yield from ((table, key) for key in requests.get("Keys") or [])
        else:
            for request in requests:
                yield table, (request.get("PutRequest") or {}).get("Item")
                yield table, (request.get("DeleteRequest") or {}).get("Key")
    for operations in body.get("TransactItems") or []:
        for operation in operations.values():
            yield operation.get("TableName"), operation.get("Key") or operation.get("Item")


def queried_values(body: dict):
    names, values = body.get("ExpressionAttributeNames") or {}, body.get("ExpressionAttributeValues") or {}
    key = hash_key(body.get("TableName") or "", body.get("IndexName"))
    for name, placeholder in EQUALITY.findall(body.get("KeyConditionExpression") or ""):
        if names.get(name, name) == key:
            yield values.get(placeholder)


def leading_keys(body: dict) -> list[str]:
    values = [item.get(hash_key(table) or "") for table, item in named_items(body) if table and item]
    return [str(next(iter(value.values()))) for value in [*values, *queried_values(body)] if value]


def apply() -> None:
    service_context = iam_actions.dynamodb_service_context

    def with_leading_keys(body):
        keys = leading_keys(json.loads(body or b"{}"))
        return {**service_context(body), **({"dynamodb:LeadingKeys": keys} if keys else {})}

    iam_actions.dynamodb_service_context = with_leading_keys

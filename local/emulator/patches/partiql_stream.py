"""PartiQL writes reach the table's stream.

AWS: DynamoDB Streams captures every change of an item, whichever API made it ("Change data capture for DynamoDB
Streams"); those of a cancelled ExecuteTransaction never happened.
Emulator: INSERT, UPDATE and DELETE emit no record.
Test: partiql-stream.
"""
import threading

from ministack.services import dynamodb

WRITERS = ("_partiql_insert", "_partiql_update", "_partiql_delete")

current = threading.local()


def record_change(table, old, new) -> None:
    changes = getattr(current, "changes", None)
    if changes is None or (old is None and new is None):
        return
    event = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    changes.append((table["TableName"], event, old, new))


def emit(changes) -> None:
    held_back = getattr(current, "transaction", None)
    if held_back is not None:
        held_back.extend(changes)
        return
    for change in changes:
        dynamodb._emit_stream_event(*change)


def watching(writer):
    def write(table, parsed, *rest):
        current.changes = []
        try:
            return writer(table, parsed, *rest)
        finally:
            changes, current.changes = current.changes, None
            emit(changes)

    return write


def apply() -> None:
    set_item, remove_item, transact = dynamodb._set_item, dynamodb._remove_item, dynamodb._execute_transaction

    def set_watched(table, partition, sort, item):
        old = set_item(table, partition, sort, item)
        record_change(table, old, item)
        return old

    def remove_watched(table, partition, sort):
        old = remove_item(table, partition, sort)
        record_change(table, old, None)
        return old

    def transact_watched(data):
        current.transaction = []
        try:
            response = transact(data)
        finally:
            changes, current.transaction = current.transaction, None
        if response[0] == 200:
            emit(changes)
        return response

    dynamodb._set_item, dynamodb._remove_item = set_watched, remove_watched
    dynamodb._execute_transaction = transact_watched
    for name in WRITERS:
        setattr(dynamodb, name, watching(getattr(dynamodb, name)))

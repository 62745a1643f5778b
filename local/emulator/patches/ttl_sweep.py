"""Expired items leave the table with a REMOVE record of the service.

AWS: an item deleted by time to live has a stream record whose `userIdentity` is
{ type: "Service", principalId: "dynamodb.amazonaws.com" } ("DynamoDB Streams and Time to Live"); items that expired
more than five years ago stay.
Emulator: sweeps once a minute and emits no record.
Here: a sweep every five seconds (AWS takes hours to days; a test cannot), less often where tables are large.
Test: ttl-sweep.
"""
import contextvars
import logging
import threading
import time

import ministack.app as app
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import dynamodb

SWEEP_SECONDS = 5
LARGEST_SHARE = 0.02
OLDEST_SECONDS = 5 * 365 * 86_400
SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
STOCK_SWEEPER = "dynamodb-ttl-reaper"


def is_expired(item: dict | None, attribute: str, now: float) -> bool:
    try:
        return now - OLDEST_SECONDS < float((item or {})[attribute]["N"]) <= now
    except (KeyError, TypeError, ValueError):
        return False


def remove_expired(table: dict, partition, sort, attribute: str) -> None:
    """Runs in the server's own loop, as every other write does: the item may have changed since it was found."""
    if is_expired(table["items"].get(partition, {}).get(sort), attribute, time.time()):
        emit_removal(table, dynamodb._remove_item(table, partition, sort))


def emit_removal(table: dict, old: dict) -> None:
    name = table["TableName"]
    before = dynamodb.stream_end_position(name)
    dynamodb._emit_stream_event(name, "REMOVE", old, None)
    for record in dynamodb.stream_records_since(name, before, 1):
        record["userIdentity"] = SERVICE


def sweep_table(table: dict, attribute: str, context: contextvars.Context) -> None:
    now = time.time()
    for partition, items in list(table["items"].items()):
        for sort, item in list(items.items()):
            if is_expired(item, attribute, now):
                app._MAIN_LOOP.call_soon_threadsafe(remove_expired, table, partition, sort, attribute, context=context)


def context_of(account: str, region: str) -> contextvars.Context:
    context = contextvars.Context()
    context.run(_request_account_id.set, account)
    context.run(_request_region.set, region)
    return context


def sweep() -> None:
    took_seconds = 0.0
    while True:
        time.sleep(max(SWEEP_SECONDS, took_seconds / LARGEST_SHARE))
        began_at = time.monotonic()
        try:
            for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):
                table = dynamodb._tables.get_scoped(account, region, name)
                if table and setting.get("TimeToLiveStatus") == "ENABLED":
                    sweep_table(table, setting["AttributeName"], context_of(account, region))
        except Exception:
            logging.getLogger("dynamodb").exception("the sweep of expired items failed")
        took_seconds = time.monotonic() - began_at


def apply() -> None:
    remove_item = dynamodb._remove_item

    def remove_unless_stock_sweep(table, partition, sort):
        if threading.current_thread().name == STOCK_SWEEPER:
            return None
        return remove_item(table, partition, sort)

    dynamodb._remove_item = remove_unless_stock_sweep
    threading.Thread(target=sweep, daemon=True).start()

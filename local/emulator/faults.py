"""Faults that tests inject into calls of DynamoDB and SQS: the emulator never throttles, loses or refuses anything itself."""
import asyncio
import json
import threading

from ministack.core.responses import error_response_json, json_response
from ministack.services import dynamodb, sqs
from replies import read_body, send_json

WHOLE_CALL = {"throttle_call", "lose_answer", "hold_call", "hold_answer"}
PER_ENTRY = {"throttle_statement", "unprocessed", "fail_entry"}
HOLD_SECONDS = 120
POLL_SECONDS = 0.02

lock = threading.Lock()
active: dict[str, dict] = {}


def add(fault: dict) -> dict:
    if fault.get("mode") not in WHOLE_CALL | PER_ENTRY:
        raise ValueError(f"mode is {fault.get('mode')!r}; it must be one of {sorted(WHOLE_CALL | PER_ENTRY)}")
    active[fault["id"]] = {"times": 1, "skip": 0, **fault, "hits": 0, "seen": 0}
    return active[fault["id"]]


def text_of(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace('\\"', '"')


def take(operation: str, modes: set[str], text: str) -> dict | None:
    """The fault that hits this call or entry, counted; the first `skip` matches pass."""
    with lock:
        for fault in active.values():
            if fault["operation"] != operation or fault["mode"] not in modes or fault.get("contains", "") not in text:
                continue
            fault["seen"] += 1
            if fault["seen"] > fault["skip"] and fault["hits"] < fault["times"]:
                fault["hits"] += 1
                return fault
    return None


def split(operation: str, mode: str, entries: list) -> tuple[list[int], list]:
    """(indexes that a fault hits, the entries that go on)."""
    hit = [index for index, entry in enumerate(entries) if take(operation, {mode}, text_of(entry))]
    return hit, [entry for index, entry in enumerate(entries) if index not in hit]


def throttle_statements(execute):
    error = {"Error": {"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity of your table"}}

    def throttled(data):
        hit, rest = split("BatchExecuteStatement", "throttle_statement", data.get("Statements") or [])
        if not hit:
            return execute(data)
        status, headers, body = execute({**data, "Statements": rest}) if rest else json_response({"Responses": []})
        if status != 200:
            return status, headers, body
        responses = json.loads(body)["Responses"]
        for index in hit:
            responses.insert(index, error)
        return json_response({"Responses": responses})

    return throttled


def leave_writes_out(write):
    def partial(data):
        left, kept = {}, {}
        for table, requests in (data.get("RequestItems") or {}).items():
            hit, rest = split("BatchWriteItem", "unprocessed", requests)
            left.update({table: [requests[index] for index in hit]} if hit else {})
            kept.update({table: rest} if rest else {})
        return merge(write, data, kept, left, "UnprocessedItems", {}) if left else write(data)

    return partial


def leave_reads_out(read):
    def partial(data):
        left, kept = {}, {}
        for table, request in (data.get("RequestItems") or {}).items():
            hit, rest = split("BatchGetItem", "unprocessed", request["Keys"])
            left.update({table: {**request, "Keys": [request["Keys"][index] for index in hit]}} if hit else {})
            kept.update({table: {**request, "Keys": rest}} if rest else {})
        return merge(read, data, kept, left, "UnprocessedKeys", {"Responses": {}}) if left else read(data)

    return partial


def merge(call, data, kept, left, member, nothing):
    status, headers, body = call({**data, "RequestItems": kept}) if kept else json_response(nothing)
    return json_response({**json.loads(body), member: left}) if status == 200 else (status, headers, body)


def fail_entries(send_batch):
    def partial(data, url):
        entries = data.get("Entries") or []
        hit, rest = split("SendMessageBatch", "fail_entry", entries)
        result = send_batch({**data, "Entries": rest}, url) if rest else {"Successful": [], "Failed": []}
        failure = {"Code": "InternalError", "Message": "injected", "SenderFault": False}
        return {**result, "Failed": [*result["Failed"], *({"Id": entries[index]["Id"], **failure} for index in hit)]}

    return partial


async def until_cleared(fault: dict) -> None:
    for _ in range(int(HOLD_SECONDS / POLL_SECONDS)):
        if active.get(fault["id"]) is not fault:
            return
        await asyncio.sleep(POLL_SECONDS)


async def refuse(send, status: int, code: str) -> None:
    _, _, body = error_response_json(code, "injected", status)
    await send_json(send, status, json.loads(body))


def failing_calls(serve):
    """The server with whole calls refused, lost or held; those that no fault hits pass through."""

    async def serve_with_faults(scope, receive, send):
        headers = dict(scope.get("headers") or [])
        operation = headers.get(b"x-amz-target", b"").decode().rsplit(".", 1)[-1]
        if not active or not operation:
            return await serve(scope, receive, send)
        body = await read_body(receive)
        fault = take(operation, WHOLE_CALL, body.decode("utf-8", "replace").replace('\\"', '"'))

        async def replay():
            return {"type": "http.request", "body": body, "more_body": False}

        if fault is None:
            return await serve(scope, replay, send)
        if fault["mode"] == "throttle_call":
            return await refuse(send, 400, "ThrottlingException")
        if fault["mode"] == "hold_call":
            await until_cleared(fault)
            return await refuse(send, 500, "InternalServerError")
        answer = []

        async def keep(message):
            answer.append(message)

        await serve(scope, replay, keep)
        if fault["mode"] == "lose_answer":
            return await refuse(send, 500, "InternalServerError")
        await until_cleared(fault)
        for message in answer:
            await send(message)

    return serve_with_faults


def install() -> None:
    dynamodb._batch_execute_statement = throttle_statements(dynamodb._batch_execute_statement)
    dynamodb._batch_write_item = leave_writes_out(dynamodb._batch_write_item)
    dynamodb._batch_get_item = leave_reads_out(dynamodb._batch_get_item)
    sqs._HANDLERS["SendMessageBatch"] = fail_entries(sqs._HANDLERS["SendMessageBatch"])

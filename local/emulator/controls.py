"""The launcher's test facilities, below /_tasklane/ when TASKLANE_TEST_CONTROLS=1.

POST /_tasklane/faults   adds the faults of a JSON list, GET lists them with their hits, DELETE clears them (and lets go
                         what they hold). A fault: { id, operation, mode, contains?, times = 1, skip = 0 }; modes:
                         throttle_statement  that statement of BatchExecuteStatement has the error ThrottlingError
                         unprocessed         that request of BatchWriteItem or key of BatchGetItem is left unprocessed
                         fail_entry          that entry of SendMessageBatch is among Failed
                         throttle_call       the call is refused by 400 ThrottlingException
                         lose_answer         the call is applied and answered by 500
                         hold_call           the call waits, unapplied, until cleared, and is then answered by 500
                         hold_answer         the call is applied; its answer waits until cleared
GET  /_tasklane/workers  [{ function, pid, busy }] of the processes that run functions
POST /_tasklane/mapping/dup { queue, on }: each message sent to that queue is stored twice
"""
import json

import faults
import ministack.app as app
from ministack.core import lambda_runtime
from ministack.services import sqs
from replies import read_body, send_json

doubled: set[str] = set()


def live_workers() -> list[dict]:
    workers = [worker for pool in list(lambda_runtime._workers.values()) for worker in list(pool)]
    return [
        {"function": worker.func_name, "pid": process.pid, "busy": worker.in_use}
        for worker in workers
        if (process := worker._proc) is not None and process.poll() is None
    ]


def storing_twice(send_message):
    def send(data, url):
        result = send_message(data, url)
        queue = sqs._get_q(data.get("QueueUrl", url))
        if queue["name"] in doubled:
            sent = next(message for message in reversed(list(queue["messages"])) if message["id"] == result["MessageId"])
            queue["messages"].append(dict(sent))
        return result

    return send


async def answer(method: str, path: str, body: bytes):
    """(status, JSON value) of a route, or None where there is none."""
    match method, path:
        case "GET", "/_tasklane/faults":
            return 200, list(faults.active.values())
        case "POST", "/_tasklane/faults":
            return 200, [faults.add(fault) for fault in json.loads(body)]
        case "DELETE", "/_tasklane/faults":
            faults.active.clear()
            return 200, []
        case "GET", "/_tasklane/workers":
            return 200, live_workers()
        case "POST", "/_tasklane/mapping/dup":
            request = json.loads(body)
            (doubled.add if request["on"] else doubled.discard)(request["queue"])
            return 200, sorted(doubled)
    return None


def install() -> None:
    faults.install()
    sqs._act_send_message = sqs._HANDLERS["SendMessage"] = storing_twice(sqs._act_send_message)
    serve = faults.failing_calls(app.app)

    async def serve_controls(scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith("/_tasklane/") or scope["path"] == "/_tasklane/route":
            return await serve(scope, receive, send)
        try:
            reply = await answer(scope["method"], scope["path"], await read_body(receive))
        except (KeyError, TypeError, ValueError) as error:
            reply = 400, {"message": str(error)}
        await send_json(send, *(reply or (404, {"message": "no such route"})))

    app.app = serve_controls

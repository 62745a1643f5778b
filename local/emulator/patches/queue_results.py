"""What a function answers decides what becomes of each message of its batch.

AWS, with ReportBatchItemFailures: null, {} and an empty list mean success; an unknown or empty identifier fails the
whole batch ("Implementing partial batch responses", "Success and failure conditions"). A failed invocation makes its
own messages visible again later, and slows nothing else.
Emulator: redelivers on null; deletes the batch on an unknown identifier; pauses the whole mapping for a second after
each failed invocation.
Test: queue-results.
"""
import json
import logging

from ministack.services import lambda_svc as lambdas
from ministack.services import sqs

log = logging.getLogger("queue_results")


def reported_failures(settings: dict, body) -> list:
    if "ReportBatchItemFailures" not in (settings.get("FunctionResponseTypes") or []):
        return []
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return []
    return (body.get("batchItemFailures") or []) if isinstance(body, dict) else []


def done_messages(batch: list[dict], failures: list) -> list[dict]:
    failed = {failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures}
    if not failed <= {message["id"] for message in batch}:
        return []
    return [message for message in batch if message["id"] not in failed]


def run_batch(settings, function, event, batch, queue_url, queue_name) -> None:
    result = lambdas._execute_function(function, event)
    if result.get("error"):
        settings["LastProcessingResult"] = "FAILED"
        log.warning("%s failed on %d messages of %s: %s", settings["FunctionName"], len(batch), queue_name, result.get("body"))
        return
    done = done_messages(batch, reported_failures(settings, result.get("body")))
    sqs._delete_messages_for_esm(queue_url, {message["receipt_handle"] for message in done})
    settings["LastProcessingResult"] = f"OK - {len(done)} records, {len(batch) - len(done)} partial failures"


def apply() -> None:
    lambdas._run_sqs_batch = run_batch

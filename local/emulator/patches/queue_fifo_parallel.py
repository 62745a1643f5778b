"""A FIFO queue's mapping serves several message groups at a time.

AWS: "concurrent invocations are capped either by the number of message group IDs or the maximum concurrency setting,
whichever is lower" ("Configuring scaling behavior for SQS event source mappings"); of one group nothing more is handed
out while any of its messages is in flight.
Emulator: one batch of a FIFO queue at a time. Its receives keep the groups apart all the same.
Test: queue-fifo-parallel.
"""
from ministack.services import lambda_svc as lambdas


def apply() -> None:
    stock = lambdas._sqs_esm_concurrency
    lambdas._sqs_esm_concurrency = lambda settings, function, config, queue=None: stock(settings, function, config)

"""A queue's mapping takes batches above ten and waits for its batching window.

AWS: BatchSize up to 10,000 for a standard queue, for which above 10 MaximumBatchingWindowInSeconds must be at least 1;
the function runs when the batch is full or the window ends ("Using Lambda with Amazon SQS", "Configuring scaling").
Emulator: takes ten at most, and at once.
Test: queue-batches.
"""
import itertools
import threading
import time

from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc as lambdas
from ministack.services import sqs

MOST_FIFO = 10

polled = threading.local()
opened_at: dict[str, float] = {}


def has_visible(queue: dict, number: int) -> int:
    """How many messages could be received now, counted up to the number."""
    now = time.time()
    visible = (message for message in queue["messages"] if message["visible_at"] <= now)
    return sum(1 for _ in itertools.islice(visible, number))


def must_wait(settings: dict, queue: dict, size: int) -> bool:
    """Whether the batching window holds a batch back; the first message that is visible opens it."""
    window = int(settings.get("MaximumBatchingWindowInSeconds") or 0)
    visible = has_visible(queue, size) if window else 0
    if not window or visible == 0 or visible >= size:
        opened_at.pop(settings["UUID"], None)
        return False
    now = time.monotonic()
    remaining = opened_at.setdefault(settings["UUID"], now) + window - now
    if remaining <= 0:
        del opened_at[settings["UUID"]]
        return False
    wake = threading.Timer(remaining, esm_wake.set)
    wake.daemon = True
    wake.start()
    return True


def receive(queue_url: str, number) -> list[dict]:
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        size = min(int(number), MOST_FIFO) if queue["is_fifo"] else int(number)
        if must_wait(polled.settings, queue, size):
            return []
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        return sqs._collect_msgs(queue, size, int(queue["attributes"].get("VisibilityTimeout", "30")))


def apply() -> None:
    mappings = lambdas._iter_all_esms

    def noting_mappings():
        for account, region, settings in mappings():
            polled.settings = settings
            yield account, region, settings

    lambdas._iter_all_esms = noting_mappings
    sqs._receive_messages_for_esm = receive

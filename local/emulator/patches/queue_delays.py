"""A message is received as soon as its delay is over.

AWS: the pollers of a mapping use long polling, and a ReceiveMessage that waits answers when a message becomes available
("Amazon SQS short and long polling", "Using Lambda with Amazon SQS").
Emulator: looks once a second when nothing was sent meanwhile, so that a delayed message comes up to a second late.
Test: queue-delays.
"""
import time

from ministack.services import lambda_svc as lambdas
from ministack.services import sqs

SHORTEST_WAIT_SECONDS = 0.005


def seconds_until_one_shows() -> float:
    now = time.time()
    with sqs._queues_lock:
        hidden = [
            message["visible_at"] - now
            for queue in list(sqs._queues._data.values())
            for message in queue["messages"]
            if message["visible_at"] > now
        ]
    return max(SHORTEST_WAIT_SECONDS, min(hidden, default=float("inf")))


class PollersEvent:
    """Wakes the pollers for what was sent, and for what shows."""

    def __init__(self, event):
        self.set = event.set
        self.clear = event.clear
        self._wait = event.wait

    def wait(self, seconds: float) -> bool:
        return self._wait(min(seconds, seconds_until_one_shows()))


def apply() -> None:
    lambdas._esm_wake = PollersEvent(lambdas._esm_wake)

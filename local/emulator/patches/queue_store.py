"""A queue neither loses a message to a race nor slows down with its depth.

AWS: SQS stores each message redundantly, and a queue's depth does not bear on its speed ("Amazon SQS features").
Emulator: keeps a list that the mapping's threads rebuild without its message when one is deleted, while the server's
loop appends to it: what is appended in between is gone. And each receive and each delete walks the whole list.
Test: queue-store.
"""
import heapq
import itertools
import json
import threading
import time

from ministack.core.concurrency import esm_wake
from ministack.core.responses import new_uuid
from ministack.services import sqs

EXPIRY_CHECK_SECONDS = 1.0

lock = threading.RLock()
numbers = itertools.count()


class Messages:
    """The messages of one queue in order of arrival, found by receipt handle and by the time they become visible.

    A heap entry counts only while its message is stored and still becomes visible at the entry's time.
    """

    def __init__(self, messages=()):
        self.stored: dict[int, dict] = {}
        self.handles: dict[str, dict] = {}
        self.due: list[tuple] = []
        self.checked_at = 0.0
        for message in messages:
            self.append(message)

    def __iter__(self):
        with lock:
            return iter(list(self.stored.values()))

    def __len__(self) -> int:
        return len(self.stored)

    def append(self, message: dict) -> None:
        with lock:
            sqs._ensure_msg_fields(message)
            self.stored[id(message)] = message
            self.schedule(message)

    def remove(self, message: dict) -> None:
        with lock:
            if self.stored.pop(id(message), None) is None:
                raise ValueError("no such message")
            self.handles.pop(message["receipt_handle"], None)

    def clear(self) -> None:
        with lock:
            self.stored.clear()
            self.handles.clear()
            self.due.clear()

    def schedule(self, message: dict) -> None:
        heapq.heappush(self.due, (message["visible_at"], next(numbers), message))

    def hide(self, message: dict, visible_at: float) -> None:
        message["visible_at"] = visible_at
        self.schedule(message)

    def take_due(self, now: float):
        while self.due and self.due[0][0] <= now:
            visible_at, _, message = heapq.heappop(self.due)
            if self.stored.get(id(message)) is message and message["visible_at"] == visible_at:
                return message
        return None

    def hand_out(self, message: dict, now: float, visibility_seconds: int) -> dict:
        self.handles.pop(message["receipt_handle"], None)
        message["receipt_handle"] = new_uuid()
        message["receive_count"] += 1
        message["first_receive_at"] = message["first_receive_at"] or now
        self.handles[message["receipt_handle"]] = message
        self.hide(message, now + visibility_seconds)
        return message

    def delete(self, handle: str) -> bool:
        with lock:
            message = self.handles.get(handle)
            if message is not None:
                self.remove(message)
            return message is not None


def messages_of(queue: dict) -> Messages:
    if not isinstance(queue["messages"], Messages):
        queue["messages"] = Messages(queue["messages"])
    return queue["messages"]


def redrive_of(queue: dict):
    """(dead-letter queue, maxReceiveCount), or None."""
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    target = sqs._queue_by_arn(policy.get("deadLetterTargetArn", ""))
    return (target, int(policy["maxReceiveCount"])) if target is not None else None


def bury(queue: dict, target: dict, message: dict, now: float) -> None:
    messages_of(queue).remove(message)
    moved = {**message, "receipt_handle": None, "visible_at": now, "sys": dict(message.get("sys") or {})}
    moved["sys"].setdefault("DeadLetterQueueSourceArn", queue["attributes"].get("QueueArn", ""))
    if target.get("is_fifo"):
        moved["enqueued_at"] = now
    messages_of(target).append(moved)
    esm_wake.set()


def is_dead(message: dict, redrive) -> bool:
    return redrive is not None and message["receive_count"] >= redrive[1]


def collect_standard(queue: dict, most: int, visibility_seconds: int) -> list[dict]:
    messages, redrive, now, taken = messages_of(queue), redrive_of(queue), time.time(), []
    while len(taken) < most and (message := messages.take_due(now)) is not None:
        if is_dead(message, redrive):
            bury(queue, redrive[0], message, now)
        else:
            taken.append(messages.hand_out(message, now, visibility_seconds))
    return taken


def collect(queue: dict, most: int, visibility_seconds: int) -> list[dict]:
    with lock:
        if not queue["is_fifo"]:
            return collect_standard(queue, most, visibility_seconds)
        messages = messages_of(queue)
        taken = sqs._collect_fifo(queue, most, visibility_seconds, time.time())
        messages.handles.update((message["receipt_handle"], message) for message in taken)
        return taken


def sweep_dead(queue: dict) -> None:
    """A standard queue's dead letters are moved as they come up; of a FIFO queue they hold up their group."""
    if not queue["is_fifo"]:
        return
    with lock:
        redrive, now = redrive_of(queue), time.time()
        for message in messages_of(queue):
            if is_dead(message, redrive) and message["visible_at"] <= now:
                bury(queue, redrive[0], message, now)


def expire(queue: dict) -> None:
    with lock:
        messages, now = messages_of(queue), time.time()
        if now - messages.checked_at < EXPIRY_CHECK_SECONDS:
            return
        messages.checked_at = now
        oldest = now - int(queue["attributes"].get("MessageRetentionPeriod", "345600"))
        for message in messages:
            if message.get("enqueued_at", message["sent_at"]) <= oldest:
                messages.remove(message)


def invalid_handle() -> sqs._Err:
    return sqs._Err("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")


def delete_message(data: dict, url: str) -> dict:
    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
    if not messages_of(queue).delete(data.get("ReceiptHandle", "")):
        raise invalid_handle()
    return {}


def change_visibility(data: dict, url: str) -> dict:
    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:ChangeMessageVisibility")
    seconds = int(data.get("VisibilityTimeout", 30))
    with lock:
        message = messages_of(queue).handles.get(data.get("ReceiptHandle", ""))
        if message is None:
            raise invalid_handle()
        messages_of(queue).hide(message, time.time() + seconds)
    if seconds == 0:
        esm_wake.set()
    return {}


def each_entry(single, entry_name: str):
    """The batch form of an action: one result or error for each entry."""

    def batch(data: dict, url: str) -> dict:
        queue_url = data.get("QueueUrl", url)
        sqs._get_q(queue_url)
        sqs._validate_batch_entries(data.get("Entries", []), entry_name)
        done, failed = [], []
        for entry in data["Entries"]:
            try:
                single({**entry, "QueueUrl": queue_url}, url)
                done.append({"Id": entry["Id"]})
            except sqs._Err as error:
                failed.append({"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True})
        return {"Successful": done, "Failed": failed}

    return batch


def delete_for_mapping(queue_url: str, handles: set[str]) -> None:
    messages = messages_of(sqs._get_q(queue_url))
    for handle in handles:
        messages.delete(handle)


class Queues(type(sqs._queues)):
    """Gives every new queue its store before anybody can append to it."""

    __slots__ = ()

    def __setitem__(self, url, queue):
        messages_of(queue)
        super().__setitem__(url, queue)


def apply() -> None:
    sqs._queues.__class__ = Queues
    sqs._collect_msgs, sqs._dlq_sweep, sqs._expire_retained = collect, sweep_dead, expire
    sqs._delete_messages_for_esm = delete_for_mapping
    sqs._HANDLERS.update(
        DeleteMessage=delete_message,
        ChangeMessageVisibility=change_visibility,
        DeleteMessageBatch=each_entry(delete_message, "DeleteMessageBatchRequestEntry"),
        ChangeMessageVisibilityBatch=each_entry(change_visibility, "ChangeMessageVisibilityBatchRequestEntry"),
    )

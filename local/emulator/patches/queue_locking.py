"""Whoever changes a queue has it alone.

AWS: a message that SendMessage has confirmed is there until it is deleted or its retention ends ("Amazon SQS at-least-once
delivery").
Emulator: rebuilds the list of messages to delete one; the mappings' threads do so under a lock that the API's calls do
not take, so that a message sent in between can be lost.
Test: queue-locking.
"""
import threading

from ministack.services import sqs

CHANGES = (
    "_act_send_message",
    "_act_delete_message",
    "_act_delete_message_batch",
    "_act_change_visibility",
    "_act_change_visibility_batch",
    "_act_purge_queue",
    "_collect_msgs",
    "_dlq_sweep",
    "_expire_retained",
)


def locked(change):
    def change_alone(*arguments):
        with sqs._queues_lock:
            return change(*arguments)

    return change_alone


def apply() -> None:
    sqs._queues_lock = threading.RLock()
    for name in CHANGES:
        stock = getattr(sqs, name)
        mended = locked(stock)
        setattr(sqs, name, mended)
        sqs._HANDLERS.update({action: mended for action, handler in sqs._HANDLERS.items() if handler is stock})

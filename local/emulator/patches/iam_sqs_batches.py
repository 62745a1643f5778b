"""A grant of an SQS action covers its batch form.

AWS: SendMessageBatch, DeleteMessageBatch and ChangeMessageVisibilityBatch are authorized as the single action ("Actions,
resources, and condition keys for Amazon SQS" knows no other).
Emulator: asks for `sqs:SendMessageBatch` and the like, which no policy can name.
Test: iam-sqs-batches.
"""
from ministack.core import iam_actions

SINGLE_ACTION = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def apply() -> None:
    extract = iam_actions.extract_iam_action

    def extract_single(*request):
        action = extract(*request)
        return SINGLE_ACTION.get(action, action)

    iam_actions.extract_iam_action = extract_single

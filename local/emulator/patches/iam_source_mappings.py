"""Reading and changing an event source mapping are authorized by their own names, on the mapping's ARN.

AWS: GetEventSourceMapping, UpdateEventSourceMapping and DeleteEventSourceMapping have the resource type
eventSourceMapping ("Actions, resources, and condition keys for AWS Lambda").
Emulator: asks for `lambda:ListEventSourceMappings` to read one, and for nothing to change or delete it.
Test: iam-source-mappings.
"""
from ministack.core import iam_actions

ACTIONS = {
    "GET": "GetEventSourceMapping",
    "PUT": "UpdateEventSourceMapping",
    "DELETE": "DeleteEventSourceMapping",
}


def apply() -> None:
    action_of = iam_actions._lambda_action

    def with_mappings(method: str, path: str) -> str | None:
        parts = [part for part in path.split("/") if part]
        # 2015-03-31/event-source-mappings/UUID
        if parts[1:2] == ["event-source-mappings"] and len(parts) == 3:
            return ACTIONS.get(method)
        return action_of(method, path)

    iam_actions._lambda_action = with_mappings

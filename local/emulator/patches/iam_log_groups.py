"""Log actions are authorized on `log-group:NAME:*`.

AWS: the resource of the actions on a log group ends in `:*` ("Actions, resources, and condition keys for Amazon
CloudWatch Logs"), and that is what CDK grants. Only the tagging calls go without.
Emulator: asks for `log-group:NAME`, so that CDK's grants never match.
Test: iam-log-groups.
"""
from ministack.core import iam_actions


def apply() -> None:
    extract = iam_actions.extract_resource_arn

    def extract_log_group(service, method, path, headers, body, query_params, region, account):
        arn = extract(service, method, path, headers, body, query_params, region, account)
        operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if service == "logs" and ":log-group:" in arn and not arn.endswith(":*") and "Tag" not in operation:
            return f"{arn}:*"
        return arn

    iam_actions.extract_resource_arn = extract_log_group

"""Who may not list a bucket is told nothing of which of its objects are there.

AWS: GetObject, HeadObject and a copy of an object that does not exist answer 404 to who has `s3:ListBucket` on the bucket,
and 403 to all others ("GetObject", Permissions, in the Amazon S3 API Reference).
Emulator: answers 404 to whoever may read the object if it were there.
Test: s3-missing-objects.
"""
from ministack.core import iam_actions
from ministack.services import s3

ARN = "arn:aws:s3:::"


def is_missing(object_arn: str) -> bool:
    bucket_name, _, key = object_arn.removeprefix(ARN).partition("/")
    bucket = s3._buckets.get(bucket_name)
    return bucket is not None and key not in bucket["objects"]


def apply() -> None:
    further_checks = iam_actions.s3_additional_checks

    def checks(method, path, headers, body, query_params):
        found = further_checks(method, path, headers, body, query_params)
        read = [arn for action, arn in found if action == "s3:GetObject"]
        if iam_actions._s3_action(method, path, query_params) == "GetObject":
            read.append(ARN + path.lstrip("/"))
        return [*found, *(("s3:ListBucket", arn.partition("/")[0]) for arn in read if is_missing(arn))]

    iam_actions.s3_additional_checks = checks

"""CloudFormation sets time to live and point-in-time recovery of a table.

AWS: `TimeToLiveSpecification` and `PointInTimeRecoverySpecification` of AWS::DynamoDB::Table and GlobalTable
("AWS CloudFormation template reference").
Emulator: drops both at creation and at update.
Test: table-settings.
"""
from ministack.services import dynamodb
from provisioning import after_provisioning, is_true


def settle(table_name: str, properties: dict) -> None:
    replica = (properties.get("Replicas") or [{}])[0]
    recovery = properties.get("PointInTimeRecoverySpecification") or replica.get("PointInTimeRecoverySpecification") or {}
    dynamodb._pitr_settings[table_name] = is_true(recovery.get("PointInTimeRecoveryEnabled", False))
    expiry = properties.get("TimeToLiveSpecification")
    if expiry:
        enabled = is_true(expiry.get("Enabled", True))
        dynamodb._ttl_settings[table_name] = {
            "TimeToLiveStatus": "ENABLED" if enabled else "DISABLED",
            "AttributeName": expiry.get("AttributeName"),
        }


def apply() -> None:
    after_provisioning("AWS::DynamoDB::Table", settle)
    after_provisioning("AWS::DynamoDB::GlobalTable", settle)

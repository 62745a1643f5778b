"""CloudFormation reserves concurrency.

AWS: `ReservedConcurrentExecutions` of AWS::Lambda::Function bounds the function's invocations ("Configuring reserved
concurrency").
Emulator: drops it.
Test: reserved-concurrency.
"""
from ministack.services import lambda_svc as lambdas
from provisioning import after_provisioning


def settle(function_name: str, properties: dict) -> None:
    reserved = properties.get("ReservedConcurrentExecutions")
    lambdas._functions[function_name]["concurrency"] = None if reserved is None else int(reserved)


def apply() -> None:
    after_provisioning("AWS::Lambda::Function", settle)

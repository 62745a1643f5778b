"""An HTTP API tells nothing of its function's failure.

AWS: a function that fails, or answers what is no response, is 500 {"message":"Internal Server Error"}; one without free
concurrency is 503 {"message":"Service Unavailable"} ("Troubleshooting issues with HTTP API Lambda integrations").
Emulator: 502 with the error's own text, an empty 500, and 429.
Test: http-api-errors.
"""
import json

from ministack.services import lambda_svc as lambdas


def refusal(status: int, message: str) -> tuple[dict, None]:
    body = json.dumps({"message": message}, separators=(",", ":"))
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": body}, None


def is_status(value) -> bool:
    return isinstance(value, (int, str)) and str(value).isdigit() and 100 <= int(value) <= 599


def apply() -> None:
    convert = lambdas.lambda_execute_result_to_api_proxy_response

    def convert_discreetly(result):
        if result.get("throttle"):
            return refusal(503, "Service Unavailable")
        response, problem = convert(result)
        if result.get("error") or not is_status(response.get("statusCode", 200)):
            return refusal(500, "Internal Server Error")
        return {**response, "statusCode": int(response.get("statusCode", 200))}, problem

    lambdas.lambda_execute_result_to_api_proxy_response = convert_discreetly

"""An error of a handler keeps its class, and its worker goes on.

AWS: `errorType` is the error's class, `trace` its stack; the execution environment is used again ("AWS Lambda function
errors in Node.js").
Emulator: `errorType` is always Runtime.HandlerError, there is no trace, and the worker is killed, so that the next
invocation is a cold start.
Test: handler-errors.
"""
import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc as lambdas

STOCK = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
MENDED = """status: "ok", result: null, handler_error: {
            errorType: (err && err.name) || typeof err,
            errorMessage: String((err && err.message) || err),
            trace: String((err && err.stack) || "").split("\\n"),
          }"""

last = threading.local()


def apply() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if STOCK not in script:
        raise RuntimeError("handler_errors: the emulator's worker script is another than that of 1.5.33")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(STOCK, MENDED)

    invoke, execute = lambda_runtime.Worker.invoke, lambdas._execute_function_warm

    def invoke_noting_error(worker, *request, **options):
        response = invoke(worker, *request, **options)
        last.error = response.get("handler_error")
        return response

    def execute_with_error(*request):
        last.error = None
        result = execute(*request)
        error = last.error
        if error is None:
            return result
        log = "\n".join(filter(None, [result.get("log"), *error["trace"]]))
        return {**result, "body": error, "error": True, "log": log}

    lambda_runtime.Worker.invoke = invoke_noting_error
    lambdas._execute_function_warm = execute_with_error

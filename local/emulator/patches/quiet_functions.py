"""A function that logs nothing answers at once.

AWS: log lines are shipped apart from the answer ("Lambda Telemetry API").
Emulator: waits up to 50 ms for a first log line before it passes the answer on.
Here: waits 3 ms; a line that comes later is logged with the next invocation of that worker.
Test: quiet-functions.
"""
from ministack.core import lambda_runtime

FIRST_LINE_SECONDS = 0.003
QUIET_SECONDS = 0.002


def apply() -> None:
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_briefly(worker, **_limits):
        return drain(worker, first_line_wait=FIRST_LINE_SECONDS, idle_confirm=QUIET_SECONDS)

    lambda_runtime.Worker._drain_stderr_bounded = drain_briefly

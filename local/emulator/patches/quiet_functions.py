"""A function's answer waits for its log lines and for nothing else.

AWS: log lines are shipped apart from the answer, and none is lost ("Lambda Telemetry API").
Emulator: waits up to 50 ms for a first log line before it passes the answer on, and on a busy machine gives up too early,
so that a line is logged with the worker's next invocation, if there is one.
Here: the worker marks the end of its lines on stderr before it answers, and the drain reads up to the mark.
Test: quiet-functions.
"""
import queue
import time

from ministack.core import lambda_runtime

MARK = "--- answered ---"
LONGEST_WAIT_SECONDS = 0.25

STOCK = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"
MARKING = f"""const _answer = process.stdout.write.bind(process.stdout);
const _realStdoutWrite = (text) => {{
  if (lineNum > 1) _stderrWrite("{MARK}\\n");
  return _answer(text);
}};"""


def drain_to_mark(worker, **_limits) -> str:
    """The lines of this invocation. A worker that died leaves no mark; one that is late leaves it to be skipped."""
    source, lines, give_up_at = worker._stderr_queue, [], time.monotonic() + LONGEST_WAIT_SECONDS
    late_marks = getattr(source, "late_marks", 0)
    while True:
        try:
            line = source.get(timeout=max(0.0, give_up_at - time.monotonic()))
        except queue.Empty:
            source.late_marks = late_marks + 1
            return "\n".join(lines)
        if line != MARK:
            lines.append(line)
        elif late_marks == 0:
            return "\n".join(lines)
        else:
            source.late_marks = late_marks = late_marks - 1


def apply() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if STOCK not in script:
        raise RuntimeError("quiet_functions: the emulator's worker script is another than that of 1.5.33")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(STOCK, MARKING)
    lambda_runtime.Worker._drain_stderr_bounded = drain_to_mark

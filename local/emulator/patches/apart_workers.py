"""What befalls one process of a function leaves the others alone.

AWS: each execution environment lives and ends by itself, and a change of the function lets invocations end that run
("Understanding the Lambda execution environment lifecycle").
Emulator: when a process ends as it starts, or the function is changed, it ends all processes of the function whatever
they do, and removes the code of those that are being started in their places.
Test: apart-workers.
"""
import time

from ministack.core import lambda_runtime as runtime
from ministack.services import lambda_svc as lambdas


def is_of(key: str, function: str, qualifier: str | None, account: str | None, region: str | None) -> bool:
    wanted = (account, region, function, qualifier)
    return all(part in (None, is_part) for part, is_part in zip(wanted, key.split(":"), strict=True))


def invalidate(func_name: str, qualifier=None, account=None, region=None) -> None:
    """Idle processes end now, those at work when their invocation has ended; none serves another one."""
    with runtime._lock:
        keys = [key for key in runtime._workers if is_of(key, func_name, qualifier, account, region)]
        workers = [worker for key in keys for worker in runtime._workers.pop(key)]
        for worker in workers:
            worker.is_outdated = True
        idle = [worker for worker in workers if not worker.in_use]
    runtime.kill_workers(idle)


def release(worker) -> None:
    if worker is None:
        return
    with runtime._lock:
        worker.in_use = False
    if getattr(worker, "is_outdated", False):
        runtime.kill_workers([worker])


def apply() -> None:
    invoke = runtime.Worker.invoke

    def invoke_alone(worker, *request, **options):
        try:
            return invoke(worker, *request, **options)
        except Exception as error:
            process, worker._proc = worker._proc, None
            runtime._signal(process)
            runtime._collect(process, time.monotonic() + runtime._REAP_GRACE)
            return {"status": "error", "error": str(error), "log": ""}

    runtime.Worker.invoke = invoke_alone
    lambdas.invalidate_worker = runtime.invalidate_worker = invalidate
    lambdas.release_worker = runtime.release_worker = release

"""Starts MiniStack with the patches of this folder, in the foreground, on the port of GATEWAY_PORT.

TASKLANE_EMULATOR_WITHOUT=<name,name> leaves patches out: this is how the tests show that each is still needed.
TASKLANE_TEST_CONTROLS=1 serves the test facilities of controls.py.
It ends when the process that started it ends.
"""
import importlib
import os
import signal
import threading
import time

from patches import NAMES

PARENT_POLL_SECONDS = 0.5


def apply_patches(left_out: set[str]) -> None:
    unknown = left_out - set(NAMES)
    if unknown:
        raise SystemExit(f"TASKLANE_EMULATOR_WITHOUT names no patch: {', '.join(sorted(unknown))}. Patches: {', '.join(NAMES)}")
    for name in NAMES:
        if name not in left_out:
            importlib.import_module(f"patches.{name}").apply()


def end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    apply_patches({name for name in os.environ.get("TASKLANE_EMULATOR_WITHOUT", "").split(",") if name})

    import front
    import ministack.app

    front.install()
    if os.environ.get("TASKLANE_TEST_CONTROLS") == "1":
        import controls

        controls.install()
    ministack.app.main()

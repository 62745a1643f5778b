"""Each mapping of a DynamoDB stream works by itself and treats failures as configured.

AWS: a stream's mapping neither delays nor is delayed by another; it honours MaximumBatchingWindowInSeconds,
MaximumRetryAttempts, MaximumRecordAgeInSeconds, BisectBatchOnFunctionError, ReportBatchItemFailures (retry from the
first failed record) and DestinationConfig.OnFailure ("Using AWS Lambda with Amazon DynamoDB").
Emulator: runs the function on the one thread that polls every mapping, so that a slow stream function stops every
queue; retries for ever once a second, and ignores all but the record age.
Test: stream-mappings.
"""
import logging
import threading
import time

from ministack.core.responses import _request_account_id, _request_region
from ministack.services import dynamodb
from ministack.services import lambda_svc as lambdas

IDLE_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0

changed = threading.Condition()
changes = 0
workers: dict[str, threading.Thread] = {}
log = logging.getLogger("stream_mappings")


class Mapping:
    """One event source mapping of a table's stream, on a thread of its own."""

    def __init__(self, settings: dict):
        self.settings = settings
        self.id = settings["UUID"]
        self.stream_arn = settings["EventSourceArn"]
        self.table_name = self.stream_arn.split("/")[1]

    @property
    def batch_size(self) -> int:
        return int(self.settings.get("BatchSize", 100))

    def exists(self) -> bool:
        return lambdas._esms.get(self.id) is self.settings

    def function(self):
        return lambdas._get_func_record_for_qualifier(self.settings["FunctionName"], self.settings.get("Qualifier"))[0]

    def is_active(self) -> bool:
        table = dynamodb._tables.get(self.table_name) or {}
        enabled = self.settings.get("Enabled", True)
        return enabled and table.get("LatestStreamArn") == self.stream_arn and self.function() is not None

    def work(self) -> None:
        while self.exists():
            seen = changes
            try:
                if not self.is_active() or not self.take_batch():
                    with changed:
                        changed.wait_for(lambda: changes != seen, IDLE_SECONDS)
            except Exception:
                log.exception("the mapping of %s to %s failed", self.stream_arn, self.settings["FunctionName"])
                time.sleep(LONGEST_PAUSE_SECONDS)

    def take_batch(self) -> bool:
        lambdas._init_stream_position(self.id, self.stream_arn, self.settings.get("StartingPosition", "LATEST"))
        start = dynamodb.stream_start_position(self.table_name)
        position = max(lambdas._dynamodb_stream_positions[self.id], start)
        records = self.read(position)
        if not records:
            return False
        matching = lambdas._apply_filter_criteria(records, self.settings)
        if matching:
            self.process(matching)
        with lambdas._dynamodb_stream_positions_lock:
            lambdas._dynamodb_stream_positions[self.id] = position + len(records)
        return True

    def read(self, position: int) -> list[dict]:
        """The records from the position on: a full batch, or what the batching window brings."""
        close_at = None
        while True:
            with changed:
                records = dynamodb.stream_records_since(self.table_name, position, self.batch_size)
                if not records or len(records) >= self.batch_size:
                    return records
                now = time.monotonic()
                close_at = close_at or now + (self.settings.get("MaximumBatchingWindowInSeconds") or 0)
                if now >= close_at:
                    return records
                changed.wait(close_at - now)

    def process(self, records: list[dict]) -> None:
        """Runs the function until the records are done, given up, or the mapping is gone."""
        failures = 0
        while records and self.exists():
            result = lambdas._execute_function(self.function(), {"Records": records})
            rest = self.unprocessed(records, result)
            if not rest:
                self.settings["LastProcessingResult"] = f"OK - {len(records)} records"
                return
            log.warning("%s failed on %d of %d stream records: %s", self.settings["FunctionName"], len(rest), len(records), result.get("body"))
            if len(rest) < len(records):
                failures = 0
            if self.is_too_old(rest[0]):
                return self.give_up(rest, result, "MaxRecordAgeExceeded")
            if result.get("error") and self.settings.get("BisectBatchOnFunctionError") and len(rest) > 1:
                middle = (len(rest) + 1) // 2
                self.process(rest[:middle])
                records, failures = rest[middle:], 0
                continue
            if not result.get("throttle"):
                failures += 1
            if failures > self.most_retries():
                return self.give_up(rest, result, "RetryAttemptsExhausted")
            records = rest
            time.sleep(min(FIRST_PAUSE_SECONDS * 2**failures, LONGEST_PAUSE_SECONDS))

    def unprocessed(self, records: list[dict], result: dict) -> list[dict]:
        if result.get("error"):
            return records
        body = result.get("body")
        reported = (body.get("batchItemFailures") or []) if isinstance(body, dict) else []
        if not reported or "ReportBatchItemFailures" not in (self.settings.get("FunctionResponseTypes") or []):
            return []
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        failed = [failure.get("itemIdentifier") for failure in reported]
        return records[min(numbers.index(number) if number in numbers else 0 for number in failed) :]

    def most_retries(self) -> float:
        retries = self.settings.get("MaximumRetryAttempts")
        return float("inf") if retries in (None, -1) else int(retries)

    def is_too_old(self, record: dict) -> bool:
        limit = int(self.settings.get("MaximumRecordAgeInSeconds") or -1)
        return 0 < limit < time.time() - record["dynamodb"]["ApproximateCreationDateTime"]

    def give_up(self, records: list[dict], result: dict, condition: str) -> None:
        lambdas._send_ddb_stream_failure_record(
            self.settings, self.function(), records, self.stream_arn, result, condition
        )


def run(account: str, region: str, settings: dict) -> None:
    _request_account_id.set(account)
    _request_region.set(region)
    try:
        Mapping(settings).work()
    finally:
        workers.pop(settings["UUID"], None)


def start_new_mappings() -> bool:
    """Stands in for the emulator's poll of the streams, which runs at least every five seconds; never finds work itself."""
    for account, region, settings in lambdas._iter_all_esms():
        is_stream = ":dynamodb:" in settings.get("EventSourceArn", "")
        if is_stream and settings["UUID"] not in workers:
            thread = threading.Thread(target=run, args=(account, region, settings), daemon=True)
            workers[settings["UUID"]] = thread
            thread.start()
    return False


def apply() -> None:
    emit = dynamodb._emit_stream_event

    def emit_and_wake(*change, **options):
        global changes
        emit(*change, **options)
        with changed:
            changes += 1
            changed.notify_all()

    dynamodb._emit_stream_event = emit_and_wake
    lambdas._poll_dynamodb_streams = start_new_mappings

"""Where the emulator differs from AWS in something the product leans on: one module a difference, in the order applied.

Each module says in its docstring what AWS does and where that is documented, what the emulator does, and which test
fails without it; `apply()` mends it in memory.
"""

NAMES = (
    "forwarded_proto",
    "iam_sqs_batches",
    "iam_partiql",
    "iam_leading_keys",
    "iam_log_groups",
    "iam_source_mappings",
    "s3_missing_objects",
    "partiql_stream",
    "partiql_list_append",
    "partiql_distinct_keys",
    "partiql_parsed_once",
    "plain_copies",
    "table_settings",
    "ttl_sweep",
    "stream_mappings",
    "queue_locking",
    "queue_batches",
    "queue_delays",
    "queue_results",
    "queue_fifo_parallel",
    "quiet_functions",
    "apart_workers",
    "handler_errors",
    "reserved_concurrency",
    "http_api_errors",
    "jwt_refusals",
)

"""The deployed HTTP API under a short address: http://localhost:PORT/api/v1/… and, for a browser, the root.

The API is the one that POST /_tasklane/route { "api_id": … } named, else the last one whose name starts with `tasklane`.
"""
import json

import ministack.app as app
from ministack.services import apigateway
from replies import read_body, send_empty, send_json

PREFIX = "/api/v1"
DOCUMENTATION = f"{PREFIX}/docs"

routed: dict[str, str] = {}


def deployed_api() -> str | None:
    if "api_id" in routed:
        return routed["api_id"]
    apis = list(apigateway._apis._data.items())
    return next((key[-1] for key, api in reversed(apis) if str(api.get("name", "")).startswith("tasklane")), None)


def rewritten(scope: dict, api_id: str) -> dict:
    prefix = f"/_aws/execute-api/{api_id}/$default"
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + raw_path}


def install() -> None:
    serve = app.app

    async def serve_front(scope, receive, send):
        path = scope.get("path", "")
        if scope["type"] != "http":
            return await serve(scope, receive, send)
        if path == "/_tasklane/route" and scope["method"] == "POST":
            routed["api_id"] = json.loads(await read_body(receive))["api_id"]
            return await send_json(send, 200, routed)
        if path == "/" and scope["method"] == "GET" and not scope.get("query_string") and is_browser(scope):
            return await send_empty(send, 302, [(b"location", DOCUMENTATION.encode())])
        api_id = deployed_api() if path == PREFIX or path.startswith(f"{PREFIX}/") else None
        await serve(rewritten(scope, api_id) if api_id else scope, receive, send)

    app.app = serve_front


def is_browser(scope: dict) -> bool:
    """An unsigned request: S3 lists its buckets at GET / too, but that call is signed."""
    return not any(name == b"authorization" for name, _ in scope["headers"])

"""Requests count as sent over TLS.

AWS: every endpoint is HTTPS, so `aws:SecureTransport` is true ("AWS global condition context keys"); the policy of the
CDK's staging bucket denies whatever was not.
Emulator: plain HTTP, so with IAM enforced `cdk deploy` cannot upload its assets.
Test: forwarded-proto.
"""
import ministack.app as app


def apply() -> None:
    serve = app.app

    async def serve_as_tls(scope, receive, send):
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await serve(scope, receive, send)

    app.app = serve_as_tls

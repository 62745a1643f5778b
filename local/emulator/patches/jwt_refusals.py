"""The JWT authorizer refuses a token that never expires or that it cannot read.

AWS: `exp` must be there and in the future; whatever is no valid token is 401 {"message":"Unauthorized"} ("Controlling
access to HTTP APIs with JWT authorizers").
Emulator: accepts a signed token without `exp`; a header or claims that are no JSON object, or an `exp` that is no
number, are a 500 with the error's text.
Test: jwt-refusals.
"""
from ministack.services import apigateway


def apply() -> None:
    validate = apigateway._validate_jwt_authorizer

    async def validate_strictly(route, authorizer, headers, query):
        try:
            claims, scopes, refusal = await validate(route, authorizer, headers, query)
        except (AttributeError, TypeError, ValueError):
            return None, None, apigateway._jwt_unauthorized()
        if refusal is None and not isinstance(claims.get("exp"), (int, float)):
            return None, None, apigateway._jwt_unauthorized()
        return claims, scopes, refusal

    apigateway._validate_jwt_authorizer = validate_strictly

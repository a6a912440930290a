"""A refusal as problem details (RFC 9457), for programs. Not for its text (`refusals.toml`)."""

from __future__ import annotations

from django.http import JsonResponse

from liuhen.kernel.refusals import Refused, explain

RETRY_AFTER_S = 5
PROBLEM = "application/problem+json"


def problem(refused: Refused) -> JsonResponse:
    """The answer to a refused request; `data` holds what the text was filled with."""
    text = explain(refused)
    body = {
        "type": f"urn:liuhen:refusal:{refused.code}",
        "title": refused.code,
        "status": text.status,
        "detail": text.message,
        "remedy": text.remedy,
        "article": text.article,
        "data": {key: str(value) for key, value in refused.data.items()},
    }
    response = JsonResponse(body, status=text.status, content_type=PROBLEM)
    if text.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def sign_in_first() -> JsonResponse:
    """The answer to a request by nobody."""
    body = {
        "type": "urn:liuhen:refusal:session.missing",
        "title": "session.missing",
        "status": 401,
        "detail": "请先登录。",
    }
    return JsonResponse(body, status=401, content_type=PROBLEM)

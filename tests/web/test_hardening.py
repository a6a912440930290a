"""What an attacker tries on every address, and what our own source must never do.

Each kind of attack that has a home elsewhere is tested there; which test proves what is written in
`docs/conformity/asvs.toml`.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.http import content_disposition_header

import liuhen
from liuhen.actions.people import register_person
from liuhen.demo.days import PASSWORD_OF_DEMO
from liuhen.demo.people import World
from tests.web.conftest import Browser, words

SOURCE = Path(liuhen.__file__).parent
_UNDER_TLS = (
    *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
    *("SESSION_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
)


def anybody() -> Client:
    return Client(SERVER_NAME="localhost")


def sign_in(client: Client, username: str = "officer", **more: str) -> Any:
    typed = {"login": username, "password": PASSWORD_OF_DEMO, **more}
    return client.post(reverse("account_login"), typed, secure="next" not in more)


# --- answers


def settings_under_tls() -> dict[str, object]:
    """The settings of a server that serves TLS, as its own process reads them."""
    told = (
        "import json, django; from django.conf import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {_UNDER_TLS!r}}}))"
    )
    environment = {**os.environ, "LIUHEN_TLS_HOST": "liuhen.test"}
    done = subprocess.run(
        [sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_under_tls_cookies_are_secure_and_the_host_is_remembered(world: World) -> None:
    with override_settings(**settings_under_tls()):
        client = anybody()
        page = client.get(reverse("account_login"), secure=True)
        answer = sign_in(client)
    assert answer.status_code == 302
    session = client.cookies["__Host-sessionid"]
    assert session["path"] == "/" and not session["domain"], "the name demands both"
    assert session["secure"] and session["httponly"] and session["samesite"] == "Lax"
    assert client.cookies["__Host-csrftoken"]["secure"]
    assert client.cookies["__Host-csrftoken"]["samesite"] in ("Lax", "Strict")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_every_answer_says_how_it_may_be_used(world: World, browser: Browser) -> None:
    for address in ("/", "/api/v1/openapi.json", "/nowhere/", "/healthz", "/static/none.js"):
        answer = browser("officer").get(address, headers={"Origin": "https://evil.invalid"})
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"], address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert "Access-Control-Allow-Origin" not in headers, address
        kind = headers["Content-Type"]
        assert "charset=utf-8" in kind or kind.startswith("application/json"), (address, kind)


@pytest.mark.parametrize(
    "name", ['a"\r\nX-Evil: 1.pdf', "文书\n.pdf", 'x"; filename="y.exe', "\x00\x1b[31m.mp4"]
)
def test_a_file_name_can_not_add_a_header(name: str) -> None:
    answer = HttpResponse(b"")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    line = answer.headers["Content-Disposition"]
    assert line.isprintable() and "X-Evil:" not in line.replace("%", "")
    read = Message()
    read["Content-Disposition"] = line
    told = read.get_params(header="content-disposition") or []
    assert [key.rstrip("*") for key, _ in told] == ["attachment", "filename"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../secrets/log.pem",
        "/static/%2e%2e/%2e%2e/secrets/log.pem",
        "/static/..%2f..%2fsecrets%2flog.pem",
        "/phone/../secrets/log.pem",
        "/log/tile/0/..%2f..%2fsecrets",
        "/media/../../secrets/django.key",
        "//etc/passwd",
        "/static/",
        "/static/built/",
    ],
)
def test_no_path_leads_out_of_a_folder(world: World, browser: Browser, path: str) -> None:
    answer = browser("operator").get(path)
    assert answer.status_code in (301, 302, 400, 404, 405), answer.status_code
    assert b"PRIVATE KEY" not in answer.content and b"Index of" not in answer.content


@pytest.mark.parametrize(
    "there", ["https://evil.invalid/", "//evil.invalid/", "javascript:alert(1)", "/\\evil.invalid"]
)
def test_signing_in_leads_nowhere_outside(world: World, there: str) -> None:
    answer = sign_in(anybody(), next=there)
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"] and ":" not in answer.headers["Location"]


def test_trace_is_not_answered(world: World, browser: Browser) -> None:
    answer = browser("officer").trace("/", headers={"X-Told": "secret-of-the-caller"})
    assert answer.status_code == 405 and b"secret-of-the-caller" not in answer.content


def test_repeated_parameters_do_no_harm(world: World, browser: Browser) -> None:
    twice = browser("officer").get("/search/?q=aa&q=bb&kind=case&kind=paper&after=1&after=2")
    assert twice.status_code == 200
    client = anybody()
    client.post(
        reverse("account_login"),
        {"login": ["officer", "head"], "password": [PASSWORD_OF_DEMO, "wrong"]},
    )
    assert "_auth_user_id" not in client.session


# --- sessions and passwords


def test_signing_in_gives_a_new_session(world: World) -> None:
    names = set()
    for _ in range(3):
        client = anybody()
        client.get(reverse("account_login"))
        session = client.session
        session["before"] = True
        session.save()
        before = session.session_key
        sign_in(client)
        after = client.session.session_key
        assert after and after != before and len(after) >= 32
        assert not type(session)().exists(before or "")
        names.add(after)
    assert len(names) == 3


def test_signing_out_is_on_every_page(world: World, browser: Browser) -> None:
    for who, address in (("officer", "/"), ("auditor", reverse("audit")), ("head", "/trust/")):
        assert reverse("account_logout") in words(browser(who).get(address)), address


def test_password_fields_are_masked_and_take_what_is_pasted(world: World, browser: Browser) -> None:
    for page in (
        words(anybody().get(reverse("account_login"))),
        words(browser("officer").get(reverse("account_change_password"))),
    ):
        assert 'type="password"' in page
        assert 'autocomplete="current-password"' in page
        assert "onpaste" not in page


def test_a_long_password_counts_to_its_last_character(world: World) -> None:
    long = " 很长的口令 with Blanks " + "x" * 90 + " "
    person = register_person(
        actor=world["security"],
        username="long",
        name="长口令",
        unit=world.units["ZD1"],
        password=long,
    )
    assert person.check_password(long)
    for other in (long[:-1], long.strip(), long.lower(), long[:72]):
        assert not person.check_password(other)
    assert make_password(long) != make_password(long)


# --- our own source


def nodes(word: str) -> list[tuple[str, ast.AST]]:
    """Every piece of the product's files in which a word stands at all, with the file's name."""
    texts = {path: path.read_text("utf-8") for path in sorted(SOURCE.rglob("*.py"))}
    assert len(texts) > 500
    read = {path: text for path, text in texts.items() if re.search(word, text)}
    return [
        (str(path.relative_to(SOURCE)), node)
        for path, text in read.items()
        for node in ast.walk(ast.parse(text))
    ]


def calls(word: str) -> list[tuple[str, ast.Call]]:
    return [(name, node) for name, node in nodes(word) if isinstance(node, ast.Call)]


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_no_code_is_run_from_text() -> None:
    forbidden = {"eval", "exec", "compile", "__import__", "pickle.loads", "marshal.loads"}
    found = calls(r"(?<![.\w])(eval|exec|compile|__import__)\(|pickle|marshal")
    assert [(at, called(one)) for at, one in found if called(one) in forbidden] == []


def test_no_command_goes_through_a_shell() -> None:
    for at, one in calls(r"\bos\.(system|popen)|getoutput|shell\s*="):
        assert called(one) not in ("os.system", "os.popen", "subprocess.getoutput"), at
        assert not any(key.arg == "shell" for key in one.keywords), at


def test_no_weak_digest_or_cipher_is_called() -> None:
    """SHA-1 only where others chose it: a checksum of the upload protocol, lists of breaches."""
    weak = {"MD5", "SHA1", "md5", "sha1", "ECB", "ARC4", "TripleDES", "Blowfish", "PKCS1v15"}
    found = {
        (name, node.attr)
        for name, node in nodes("|".join(weak))
        if isinstance(node, ast.Attribute) and node.attr in weak
    }
    assert found == {("api/tus.py", "sha1"), ("people/password_rules.py", "sha1")}

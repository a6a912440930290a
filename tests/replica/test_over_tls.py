"""A replica follows a primary under a certificate of its own authority, and no other."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application

from liuhen.host import tls
from liuhen.host.secret_files import SecretFiles
from liuhen.kernel.refusals import Refused
from liuhen.replica import checking
from liuhen.replica.pulling import Pulled, pull
from liuhen.replica.source import Primary
from tests.api.conftest import QuietHandler
from tests.replica.conftest import Pair
from tests.serving import at_work


def files_in(folder: Path, host: str = "localhost") -> tls.ServerFiles:
    """What `liuhen serve --tls HOST` makes in its secrets."""
    secrets = SecretFiles(folder)
    secrets.create_folder()
    return tls.server_files(secrets, host, {})


@contextmanager
def served(files: tls.ServerFiles) -> Iterator[str]:
    """The primary behind this certificate; its address."""
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    running.socket = context.wrap_socket(
        running.socket, server_side=True, do_handshake_on_connect=False
    )
    with at_work(running):
        yield f"https://localhost:{running.server_port}"


def pulled(pair: Pair, address: str, authority: Path | None) -> Pulled:
    with Primary(address, pair.secret, str(authority) if authority else None) as primary:
        return pull(pair.folder, primary)


def test_with_the_authority_s_certificate_everything_is_pulled_and_verified(
    pair: Pair, tmp_path: Path
) -> None:
    files = files_in(tmp_path / "secrets")
    with served(files) as address:
        found = pulled(pair, address, files.authority)
    assert (found.originals, found.differences) == (len(pair.originals), [])
    assert found.entries > 0 and list(checking.differences(pair.folder)) == []


@pytest.mark.parametrize("trusted", ["none", "another"])
def test_a_certificate_nobody_vouches_for_is_refused_in_words_and_nothing_is_taken(
    pair: Pair, tmp_path: Path, trusted: str
) -> None:
    files, other = files_in(tmp_path / "secrets"), files_in(tmp_path / "others")
    with served(files) as address, pytest.raises(Refused) as refused:
        pulled(pair, address, other.authority if trusted == "another" else None)
    assert refused.value.code == "primary.untrusted"
    assert pair.folder.state().size == 0


def test_a_primary_that_does_not_answer_is_away_and_not_untrusted(pair: Pair) -> None:
    with pytest.raises(Refused) as refused:
        pulled(pair, "https://localhost:9", None)
    assert refused.value.code == "primary.away"

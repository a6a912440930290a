"""The home folder of an installation: its layout, its few fixed facts, its secrets.

Not for settings an office changes at work: those are in the database. Not for originals either:
`vault` writes into the folder that is named here.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import os
import secrets as random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.host.disk import refusing
from liuhen.host.identity_keys import IdentityKeys
from liuhen.host.paper_certificates import demonstration_certificate
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SERVER
from liuhen.host.secret_files import SecretFiles, make_folder, write_durably
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

FORMAT = 1
FOLDERS = ("vault", "intake", "derived", "log", "run", "spool")
_ALLOWED_IN_ORIGIN = set("abcdefghijklmnopqrstuvwxyz0123456789.-/")


@dataclass(frozen=True)
class HomeFacts:
    """What `home.toml` says; fixed when the home is made.

    `origin` names the log in checkpoints (C2SP: a short schema-less URL). `clock_offset` is what a
    demonstration adds to the system's clock, None in a real home.
    """

    origin: str
    is_demo: bool = False
    clock_offset: dt.timedelta | None = None

    def to_toml(self) -> str:
        """The file's text."""
        lines = [
            "# fixed when this home was made; the log's origin stands in every checkpoint",
            f"format = {FORMAT}",
            f'origin = "{self.origin}"',
            f"demo = {str(self.is_demo).lower()}",
        ]
        if self.clock_offset is not None:
            lines.append(f"clock_offset_seconds = {round(self.clock_offset.total_seconds())}")
        return "\n".join([*lines, ""])

    @classmethod
    def from_toml(cls, text: str) -> HomeFacts:
        """Read the file's text. Raises `ValueError` or `KeyError` when it isn't one of ours."""
        raw = tomllib.loads(text)
        if raw["format"] != FORMAT:
            raise ValueError(f"unknown format of home.toml: {raw['format']}")
        seconds = raw.get("clock_offset_seconds")
        offset = None if seconds is None else dt.timedelta(seconds=int(seconds))
        return cls(str(raw["origin"]), bool(raw["demo"]), offset)


class Home:
    """The folder everything of one installation stands in."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.secrets = SecretFiles(self.path / "secrets")
        self.postgres_dir = self.path / "postgres"
        self.vault_dir = self.path / "vault"
        self.intake_dir = self.path / "intake"
        self.derived_dir = self.path / "derived"
        self.log_dir = self.path / "log"
        self.run_dir = self.path / "run"
        self.spool_dir = self.path / "spool"
        # when and where to its database was moved; it is not to be started here again
        self.moved_path = self.path / "database.moved"

    def is_created(self) -> bool:
        """Whether a home was made here."""
        return (self.path / "home.toml").exists()

    def create(self, facts: HomeFacts | None = None, *, origin: str | None = None) -> Home:
        """Make the folders, the facts and every secret. The home must not exist yet.

        Without `facts` it is a real home whose log is named `origin`, or by chance.
        A creation that was cut off is completed by calling it again: `home.toml` comes last.

        Raises:
            Refused: `home.exists`, `home.not_empty`, `home.origin_invalid`, `home.other_owner`,
                `home.secrets_open`, `host.disk_full`, `host.not_writable`, `host.not_a_folder`.
        """
        facts = facts or HomeFacts(origin or f"liuhen.invalid/{random.token_hex(4)}")
        if not facts.origin or not set(facts.origin) <= _ALLOWED_IN_ORIGIN:
            raise Refused("home.origin_invalid", origin=facts.origin)
        if self.is_created():
            raise Refused("home.exists", path=str(self.path))
        with refusing(self.path):
            make_folder(self.path)
            self._refuse_foreign_files()
            self._complete()
            write_durably(self.path / "home.toml", facts.to_toml().encode())
        return self

    def open(self) -> Home:
        """Check an existing home and make what an older version didn't have yet.

        Raises:
            Refused: `home.missing`, `home.unreadable`, and as `create`.
        """
        with refusing(self.path):
            if not self.is_created():
                raise Refused("home.missing", path=str(self.path))
            _ = self.facts
            self._complete()
        return self

    @property
    def facts(self) -> HomeFacts:
        """What `home.toml` says. Raises `Refused` `home.missing`, `home.unreadable`."""
        path = self.path / "home.toml"
        try:
            return HomeFacts.from_toml(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Refused("home.missing", path=str(self.path)) from None
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("home.unreadable", path=str(path), said=str(error)) from error

    def cluster(self) -> Cluster:
        """The embedded PostgreSQL of this home; not started. Raises `Refused` `home.moved`."""
        if self.moved_path.exists():
            raise Refused("home.moved", told=self.moved_path.read_text("utf-8").strip())
        return Cluster(self.postgres_dir)

    def database_url(self, role: str = SERVER, environment: Mapping[str, str] = os.environ) -> str:
        """Where the database is: `LIUHEN_DATABASE_URL`, or else the embedded one.

        Migrations ask for the role `liuhen_owner`; with an outside database that is
        `LIUHEN_DATABASE_OWNER_URL` when it is set.
        """
        outside = environment.get("LIUHEN_DATABASE_URL")
        if outside and role == OWNER:
            return environment.get("LIUHEN_DATABASE_OWNER_URL") or outside
        return outside or self.cluster().dsn(role=role)

    def django_key(self) -> str:
        """The key Django signs sessions and tokens with."""
        made = self.secrets.read_or_make("django.key", lambda: random.token_urlsafe(64).encode())
        return made.decode("ascii")

    def webhook_key(self, which: str = "") -> bytes:
        """The key that signs what is posted to an address outside: of alarms, or of a webhook.

        `secrets/webhook.key`, base64, made the first time; the others are derived from it.
        """
        made = self.secrets.read_or_make(
            "webhook.key", lambda: base64.b64encode(random.token_bytes(32))
        )
        key = base64.b64decode(made)
        return hmac.digest(key, f"liuhen.webhook/{which}".encode(), "sha256") if which else key

    def log_key(self, name: str = "log.pem") -> Ed25519PrivateKey:
        """A key that signs checkpoints and receipts (PKCS#8 PEM in `secrets/`), made when missing.

        `log.pem` is the first one; a rotation makes `log-….pem`. Which one is in force, the ledger
        says.

        Raises:
            Refused: `home.secret_unreadable`: the file holds no Ed25519 key.
        """
        pem = self.secrets.read_or_make(name, _new_log_key)
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise Refused("home.secret_unreadable", path=str(self.secrets.folder / name))
        return key

    def log_key_names(self) -> list[str]:
        """The files of all log keys there are, retired ones too."""
        return sorted(path.name for path in self.secrets.folder.glob("log*.pem"))

    def identity_keys(self) -> IdentityKeys:
        """The keys that seal identity numbers."""
        return IdentityKeys(self.secrets)

    @property
    def policy_path(self) -> Path:
        """The logs and witnesses this home trusts (C2SP tlog-policy): public keys, no secret."""
        return self.path / "trust.policy"

    @property
    def sm2_key_path(self) -> Path:
        """Where the operator puts an SM2 key, if the log is to sign with one as well."""
        return self.secrets.folder / "sm2.pem"

    @property
    def paper_sm2_key_path(self) -> Path:
        """Where the operator puts an SM2 key, if papers are to carry such a signature beside."""
        return self.secrets.folder / "paper-sm2.pem"

    def _refuse_foreign_files(self) -> None:
        known = {*FOLDERS, "secrets"}
        foreign = sorted(entry.name for entry in self.path.iterdir() if entry.name not in known)
        if foreign:
            raise Refused("home.not_empty", path=str(self.path), found=foreign[0])

    def _complete(self) -> None:
        owner = self.path.stat().st_uid
        if owner != os.geteuid():
            raise Refused("home.other_owner", path=str(self.path), uid=owner)
        for name in FOLDERS:
            make_folder(self.path / name)
        self.secrets.create_folder()
        self.django_key()
        self.log_key()
        self.identity_keys().ring()
        demonstration_certificate(self.secrets, clock.now())
        for role in (OWNER, SERVER):
            self.secrets.password(role)


def _new_log_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

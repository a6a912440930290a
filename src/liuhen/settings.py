"""Django's settings, all of them read from the home folder and the environment.

Every `LIUHEN_…` variable is described in docs/settings.md; a test keeps the two alike.
Not for anything a deployment changes by editing: there is nothing to edit.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from liuhen.host.home import Home
from liuhen.host.mailing import notices_server
from liuhen.host.postgres_roles import APP, LIVELY, OWNER, SERVER
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.sign_in_settings import is_second_factor_for_all, password_rules
from liuhen.vault.bucket_settings import cache_bytes, is_bucket_first
from liuhen.vault.s3 import place_of

if TYPE_CHECKING:
    from liuhen.media.speech import SpeechModel

HOME = Home(Path(os.environ.get("LIUHEN_HOME", "home")))

# A demonstration runs from a fixed past day (docs/settings.md, home.toml).
if HOME.is_created() and (_offset := HOME.facts.clock_offset) is not None:
    clock.run_offset(_offset)

DEBUG = False
SECRET_KEY = HOME.django_key() if HOME.is_created() else "a home is created by `liuhen serve`"
_HOSTS = os.environ.get("LIUHEN_HOSTS", "").split(",")
ALLOWED_HOSTS = [one for one in _HOSTS if one] or ["127.0.0.1", "localhost", "[::1]"]
TLS_HOST = os.environ.get("LIUHEN_TLS_HOST", "")
if TLS_HOST:
    ALLOWED_HOSTS.append(TLS_HOST)

# Our pages come first: their templates stand before those of the libraries.
INSTALLED_APPS = [
    "liuhen.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "liuhen.ledger",
    "liuhen.vault",
    "liuhen.people",
    "liuhen.rulebook",
    "liuhen.approvals",
    "liuhen.cases",
    "liuhen.recordings",
    "liuhen.cameras",
    "liuhen.documents",
    "liuhen.compliance",
    "liuhen.archive",
    "liuhen.access",
    "liuhen.oversight",
    "liuhen.search",
    "liuhen.jobs",
]

MIDDLEWARE = [
    "liuhen.web.draining.Draining",
    "liuhen.web.proxies.ClientAddress",
    "liuhen.web.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "liuhen.web.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liuhen.web.middleware.Refusals",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "liuhen.web.middleware.OfficesOnce",
    "liuhen.web.session_limits.SessionLimits",
    "liuhen.web.request_limits.RequestLimits",
    "liuhen.web.bodies.Bodies",
    "liuhen.web.characters.Characters",
    "liuhen.web.first_password.OwnPasswordFirst",
    "liuhen.web.second_factor.SecondFactorFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "liuhen.web.urls"
WSGI_APPLICATION = "liuhen.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liuhen.web.context.shell",
            ],
        },
    }
]


def database(url: str, role: str = "") -> dict[str, object]:
    """Django's settings for a `postgresql://` URL; what else it says goes to the driver.

    With `role` every connection takes that role instead of its account's own.

    Raises:
        Refused: `database.url_invalid`: no such URL, or one without account or database.
    """
    try:
        told = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        told = {}
    if not (told.get("user") and told.get("dbname")):
        raise Refused("database.url_invalid")
    role_of = f"-c role={role}" if role else ""
    options = " ".join(filter(None, [told.pop("options", ""), role_of]))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told.pop("dbname", ""),
        "USER": told.pop("user", ""),
        "PASSWORD": told.pop("password", ""),
        "HOST": told.pop("host", ""),
        "PORT": told.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**LIVELY, **told, "options": options},
    }


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The networks named, parted by blanks; the private ones (RFC 1918, RFC 4193) without.

    Raises:
        Refused: `setting.network`.
    """
    told = os.environ.get(name, "")
    named = told.split() or ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
    try:
        return [ipaddress.ip_network(one) for one in named]
    except ValueError:
        raise Refused("setting.network", name=name, value=told) from None


def proxies(told: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The addresses or networks named, parted by blanks; none without.

    Raises:
        Refused: `setting.network`.
    """
    return networks("LIUHEN_PROXIES") if told.split() else []


def speech(told: str) -> SpeechModel:
    """The model of a folder.

    Raises:
        Refused: `speech.model`.
    """
    from liuhen.media.speech import speech_model  # noqa: PLC0415 - most have none

    return speech_model(Path(told))


def seconds(name: str, usual: int, *, at_most: int, unit: int) -> int:
    """A setting in minutes or hours, at least one, as seconds; with `unit` 1 the number itself.

    Raises:
        Refused: `setting.number`.
    """
    told = os.environ.get(name, str(usual))
    if not told.isdecimal() or not 1 <= int(told) <= at_most:
        raise Refused("setting.number", name=name, value=told)
    return int(told) * unit


def single_sign_on(url: str, client: str) -> dict[str, dict[str, object]]:
    """allauth's settings for a provider; its secret for us stands in `secrets/oidc.secret`.

    Raises:
        Refused: `setting.oidc`: neither https nor on this machine.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        raise Refused("setting.oidc", value=url)
    secret = (HOME.secrets.read("oidc.secret") or b"").decode().strip()
    app = {
        "provider_id": "sso",
        "name": "单位统一登录",
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": url},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


# The server works as a role that owns no table; only `liuhen migrate` works as the owner.
AS_OWNER = bool(os.environ.get("LIUHEN_AS_OWNER"))
_NOWHERE = "postgresql://nobody@/liuhen"
_OUTSIDE = os.environ.get("LIUHEN_DATABASE_URL")
_URL = HOME.database_url(OWNER if AS_OWNER else SERVER) if HOME.is_created() else _NOWHERE
# Of an outside database nothing is asked but accounts: the server's own is given the rights.
SERVER_ROLE: str = str(database(_OUTSIDE)["USER"]) if _OUTSIDE else APP

DATABASES = {"default": database(_URL, "" if AS_OWNER or _OUTSIDE else APP)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["liuhen.people.passwords.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = password_rules(os.environ)
SECOND_FACTOR_FOR_ALL = is_second_factor_for_all(os.environ)
# A password that somebody else set is good for so long, and for one sign-in.
FIRST_PASSWORD_SECONDS = seconds("LIUHEN_FIRST_PASSWORD_HOURS", 72, at_most=720, unit=3600)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "liuhen.web.sign_in.SignIn"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "20/m/ip,5/300s/key"}
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A code of the half minute before or after: clocks differ and people type slowly.
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "liuhen.web.second_factor.Factors"
MFA_FORMS = {
    "authenticate": "liuhen.web.second_factor.CodeForm",
    "authenticate_webauthn": "liuhen.web.passkeys.SecondStepForm",
    "login_webauthn": "liuhen.web.passkeys.LoginForm",
}

# Single sign-on by the authority's own provider; none unless its address is named.
OIDC_CLAIM = os.environ.get("LIUHEN_OIDC_CLAIM", "preferred_username")
SOCIALACCOUNT_ADAPTER = "liuhen.web.single_sign_on.SingleSignOn"
# The sign-in page may send its form nowhere else (security policy), so this is a link.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = single_sign_on(
    os.environ.get("LIUHEN_OIDC_URL", ""), os.environ.get("LIUHEN_OIDC_CLIENT", "liuhen")
)

# Counts of failed sign-ins must be one for all processes, so the cache lives in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}

# Where the holders of papers reach the page behind the code on them.
PUBLIC_URL = os.environ.get("LIUHEN_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

# The mail server that takes notices to people, and their sender; none unless both are named.
NOTICES = notices_server(os.environ)

# The authority that stamps checkpoints (RFC 3161): none unless the operator names one.
TSA_URL = os.environ.get("LIUHEN_TSA_URL", "")
TSA_ROOTS = os.environ.get("LIUHEN_TSA_ROOTS", "")
TSA_MINUTES = int(os.environ.get("LIUHEN_TSA_MINUTES", "60"))

# A session ends so long after its beginning, and so long after the last request.
# Of one person, or of one address where nobody is signed in.
REQUESTS_PER_MINUTE = seconds("LIUHEN_REQUESTS_PER_MINUTE", 1200, at_most=10**6, unit=1)
SESSION_COOKIE_AGE = seconds("LIUHEN_SESSION_HOURS", 8, at_most=24, unit=3600)
IDLE_SECONDS = seconds("LIUHEN_IDLE_MINUTES", 60, at_most=24 * 60, unit=60)
USERSESSIONS_TRACK_ACTIVITY = False
# Under TLS a browser takes cookies of these names from this very host only, over TLS only.
_COOKIE = "__Host-" if TLS_HOST else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIE}sessionid", f"{_COOKIE}csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(TLS_HOST)
SECURE_HSTS_SECONDS = 31_536_000 if TLS_HOST else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(TLS_HOST)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "liuhen.web.upload_limit.LimitedForm",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

_QUOTA = os.environ.get("LIUHEN_UPLOAD_QUOTA_GB", "")
if _QUOTA and not _QUOTA.isdecimal():
    raise Refused("setting.number", name="LIUHEN_UPLOAD_QUOTA_GB", value=_QUOTA)
# Bytes one person may have on the way at once; None: as much as the disk holds.
UPLOAD_QUOTA = int(_QUOTA) * 10**9 if _QUOTA else None

# Seconds a minute that the continuous scrub may read; 0 switches it off.
_SCRUB = os.environ.get("LIUHEN_SCRUB_SECONDS", "10")
if not _SCRUB.isdecimal():
    raise Refused("setting.number", name="LIUHEN_SCRUB_SECONDS", value=_SCRUB)
SCRUB_SECONDS = int(_SCRUB)
# Words in pictures are read by a job; it asks some seconds of a processor for each.
READS_WORDS = os.environ.get("LIUHEN_READ_WORDS", "1") != "0"
# What is said is heard only with a model that the operator supplies.
_SPEECH = os.environ.get("LIUHEN_SPEECH_MODEL")
SPEECH_MODEL = speech(_SPEECH) if _SPEECH else None

_SECOND = os.environ.get("LIUHEN_SECOND_STORE")
SECOND_STORE = Path(_SECOND) if _SECOND else None
# A bucket of originals with Object Lock; none unless the operator names one.
S3 = place_of(os.environ, HOME.secrets)
# Whether originals come into the bucket first, and no machine holds what only it has.
BUCKET_FIRST = is_bucket_first(os.environ)
CACHE_BYTES = cache_bytes(os.environ)
# Where the nightly backup goes, and the file of its key; none unless both are named.
BACKUP_TARGET, BACKUP_KEY, DRILL_FOLDER = (
    Path(told) if (told := os.environ.get(name)) else None
    for name in ("LIUHEN_BACKUP_TARGET", "LIUHEN_BACKUP_KEY", "LIUHEN_DRILL_FOLDER")
)
# Folders below which cameras are mounted, one folder each.
DOCK_FOLDERS = [Path(one) for one in os.environ.get("LIUHEN_DOCK_FOLDERS", "").split(":") if one]

# Cameras are reached in these networks only; by default in none that the internet leads to.
CAMERA_NETWORKS = networks("LIUHEN_CAMERA_NETWORKS")
# Other systems are told of acts in these networks only.
WEBHOOK_NETWORKS = networks("LIUHEN_WEBHOOK_NETWORKS")
# Reverse proxies of ours: what they say of an address is believed.
PROXIES = proxies(os.environ.get("LIUHEN_PROXIES", ""))
# Length of a camera's segments in seconds: what waits at most before it is in the vault.
CAMERA_SEGMENT_S = seconds("LIUHEN_CAMERA_SEGMENT_S", 300, at_most=3600, unit=1)
# So many may watch cameras live at once, in each process: the other streams are for the rest.
LIVE_VIEWERS = seconds("LIUHEN_LIVE_VIEWERS", 16, at_most=32, unit=1)

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parent / "web" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
PROCRASTINATE_ON_APP_READY = "liuhen.jobs.queueing.look_first"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "ids": {"()": "liuhen.kernel.trace.Ids"},
        "faults": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: bool(record.exc_info),
        },
    },
    "formatters": {
        "line": {
            "()": "liuhen.kernel.trace.Line",
            "format": "{levelname} {name} request={request_id} act={act_id} person={person_id}"
            " {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["ids"]}
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # every answer has its line from `liuhen.request`, with its id; of Django's only traces
        "django.request": {"filters": ["faults"]},
    },
}

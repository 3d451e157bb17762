"""Settings, read from the environment and from nowhere else.

`UPPSIKT_MODE` is `production` unless it says `development` or `test`. Production refuses to
start with a secret missing or left at its development value, and names each one.
"""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("UPPSIKT_MODE", "production")
if MODE not in {"production", "development", "test"}:
    raise ImproperlyConfigured(
        f"UPPSIKT_MODE is {MODE!r}; it must be production, development or test."
    )
PRODUCTION = MODE == "production"
DEBUG = False

# --- secrets -----------------------------------------------------------------------------------
# Development values are public knowledge, so production must bring its own.

_DEVELOPMENT_SECRETS = {
    "SECRET_KEY": "development-only-secret-key-known-to-everybody-0123456789",
    # 32 bytes in base64; the first seals, all open (so that keys can be rotated)
    "CUSTODY_KEYS": "ZGV2ZWxvcG1lbnQtb25seS1jdXN0b2R5LWtleS0wMDE=",
    # an Ed25519 seed of 32 bytes in base64
    "CHECKPOINT_KEY": "ZGV2ZWxvcG1lbnQtb25seS1jaGVja3BvaW50LTAwMDE=",
}


def _secrets() -> dict[str, str]:
    found = {name: env.str(name, "") for name in _DEVELOPMENT_SECRETS}
    if not PRODUCTION:
        return {name: found[name] or default for name, default in _DEVELOPMENT_SECRETS.items()}
    bad = [n for n, v in found.items() if not v or v == _DEVELOPMENT_SECRETS[n]]
    if bad:
        raise ImproperlyConfigured(
            "Uppsikt does not start in production with a secret that is missing or left at its "
            "development value: " + ", ".join(sorted(bad)) + ". See docs/operations.md."
        )
    return found


_found = _secrets()
SECRET_KEY = _found["SECRET_KEY"]
CUSTODY_KEYS = _found["CUSTODY_KEYS"].split(",")
CHECKPOINT_KEY = _found["CHECKPOINT_KEY"]

# --- where things are --------------------------------------------------------------------------

BASE_URL = env.str("BASE_URL", "http://localhost:8000" if not PRODUCTION else "")
if PRODUCTION and not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must be the https:// address that mails link to.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".run" / "data")))
# Checkpoints of the audit log leave the database: whoever owns it must not be able to rewrite them.
CHECKPOINT_DIR = Path(env.str("CHECKPOINT_DIR", str(DATA_DIR / "checkpoints")))
MEDIA_ROOT = DATA_DIR / "files"

# Keys and certificates of the municipalities' seals, and who says what time it is (RFC 3161).
SEAL_DIR = Path(env.str("SEAL_DIR", str(DATA_DIR / "seals")))
TIMESTAMP_URL = env.str("TIMESTAMP_URL", "")
MEDIA_URL = ""

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://app@/uppsikt")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
_parts = urlsplit(env.str("DATABASE_URL", ""))
if not DATABASES["default"].get("HOST") and "host" in parse_qs(_parts.query):
    # postgres://user@/name?host=/folder/with/socket
    DATABASES["default"]["HOST"] = parse_qs(_parts.query)["host"][0]
    DATABASES["default"].get("OPTIONS", {}).pop("host", None)
# Nothing here reads so much that compiling a query pays: for "what waits for me", whose conditions
# are many and whose rows are few, PostgreSQL would compile for half a second and read for ten ms.
DATABASES["default"]["OPTIONS"] = {"options": "-c jit=off"} | DATABASES["default"].get(
    "OPTIONS", {}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "uppsikt",
    }
}


def _broker(url: str) -> str:
    """Celery spells a unix socket its own way: `redis+socket:///path?virtual_host=0`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


CELERY_BROKER_URL = _broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "heartbeat": {"task": "governance.heartbeat", "schedule": 5.0},
} | {
    # a task that has waited longer than its turn is dropped: the next one does its work as well
    name: {"task": f"governance.tasks.{name}", "schedule": every, "options": {"expires": every}}
    for name, every in {
        "open_due": env.float("OPEN_EVERY_SECONDS", 300.0),
        "advance": env.float("ADVANCE_EVERY_SECONDS", 60.0),
        "send_notices": env.float("SEND_EVERY_SECONDS", 60.0),
    }.items()
}
CELERY_BEAT_SCHEDULE["daily_checkpoints"] = {
    "task": "governance.tasks.daily_checkpoints",
    "schedule": crontab(hour=1, minute=30),  # when the day that is signed is over
}
CELERY_BEAT_SCHEDULE["clear_sessions"] = {
    "task": "governance.tasks.clear_sessions",
    "schedule": crontab(hour=2, minute=40),
}
CELERY_BEAT_SCHEDULE["settle_dated_rights"] = {
    "task": "channels.tasks.settle_dated_rights",
    "schedule": crontab(minute=5),  # soon after midnight in whichever zone a municipality is
}
CELERY_BEAT_SCHEDULE["write_morning_mails"] = {
    "task": "moderation.tasks.write_morning_mails",
    "schedule": 60.0,
    "options": {"expires": 60.0},
}
CELERY_BEAT_SCHEDULE["forget_morning_links"] = {
    "task": "moderation.tasks.forget_morning_links",
    "schedule": crontab(hour=3, minute=20),
}
CELERY_BEAT_SCHEDULE["make_waiting_exports"] = {
    "task": "archive.tasks.make_waiting_exports",
    "schedule": 120.0,
    "options": {"expires": 120.0},
}
CELERY_BEAT_SCHEDULE["make_waiting_reports"] = {
    "task": "moderation.tasks.make_waiting_reports",
    "schedule": 120.0,
    "options": {"expires": 120.0},
}
CELERY_BEAT_SCHEDULE["end_forgotten_imports"] = {
    "task": "channels.tasks.end_forgotten_imports",
    "schedule": crontab(hour=3, minute=10),
}
CELERY_BEAT_SCHEDULE["render_missing_plans"] = {
    "task": "channels.tasks.render_missing_plans",
    "schedule": crontab(minute=20),
}

# --- the application ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "governance.apps.GovernanceConfig",
    "channels.apps.ChannelsConfig",
    "moderation.apps.ModerationConfig",
    "archive.apps.ArchiveConfig",
    "governance.apps.WorkplaceConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "guardian",
    "simple_history",
    "tree_queries",
    "allauth",
    "allauth.account",
    "csp",
    "django.forms",  # so that forms find the widget templates through TEMPLATES
]

if not PRODUCTION:
    INSTALLED_APPS.append("demo.apps.DemoConfig")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "governance.public_pages.KeptPageMiddleware",
    "governance.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.middleware.PersonalMiddleware",
    "governance.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "governance.asked_once.reading_asks_once",
    "governance.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.context.page",
            ],
        },
    }
]
FORM_RENDERER = "governance.rendering.FormRenderer"

# --- people ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian's row for strangers: ours see public pages only
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "governance.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address typed by a stranger gets no mail from us
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "governance.account_forms.LoginForm",
    "reauthenticate": "governance.account_forms.ReauthenticateForm",
    "change_password": "governance.account_forms.ChangePasswordForm",
    "reset_password": "governance.account_forms.ResetPasswordForm",
    "reset_password_from_key": "governance.account_forms.ResetPasswordKeyForm",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300

# --- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("nn", _("Nynorsk")), ("en", _("English"))]
# the tests read the texts of the sources, so that a better translation breaks none of them
LOCALE_PATHS = [] if MODE == "test" else [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["governance.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"

# --- files, mail, pages ------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / ".run" / "static")))
FONT_DIR = Path(env.str("FONT_DIR", str(BASE_DIR / ".run" / "fonts")))  # made by set-up
STATICFILES_DIRS = [BASE_DIR / "static", *([FONT_DIR] if FONT_DIR.is_dir() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

_email = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(_email)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Uppsikt <uppsikt@localhost>")
EMAIL_TIMEOUT = 20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 10
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside the container
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secret_addresses": {"()": "governance.logs.SecretAddresses"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secret_addresses"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # gunicorn gives them a handler of their own, which knows nothing of secrets
        name: {"handlers": [], "propagate": True}
        for name in ("gunicorn.access", "gunicorn.error")
    }
    | {
        name: {"level": "WARNING"}
        for name in (
            "celery.app.trace",
            "celery.worker.strategy",
            "fontTools",
            "pikepdf",
            "weasyprint",
        )
    },
}

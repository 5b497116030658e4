"""One file, typed environment. No secret has a production default; see docs/deploy.md for the variables."""

import contextlib
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from environs import Env

from reviewqueue import embedded
from reviewqueue.embedded.places import places

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = places().var

DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
EMBEDDED = not DATABASE_URL and not REDIS_URL
if EMBEDDED or not DATABASE_URL or not REDIS_URL:
    _servers = embedded.ensure()
    DATABASE_URL, REDIS_URL = _servers.database_url, _servers.redis_url

DEBUG = env.bool("DEBUG", False)


def _embedded_secret() -> str:
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        fresh = VAR_DIR / f"secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(
            FileExistsError
        ):  # of two that start at once the second takes the first one's
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = _embedded_secret() if EMBEDDED else env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if EMBEDDED else [])
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{env.str('PORT', '8000')}").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [] if EMBEDDED else [PUBLIC_URL])
HTTPS = env.bool("HTTPS", not EMBEDDED)

INSTALLED_APPS = [
    # The development server; it brings Twisted, a second of every other process's start.
    *(["daphne"] if "runserver" in sys.argv else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "channels",
    "django_htmx",
    "django_rq",
    "pgtrigger",
    "template_partials.apps.SimpleAppConfig",
    "reviewqueue",
    "apps.ledger",
    "apps.accounts",
    "apps.guidelines",
    "apps.briefing",
    "apps.intake",
    "apps.matching",
    "apps.wellbeing",
    "apps.queues",
    "apps.notices",
    "apps.decisions",
    "apps.detectors",
    "apps.quality",
    "apps.appeals",
    "apps.strikes",
    "apps.feedback",
    "apps.transparency",
    "apps.misses",
    "apps.training",
    "apps.board",
    "apps.erasure",
    "apps.authority",
    "apps.lawful",
    "apps.rehearsal",
    "apps.trends",
    "apps.desk",
    "apps.delivery",
    "apps.insight",
    "apps.disclosure",
]

MIDDLEWARE = [
    "reviewqueue.middleware.TroubleMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reviewqueue.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "reviewqueue.urls"
ASGI_APPLICATION = "reviewqueue.asgi.application"
WSGI_APPLICATION = "reviewqueue.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W045"]  # "not validated by full_clean": the database is who checks

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviewqueue.context.house",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "apps.desk.templatetags.jinja"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja",
        "DIRS": [BASE_DIR / "templates" / "jinja"],
        "OPTIONS": {"environment": "reviewqueue.jinja.environment"},
    },
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(DATABASE_URL, conn_max_age=None, conn_health_checks=True)
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = (
    # A snapshot held open ruins claims: nobody may sit in a transaction.
    "-c idle_in_transaction_session_timeout=30000 -c jit=off -c timezone=UTC"
    " -c plan_cache_mode=force_generic_plan"
    # A page or a handler that needs longer has gone wrong; a migration has not.
    + ("" if "migrate" in sys.argv else " -c statement_timeout=30000")
)

PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", True)  # off behind a transaction pooler

# Rate limits of sign-in live in PostgreSQL: Redis may vanish, the limit may not.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "house_cache"},
    # Parts of pages that are the same for everyone until a new guideline version, per process.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}
# In the address, because django-rq gives a client made from one nothing else. A worker waits 45 s for its next job.
_QUEUE_URL = f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}socket_connect_timeout=1&socket_timeout=70"
RQ_QUEUES = {name: {"URL": _QUEUE_URL} for name in ("relay", "outside", "media", "exports")}
RQ = {"COMMIT_MODE": "on_db_commit"}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Without an explicit socket_timeout, redis-py 8 ends an idle subscription after 5 s.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.sessions.Backend"]
SESSION_ENGINE = "apps.accounts.sessions"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "reviewqueue.adapter.DeskAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "reviewqueue.views.csrf_refused"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = False  # one language so far; looking translations up cost 7 % of a decision
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", "") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", "") or VAR_DIR / "media")
# Training exports asked for on a page, and how many days each is offered before its files are taken away.
EXPORTS_ROOT = Path(env.str("EXPORTS_ROOT", "") or VAR_DIR / "exports")
EXPORTS_KEPT_DAYS = env.int("EXPORTS_KEPT_DAYS", 7)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "reviewqueue.storage.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 33 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# The DSA Transparency Database: without an address nothing is sent. The prefix makes identifiers unique for ever:
# never change it. Rules of deceptive high-volume commercial content need no statement (DSA Art. 17(2)).
DSA_API_URL = env.str("DSA_API_URL", "")
DSA_API_TOKEN = env.str("DSA_API_TOKEN", "")
# Numbers from 1 to below this are hidden in public reports.
TRANSPARENCY_SMALLEST = env.int("TRANSPARENCY_SMALLEST", 5)
DSA_PUID_PREFIX = env.str("DSA_PUID_PREFIX", "rq")
DSA_COMMERCIAL_RULES: list[str] = env.list("DSA_COMMERCIAL_RULES", [])

# Hosts on a private network that webhooks may be sent to; every other private address is refused.
WEBHOOK_ALLOW_PRIVATE = env.list(
    "WEBHOOK_ALLOW_PRIVATE", ["127.0.0.1", "localhost", "::1"] if EMBEDDED else []
)
# Days after a decision in which it may be appealed (DSA Art. 20: at least six months), and days in which we answer.
APPEAL_WINDOW_DAYS = env.int("APPEAL_WINDOW_DAYS", 183)
APPEAL_ANSWER_DAYS = env.int("APPEAL_ANSWER_DAYS", 14)

# Notices of law: hours from receipt to the decision, by kind. Only intimate images have a number in a law.
LAW_NOTICE_HOURS = {
    "intimate": env.int("LAW_HOURS_INTIMATE", 48),
    "minors": env.int("LAW_HOURS_MINORS", 24),
    "privacy": env.int("LAW_HOURS_PRIVACY", 168),
    "property": env.int("LAW_HOURS_PROPERTY", 168),
}
LAW_COURT_DAYS = env.int("LAW_COURT_DAYS", 14)
# Who moderators can talk to, as one or two sentences on their wellbeing page.
WELLBEING_CONTACT = env.str(
    "WELLBEING_CONTACT",
    "Your wellbeing lead is there for you, and so is any support your organisation offers. "
    "You do not need a reason, and it has no effect on your work.",
)
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {"reviewqueue": {"level": env.str("LOG_LEVEL", "INFO")}},
}

TESTING = "pytest" in sys.modules
if TESTING:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    MEDIA_ROOT = VAR_DIR / "test-media"
    EXPORTS_ROOT = VAR_DIR / "test-exports"

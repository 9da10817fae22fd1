"""Django's settings. What an owner may set is in `environment`; this page only applies it."""

from pathlib import Path

from django.contrib.messages import constants as message_level

from wharfinger.config import clock, environment
from wharfinger.config.database import django_database
from wharfinger.config.logs import logging_settings
from wharfinger.domain.installation.languages import Language
from wharfinger.domain.installation.sign_in import PASSWORD_LINK_LIVES
from wharfinger.domain.stock.pictures import PICTURE_HOSTS

WHARFINGER = environment.current()
CLOCK = clock.make_clock(WHARFINGER)

_PACKAGE = Path(__file__).resolve().parent.parent
_WEB = _PACKAGE / "web"

DEBUG = False
SECRET_KEY = WHARFINGER.secret_key
ALLOWED_HOSTS = list(WHARFINGER.allowed_hosts)
ROOT_URLCONF = "wharfinger.config.urls"
WSGI_APPLICATION = "wharfinger.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth.account",  # its tables are empty: allauth.mfa needs its models
    "allauth.mfa",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "wharfinger.db.apps.DbConfig",
]
MIDDLEWARE = [
    "wharfinger.config.hosts.only_our_hosts",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "wharfinger.config.device_policy.camera_for_us_alone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wharfinger.web.zone.readers_zone",
    "wharfinger.web.views.installation.session_bounds.sessions_bounded",
    "wharfinger.web.access_log.accesses_recorded",
    "wharfinger.web.second_factor.second_factor_required",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wharfinger.web.views.installation.errors.empty_errors",
    "wharfinger.web.bounds.BoundedAddresses",
]

# In the database: every process shares it. Codes that were used stand here, so that none is taken twice.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "wharfinger_cache"}}
DATABASES = {"default": django_database(WHARFINGER.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_WEB / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "wharfinger.web.templatetags.sentences"],
            "libraries": {
                path.stem: f"wharfinger.web.templatetags.{path.stem}"
                for path in (_WEB / "templatetags").glob("[a-z]*.py")
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wharfinger.web.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "wharfinger.web.field_groups.FieldGroups"

AUTH_USER_MODEL = "wharfinger.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "wharfinger.config.passwords.MixedKinds"},
    {"NAME": "wharfinger.config.passwords.WithoutKnownWords"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The first makes hashes; one that another made is made anew when its owner types the password.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = int(PASSWORD_LINK_LIVES.total_seconds())  # of one-time links to a password
CSRF_FAILURE_VIEW = "wharfinger.web.views.installation.errors.form_too_old"
MFA_ADAPTER = "wharfinger.db.second_factor.EncryptedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Wharfinger"
MFA_TOTP_TOLERANCE = 1  # a code of the half minute before or after: telephones' clocks differ
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

# Cookies ignore ports, and the simulator answers on another port of the same host: ours are named.
# Over https a browser takes them from this very host alone, for all of its paths.
COOKIE_PREFIX = "__Host-" if WHARFINGER.is_https else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}wharfinger_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}wharfinger_csrf"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: the person comes back from Amazon's consent page by a link from another site.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = WHARFINGER.is_https
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# The tones of notices, which are names of icons and ends of class names too.
MESSAGE_TAGS = {message_level.SUCCESS: "good", message_level.WARNING: "warn", message_level.ERROR: "bad"}
CSRF_TRUSTED_ORIGINS = [WHARFINGER.public_url]

SECURE_REFERRER_POLICY = "same-origin"  # the callback page answers no-referrer itself: a code is in its address
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = (
    365 * 24 * 60 * 60 if WHARFINGER.is_https else 0
)  # the host alone: others of its domain are not ours
X_FRAME_OPTIONS = "DENY"
# Pictures of products come from Amazon's own servers; in a demo system from the pretend Amazon.
PICTURE_ORIGINS = (WHARFINGER.simulator_url,) if WHARFINGER.simulator_url else ()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *(f"https://*.{host}" for host in PICTURE_HOSTS), *PICTURE_ORIGINS],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = WHARFINGER.home / "static"
STATICFILES_DIRS = [_WEB / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

USE_I18N = True
LANGUAGE_CODE = Language.ENGLISH_UK.value  # of the sentences as they are written, and of who is not signed in
LANGUAGES = [(language.value, language.label) for language in Language]
LOCALE_PATHS = [_PACKAGE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = logging_settings(WHARFINGER.log_level, WHARFINGER.log_format)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

if WHARFINGER.smtp is None:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = WHARFINGER.smtp.host
    EMAIL_PORT = WHARFINGER.smtp.port
    EMAIL_HOST_USER = WHARFINGER.smtp.user
    EMAIL_HOST_PASSWORD = WHARFINGER.smtp.password
    EMAIL_USE_TLS = WHARFINGER.smtp.security == "starttls"
    EMAIL_USE_SSL = WHARFINGER.smtp.security == "tls"
    EMAIL_TIMEOUT = 20
    DEFAULT_FROM_EMAIL = WHARFINGER.smtp.sender

"""The one settings file. Every value comes through kernel.env, which refuses a wrong one at start.

`python -m fieldsvc.kernel.env` prints the table of variables.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from fieldsvc import headers
from fieldsvc.kernel import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = env.path("VAR_DIR", BASE_DIR / "var", help="Folder of everything this installation writes.")

FIELDSVC_MODE = env.choice(
    "FIELDSVC_MODE",
    ["embedded", "production"],
    "embedded",
    help="embedded: one process tree without services; production: separate processes.",
)
EMBEDDED = FIELDSVC_MODE == "embedded"
DEBUG = env.flag("DEBUG", help="Django's debug pages; refused in production.")
if DEBUG and not EMBEDDED:
    raise ImproperlyConfigured("DEBUG=true is refused in production. Example: DEBUG=false")
DEMO = EMBEDDED and env.flag(
    "DEMO", help="Embedded only: mount the demo approval system (serve --demo sets it)."
)
DEMO_CLOCK = env.text(
    "DEMO_CLOCK", "", help="Demo only: file whose instant is shown instead of the system's time."
)
if DEMO_CLOCK and not DEMO:
    raise ImproperlyConfigured("DEMO_CLOCK is refused outside the demo: evidence needs true time.")
PUBLIC_URL = env.web_address(
    "PUBLIC_URL", "http://localhost:8000", help="Address that people and links use."
)
HTTPS = PUBLIC_URL.startswith("https://")
SECRET_KEY = env.secret(
    "SECRET_KEY", "" if EMBEDDED else None, help="Signs sessions; embedded makes its own."
) or env.kept_secret(VAR / "secret.key")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters.")
SECRET_KEY_FALLBACKS = [
    key
    for key in [env.secret("SECRET_KEY_BEFORE", "", help="The key before this one, while it ends.")]
    if key
]
PERSONAL_KEY = env.secret(
    "PERSONAL_KEY",
    "" if EMBEDDED else None,
    help="Wraps the keys of personal values; embedded makes its own. Never change or lose it.",
) or env.kept_secret(VAR / "personal.key")
if len(PERSONAL_KEY) < 32:
    raise ImproperlyConfigured("PERSONAL_KEY is shorter than 32 characters.")

ALLOWED_HOSTS = env.items(
    "ALLOWED_HOSTS",
    f"{urlsplit(PUBLIC_URL).hostname},localhost,127.0.0.1,[::1]",
    help="Host names this site answers to; * would switch the WebSocket origin check off.",
)
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS=* is refused. Example: ALLOWED_HOSTS=kanyan.example,127.0.0.1"
    )
CSRF_TRUSTED_ORIGINS = env.items(
    "CSRF_TRUSTED_ORIGINS", PUBLIC_URL, help="Origins that may post forms."
)

SLICES = [
    *("people", "catalog", "evidence", "signing", "cases", "bookings", "dispatch"),
    *("inspection", "delegation", "reports", "results", "aftercare", "notices", "ledger"),
]
LOCAL_APPS = ["fieldsvc", "fieldsvc.kernel", "signaling", *(f"inspections.{s}" for s in SLICES)]
INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_vite",
    *LOCAL_APPS,
]
AUTH_USER_MODEL = "people.Staff"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "fieldsvc.headers.PermissionsPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fieldsvc.renewal.SessionRenewal",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "fieldsvc.api.MethodRefusals",
]
ROOT_URLCONF = "fieldsvc.urls"
ASGI_APPLICATION = "fieldsvc.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "fieldsvc" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# --- database ---------------------------------------------------------------------------------
_postgres = env.database_url(help="PostgreSQL address; without it SQLite in VAR_DIR is used.")
_database: dict[str, Any]
if _postgres is None:
    if not EMBEDDED:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. Example: "
            "DATABASE_URL=postgresql://fieldsvc:password@db:5432/fieldsvc"
        )
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "db.sqlite3",
        "OPTIONS": {
            # A deferred transaction that starts to write late dies with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: a committed fact survives a power cut, not only a killed process.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }
else:
    _database = {
        "ENGINE": "django.db.backends.postgresql",
        **_postgres.settings(),
        "OPTIONS": {"connect_timeout": "5", **_postgres.options},
        # WebSocket consumers clean connections up only when they are not kept (channels#871).
        "CONN_MAX_AGE": 0,
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# --- channel layer and Celery -----------------------------------------------------------------
CHANNEL_REDIS_URL = env.secret(
    "CHANNEL_REDIS_URL", "", help="Redis of the channel layer; without it: in this process only."
)
_layer: dict[str, Any]
if CHANNEL_REDIS_URL:
    # The pub/sub layer: the core layer drops bursts and dies on idle and on a restart of Redis.
    _layer = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": CHANNEL_REDIS_URL, "socket_timeout": None}]},
    }
else:
    _layer = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
CHANNEL_LAYERS = {"default": _layer}

CELERY_BROKER_URL = env.secret(
    "BROKER_URL", "memory://", help="Redis of the task queue (own instance or database number)."
)
if not EMBEDDED and not (CHANNEL_REDIS_URL and CELERY_BROKER_URL.startswith("redis")):
    raise ImproperlyConfigured(
        "production needs CHANNEL_REDIS_URL and BROKER_URL. "
        "Example: BROKER_URL=redis://redis:6379/1"
    )
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    # A worker that was killed gives its task back after this time, not after the default hour.
    {
        "visibility_timeout": env.integer(
            "TASK_VISIBILITY_SECONDS",
            600,
            at_least=5,
            help="After so many seconds a killed worker's task starts again.",
        ),
        "unacked_restore_limit": None,
        "socket_connect_timeout": 2,
        "restore_interval": 2,
        "restore_throttle": 1,
    }
    if CELERY_BROKER_URL.startswith("redis")
    # The default interval of the in-memory broker makes a task wait up to 1.8 s.
    else {"polling_interval": 0.05}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY: dict[str, Any] = {"max_retries": 1, "interval_start": 0.1}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"
# --- sessions, cookies, browser ----------------------------------------------------------------
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.flag("BEHIND_PROXY", default=not EMBEDDED, help="Trust X-Forwarded-Proto of the proxy.")
    else None
)
TRUSTED_PROXIES = env.integer(
    "TRUSTED_PROXIES",
    0,
    at_least=0,
    at_most=8,
    help="Own proxies that append to X-Forwarded-For; throttles count the address they saw.",
)
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS and not EMBEDDED else 0
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
VITE_DEV = env.flag("VITE_DEV", help="Pages from Vite's dev server (embedded only).")
# No pictures by default: the board draws its own plain ground, and works without a network.
MAP_PROVIDER = env.choice(
    "MAP_PROVIDER",
    ["NONE", "TIANDITU", "AMAP", "XYZ"],
    "NONE",
    help="Map pictures of the board: TIANDITU needs MAP_KEY, AMAP (GCJ-02) and XYZ need MAP_URL.",
)
MAP_KEY = env.text("MAP_KEY", "", help="The bureau's key of its map provider; browsers see it.")
MAP_URL = env.text("MAP_URL", "", help="Picture address with {z} {x} {y}, as licensed.")
if MAP_PROVIDER == "TIANDITU" and not MAP_KEY:
    raise ImproperlyConfigured("MAP_PROVIDER=TIANDITU needs MAP_KEY.")
if MAP_PROVIDER in {"AMAP", "XYZ"} and not MAP_URL.startswith("https://"):
    raise ImproperlyConfigured("MAP_PROVIDER=AMAP and XYZ need MAP_URL, beginning with https://.")
CONTENT_SECURITY_POLICY = headers.content_security_policy(
    vite_dev=VITE_DEV and EMBEDDED, map_hosts=headers.map_hosts(MAP_PROVIDER, MAP_URL)
)
# --- language, time, files -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"  # for display; instants are stored in UTC
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [_DIST] if _DIST.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Not the Manifest storage: Vite has put a hash into the names already.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {"default": {"dev_mode": VITE_DEV, "manifest_path": _DIST / "manifest.json"}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bodies; files are streamed and limited by evidence
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_TEMP_DIR = None
UPLOAD_MAX_BYTES = (
    env.integer("UPLOAD_MAX_MB", 200, at_least=1, help="Largest upload in MiB.") * 1024 * 1024
)

BLOBS = env.choice("BLOBS", ["local", "s3"], "local", help="Where files are kept.")
BLOB_ROOT = env.path("BLOB_ROOT", VAR / "blobs", help="Folder of the local blob store.")
S3_ENDPOINT = env.text("S3_ENDPOINT", help="Address of the S3-compatible storage.")
S3_REGION = env.text("S3_REGION", "us-east-1", help="Region name for the S3 signature.")
S3_BUCKET = env.text("S3_BUCKET", "fieldsvc", help="Bucket that holds the blobs.")
S3_ACCESS_KEY = env.secret("S3_ACCESS_KEY", "", help="Access key of the bucket.")
S3_SECRET_KEY = env.secret("S3_SECRET_KEY", "", help="Secret key of the bucket.")
if BLOBS == "s3" and not (S3_ACCESS_KEY and S3_SECRET_KEY):
    raise ImproperlyConfigured("BLOBS=s3 needs S3_ACCESS_KEY and S3_SECRET_KEY.")
# --- evidence: the installation's own authority, and outside time ------------------------------
AUTHORITY_FOLDER = env.path(
    "AUTHORITY_FOLDER",
    VAR / "authority",
    help="Keys of the built-in certificate authority; made at the first use, never given away.",
)
AUTHORITY_LABEL = env.text(
    "AUTHORITY_LABEL", "内置测试根", help="Name of the root; a bureau's own root has its own."
)
TSA_URLS = env.pairs(
    "TSA_URLS",
    help="Timestamp authorities (RFC 3161), at most two: name=https://…; none: this machine's own,"
    " which is no outside time.",
)
TSA_CERTIFICATES = env.pairs(
    "TSA_CERTIFICATES",
    help="For each of them name=file: PEM with its certificate first, then its issuers and root.",
)
if len(TSA_URLS) > 2 or TSA_URLS.keys() != TSA_CERTIFICATES.keys() or "local" in TSA_URLS:
    raise ImproperlyConfigured(
        "TSA_URLS and TSA_CERTIFICATES name the same authorities, at most two, none 'local'. "
        "Example: TSA_URLS=ntsc=https://tsa.example TSA_CERTIFICATES=ntsc=/run/secrets/ntsc.pem"
    )
TSA_RENEW_DAYS = env.integer(
    "TSA_RENEW_DAYS",
    90,
    at_least=1,
    help="Timestamps whose authority's certificate ends within so many days are renewed.",
)
SIGNING_ASSURANCE = env.choice(
    "SIGNING_ASSURANCE",
    ["handwritten", "certified"],
    "certified",
    help="certified: inspection records are signed by hand and with a certified key of the signer.",
)
SIGNER_CA_URL = env.text(
    "SIGNER_CA_URL",
    "",
    help="EST address (RFC 7030) of the licensed authority that certifies signers' keys, "
    "https://…/.well-known/est; empty: the built-in root, a test.",
)
SIGNER_CA_NAME = env.text("SIGNER_CA_NAME", "", help="What papers and journal call it.")
SIGNER_CA_ROOTS = env.text("SIGNER_CA_ROOTS", "", help="PEM file with its root certificates.")
SIGNER_CA_LOGIN = env.secret("SIGNER_CA_LOGIN", "", help="user:password of this bureau there.")
if SIGNER_CA_URL and not (SIGNER_CA_NAME and SIGNER_CA_ROOTS and ":" in SIGNER_CA_LOGIN):
    raise ImproperlyConfigured(
        "SIGNER_CA_URL needs SIGNER_CA_NAME, SIGNER_CA_ROOTS and SIGNER_CA_LOGIN=user:password."
    )
IDENTITY_URL = env.text(
    "IDENTITY_URL",
    "",
    help="Identity service that is asked whether an applicant's name and citizen's number belong "
    "together; empty: nobody is asked.",
)
IDENTITY_NAME = env.text("IDENTITY_NAME", "身份核验服务", help="What papers and journal call it.")
IDENTITY_TOKEN = env.secret("IDENTITY_TOKEN", "", help="Bearer token for the identity service.")
for _name, _url in (("SIGNER_CA_URL", SIGNER_CA_URL), ("IDENTITY_URL", IDENTITY_URL)):
    # Names and numbers of people go there: in the clear only to this very machine.
    if _url and not _url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ImproperlyConfigured(f"{_name} is no https address. Example: https://ca.example")
OFFICIAL_SEAL = env.choice(
    "OFFICIAL_SEAL",
    ["off", "local"],
    "off",
    help="local: a second seal (SM2, a test key of this machine) beside each issued record.",
)
# --- the outside world -----------------------------------------------------------------------
SMS_GATEWAY = env.choice(
    "SMS_GATEWAY", ["file"], "file", help="file: messages are written to VAR_DIR/sms, not sent."
)
SMS_FOLDER = VAR / "sms"
CALLBACK_HOSTS = env.items(
    "CALLBACK_HOSTS",
    help="host:port of approval systems that results may be sent to; embedded: this machine too.",
)
CALLBACK_PRIVATE_HOSTS = env.items(
    "CALLBACK_PRIVATE_HOSTS",
    help="Those of CALLBACK_HOSTS that may stand at a private address (a government intranet).",
)
RESULT_SCHEDULE = env.items(
    "RESULT_SCHEDULE",
    "5,300,1800,7200,18000,36000,50400,72000,86400",
    help="Seconds before each further attempt to deliver a result.",
)
INSPECTION_ROOM_OPENS_MINUTES = env.integer(
    "INSPECTION_ROOM_OPENS_MINUTES",
    30,
    at_least=0,
    help="An applicant may enter the room so many minutes before the appointment.",
)
RTC_HOST_ADDRESSES = env.items(
    "RTC_HOST_ADDRESSES", help="Addresses the media server offers; empty: all of the machine."
)
RTC_PORTS = env.text("RTC_PORTS", help="UDP ports of the media server, 40000-40999; empty: any.")
RECORDING_ROOT = env.path(
    "RECORDING_ROOT", VAR / "recording", help="Where segments are written before they are stored."
)
RECORDING_FLOOR_MB = env.integer(
    "RECORDING_FLOOR_MB", 512, at_least=1, help="No recording starts with less free space (MiB)."
)
RECORDING_RAW_KEEP = env.choice(
    "RECORDING_RAW_KEEP",
    ["sealed", "stored", "always"],
    "sealed",
    help="How long raw packets stay beside the segments: till the dossier is sealed, till all is"
    " stored, or for good.",
)
RTC_COMPILED = env.flag("RTC_COMPILED", default=True, help="false: no compiled packet path.")
RTC_FIT_LINES = env.flag(
    "RTC_FIT_LINES",
    default=True,
    help="Less picture for who has a weak line, and more again; false: everybody gets everything.",
)
RTC_ICE_SERVERS = env.items("RTC_ICE_SERVERS", help="stun: and turn: addresses for browsers.")
RTC_TURN_SECRET = env.secret("RTC_TURN_SECRET", "", help="coturn's static-auth-secret.")
if any(url.startswith("turn") for url in RTC_ICE_SERVERS) and not RTC_TURN_SECRET:
    raise ImproperlyConfigured("RTC_ICE_SERVERS names a TURN server: RTC_TURN_SECRET is needed.")
METRICS_TOKEN = env.secret(
    "METRICS_TOKEN", "", help="Bearer token of /metrics; without it: this machine only."
)
METRICS_PORT = env.integer(
    "METRICS_PORT", 0, at_least=0, help="Media node: loopback port of its /metrics; 0: none."
)
# --- logs --------------------------------------------------------------------------------------
LOG_LEVEL = env.choice(
    "LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO", help="Least level that is logged."
)
LOGGING = logs.configuration(level=LOG_LEVEL, json_lines=not EMBEDDED)

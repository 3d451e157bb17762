# The image of web, worker and beat. It holds no secret: they come from the environment.

# --- made here, and left behind: the packages, the catalogues, the fonts, the static files -----
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-clear-sans fonts-hack fonts-sil-charis gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /build/
RUN pip install --require-hashes --requirement /build/requirements.txt
WORKDIR /app
COPY . .
ENV FONT_DIR=/app/fonts STATIC_ROOT=/app/static-served
# development mode for the catalogues and fonts; the static files get the names of production,
# with secrets made for this one command
RUN UPPSIKT_MODE=development python manage.py compilemessages \
    && python -m scripts.fonts "$FONT_DIR" \
    && UPPSIKT_MODE=production BASE_URL=https://build.invalid \
        SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
        CUSTODY_KEYS="$(head -c 32 /dev/urandom | base64)" \
        CHECKPOINT_KEY="$(head -c 32 /dev/urandom | base64)" \
        python manage.py collectstatic --no-input --verbosity 0

# --- what runs ---------------------------------------------------------------------------------
FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-clear-sans fonts-dejavu-core fonts-hack fonts-sil-charis fonts-symbola \
        libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin uppsikt \
    && install -d -o uppsikt -g uppsikt -m 0700 /data /checkpoints
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    UPPSIKT_MODE=production \
    DATA_DIR=/data \
    CHECKPOINT_DIR=/checkpoints \
    FONT_DIR=/app/fonts \
    STATIC_ROOT=/app/static-served
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", "governance.wsgi:application"]

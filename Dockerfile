# syntax=docker/dockerfile:1
# One image for every process: web, worker, tick and the one-shot migration differ only in their command.

FROM python:3.12-slim AS packages
# pdqhash comes as source and is compiled here; the compiler stays behind in this stage.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements.txt requirements-compiled.txt ./
# Neither the embedded servers nor the test tools belong into production: their marked sections are left out.
RUN sed -e '/^# The embedded default/,/^$/d' -e '/^# Tests and checks/,$d' requirements.txt > runtime.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r runtime.txt -r requirements-compiled.txt

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=reviewqueue.settings \
    STATIC_ROOT=/srv/static \
    VAR_DIR=/var/lib/reviewqueue
RUN groupadd --system --gid 10001 reviewqueue \
    && useradd --system --uid 10001 --gid reviewqueue --home-dir /srv/app --shell /usr/sbin/nologin reviewqueue \
    && install -d -o reviewqueue -g reviewqueue -m 0750 /var/lib/reviewqueue \
    && install -d /srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/app
COPY manage.py pyproject.toml ./
COPY reviewqueue reviewqueue
COPY apps apps
COPY templates templates
COPY static static
# Collecting reads the settings, which ask where the servers are; nothing is connected to, and no value stays.
RUN python -m compileall -q apps reviewqueue \
    && DATABASE_URL=postgresql://build@db.invalid/build REDIS_URL=redis://redis.invalid:6379/0 \
       SECRET_KEY=only-for-collecting-static-files python manage.py collectstatic --no-input --verbosity 0
USER reviewqueue
EXPOSE 8000
# Threads and database connections belong to the application (reviewqueue/asgi.py); a worker here is a process.
CMD ["granian", "--interface", "asginl", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--http", "1", \
     "--log-level", "warning", "--respawn-failed-workers", "--respawn-interval", "1", \
     "--workers-kill-timeout", "10", "reviewqueue.asgi:application"]

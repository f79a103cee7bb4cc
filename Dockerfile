# The store as an image. Built from the release ZIP: docker build --tag purelaka .
# BASE_IMAGE: any image with Python 3.11 to 3.14 as `python`, on Debian.
ARG BASE_IMAGE=python:3.13-slim-trixie

FROM ${BASE_IMAGE} AS packages
COPY requirements/store.txt /tmp/store.txt
# Every file checked against the lock's hashes.
RUN python -m venv /opt/store \
    && /opt/store/bin/pip install --quiet --no-cache-dir --require-hashes --requirement /tmp/store.txt

FROM ${BASE_IMAGE}
# pg_dump and pg_restore, for backups.
RUN command -v pg_dump > /dev/null || (apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*)
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin store \
    && install --directory --owner=store /backups
COPY --from=packages /opt/store /opt/store
COPY purelaka /app
WORKDIR /app
ENV PATH=/opt/store/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONUTF8=1
# Needs no secret: these settings make static files and nothing else.
RUN DJANGO_SETTINGS_MODULE=purelaka.settings.build python manage.py collectstatic --no-input --verbosity 0
USER store
EXPOSE 8000
HEALTHCHECK --interval=4s --timeout=5s --start-period=30s CMD ["python", "probe.py", "/healthz"]
CMD ["gunicorn", "purelaka.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-tmp-dir", "/dev/shm", "--timeout", "60"]

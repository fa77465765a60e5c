# The portal, its worker and its clock are one image; the command says which of them a container is.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/portal.txt requirements/portal.txt
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements/portal.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=smartersends.settings DATA_DIR=/data STATIC_ROOT=/app/staticfiles WHITENOISE_USE_FINDERS=false
RUN useradd --uid 10001 --create-home portal && mkdir -p /data /app && chown portal /data
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
RUN for po in locale/*/LC_MESSAGES/django.po; do \
      pybabel --quiet compile --use-fuzzy --input-file "$po" --output-file "${po%.po}.mo"; done \
    && DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 && rm -rf /tmp/build
USER portal
EXPOSE 8000
CMD ["gunicorn", "smartersends.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--worker-tmp-dir", "/dev/shm"]

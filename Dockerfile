# The portal, its worker and its clock are one image; the command says which of them a container is.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH
RUN apt-get update && apt-get install --yes --no-install-recommends brotli && rm -rf /var/lib/apt/lists/*
COPY requirements/portal.txt /build/portal.txt
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /build/portal.txt
WORKDIR /app
COPY . .
# What browsers load is collected once, as gzip and as brotli, under a name that changes with its content.
RUN for po in locale/*/LC_MESSAGES/django.po; do \
      pybabel --quiet compile --use-fuzzy --input-file "$po" --output-file "${po%.po}.mo"; done \
    && DATA_DIR=/tmp/build STATIC_ROOT=/app/staticfiles WHITENOISE_USE_FINDERS=false \
       python manage.py collectstatic --noinput --verbosity 0 --ignore "*.map" \
    && find staticfiles -type f \( -name '*.css' -o -name '*.js' -o -name '*.mjs' -o -name '*.json' -o -name '*.svg' \) \
       -size +200c -exec brotli --keep --best {} + \
    && rm -rf /tmp/build

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=smartersends.settings DATA_DIR=/data STATIC_ROOT=/app/staticfiles WHITENOISE_USE_FINDERS=false
RUN useradd --uid 10001 --no-create-home --home-dir /tmp portal && mkdir -p /data /app && chown portal /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER portal
EXPOSE 8000
CMD ["gunicorn", "-c", "python:smartersends.server", "smartersends.wsgi"]

FROM node:22-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.11-slim-bookworm AS native
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements-dev.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-dev.lock
COPY signaling signaling
RUN python -m signaling.media.build_native

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 FIELDSVC_MODE=production VAR_DIR=/var/lib/fieldsvc
# openssl: the machine's own timestamps, where no timestamp authority is configured.
# fonts-hanazono: rare ideographs in names; without it such a name is refused at entry.
RUN apt-get update && apt-get install -y --no-install-recommends openssl fonts-hanazono && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/fieldsvc
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY manage.py ./
COPY fieldsvc fieldsvc
COPY signaling signaling
COPY inspections inspections
COPY --from=native /src/signaling/media/.native signaling/media/.native
COPY --from=frontend /src/frontend/dist frontend/dist
# Static files are put into VAR_DIR by `manage.py prepare` at the start of each version.
RUN useradd --system --uid 990 fieldsvc && mkdir -p /var/lib/fieldsvc && chown fieldsvc /var/lib/fieldsvc
USER fieldsvc
VOLUME /var/lib/fieldsvc
EXPOSE 8000
# What a container runs is said in docker-compose.yml: web, media, worker, beat or prepare.

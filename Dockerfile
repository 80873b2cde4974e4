FROM node:22-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 FIELDSVC_MODE=production
WORKDIR /srv/fieldsvc
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY manage.py ./
COPY fieldsvc fieldsvc
COPY signaling signaling
COPY inspections inspections
COPY --from=frontend /src/frontend/dist frontend/dist
RUN useradd --system --uid 990 fieldsvc && mkdir -p /var/lib/fieldsvc && chown fieldsvc /var/lib/fieldsvc \
    && SECRET_KEY=build-time-only-build-time-only-build-time-only-xx PUBLIC_URL=https://localhost DATABASE_URL=sqlite:////tmp/build.db \
       python manage.py collectstatic --noinput
USER fieldsvc
VOLUME /var/lib/fieldsvc
EXPOSE 8000
CMD ["python", "-m", "daphne", "-b", "0.0.0.0", "-p", "8000", "fieldsvc.asgi:application"]

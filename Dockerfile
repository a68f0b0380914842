# The app for a team: saved work in /data (or in PostgreSQL, by CCPLAN_DATABASE), port 8501, no root, no compiler.
#   docker build -t ccplan .
#   docker run -p 8501:8501 -v ccplan:/data ccplan
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE app.py ./
COPY scenarios scenarios
COPY simulator simulator
COPY models models
COPY studies studies
COPY interface interface
RUN python -m venv /opt/ccplan \
    && /opt/ccplan/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt \
        --editable ".[postgres,sign-in]"

FROM python:3.13-slim-bookworm
RUN useradd --create-home --uid 10001 planner \
    && mkdir /data \
    && chown planner /data
COPY --from=build /opt/ccplan /opt/ccplan
COPY --from=build /app /app
WORKDIR /app
COPY .streamlit .streamlit
USER 10001
ENV PATH=/opt/ccplan/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/data/compiled \
    CCPLAN_DATABASE=/data/work.db \
    CCPLAN_LOG=on
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s CMD ["ccplan", "health"]
# SIGTERM reaches the server itself, which ends its workers within seconds.
CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.headless", "true"]

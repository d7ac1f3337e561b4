# Written by Twinrail for this project; a Dockerfile of your own takes its place.

FROM docker.io/library/python@sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e AS build
ENV PYTHONHASHSEED=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv /pip && python3 -m venv --without-pip /app
COPY settle.py /build/

FROM build AS requirements
COPY requirements.txt /build/
RUN --mount=type=secret,id=pip-conf,target=/etc/pip.conf --mount=type=secret,id=ca \
    /pip/bin/pip --python /app/bin/python install --quiet --no-deps --no-compile -r /build/requirements.txt \
    && mkdir /layer && cp -a /app /layer/ \
    && /app/bin/python /build/settle.py /layer 315532800

FROM requirements AS application
ARG AGAIN=""
ARG SOURCE_DATE_EPOCH=315532800
COPY *.whl /build/
RUN /pip/bin/pip --python /app/bin/python install --quiet --no-deps --no-index --no-compile --no-warn-script-location \
    --root /own /build/*.whl \
    && /app/bin/python /build/settle.py /own $SOURCE_DATE_EPOCH

FROM docker.io/library/python@sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e AS laid
COPY --from=requirements /layer/ /
ENV PATH=/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8080
USER 4711:4711
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["/app/bin/python", "-I", "-c", "import http.client, sys; asked = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); asked.request('GET', '/alive'); sys.exit(asked.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["shopfront", "serve", "--host", "0.0.0.0", "--port", "8000"]
CMD []

FROM laid AS runtime
COPY --from=application /own/ /

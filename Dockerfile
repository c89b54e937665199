# The server in a container: `docker build -t integrations-app .`; compose.yaml runs it.

# What building takes (bun, npm packages, the lock's other packages) stays in this stage.
FROM python:3.13-slim AS build
# The image has no make; how the wheel is built stands in the Makefile alone.
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends make
# Away from the image's own files.
WORKDIR /src
# .dockerignore leaves out what the wheel is not made of.
COPY . .
# The package with its pages.
RUN make wheel
# The tested versions, each compared with its hash. Without pip and compiled files, which would add
# a third to the image.
RUN python3 -m venv --without-pip /app && \
    .venv/bin/python -m pip --python /app install -qq --no-compile --no-deps --require-hashes \
        -r requirements-web.lock && \
    .venv/bin/python -m pip --python /app install -qq --no-compile --no-deps --no-index dist/*.whl

# Nothing but Python itself, the same as the environment was made with.
FROM python:3.13-slim
# Root's own, so that a program which is broken into cannot change itself.
COPY --from=build /app /app
# `integrations` is found by its name; no compiled file is written beside the code; logs do not wait.
ENV PATH=/app/bin:/usr/local/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# Published ports reach only what listens to more than the container itself.
ENV INTEGRATIONS_LISTEN=0.0.0.0
# For figures that several workers share, and a key file where the environment names no keys: the
# only folder that is the server's own.
RUN mkdir -m 0700 /data && chown 10001:10001 /data
# Said, since what is started elsewhere would look there.
ENV INTEGRATIONS_DATA_DIR=/data
# It holds no program that could be started by mistake.
WORKDIR /data
# A number, which a cluster that refuses root can tell from it; an account of that name is not needed.
USER 10001:10001
# Where PORT does not say otherwise.
EXPOSE 3000
# Ready only with the database at the newest revision, to which the first start has to migrate it.
HEALTHCHECK --start-period=60s --interval=10s --timeout=5s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '3000') + '/readyz')"]
# As the first process, so that SIGTERM reaches it: it ends within five seconds.
CMD ["integrations", "serve"]

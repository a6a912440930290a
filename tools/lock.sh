#!/bin/sh
# Renews requirements/*.txt and package-lock.json: versions and digests, no address of a registry.
set -eu
cd "$(dirname "$0")/.."

compile() {
    "${UV:-.venv/bin/uv}" pip compile --quiet --generate-hashes --universal --fork-strategy fewest \
        --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
        --custom-compile-command "make lock" "$@"
}

compile requirements/bootstrap.in --output-file requirements/bootstrap.txt "$@"
compile pyproject.toml --output-file requirements/run.txt "$@"
compile pyproject.toml --extra dev --constraint requirements/run.txt \
    --output-file requirements/dev.txt "$@"
npm install --package-lock-only

#!/usr/bin/env bash
# Make the secrets of compose.yaml in deploy/secrets (or the folder given), those not there yet.
# Only their owner gets into the folder. Keep copies where you keep keys: a ledger cannot be used
# with another pseudonym key than the one it was made with.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="${1:-deploy/secrets}"
umask 077
mkdir -p "$folder"

made() { # name: true if the file has to be made
    [ ! -e "$folder/$1" ] && echo "making $folder/$1"
}

word() { # 32 random hexadecimal digits
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

if made postgres_password; then
    word >"$folder/postgres_password"
    rm -f "$folder/fundwatch_postgres"
fi
if made fundwatch_postgres; then
    printf 'postgresql+psycopg://fundwatch:%s@postgres/fundwatch' \
        "$(cat "$folder/postgres_password")" >"$folder/fundwatch_postgres"
fi
if made fundwatch_pseudonym_key; then word >"$folder/fundwatch_pseudonym_key"; fi
if made grafana_password; then word >"$folder/grafana_password"; fi
# In the containers other users than this one read them.
chmod 0444 "$folder"/*

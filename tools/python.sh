#!/usr/bin/env bash
# Print a Python 3.11 or newer that can make a virtual environment, or say what to install.
# PYTHON=... chooses one by hand.
set -euo pipefail

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if suits "$candidate"; then
        if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate cannot make a virtual environment: install its venv module" \
                "(Debian and Ubuntu: apt-get install python3-venv), then run make again." >&2
            exit 1
        fi
        echo "$candidate"
        exit 0
    fi
done
echo "No Python 3.11 or newer found (looked for: ${PYTHON:-python3 python3.13 python3.12" \
    "python3.11 python}): install one, or name it with make PYTHON=/path/to/python3." >&2
exit 1

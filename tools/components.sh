#!/usr/bin/env bash
# Bring what the integration tests run against: Kafka (jars, through Maven), PostgreSQL,
# Prometheus and Chromium. Usage: tools/components.sh [kafka] [postgres] [prometheus] [chromium]
#
# What is there already is left alone. What is missing is installed with apt-get where this runs
# as root on Debian or Ubuntu. Otherwise a sentence says what to install and the tests that need
# it are skipped; with CI=true that is a failure.
# FUNDWATCH_KAFKA and FUNDWATCH_POSTGRES name servers of your own: nothing is brought for those.
set -euo pipefail
cd "$(dirname "$0")/.."

kafka_cache=.cache/kafka
missing=0
lists_fresh=no

say_missing() {
    echo "missing: $*" >&2
    missing=1
}

have() { command -v "$1" >/dev/null 2>&1; }

python_of_tests() { # the environment's Python, or any
    if [ -x .venv/bin/python ]; then echo .venv/bin/python; else echo python3; fi
}

# Registries stall now and then: three tries.
thrice() {
    local try
    for try in 1 2 3; do
        if "$@"; then return 0; fi
        echo "try $try of 3 failed: $*" >&2
    done
    return 1
}

apt_install() {
    if [ "$(id -u)" != 0 ] || ! have apt-get; then return 1; fi
    echo "installing $* with apt-get"
    if [ "$lists_fresh" = no ]; then
        thrice apt-get -qq -o Acquire::Retries=3 update || return 1
        lists_fresh=yes
    fi
    # RUNLEVEL=1: install Prometheus, do not start it as a service.
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 thrice apt-get -qq -y -o Acquire::Retries=3 \
        install --no-install-recommends "$@" >/dev/null
}

java_suits() {
    have java && [ "$(java -XshowSettings:properties -version 2>&1 |
        sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p')" -ge 17 ]
}

bring_kafka() {
    if [ -n "${FUNDWATCH_KAFKA:-}" ]; then return; fi
    if ! java_suits && ! { apt_install default-jre-headless && java_suits; }; then
        say_missing "Java 17 or newer, for Kafka (Debian: apt-get install default-jre-headless)," \
            "or set FUNDWATCH_KAFKA=host:port"
        return
    fi
    local libs="$kafka_cache/libs" wanted
    wanted="$(cksum <tools/kafka/pom.xml)"
    if [ "$(cat "$kafka_cache/pom.cksum" 2>/dev/null)" = "$wanted" ]; then return; fi
    if ! have mvn && ! apt_install maven; then
        say_missing "Maven, to fetch Kafka's jars (Debian: apt-get install maven)," \
            "or set FUNDWATCH_KAFKA=host:port"
        return
    fi
    echo "fetching Kafka's jars with Maven into $libs"
    rm -rf "$kafka_cache"
    mkdir -p "$libs"
    if ! thrice mvn -q -B -f tools/kafka/pom.xml dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$PWD/$libs" >"$kafka_cache/maven.log"; then
        cat "$kafka_cache/maven.log" >&2
        say_missing "Kafka's jars: Maven could not fetch them (see above)," \
            "or set FUNDWATCH_KAFKA=host:port"
        return
    fi
    echo "$wanted" >"$kafka_cache/pom.cksum"
}

postgres_there() {
    "$(python_of_tests)" -c '
import importlib.util, sys
sys.exit(importlib.util.find_spec("pgserver") is None)' 2>/dev/null ||
        have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

bring_postgres() {
    if [ -n "${FUNDWATCH_POSTGRES:-}" ]; then return; fi
    if ! postgres_there && ! apt_install postgresql; then
        say_missing "PostgreSQL (the pgserver wheel, for Python 3.11 and 3.12, or Debian:" \
            "apt-get install postgresql), or set FUNDWATCH_POSTGRES=postgresql://user@host/database"
    fi
}

bring_prometheus() {
    if ! { have prometheus && have promtool; } && ! apt_install prometheus; then
        say_missing "prometheus and promtool (Debian: apt-get install prometheus)"
    fi
}

chromium_there() { # the browser, and the library Playwright's driver is linked against
    { have chromium || have chromium-browser; } &&
        "$(python_of_tests)" -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null
}

bring_chromium() {
    if ! chromium_there && ! apt_install chromium libatomic1; then
        say_missing "chromium, or libatomic for its driver (Debian: apt-get install chromium" \
            "libatomic1)"
    fi
    # Without a Chinese font pictures of the pages show boxes; tests do not mind.
    if [ -z "$(fc-list :lang=zh 2>/dev/null)" ]; then
        apt_install fonts-noto-cjk || echo "no Chinese font (Debian: apt-get install fonts-noto-cjk)" >&2
    fi
}

for component in "${@:-kafka postgres prometheus chromium}"; do
    for name in $component; do
        case "$name" in
            kafka | postgres | prometheus | chromium) "bring_$name" ;;
            *)
                echo "no such component: $name (kafka, postgres, prometheus, chromium)" >&2
                exit 2
                ;;
        esac
    done
done

if [ "$missing" = 1 ] && [ "${CI:-}" = true ]; then exit 1; fi

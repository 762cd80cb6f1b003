# tap.sh - results in the Test Anything Protocol, and a server of one's own.
#
# Source it from a shell test, with tests/scripts in $scripts:
#
#     scripts=$(dirname "$0")
#     . "$scripts/tap.sh"
#     server_start --workers 1          # sets $port and $server_pid
#     status=0; "$PAWL" ... || status=$?
#     tap_is "$status" 0 'get_finds_what_was_set'
#     tap_done
#
# The server ends with the script, also where that is killed; its standard
# error is in $scratch/server.log. $scratch is removed at the end.
# shellcheck shell=sh

: "${scripts:?the folder of tap.sh}"
set -u
PYTHON=${PYTHON3:-/usr/bin/python3}
scratch=$(mktemp -d "${BUILDDIR:-${TMPDIR:-/tmp}}/pawl-test-XXXXXX") || exit 1
tap_count=0
tap_failed=0
server_pid=

tap_end() {
    server_stop
    rm -rf "$scratch"
}
trap tap_end EXIT
trap 'exit 1' HUP INT TERM

# States a fact: tap_ok STATUS NAME, where 0 says that it holds.
tap_ok() {
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $2"
    fi
}

# tap_is GOT WANTED NAME: both are the same text.
tap_is() {
    if [ "$1" = "$2" ]; then
        tap_ok 0 "$3"
    else
        tap_ok 1 "$3"
        printf 'wanted: %s\ngot:    %s\n' "$2" "$1" | tap_note
    fi
}

# tap_like GOT PATTERN NAME: a line of GOT matches the extended expression.
tap_like() {
    if printf '%s\n' "$1" | grep -Eq -e "$2"; then
        tap_ok 0 "$3"
    else
        tap_ok 1 "$3"
        printf 'wanted: %s\ngot:    %s\n' "$2" "$1" | tap_note
    fi
}

# Tells what comes on standard input in lines that TAP lets pass.
tap_note() {
    sed 's/^/# /'
}

# Prints the plan and ends the test.
tap_done() {
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ] && [ "$tap_count" -gt 0 ]
    exit $?
}

# Ends the whole test: what it needs is not there.
tap_bail() {
    echo "Bail out! $1"
    exit 1
}

# Asks server.py: server_ask EXPRESSION prints it, answers whether it holds.
server_ask() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$scripts "$PYTHON" -c \
        "import server, sys; it = $1; print(it); sys.exit(not it)"
}

# Starts pawld with the options given, on a free port.
server_start() {
    for _ in 1 2 3 4 5; do
        port=$(server_ask 'server.free_port()')
        setpriv --pdeathsig KILL "$PAWLD" --listen "127.0.0.1:$port" "$@" \
            2>"$scratch/server.log" &
        server_pid=$!
        server_ask "server.is_up($server_pid, $port)" >"$scratch/up" && return
        server_stop
    done
    tap_note <"$scratch/server.log"
    tap_bail "pawld does not start: $*"
}

# Ends the server with SIGTERM; answers its exit status.
server_stop() {
    [ -n "$server_pid" ] || return 0
    kill "$server_pid" 2>/dev/null
    wait "$server_pid" 2>/dev/null
    set -- $?
    server_pid=
    return "$1"
}

#!/bin/sh
# test_memccapable.sh - libmemcached's own judge of a memcached server. Each of
# its 27 tests of the text protocol is one line here.

scripts=$(dirname "$0")
# shellcheck source=tests/scripts/tap.sh
. "$scripts/tap.sh"

tests_expected=27

command -v memccapable >"$scratch/path" || tap_bail 'memccapable is not there'
server_start --workers 2
timeout 60 memccapable -h 127.0.0.1 -p "$port" -a >"$scratch/out" 2>&1
status=$?

while read -r line; do
    case $line in
    ascii*'[pass]') tap_ok 0 "${line%%  *}" ;;
    ascii*) tap_ok 1 "${line%%  *}" ;;
    esac
done <"$scratch/out"

[ "$tap_failed" -eq 0 ] || tap_note <"$scratch/out"
tap_is "$tap_count" "$tests_expected" 'memccapable_runs_all_its_tests'
tap_is "$status" 0 'memccapable_ends_well'
server_stop
tap_is "$?" 0 'the_server_ends_well_after_it'
tap_done

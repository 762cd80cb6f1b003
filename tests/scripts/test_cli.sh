#!/bin/sh
# The command line: what each command prints, and the exit status it ends with.
scripts=$(dirname "$0")
# shellcheck source=tests/scripts/tap.sh
. "$scripts/tap.sh"

# The commands and the exit statuses that were met, one a line.
: >"$scratch/commands"
: >"$scratch/statuses"

# Runs pawl ARG... without reading; sets $status, $printed and $said, its
# standard error. An x behind $printed keeps the newline that the shell takes.
pawl() {
    status=0
    timeout 60 "$PAWL" "$@" >"$scratch/printed" 2>"$scratch/said" || status=$?
    printed=$(cat "$scratch/printed"; echo x)
    said=$(cat "$scratch/said")
    echo "$status" >>"$scratch/statuses"
}

# gives STATUS PRINTED NAME COMMAND ARG...: just that status, just that text.
gives() {
    wanted="$1:$2x"
    name=$3
    shift 3
    echo "$1" >>"$scratch/commands"
    pawl "$@" </dev/null
    tap_is "$status:$printed" "$wanted" "$name"
}

# says PATTERN NAME: the last command left one line like that on standard error.
says() {
    tap_like "$(wc -l <"$scratch/said") $said" "^1 pawl: $1\$" "$2"
}

# holds STATUS FACT NAME COMMAND ARG...: it ends so, and what it prints with
# --json is such that the fact holds.
holds() {
    fact="status == $1 and ($2)"
    name=$3
    shift 3
    pawl --json "$@" </dev/null
    still_holds "$fact" "$name"
}

# still_holds FACT NAME: what the last command printed is JSON, an object a
# line; it is their list, of which the Python expression holds.
still_holds() {
    "$PYTHON" - "$1" "$status" "$scratch/printed" >"$scratch/fact" 2>&1 <<'END'
import json, sys
fact, status, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
it = [json.loads(line) for line in open(path, encoding="utf-8")]
print("status", status, it)
sys.exit(not (all(type(o) is dict for o in it) and eval(f"({fact})")))
END
    set -- $? "$2"
    tap_ok "$1" "$2"
    [ "$1" -eq 0 ] || tap_note <"$scratch/fact"
}

# Starts a server that lies, see cli_liar.py, and speaks to it from now on.
liar_start() {
    liar_stop
    setpriv --pdeathsig KILL \
        "$PYTHON" "$scripts/cli_liar.py" "$scratch/liar" "$@" &
    liar_pid=$!
    while [ ! -S "$scratch/liar" ]; do
        kill -0 "$liar_pid" || tap_bail 'cli_liar.py does not start'
        sleep 0.05
    done
    PAWL_SERVER=unix:$scratch/liar
}

liar_stop() {
    [ -n "${liar_pid-}" ] || return 0
    kill "$liar_pid"
    wait "$liar_pid" 2>/dev/null
    rm -f "$scratch/liar"
    liar_pid=
}
trap 'liar_stop; tap_end' EXIT

# Waits until a key is gone, for 60 seconds at most; answers whether it is.
comes_to_an_end() {
    end=$(($(date +%s) + 60))
    while "$PAWL" get "$1" >"$scratch/printed" 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.1
    done
}

nl='
'

# ---- What is wrong with a command line is said before a server is asked. ----

PAWL_SERVER=unix:$scratch/nobody
export PAWL_SERVER
gives 69 '' 'a_server_that_is_not_there_is_its_own_status' get key
says "unix:$scratch/nobody: No such file or directory" \
    'a_server_that_is_not_there_is_named'
gives 64 '' 'a_server_that_cannot_be_is_wrong_usage' get -s a:b:c key
gives 64 '' 'a_missing_argument_is_wrong_usage' set key
says 'set: VALUE is missing; usage: pawl set KEY VALUE' \
    'a_missing_argument_is_named'
gives 64 '' 'an_argument_too_many_is_wrong_usage' take key 1 2 3
gives 64 '' 'an_unknown_command_is_wrong_usage' steal key
says "no command is called 'steal'; see pawl --help" \
    'an_unknown_command_is_named'
gives 64 '' 'an_unknown_option_is_wrong_usage' get --verbose key
gives 64 '' 'an_option_of_another_command_is_wrong_usage' take --ttl 5 key 1
says "--ttl means nothing to 'take'" 'an_option_of_another_command_is_named'
gives 64 '' 'a_word_is_no_number' take key one
gives 64 '' 'a_negative_number_is_none' take -- key -1
gives 64 '' 'a_number_has_no_leading_zero' take key 01
gives 64 '' 'a_number_ends_at_2_to_the_64' take key 18446744073709551616
gives 64 '' 'version_0_is_never_one' cas key 0 value
gives 64 '' 'an_option_stays_in_its_range' race --clients 0
gives 64 '' 'an_empty_key_is_none' get ''
gives 64 '' 'a_key_has_no_spaces' get 'a key'
gives 64 '' 'a_key_has_no_control_characters' get "a${nl}key"
long=$(printf '%0250d' 0)
gives 64 '' 'a_key_of_251_bytes_is_too_long' get "${long}0"
pawl
tap_is "$status" 64 'no_command_is_wrong_usage'

# ---- Help -------------------------------------------------------------------

pawl --help
help=$printed
tap_is "$status:$said" '0:' 'help_goes_to_standard_output'
gives 0 "${help%x}" 'help_is_a_command_as_well' help
pawl help take
tap_like "$printed" '^  take KEY N \[FLOOR\]$' 'help_of_one_command_shows_it'
tap_is "$(printf %s "$printed" | grep -c -e --ttl)" 0 \
    'help_of_one_command_leaves_the_others_out'
gives 64 '' 'help_knows_no_other_words' help steal
pawl --version
tap_like "$printed" '^pawl [0-9]+\.[0-9]+\.[0-9]+$' 'version_is_a_release'
tap_is "$(printf %s "$help" | awk 'length > 80')" '' \
    'help_fits_into_80_columns'

# ---- Commands ---------------------------------------------------------------

server_start --workers 2
PAWL_SERVER=127.0.0.1:$port

gives 2 '' 'get_of_nothing_is_not_found' get key
says 'key: not found' 'get_of_nothing_says_so'
gives 0 '' 'set_is_silent' set key value
gives 0 'value' 'get_prints_the_value_as_it_is' get key
gives 0 "value${nl}value${nl}" 'get_of_several_keys_ends_each_by_a_newline' \
    get key key
gives 2 "value${nl}" 'get_of_several_keys_tells_that_one_is_missing' \
    get nothing key
gives 1 '' 'add_leaves_alone_what_is_there' add key other
says 'key: not stored' 'add_says_that_it_did_not_store'
gives 1 '' 'replace_wants_something_there' replace new other
gives 0 '' 'add_stores_where_nothing_is' add new 1
gives 0 '' 'replace_stores_where_something_is' replace new 2
gives 0 '2' 'replace_has_replaced' get new
gives 0 '' 'append_stores' append key ' and more'
gives 0 '' 'prepend_stores' prepend key 'a '
gives 0 'a value and more' 'append_and_prepend_put_it_at_their_ends' get key
gives 1 '' 'append_to_nothing_is_not_stored' append nothing more
gives 0 '' 'an_option_may_stand_behind' set key value --flags 7
gives 0 '' 'a_value_with_a_dash_stands_behind_two' set -- dash -5
gives 0 '-5' 'a_value_with_a_dash_is_a_value' get dash
gives 0 '' 'a_key_may_have_250_bytes' set "$long" x
gives 0 '' 'a_value_may_be_empty' set empty ''
gives 0 '' 'an_empty_value_is_found' get empty

pawl gets key
tap_like "$printed" '^[1-9][0-9]* value$' 'gets_prints_version_and_value'
version=${printed%% *}
gives 0 '' 'cas_stores_at_the_version_it_knows' cas key "$version" second
gives 1 '' 'cas_refuses_at_any_other' cas key "$version" third
says 'key: changed since that version' 'cas_says_why_it_refused'
gives 0 'second' 'cas_that_refused_changed_nothing' get key
gives 2 '' 'cas_of_nothing_is_not_found' cas nothing "$version" third

gives 0 '' 'a_number_is_a_value' set seats 10
gives 0 "7$nl" 'take_prints_what_is_left' take seats 3
gives 1 "7$nl" 'take_refuses_more_than_is_there_and_prints_that' take seats 8
says 'seats: refused' 'take_says_that_it_refused'
gives 1 "7$nl" 'take_heeds_its_floor' take seats 5 3
gives 0 "3$nl" 'take_may_reach_its_floor' take seats 4 3
gives 2 '' 'take_from_nothing_is_not_found' take nothing 1
gives 0 "8$nl" 'give_prints_what_is_there_then' give seats 5
gives 1 "8$nl" 'give_heeds_its_ceiling' give seats 3 10
gives 0 "10$nl" 'give_may_reach_its_ceiling' give seats 2 10
gives 0 "12$nl" 'incr_adds' incr seats 2
gives 0 "0$nl" 'decr_stops_at_0' decr seats 100
gives 2 '' 'incr_of_nothing_is_not_found' incr nothing 1
gives 65 '' 'a_value_that_is_no_number_is_unfit_for_take' take key 1
says "127.0.0.1:$port: the server found the request unfit: .*non-numeric.*" \
    'an_unfit_request_is_explained_by_the_server'
gives 65 '' 'a_value_that_is_no_number_is_unfit_for_incr' incr key 1
gives 0 '' 'a_number_may_be_2_to_the_64_less_1' set big 18446744073709551615
gives 1 "18446744073709551615$nl" 'give_does_not_wrap' give big 1

gives 0 '' 'delete_removes' delete key
gives 2 '' 'delete_of_nothing_is_not_found' delete key

gives 0 '' 'a_record_may_have_an_end' set --ttl 1 short x
gives 0 '' 'a_record_may_end_after_more_than_30_days' set --ttl 3000000 far x
gives 0 '' 'touch_sets_another_end' touch new 1
gives 2 '' 'touch_of_nothing_is_not_found' touch nothing 1
comes_to_an_end short
tap_ok $? 'a_record_ends_after_its_ttl'
comes_to_an_end new
tap_ok $? 'a_record_ends_after_its_touch'
gives 0 'x' 'a_record_that_ends_in_30_days_is_there' get far

pawl version
tap_like "$status:$printed" '^0:[0-9]+\.[0-9]+' 'version_prints_a_release'
echo version >>"$scratch/commands"
pawl stats
tap_like "$printed" "^pid $server_pid\$" 'stats_prints_name_and_value'
echo stats >>"$scratch/commands"

# ---- Standard input and output ----------------------------------------------

head -c 900000 /dev/urandom >"$scratch/bytes"
pawl set bytes - <"$scratch/bytes"
tap_is "$status" 0 'a_value_may_come_from_standard_input'
"$PAWL" get bytes | cmp - "$scratch/bytes" >"$scratch/difference"
tap_is "$(cat "$scratch/difference")" '' 'any_bytes_come_back_as_they_were'
printf 'VALUE x\r\n\0END\r\n' >"$scratch/bytes"
pawl set bytes - <"$scratch/bytes"
"$PAWL" get bytes | cmp - "$scratch/bytes" >"$scratch/difference"
tap_is "$(cat "$scratch/difference")" '' \
    'bytes_that_look_like_the_protocol_are_bytes'
pawl set bytes - </dev/null
gives 0 '' 'standard_input_may_be_empty' get bytes
pawl set bytes - <"$scratch"
tap_is "$status" 74 'standard_input_that_fails_is_its_own_status'
says 'standard input: Is a directory' 'standard_input_that_fails_is_explained'
status=0
"$PAWL" get seats >/dev/full 2>"$scratch/said" || status=$?
tap_is "$status" 74 'standard_output_that_fails_is_its_own_status'

# ---- JSON -------------------------------------------------------------------

pawl set --flags 7 text 'a "quoted" line'
holds 0 'it == [{"key": "text", "status": "found", "flags": 7,
    "value": "a \"quoted\" line", "version": it[0]["version"]}]' \
    'json_of_a_text' get text
pawl set seats 10
holds 0 'it[0]["number"] == 10 and it[0]["value"] == "10"' \
    'json_of_a_number_has_it_as_a_number' get seats
holds 0 'it[0]["number"] == "18446744073709551615"' \
    'json_of_a_number_that_readers_bend_has_it_as_a_string' get big
holds 2 '[o["status"] for o in it] == ["found", "not found", "found"]' \
    'json_of_several_keys_has_an_object_for_each' get text nothing seats
printf '\377\0' | "$PAWL" set bytes -
holds 0 'it[0]["value_base64"] == "/wA=" and "value" not in it[0]' \
    'json_of_bytes_that_are_no_text_is_base64' get bytes
printf 'sch\303\266n' | "$PAWL" set text -
holds 0 'it[0]["value"] == "sch\u00f6n"' 'json_of_utf_8_is_text' get text
holds 0 'it[0]["status"] == "taken" and it[0]["number"] == 9 and
    int(it[0]["version"]) > 0' 'json_of_take_has_number_and_version' \
    take seats 1
holds 1 'it[0]["status"] == "refused" and it[0]["number"] == 9 and
    int(it[0]["version"]) > 0' 'json_of_a_refusal_has_what_is_there' \
    take seats 10
tap_is "$said" '' 'json_tells_a_refusal_in_the_object_alone'
holds 0 'it == [{"key": "new", "status": "stored"}]' 'json_of_a_store' \
    set new 1
holds 1 'it == [{"key": "new", "status": "not stored"}]' \
    'json_of_what_was_not_stored' add new 1
holds 0 'it == [{"key": "new", "status": "counted", "number": 2}]' \
    'json_of_incr' incr new 1
holds 2 'it == [{"key": "nothing", "status": "not found"}]' \
    'json_of_what_is_not_there' delete nothing
holds 0 "it[0]['pid'] == $server_pid and len(it) == 1" 'json_of_stats' stats
holds 0 'list(it[0]) == ["version"]' 'json_of_version' version
holds 65 'it == []' 'json_leaves_an_error_to_standard_error' take text 1
gives 0 "$("$PAWL" --json get seats | "$PYTHON" -c \
    'import json; print(json.load(open(0))["version"])') 9$nl" \
    'gets_and_json_agree_on_the_version' gets seats

# ---- The race ---------------------------------------------------------------

deletes=$("$PAWL" stats | sed -n 's/^delete_hits //p')
holds 0 '[o["way"] for o in it] == ["naive", "take", "cas"]' \
    'race_runs_three_ways' race --clients 40 --seats 300
still_holds '[it[1][n] for n in ("sold", "oversold", "unsold", "refused")]
    == [300, 0, 0, 40]' 'race_by_take_sells_each_seat_once_and_refuses_the_rest'
still_holds '[it[2][n] for n in ("sold", "oversold", "unsold")]
    == [300, 0, 0]' 'race_by_cas_sells_each_seat_once'
still_holds 'it[0]["sold"] > 300 and it[0]["oversold"] > 0' \
    'race_by_reading_and_writing_sells_seats_twice'
tap_is "$("$PAWL" stats | sed -n 's/^delete_hits //p')" $((deletes + 3)) \
    'race_removes_its_keys'
pawl race --clients 5 --seats 20
echo race >>"$scratch/commands"
tap_like "$printed" \
    '^take {20}20 seats, 5 clients: sold 20, each seat once, 5 refused, in ' \
    'race_says_what_take_sold'
tap_is "$(printf %s "$printed" | wc -l)" 3 \
    'race_draws_nothing_where_there_is_no_terminal'
script -qec "\"$PAWL\" race --clients 2 --seats 20" /dev/null \
    </dev/null >"$scratch/terminal"
tap_like "$(tr '\r' '\n' <"$scratch/terminal")" \
    '^take +[#.]+  [0-9]+ of 20 sold' 'race_is_drawn_live_on_a_terminal'

# ---- Flush, last: it takes all away -----------------------------------------

gives 0 '' 'flush_may_wait' flush 1000
gives 0 '9' 'flush_that_waits_leaves_records_there' get seats
gives 0 '' 'flush_is_silent' flush
gives 2 '' 'flush_removes_all' get seats

# ---- Servers that fail ------------------------------------------------------

server_stop
gives 69 '' 'a_server_that_has_gone_is_not_reached' take seats 1
says "127.0.0.1:$port: Connection refused" 'a_refused_connection_is_explained'
gives 69 '' 'a_race_without_a_server_ends_at_once' race

liar_start say 'ERROR\r\n'
gives 70 '' 'a_command_that_the_server_does_not_know_is_its_failure' \
    take seats 1
says '.*: the server does not know this command' \
    'a_command_that_the_server_does_not_know_is_explained'
liar_start say 'SERVER_ERROR out of memory \33[31m\r\n'
gives 70 '' 'an_error_of_the_server_is_its_failure' set key value
says '.*: the server failed: out of memory \?\[31m' \
    'an_error_of_the_server_cannot_steer_the_terminal'
liar_start say 'TAKEN 5 1\r\n'
gives 70 '' 'a_reply_to_another_command_is_no_success' set key value
says '.*: unexpected reply: TAKEN 5 1' 'a_reply_that_makes_no_sense_is_shown'
liar_start say 'TAKEN 5\r\n'
gives 70 '' 'a_reply_of_half_a_line_is_no_success' take seats 1
liar_start say 'VALUE key 0 5 1\r\nvalueEND\r\nEND\r\n'
gives 70 '' 'a_value_that_does_not_end_is_no_value' get key
liar_start say 'VALUE other 0 5 1\r\nvalue\r\nEND\r\n'
gives 70 '' 'a_value_of_another_key_is_no_value' get key
liar_start say 'VALUE key 0 5 1\r\nval'
gives 75 '' 'a_reply_that_breaks_off_leaves_it_open_what_happened' get key
says '.*: the server closed the connection before the reply' \
    'a_reply_that_breaks_off_is_explained'
liar_start say ''
gives 75 '' 'no_reply_leaves_it_open_what_happened' take seats 1
liar_start silent
gives 75 '' 'silence_leaves_it_open_what_happened' take --timeout 1 seats 1
says '.*: the server fell silent before the reply' 'silence_is_explained'
liar_start oversell
holds 1 '[(o["way"], o["sold"], o["oversold"], o["unsold"]) for o in it] ==
    [("naive", 0, 0, 9), ("take", 36, 9, 0), ("cas", 0, 0, 9)]' \
    'race_shows_and_refuses_a_server_that_sells_twice' \
    race --clients 4 --seats 9

# ---- Nothing was left out ---------------------------------------------------

tap_is "$(printf %s "$help" | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p' |
    grep -vxFf "$scratch/commands")" '' 'every_command_of_the_help_was_tested'
tap_is "$(printf %s "$help" | sed -n 's/^  \([0-9]\{1,2\}\) .*/\1/p' | sort)" \
    "$(sort -u "$scratch/statuses")" 'every_exit_status_of_the_help_was_met'
tap_done

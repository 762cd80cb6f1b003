#!/bin/sh
# What pawl-bench promises but for its figures: counts that are exact, values
# that are checked, one clear line and status 1 where a server is at fault, an
# open loop that sees a server stand still, and reports that can be read.
scripts=$(dirname "$0")
# shellcheck source=tests/scripts/tap.sh
. "$scripts/tap.sh"

# Runs pawl-bench ARG...; sets $status; what it says is in $scratch.
bench() {
    status=0
    timeout 120 "$PAWL_BENCH" "$@" >"$scratch/printed" 2>"$scratch/said" \
        </dev/null || status=$?
}

# holds FACT NAME: the last command printed JSON, called it here, and the
# Python expression is true of it.
holds() {
    "$PYTHON" - "$1" "$status" "$scratch/printed" >"$scratch/fact" 2>&1 <<'END'
import json, sys
fact, status, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
it = json.load(open(path, encoding="utf-8"))
print("status", status, json.dumps(it, indent=1))
sys.exit(not eval(f"({fact})"))
END
    set -- $? "$2"
    tap_ok "$1" "$2"
    [ "$1" -eq 0 ] || tap_note <"$scratch/fact"
}

# fails STATUS PATTERN NAME: the last command ended so, with one line.
fails() {
    tap_like "$status $(wc -l <"$scratch/said") $(cat "$scratch/said")" \
        "^$1 1 pawl-bench$2\$" "$3"
}

# Measures what a server that lies is taken for; see cli_liar.py.
bench_liar() {
    rm -f "$scratch/liar"
    setpriv --pdeathsig KILL \
        "$PYTHON" "$scripts/cli_liar.py" "$scratch/liar" "$@" \
        2>"$scratch/liar.log" &
    liar_pid=$!
    while [ ! -S "$scratch/liar" ]; do
        kill -0 "$liar_pid" || tap_bail 'cli_liar.py does not start'
        sleep 0.05
    done
    bench net --server "unix:$scratch/liar" --timeout 1 --keys 1 -c 1
    kill "$liar_pid"
    wait "$liar_pid" 2>/dev/null
}

# How many gets the server has answered.
gets_served() {
    "$PAWL" --server "127.0.0.1:$port" stats | awk '$1 == "cmd_get" { print $2 }'
}

server_start --workers 1
at="--server 127.0.0.1:$port --json"

# $at is options, in words.
# shellcheck disable=SC2086
{
    bench net $at -w take -k 10 -n 5000 -c 7 -t 2 -P 3
    holds 'status == 0 and it["right"] and it["measured"]["requests"] == 5000' \
        'take_asks_just_as_often_as_it_is_told'
    holds 'it["sum"]["expected"] == it["sum"]["found"] == 10**10 - 5000' \
        'take_checks_the_sum'

    bench net $at -w take -k 1 -n 300 --initial 100
    holds 'status == 0 and it["measured"]["refused"] == 200' \
        'take_counts_refusals'
    holds 'it["sum"]["found"] == 0' 'take_stops_at_zero'

    bench net $at -w load -k 20000 -c 9 --readers 3 --readback
    holds 'status == 0 and it["measured"]["requests"] == 20000' \
        'load_writes_each_record_once'
    holds 'it["readback"]["hits"] == 20000 and it["readers"]["misses"] == 0' \
        'load_reads_back_every_record'
    holds 'it["readers"]["wrong"] == it["readback"]["wrong"] == 0' \
        'load_compares_the_values'

    bench net $at -k 20000 --no-load -n 5000 -m 8 -P 4
    holds 'it["measured"]["hits"] == 40000' 'get_finds_eight_keys_in_one_request'

    bench net $at -k 20000 --no-load --value-size 33 -n 1000
    holds 'status == 1 and it["measured"]["wrong"] == 1000 and not it["right"]' \
        'get_notices_another_value'

    bench net $at -k 40000 --no-load -n 10000 -P 16
    holds 'it["measured"]["misses"] + it["measured"]["hits"] == 10000 and
           it["measured"]["misses"] > 3000' 'get_counts_misses'

    bench net $at -k 1 -w cas -n 4000 -c 10 -P 4
    holds 'status == 0 and it["measured"]["conflicts"] > 0' \
        'cas_meets_conflicts_on_one_key'

    for workload in set mix incr take-give ycsb-a ycsb-b ycsb-c ycsb-d ycsb-f
    do
        bench net $at -w $workload -k 5000 -n 20000 -P 8 -d 0-200 \
            --key-size 20-40
        holds 'status == 0 and it["right"] and
               it["measured"]["requests"] == 20000 and
               it["measured"]["misses"] == 0' "${workload}_is_answered_right"
    done

    # Ten times the pause's share is beyond p99.9, so that it has to show it.
    timeout 60 "$PAWL_BENCH" net $at -k 1000 -r 2000 -T 4 -W 0.5 -c 10 -P 8 \
        >"$scratch/printed" 2>"$scratch/said" &
    bench_pid=$!
    sleep 2.5
    kill -STOP "$server_pid"
    sleep 0.2
    kill -CONT "$server_pid"
    status=0
    wait "$bench_pid" || status=$?
    holds 'status == 0 and 7900 <= it["measured"]["requests"] <= 8100' \
        'open_loop_keeps_its_rate'
    holds '150e3 < it["measured"]["latency_us"]["p99.9"]' \
        'open_loop_sees_the_server_stand_still'

    # Without a warm-up, what it gets is measured from the first reply on.
    before=$(gets_served)
    timeout 60 "$PAWL_BENCH" net $at -k 1000 -W 0 -T 50 >"$scratch/printed" \
        2>"$scratch/said" &
    bench_pid=$!
    until [ "$(gets_served)" -gt $((before + 10000)) ]; do
        kill -0 "$bench_pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -INT "$bench_pid"
    status=0
    wait "$bench_pid" || status=$?
    holds 'it["interrupted"] and it["measured"]["requests"] > 0 and
           it["measured"]["seconds"] < 20' 'interrupt_tells_what_there_is'
}
server_stop

bench net --server "127.0.0.1:$port"
fails 1 " net: 127.0.0.1:$port: cannot connect: .*" 'nobody_there_is_an_error'
bench_liar say ''
fails 1 " net: unix:.*: (the server closed the connection|Connection reset.*)" \
    'a_connection_closed_is_an_error'
bench_liar say 'HTTP/1.1 400 Bad Request\r\n'
fails 1 " net: .* cannot answer \"set\" in protocol text: \"HTTP/1.1 400.*" \
    'another_protocol_is_an_error'
bench_liar say 'STORED\r\nSTORED\r\n'
fails 1 " net: .* answers more than was asked: \"STORED\"" \
    'one_reply_too_many_is_an_error'
bench_liar silent
fails 1 " net: .*: no reply for 1 s" 'silence_is_an_error'

bench net --depth 0
fails 64 ' net: --depth: "0": .*' 'a_wrong_number_is_an_error_of_use'
bench net --nonsense
fails 64 ' net: --nonsense: unknown option .*' 'an_unknown_option_too'
bench net --protocol resp --workload take
fails 64 ' net: protocol resp cannot say take' \
    'a_protocol_without_the_verb_too'
bench net --workload ycsb-e
fails 64 ' net: --workload: "ycsb-e": .*' 'ycsb_e_does_not_apply'
bench nonsense
fails 64 ': nonsense: unknown command .*' 'an_unknown_command_too'

bench store --keys 1k --rounds 1 --seconds 0.01 --json
holds 'status == 0 and set(it["sizes"][0]["stores"]) >=
       {"pawl", "rculfhash", "ck_ht", "tbb"}' 'store_compares_four_tables'
holds 'all(s["fine"] for s in it["sizes"][0]["stores"].values())' \
    'store_checks_what_they_answer'

bench compare --rounds 1 --seconds 0.1 --keys 100 --many 1000 --no-store \
    --out "$scratch/report"
tap_is "$status" 0 'compare_writes_a_report'
tap_is "$(grep -c '<svg' "$scratch/report/report.html")" 4 \
    'its_page_has_every_chart'
cp "$scratch/report/report.json" "$scratch/printed"
holds 'set(it["servers"]) == {"pawld", "memcached", "redis", "null"} and
       all(sum(cell["servers"][name]["rate"]["median"]
               for cell in it["cells"] if name in cell["servers"]) > 0
           for name in it["servers"])' 'its_json_has_the_figures'
still_there=$("$PYTHON" - "$scratch/printed" <<'END'
import json, re, socket, sys
for name, server in json.load(open(sys.argv[1]))["servers"].items():
    port = int(re.search(r"\d{4,5}", server.get("command", "0000")).group())
    with socket.socket() as probe:
        if port and probe.connect_ex(("127.0.0.1", port)) == 0:
            print(name)
END
)
tap_is "$still_there" '' 'it_leaves_no_server_behind'
tap_done

#!/bin/sh
# run.sh - spin explores every model of this folder, in every interleaving.
#
# What to explore stands in each model's opening comment, one line a test:
#
#     holds FLAGS          no assertion fails, and nobody is left waiting
#     ends FLAGS           no schedule goes on for ever
#     stalls FLAGS         one process stops for good, anywhere: the others end
#     caught KIND FLAGS    a fault is planted: the check of that KIND fails
#
# FLAGS set the sizes and plant the fault. Beneath each test a note says what
# was explored. Usage: run.sh [MODEL]...

models=$(cd "$(dirname "$0")" && pwd)
scripts=$models/../scripts
# shellcheck source=tests/scripts/tap.sh
. "$scripts/tap.sh"

memory_mib=1000
depth=100000

# Explores a model: explore MODEL KIND FLAGS COMPILER-FLAG. What was said is in
# $scratch/out.
explore() {
    model=$models/$1.pml flags=$3 run=
    case $2 in
    holds) compile=-DSAFETY ;;
    ends) compile=-DNP run=-l ;;
    # Reduction is unsound with stops; and who stopped is not where it may end.
    stalls) compile='-DSAFETY -DNOREDUCE' run=-E flags="$flags -DSTALLS" ;;
    *) tap_bail "$1.pml: no such kind of check: $2" ;;
    esac
    # shellcheck disable=SC2086 # lists of flags
    (cd "$scratch" && rm -f pan* && spin -a $flags "$model" &&
        ${CC:-cc} "$4" -w -DCOLLAPSE -DVECTORSZ=1024 -DMEMLIM="$memory_mib" \
            $compile -o pan pan.c && ./pan -n -m"$depth" $run) \
        >"$scratch/out" 2>&1
}

# Whether all was gone over, and nothing found.
is_clean() {
    grep -q 'errors: 0$' "$scratch/out" &&
        ! grep -Eq 'not completed|too small|reached -DMEMLIM' "$scratch/out"
}

# Whether a property was found broken: not the model itself, nor its bounds.
is_caught() {
    found='assertion violated|non-progress cycle|invalid end state'
    grep -Eq "^pan:.*($found)" "$scratch/out" &&
        ! grep -q 'invalid array index' "$scratch/out"
}

# One line of an opening comment: check MODEL LINE
check() {
    case $2 in
    # A fault is found soon: to compile well takes longer than to look.
    caught*)
        rest=${2#caught }
        explore "$1" "${rest%% *}" "${rest#* }" -O0
        is_caught
        ;;
    *)
        explore "$1" "${2%% *}" "${2#* }" -O1
        is_clean
        ;;
    esac
    status=$?
    tap_ok "$status" "$1 $2"
    if [ "$status" -eq 0 ]; then
        grep -E '^pan:1|states, stored|elapsed' "$scratch/out" | tap_note
    else
        tap_note <"$scratch/out"
    fi
}

if ! command -v spin >"$scratch/path"; then
    echo '1..0 # SKIP spin is not installed'
    exit 0
fi
[ $# -gt 0 ] || set -- insert grow counter expiry reclaim grace
for name; do
    sed -n -E 's/^ \* ((holds|ends|stalls|caught) -?.*-D.*)/\1/p' \
        "$models/$name.pml" >"$scratch/$name.checks"
    while read -r line; do
        check "$name" "$line"
    done <"$scratch/$name.checks"
done
tap_done

# shellcheck shell=bash
# common.sh - what tools/build, tools/run and tools/test share. It is sourced.

set -euo pipefail

# The top of the tree, whatever the working directory is.
top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

if [[ $top == *[[:space:]]* ]]; then
    echo "autoconf cannot build below a folder with blanks: $top" >&2
    exit 1
fi

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "be root, or have sudo, to run: $*"
    fi
}

# Packages of the groups named, from tools/packages, that are not installed.
missing_packages() {
    local group package purpose command wanted=()

    while read -r group package purpose; do
        [[ " $* " == *" $group "* ]] || continue
        if [[ $purpose =~ ^\(([^\)]+)\) ]]; then
            command=${BASH_REMATCH[1]}
            ! command -v "$command" >/dev/null || continue
        fi
        wanted+=("$package")
    done <"$top/tools/packages"

    # dpkg-query complains about, and fails for, a package it has never seen.
    dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' \
        "${wanted[@]}" 2>/dev/null |
        sed -n 's/^installed \([^:]*\).*/\1/p' |
        sort | comm -13 - <(printf '%s\n' "${wanted[@]}" | sort) || true
}

# Installs what the groups named lack; asks apt nothing where nothing is
# missing. Elsewhere than on Debian configure tells what is missing.
install_packages() {
    local missing
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)

    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
        return 0
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0

    say "installing ${missing[*]}"
    local install=("${apt[@]}" install --no-install-recommends "${missing[@]}")
    if ! as_root "${install[@]}" >&2; then
        say "trying again with fresh package lists"
        as_root "${apt[@]}" update >&2
        as_root "${install[@]}" >&2
    fi
}

# Makes configure and Makefile.in, where they are older than what they are
# made from.
bring_up() {
    local input stale=
    for input in configure.ac Makefile.am m4/pawl.m4; do
        [ "$top/Makefile.in" -nt "$top/$input" ] || stale=yes
    done
    [ -n "$stale" ] || return 0
    (cd -- "$top" && autoreconf --install)
}

# Configures DIR with the flags given, unless just that was done before. Says
# what went wrong and answers false.
configure_in() {
    local dir=$1 flags
    shift
    flags=$(printf '%q ' "$@")

    mkdir -p -- "$dir" || return
    if ! bring_up >"$dir/autoreconf.log" 2>&1; then
        cat -- "$dir/autoreconf.log" >&2
        say "autoreconf failed"
        return 1
    fi
    if [ "$(cat -- "$dir/configured-with" 2>/dev/null)" = "$flags" ] &&
        [ "$dir/config.status" -nt "$top/configure" ]; then
        return 0
    fi
    say "configuring $dir"
    if ! (cd -- "$dir" && "$top/configure" "$@") >"$dir/configure.log" 2>&1
    then
        tail -n 20 -- "$dir/configure.log" >&2
        say "configure failed; see $dir/config.log"
        return 1
    fi
    make -s -C "$dir" clean >/dev/null # of what other flags have left
    printf '%s\n' "$flags" >"$dir/configured-with"
}

# make in DIR, on every processor.
make_in() {
    local dir=$1
    shift
    make --no-print-directory -s -C "$dir" -j"$(nproc)" "$@"
}

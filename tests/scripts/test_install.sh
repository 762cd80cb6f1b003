#!/bin/sh
# What `make install` leaves is whole: a program builds and runs against it.
scripts=$(dirname "$0")
# shellcheck source=tap.sh
. "$scripts/tap.sh"

root=$scratch/root
unset MAKEFLAGS MFLAGS MAKELEVEL

# Takes the example in C out of the README.
extract_example() {
    awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' \
        "$scripts/../../README.md" >"$scratch/seats.c"
}

# Everything here is told to pkg-config as if root were the system's.
build_example() {
    PKG_CONFIG_PATH=$(dirname "$(find "$root" -name libpawl.pc)")
    export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR="$root"
    # shellcheck disable=SC2046,SC2086 # words they are meant to be
    ${CC:-cc} -Wall -Wextra -Werror -o "$scratch/seats" "$scratch/seats.c" \
        $(pkg-config --cflags --libs libpawl)
}

if ! "$MAKE" -s -C "$BUILDDIR" install DESTDIR="$root" >"$scratch/log" 2>&1
then
    tap_note <"$scratch/log"
    tap_bail 'make install fails'
fi
library=$(find "$root" -name libpawl.so)
test -e "$library"
tap_ok $? 'make_install_obeys_destdir'

for file in bin/pawl bin/pawld bin/pawl-bench include/pawl.h; do
    find "$root" -path "*/$file" | grep -q .
    tap_ok $? "installs_$file"
done

tap_is "$(nm -D --defined-only "$library" | grep -v ' T pawl_')" '' \
    'the_library_exports_nothing_but_pawl_functions'
grep -o 'pawl_[a-z_]*(' "$scripts/../../store/pawl.h" | tr -d '(' |
    sort -u >"$scratch/declared"
nm -D --defined-only "$library" | sed 's/.* //' | sort >"$scratch/exported"
tap_is "$(comm -13 "$scratch/declared" "$scratch/exported")" '' \
    'every_exported_name_is_in_pawl.h'

extract_example
build_example >"$scratch/log" 2>&1
tap_ok $? 'the_example_of_the_readme_builds_by_pkg_config'
tap_note <"$scratch/log"
tap_is "$(LD_LIBRARY_PATH=$(dirname "$library") "$scratch/seats" | tail -n 1)" \
    'buyer 3: the result would pass its floor or ceiling, 0 left' \
    'the_example_of_the_readme_sells_two_seats_and_no_third'
tap_is "$(pkg-config --modversion libpawl)" \
    "$("$PAWLD" --version | sed 's/.* //')" \
    'library_and_server_tell_the_same_release'

tap_done

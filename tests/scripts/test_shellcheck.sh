#!/bin/sh
# No shell script of the tree makes shellcheck complain.
set -u
cd "$(dirname "$0")/../.." || exit 1

if ! command -v shellcheck >/dev/null; then
    echo '1..0 # SKIP shellcheck is not installed'
    exit 0
fi

count=0
failed=0
for script in .ci/run tools/build tools/run tools/test tests/suite \
    $(find tools tests bench -name '*.sh'); do
    count=$((count + 1))
    if found=$(shellcheck -x "$script"); then
        echo "ok $count - $script"
    else
        failed=$((failed + 1))
        echo "not ok $count - $script"
        printf '%s\n' "$found" | sed 's/^/# /'
    fi
done
echo "1..$count"
exit "$failed"

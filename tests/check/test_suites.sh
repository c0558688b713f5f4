#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_suites.sh - tests/run counts a suite that fails or loses its result
set -u

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# A tree with two suites only; tests/run finds them by their places.
mkdir -p "$dir/tests/setup" "$dir/tests/check" "$dir/tests/unit"
cp "$top/tests/run" "$dir/tests/run"
printf '#!/bin/sh\n' >"$dir/tests/setup/packages"
printf '#!/bin/sh\necho "4 passed, 0 failed"\n' >"$dir/tests/check/run"
chmod +x "$dir/tests/setup/packages" "$dir/tests/check/run"

# sums WHAT STATUS SUM SCRIPT: with SCRIPT as the second suite
sums()
{
	printf '#!/bin/sh\n%s\n' "$4" >"$dir/tests/unit/run"
	chmod +x "$dir/tests/unit/run"
	out=$("$dir/tests/run" check unit 2>&1)
	rc=$?
	if [ $rc = "$2" ] && [ "$(printf '%s\n' "$out" | tail -n 1)" = "$3" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL $1: status $rc, expected $2 and '$3':"
		printf '%s\n' "$out"
		failed=$((failed + 1))
	fi
}

sums "all is well" 0 "7 passed, 0 failed" 'echo "3 passed, 0 failed"'
sums "a named sum" 0 "7 passed, 0 failed" 'echo "fuzz: 3 passed, 0 failed"'
sums "a failure" 1 "6 passed, 1 failed" 'echo "2 passed, 1 failed"; exit 1'
sums "no result" 1 "4 passed, 1 failed" 'echo "working"'
sums "an error and no result" 1 "4 passed, 1 failed" 'exit 3'
sums "a status that its sum does not know" 1 "7 passed, 1 failed" \
	'echo "3 passed, 0 failed"; exit 1'
sums "a suite that ran nothing" 1 "4 passed, 1 failed" 'echo "0 passed, 0 failed"'
# shellcheck disable=SC2016 # $$ is for the suite
sums "a suite that was killed" 1 "4 passed, 1 failed" 'kill -9 $$'

if "$dir/tests/run" nonsense >/dev/null 2>&1; then
	echo "FAIL a suite that does not exist passes"
	failed=$((failed + 1))
else
	passed=$((passed + 1))
fi

close

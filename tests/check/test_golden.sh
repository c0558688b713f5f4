#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_golden.sh - are answers that differ from the record seen, and whose record?
set -u

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"
HVL_GOLDEN=$dir/golden
export HVL_GOLDEN


# called RELEASE NAME
called()
{
	[ "$("$top/compat/golden.sh" name "$1" x86_64)" = "$2" ]
	result $? "$1 is not $2"
}

called 5.10.0-32-amd64 5.10-amd64
called 6.1.0-50-amd64 6.1-amd64
called 6.1.0-51-686-pae 6.1-686-pae
called 6.1.0-0.deb11.52-amd64 6.1-deb11-amd64
called 6.12.107+deb13-amd64 6.12-deb13-amd64
called 6.12.107+deb13-cloud-amd64 6.12-deb13-cloud-amd64
called 2.6.18-274.7.1.el5 2.6.18-274.el5-x86_64
called 2.6.32-504.16.2.el6.x86_64 2.6.32-504.el6-x86_64
called 3.10.0-1160.el7.x86_64 3.10.0-1160.el7-x86_64
called 6.6.9 6.6-x86_64

# golden VERB STATUS WORDS WHAT: of one kernel; its only line holds WORDS
golden()
{
	said=$("$top/compat/golden.sh" "$1" 6.1.0-50-amd64 x86_64 "$dir/answers")
	[ $? = "$2" ] && case $said in
	*"
"*)	false ;;
	*"$3"*)
		true ;;
	*)
		false ;;
	esac
	result $? "$4: $said"
}

answers()
{
	echo "/* Answers of compat/probes for /some/where */"
	printf '#define HAVE_%s 1\n' "$@"
	echo "/* no NOTHING */"
	echo '#include "/some/where/else.h"'
}

answers B A > "$dir/answers"
golden check 2 "" "a kernel without a record"
golden accept 0 "" "its first record"
golden check 0 "" "the same answers"
answers A B > "$dir/answers"
golden check 0 "" "the same answers in another order"
answers A B C > "$dir/answers"
golden check 1 "C is new (yes)" "a new answer"
answers A > "$dir/answers"
golden check 1 "B is gone" "an answer that is gone"
{ answers A; echo "/* no B */"; } > "$dir/answers"
golden check 1 "B was yes and is no" "another answer"
golden check 1 "6.1-amd64" "whose record it is"
golden accept 0 "" "a new record"
golden check 0 "" "the new answers"

close

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# probe.sh - ask a kernel build tree what it offers
#
#   compat/probe.sh KDIR OUT        writes OUT/compat-config.h and .mk
#
# The questions are in compat/probes/*.c; that directory's README says how they
# are written.  All of them go through the compiler in one translation unit with
# the flags that Kbuild uses for a module; a line marker ahead of each question
# tells from the error messages which ones failed.  The answers are kept until
# flags, .config, Module.symvers, questions or compiler change.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
kdir=$1
out=$2
work=$out/.probe
log=$out/probe.log
: "${MAKE:=make}"

die()
{
	echo "hv-lis: probe: $*" >&2
	exit 1
}

mkdir -p "$work" || exit 1
: >"$log"

# ---- the flags of Kbuild ---------------------------------------------------------

cat >"$work/Kbuild" <<'EOF'
always-y := flags.txt
always := flags.txt
hvl_quoted = '$(subst ','\'',$(CC) $(c_flags))'
$(obj)/flags.txt: FORCE
	@printf '%s\n' $(hvl_quoted) >$@
EOF
rm -f "$work/flags.txt"
$MAKE -C "$kdir" M="$work" ${KCC:+CC="$KCC"} modules >>"$log" 2>&1
[ -s "$work/flags.txt" ] || {
	tail -n 5 "$log" >&2
	die "the kernel's build system in $kdir does not work; its messages are in $log"
}
# No dependency files; the rest as it is.
sed -i.orig -e 's/-Wp,-MM*D,[^ ]*//g' "$work/flags.txt" || exit 1
read -r cc <"$work/flags.txt"
compiler=${cc%% *}
command -v "$compiler" >/dev/null 2>&1 ||
	die "that kernel is built with $compiler, which is not installed: install it, or" \
		"name another compiler with KCC=..."

# ---- has anything changed? -----------------------------------------------------------

key=$({ cat "$work/flags.txt" "$kdir/.config" "$kdir/Module.symvers" \
		"$top/compat/probe.sh" "$top"/compat/probes/*.c
	$compiler -v 2>&1; } | cksum)
if [ -f "$out/compat-config.h" ] && [ -f "$out/compat-config.mk" ] &&
   [ "$key" = "$(cat "$work/key" 2>/dev/null)" ]; then
	exit 0
fi
echo "hv-lis: asking the kernel in $kdir what it offers"
rm -f "$work/key"

# ---- compile -------------------------------------------------------------------------

# Run the compiler of the kernel on $1, output of the compiler to $2.  The flags
# are a shell command line, quotes and all; they may hold paths relative to KDIR.
compile()
{
	( cd "$kdir" && eval "$(cat "$work/flags.txt") $track" \
		-Wno-error -Werror=implicit-function-declaration -Wno-unused \
		-fmax-errors=0 "$3" '"$1"' ) >"$2" 2>&1
}

track=-ftrack-macro-expansion=0
echo 'int hvl_nothing;' >"$work/t.c"
compile "$work/t.c" "$work/t.log" -fsyntax-only || {
	track=
	compile "$work/t.c" "$work/t.log" -fsyntax-only || {
		cat "$work/t.log" >&2
		die "the compiler does not take the kernel's own flags; see $work/flags.txt"
	}
}

# Headers first: one that is missing would stop everything behind it.
cat "$top"/compat/probes/*.c | sed -n 's/^\/\/\/ include //p' | awk '!seen[$0]++' >"$work/headers"
: >"$work/head.c"
while read -r h; do
	echo "#include <$h>" >"$work/t.c"
	if compile "$work/t.c" "$work/t.log" -E; then
		cat "$work/t.c" >>"$work/head.c"
		echo "$h yes"
	else
		echo "$h no"
	fi
done <"$work/headers" >"$work/found"
# linux/foo.h is HAVE_HEADER_LINUX_FOO_H
awk '{ print "HEADER_" toupper($1), $2 }' "$work/found" | tr './-' '___' >"$work/header-answers"

# unit [NAME]: the translation unit with all questions, or with one.
unit()
{
	cat "$work/head.c"
	echo '#define HVL_IS(e, t) __builtin_types_compatible_p(__typeof__(e), t)'
	cat "$top"/compat/probes/*.c | awk -v only="${1-}" '
	function close_probe() {
		if (name != "" && (only == "" || only == name))
			printf "}\n# 1 \"canary:%s\"\nstatic int hvl_canary_%s(void);\n", name, name
		name = ""
	}
	/^\/\/\/ probe / {
		close_probe()
		name = $3
		if (only == "" || only == name)
			printf "# 1 \"probe:%s\"\nvoid hvl_probe_%s(void);\nvoid hvl_probe_%s(void)\n{\n", name, name, name
		next
	}
	/^\/\/\/ / { close_probe(); next }
	name != "" && (only == "" || only == name) { print }
	END { close_probe() }'
}

names=$(cat "$top"/compat/probes/*.c | sed -n 's/^\/\/\/ probe \([A-Z0-9_]*\).*/\1/p')
[ -n "$names" ] || die "no questions in compat/probes"
unit >"$work/all.c"
compile "$work/all.c" "$work/all.log" -fsyntax-only
cat "$work/all.log" >>"$log"

if grep -q 'fatal error' "$work/all.log"; then
	grep 'fatal error' "$work/all.log" >&2
	die "a header of that kernel cannot be read; see $log"
fi

: >"$work/answers"
for n in $names; do
	if grep -q "^canary:$n:.*error:" "$work/all.log"; then
		# It swallowed its neighbour, or was swallowed: ask it alone.
		unit "$n" >"$work/one.c"
		if compile "$work/one.c" "$work/one.log" -fsyntax-only; then
			echo "$n yes"
		else
			cat "$work/one.log" >>"$log"
			echo "$n no"
		fi
	elif grep -q "^probe:$n:.*error:" "$work/all.log"; then
		echo "$n no"
	else
		echo "$n yes"
	fi
done >"$work/answers"

# Declared is not exported: these are looked up in Module.symvers.
cat "$top"/compat/probes/*.c | sed -n 's/^\/\/\/ symbol //p' |
while read -r name symbol; do
	if awk -v s="$symbol" '$2 == s { found = 1 } END { exit !found }' "$kdir/Module.symvers"; then
		echo "$name yes"
	else
		echo "$name no"
	fi
done >>"$work/answers"

cat "$work/header-answers" >>"$work/answers"

# Is the engine itself sound?  One question must pass and one must fail.
grep -q '^SANITY_PASS yes$' "$work/answers" || {
	head -n 20 "$work/all.log" >&2
	die "a question that every kernel passes has failed; see $log"
}
grep -q '^SANITY_FAIL no$' "$work/answers" || die "a question that no kernel passes has passed; see $log"

# Of each group exactly one form is the kernel's; two or none is not a guess.
cat "$top"/compat/probes/*.c | sed -n 's/^\/\/\/ group //p' >"$work/groups"
while read -r group members; do
	winners=
	for m in $members; do
		grep -q "^$m yes\$" "$work/answers" && winners="$winners $m"
	done
	# shellcheck disable=SC2086 # counted by words
	set -- $winners
	[ $# = 1 ] || die "group '$group': exactly one of '$members' should fit this kernel, but" \
		"$# do:$winners; this kernel is not supported yet (details in $log)"
done <"$work/groups"

# ---- write, and touch only what changed ---------------------------------------------------

sort "$work/answers" >>"$log"
{
	echo "/* Answers of compat/probes for $kdir; made by compat/probe.sh */"
	awk '$2 == "yes" { printf "#define HAVE_%s 1\n", $1 }
	     $2 == "no"  { printf "/* no %s */\n", $1 }' "$work/answers"
	echo "#include \"$top/compat/include/hvl-compat.h\""
} >"$work/config.h"
awk '{ printf "HVL_%s := %s\n", $1, $2 == "yes" ? "y" : "" }' "$work/answers" >"$work/config.mk"
for f in h mk; do
	cmp -s "$work/config.$f" "$out/compat-config.$f" ||
		cp "$work/config.$f" "$out/compat-config.$f" || exit 1
done
echo "$key" >"$work/key"

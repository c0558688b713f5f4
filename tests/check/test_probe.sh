#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_probe.sh - does the engine of compat/probe.sh answer rightly?
#
#   tests/check/test_probe.sh [SHELL...]	default: dash, busybox sh, bash --posix
#
# busybox sh runs with the other tools of busybox, too: another awk, another sed.
#
# A small tree stands in for a kernel's, and a handful of questions for ours.  A
# question broken in any way that a mistake can take must change its own answer
# and no other.
set -u

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"
tools=$(mktemp -d) || exit 1
trap 'rm -rf "$dir" "$tools"' EXIT
k=$dir/k

# As that of lib.sh, with the shell and what the engine said.
result()
{
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL  $shell: $2"
		sed 's/^/	/' "$dir/said"
	fi
}

# A kernel as far as the engine looks at one, and questions to it.
fresh()
{
	rm -rf "${dir:?}"/*
	mkdir -p "$k/include/linux" "$dir/q"
	cat > "$k/Makefile" <<-'END'
	CC := gcc
	c_flags = -nostdinc -Iinclude -std=gnu89 -Wall -DKBUILD_MODNAME='"flags"'
	obj := $(M)
	include $(M)/Kbuild
	FORCE:
	modules: $(obj)/flags.raw
	.PHONY: FORCE modules
	END
	echo 'CONFIG_X=y' > "$k/.config"
	printf '0x12345678\texported\tvmlinux\tEXPORT_SYMBOL\n' > "$k/Module.symvers"
	cat > "$k/include/linux/fake.h" <<-'END'
	struct ops { int (*call)(int); };
	int two(int a, int b);
	extern struct ops real_ops;
	#define WRONG_INSIDE(x) (x + not_declared_anywhere)
	END
	echo '#include <linux/not_there_either.h>' > "$k/include/linux/unreadable.h"
	cat > "$dir/q/first.c" <<-'END'
	/* questions */
	/// include linux/fake.h
	/// include linux/missing.h
	/// probe SANITY_PASS
		(void)&two;
	/// probe SANITY_FAIL
		(void)&nobody_has_this;
	/// symbol SYMBOL_YES exported
	/// symbol SYMBOL_NO export
	/// probe BEFORE
		(void)&two;
	/* The one that is broken on purpose. */
	/// probe SUBJECT
		(void)two(1, 2);
	/// probe AFTER
		struct ops *o = &real_ops; /* with a comment in it */
		(void)o;
	/// probe AFTER_NO
		typedef char fits[HVL_IS(real_ops.call, int (*)(long)) ? 1 : -1];
	END
	cat > "$dir/q/second.c" <<-'END'
	/// probe LAST
		(void)two(3, 4);
	/// probe LAST_NO
		(void)real_ops.put;
	/// group form LAST LAST_NO
	END
}

# The engine in the shell at hand; its words go to $dir/said.
engine()
{
	# shellcheck disable=SC2086 # a command
	PATH=$path HVL_PROBES=$dir/q $shell "$top/compat/probe.sh" "$k" "$dir/out" > "$dir/said" 2>&1
}

answers()
{
	sed -n 's/^#define HAVE_\([A-Z_]*\) 1$/\1 yes/p; s/^\/\* no \([A-Z_]*\) \*\/$/\1 no/p' \
		"$dir/out/compat-config.h" | sort
}

expected()
{
	cat <<-END | sort
	AFTER yes
	AFTER_NO no
	BEFORE yes
	HEADER_LINUX_FAKE_H yes
	HEADER_LINUX_MISSING_H no
	LAST yes
	LAST_NO no
	SANITY_FAIL no
	SANITY_PASS yes
	SUBJECT $1
	SYMBOL_NO no
	SYMBOL_YES yes
	END
}

# answer WHAT YES-OR-NO
answer()
{
	engine && { answers > "$dir/got"; expected "$2" | diff - "$dir/got" >> "$dir/said"; }
	result $? "$1"
}

# broken WHAT TEXT: with TEXT in the place of the subject
broken()
{
	fresh
	awk -v new="$2" '/two\(1, 2\)/ { print new; next } { print }' "$dir/q/first.c" \
		> "$dir/q/x" && mv "$dir/q/x" "$dir/q/first.c"
	answer "$1" no
}

# refused WHAT PATTERN: the build stops, says so, and leaves no answers
refused()
{
	engine
	status=$?
	[ $status != 0 ] && grep -q "$2" "$dir/said" && [ ! -e "$dir/out/compat-config.h" ]
	result $? "$1"
}

breakages()
{
	fresh
	answer "nothing is broken" yes
	broken "an open brace" '	if (two(1, 2)) {'
	broken "a brace too many" '	two(1, 2); }'
	broken "a missing include" '#include <linux/nowhere.h>'
	broken "an error in a macro" '	(void)WRONG_INSIDE(1);'
	broken "a macro whose argument does not end" '	(void)WRONG_INSIDE(1;'
	broken "an undeclared function, a warning to gnu89" '	not_a_function();'
	broken "a pointer of another type, a warning" '	char *c = &real_ops; (void)c;'
	broken "a comment that does not end" '	/* two(1, 2);'
	broken "a comment that ends where the next one does" '	two(1, 2 /* ;'
	broken "an #if that does not end" '#if 1'
	broken "an #endif too many" '#endif'
	broken "an #error" '#error no'
	broken "a string that does not end" '	char *s = "two;'
	broken "a name that is redefined" '#define two three\n\t(void)\&two;'
	broken "an extern in another shape" '	extern char *real_ops;'
}

# A function that nobody declares is mentioned once a unit: all who call it fail.
excuses()
{
	fresh
	printf '/// probe %s\n\tnobody(1);\n' CALLS_A CALLS_B CALLS_C > "$dir/q/third.c"
	engine && [ "$(answers | grep -c '^CALLS_. no$')" = 3 ]
	result $? "three call the same undeclared function"

	fresh
	printf '/// probe %s\n\textern %s;\n' HIDES_A 'int hidden' HIDES_B 'long hidden' \
		HIDES_C 'struct ops hidden' > "$dir/q/third.c"
	engine && [ "$(answers | grep -c '^HIDES_. yes$')" = 3 ]
	result $? "three declare the same name differently"

	fresh
	echo '/// include linux/unreadable.h' >> "$dir/q/second.c"
	engine && answers | grep -q '^HEADER_LINUX_UNREADABLE_H no$' &&
		answers | grep -v UNREADABLE > "$dir/got" && expected yes | diff - "$dir/got"
	result $? "a header that cannot be read counts as missing"
}

refusals()
{
	fresh
	sed -i 's/two(3, 4)/two(3)/' "$dir/q/second.c"
	refused "no form of a group fits" "group form: .*LAST LAST_NO .*none does"
	grep -q "$dir/out/probe.log" "$dir/said" && grep -q '^probe:LAST:.*error' "$dir/out/probe.log"
	result $? "the log is named and says why"
	fresh
	sed -i 's/real_ops.put/real_ops.call/' "$dir/q/second.c"
	refused "two forms of a group fit" "group form: .*these do: LAST LAST_NO"
	fresh
	sed -i 's/&nobody_has_this/\&two/' "$dir/q/first.c"
	refused "what no kernel passes" "no kernel passes has passed"
	fresh
	sed -i '/SANITY_PASS/{n;s/&two/\&four/;}' "$dir/q/first.c"
	refused "what every kernel passes" "every kernel passes has failed"
	fresh
	printf '/// prob TYPO\n' >> "$dir/q/second.c"
	refused "a line that is not understood" "not understood: /// prob TYPO"
	fresh
	printf '/// probe LAST\n\t(void)0;\n' >> "$dir/q/first.c"
	refused "the same name twice" "two probes LAST"
	fresh
	sed -i 's/^CC := .*/CC := no-such-compiler/' "$k/Makefile"
	refused "a compiler that is not there" "no-such-compiler, which is not installed"
	fresh
	echo 'no makefile' > "$k/Makefile"
	refused "a tree that does not build" "build system in $k does not work"
}

denials()
{
	fresh
	HVL_DENY=SUBJECT,SYMBOL_YES
	export HVL_DENY
	engine && answers > "$dir/got" && grep -q 'SUBJECT is denied' "$dir/said" &&
		expected no | sed 's/SYMBOL_YES yes/SYMBOL_YES no/' | diff - "$dir/got"
	result $? "what is denied, and nothing else, is a no"
	HVL_DENY=NOBODY
	fresh
	refused "a question that there is not is denied" "no question NOBODY"
	HVL_DENY=LAST
	fresh
	refused "the form that fits is denied" "group form: .*none does"
	HVL_DENY=SUBJECT
	fresh
	engine
	unset HVL_DENY
	answer "denied no more: asked again" yes
}

# asks WHAT: the engine is to ask again, and so says
asks()
{
	engine && grep -q asking "$dir/said"
	result $? "asked again: $1"
}

cache()
{
	fresh
	engine
	touch -d '2001-01-01' "$dir/out/compat-config.h" "$dir/out/compat-config.mk"
	engine && [ ! -s "$dir/said" ] && grep -q '^answers:' "$dir/out/probe.log"
	result $? "nothing changed: not asked again, the log is kept"
	echo '# more' >> "$k/.config"
	asks "another .config"
	[ -z "$(find "$dir/out" -name 'compat-config.*' -newermt 2002-01-01)" ]
	result $? "the same answers do not touch the files"
	echo '0x1	more	vmlinux	EXPORT_SYMBOL' >> "$k/Module.symvers"
	asks "another Module.symvers"
	mkdir -p "$k/include/generated"
	echo '#define UTS_VERSION "2"' > "$k/include/generated/compile.h"
	asks "the same kernel built again"
	echo 'c_flags += -DMORE' >> "$k/Makefile"
	asks "other flags"
	echo '/* more */' >> "$dir/q/second.c"
	asks "other questions"
	KCC=cc asks "another compiler"
	echo '0x1	export	vmlinux	EXPORT_SYMBOL' >> "$k/Module.symvers"
	asks "a symbol more"
	grep -q '^#define HAVE_SYMBOL_NO 1' "$dir/out/compat-config.h" &&
		grep -q '^HVL_SYMBOL_NO := y' "$dir/out/compat-config.mk"
	result $? "another answer is written"
}

all()
{
	shell=$1
	path=$PATH
	case $shell in busybox*) path=$tools:$PATH ;; esac
	breakages
	excuses
	refusals
	denials
	cache
}

for t in awk cat cksum cmp cp grep head mkdir rm sed sort tail tee tr; do
	busybox --list | grep -qx "$t" && ln -s "$(command -v busybox)" "$tools/$t"
done
[ $# -gt 0 ] || set -- dash 'busybox sh' 'bash --posix'
for s in "$@"; do
	all "$s"
done
close

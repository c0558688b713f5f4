# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: packages.
#
#   make deb                  the Debian packages, in build/deb
#   make rpm                  the RPMs, in build/rpm
#   make test-pkg [STEPS=deb-install,...]   install, upgrade, remove them in
#                             throw-away systems, and boot each (tests/pkg/run)

deb:
	@tests/pkg/in-root deb $(or $(OUT),build/deb)

rpm:
	@tests/pkg/in-root rpm $(or $(OUT),build/rpm)

test-pkg:
	@tests/setup/packages
	@tests/pkg/run $(subst $(comma), ,$(STEPS))

.PHONY: deb rpm test-pkg

# SPDX-License-Identifier: GPL-2.0-only
"""The scenarios; each file is a group or a part of one."""

/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that the firmware names, and their drivers. */
/// include linux/acpi.h
/// include linux/device.h

/* 3.8, RHEL 7: they are platform devices, and a driver names what it serves. */
/// probe ACPI_MATCH_TABLE
	(void)((struct device_driver *)0)->acpi_match_table;
/* 2.6.23: devices of a bus of their own, the names in a table. */
/// probe ACPI_DRIVER_TABLE
	typedef char ids[HVL_IS(((struct acpi_driver *)0)->ids,
			const struct acpi_device_id *) ? 1 : -1];
	typedef char fits[HVL_IS((acpi_op_remove)0,
			int (*)(struct acpi_device *, int)) ? 1 : -1];
/* Before: the names in one string; nothing that shows as a device. */
/// probe ACPI_DRIVER_STRING
	typedef char fits[HVL_IS(((struct acpi_driver *)0)->ids, char *) ? 1 : -1];
/// group acpi_driver ACPI_MATCH_TABLE ACPI_DRIVER_TABLE ACPI_DRIVER_STRING

/* 4.2: a driver says whether its probe may run behind its back. */
/// probe PROBE_TYPE
	(void)((struct device_driver *)0)->probe_type;

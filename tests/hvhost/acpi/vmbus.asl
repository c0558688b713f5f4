/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus.asl - the ACPI devices by which a guest finds the bus
 *
 * A module device that owns an MMIO window, and in it the bus with an interrupt.
 * Kernels look for the window in _CRS of the bus's ancestors; those of 5.10 and
 * RHEL 7 oops without one.  The HID "VMBUS" is what real hosts use; the compiler
 * calls its length an error, so build with iasl -f.
 */
DefinitionBlock ("vmbus.aml", "SSDT", 1, "HVLIS", "VMBUS", 0x00000001)
{
    Scope (\_SB)
    {
        Device (VMOD)
        {
            Name (_HID, "ACPI0004")
            Name (_UID, Zero)
            Name (_CRS, ResourceTemplate ()
            {
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed,
                    NonCacheable, ReadWrite,
                    0x00000000, 0xF8000000, 0xFBFFFFFF, 0x00000000, 0x04000000)
            })

            Device (VMB0)
            {
                Name (_HID, "VMBUS")
                Name (_UID, Zero)
                Name (_STA, 0x0F)
                Name (_CRS, ResourceTemplate ()
                {
                    IRQ (Edge, ActiveHigh, Exclusive) {5}
                })
            }
        }
    }
}

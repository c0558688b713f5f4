/*
 * QEMU's VMBus device has no MMIO window on an ancestor; the in-box drivers of
 * some kernels (5.10, el7) dereference the missing one.  Give \_SB a window.
 */
DefinitionBlock ("", "SSDT", 1, "HVLIS", "WINDOW", 1)
{
    Scope (\_SB)
    {
        Name (_CRS, ResourceTemplate ()
        {
            DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed,
                         NonCacheable, ReadWrite,
                         0, 0xf8000000, 0xfbffffff, 0, 0x04000000)
        })
    }
}

public import ArgumentParser
public import Outputs

/// The options for how initrds and root file systems are compressed.
struct CompressionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Compression of initrds and squashfs: gzip, zstd, none, or auto: zstd if the kernel's configuration "
                + "shows that it can decompress it, otherwise gzip. Default: auto for disks and CDs, gzip for files.",
            valueName: "name"))
    var compression: CompressionRequest?

    @Option(
        help: ArgumentHelp(
            "Compression of squashfs by a library: gzip, xz or zstd. The bytes of xz and zstd depend on the "
                + "version of the library installed on this machine. Default: as --compression says.",
            valueName: "name"))
    var squashfsCompression: RootCompression?
}

extension CompressionRequest: ExpressibleByArgument {}

extension RootCompression: ExpressibleByArgument {}

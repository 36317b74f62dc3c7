/// The `kernel` section: the kernel to boot and its command line.
public struct KernelConfig: Hashable, Sendable {
    /// The image; empty if there is no kernel.
    public var image: ImageName = ""
    public var cmdline = ""
    /// The path of the kernel in the image; `kernel` if empty.
    public var binary = ""
    /// The path of the archive of modules in the image; `nil` means `kernel.tar`, and `none` means no modules.
    public var tar: String?
    /// The path of a CPU microcode archive in the image.
    public var ucode: String?

    public init() {}

    /// Overrides fields with those that a later file sets.
    mutating func append(_ later: KernelConfig) {
        if !later.image.isEmpty { image = later.image }
        if !later.cmdline.isEmpty { cmdline = later.cmdline }
        if !later.binary.isEmpty { binary = later.binary }
        tar = later.tar ?? tar
        ucode = later.ucode ?? ucode
    }
}

extension KernelConfig: ConfigRecord {
    static let fields: [Field<KernelConfig>] = [
        Field("image", \.image, .always, "Image that holds the kernel."),
        Field("cmdline", \.cmdline, "Kernel command line."),
        Field("binary", \.binary, "The kernel's file in the image, `kernel` by default."),
        Field(
            "tar", \.tar, "The archive with the modules, `kernel.tar` by default; `none` if there are none."),
        Field("ucode", \.ucode, "CPU microcode archive in the image, loaded before the initrd."),
    ]
}

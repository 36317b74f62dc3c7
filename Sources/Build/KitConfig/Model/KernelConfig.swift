/// `kernel`: which kernel boots, and how.
public struct KernelConfig: Hashable, Sendable {
    /// Empty: the image has no kernel.
    public var image: ImageName = ""
    public var cmdline = ""
    /// The kernel's file in the image; empty means `kernel`.
    public var binary = ""
    /// The file in the image with the modules; `nil` means `kernel.tar`, `none` none.
    public var tar: String?
    /// A CPU microcode archive in the image.
    public var ucode: String?

    public init() {}

    /// What a later file sets replaces what earlier ones did.
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

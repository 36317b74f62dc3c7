// The codes of U-Boot's include/image.h, those that a Linux image needs.

extension UImageHeader {
    /// `IH_OS_*`.
    public struct OperatingSystem: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let linux = OperatingSystem(rawValue: 5)
    }

    /// `IH_ARCH_*`.
    public struct Architecture: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let arm = Architecture(rawValue: 2)
        public static let arm64 = Architecture(rawValue: 22)
        public static let amd64 = Architecture(rawValue: 24)
        public static let riscv = Architecture(rawValue: 26)
    }

    /// `IH_TYPE_*`.
    public struct ImageType: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let kernel = ImageType(rawValue: 2)
        public static let ramdisk = ImageType(rawValue: 3)
        /// Several files behind a table of their sizes.
        public static let multi = ImageType(rawValue: 4)
        /// Commands, behind a table as in `multi`.
        public static let script = ImageType(rawValue: 6)
        public static let flatDeviceTree = ImageType(rawValue: 8)

        /// True if the data start with a table of sizes.
        var hasFileTable: Bool { self == .multi || self == .script }
    }

    /// `IH_COMP_*`: what U-Boot undoes before it goes on.
    public struct Compression: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let none = Compression(rawValue: 0)
        public static let gzip = Compression(rawValue: 1)
        public static let bzip2 = Compression(rawValue: 2)
        public static let lzma = Compression(rawValue: 3)
        public static let lzo = Compression(rawValue: 4)
        public static let lz4 = Compression(rawValue: 5)
        public static let zstd = Compression(rawValue: 6)
    }
}

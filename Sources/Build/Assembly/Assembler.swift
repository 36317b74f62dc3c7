public import Bytes
public import FileTree
internal import Host
public import KitConfig
public import OCI
public import Tar

/// Puts a kit's images and files together in LinuxKit's order.
public struct Assembler {
    public let kit: Kit
    public let platform: Platform
    public let images: any ImageSource
    public let stamp: BuildStamp
    public var options = Options()
    /// Told what is being done.
    public var onProgress: (String) -> Void = { _ in }
    /// Told what a person may want to know of.
    public var onNote: (String) -> Void = { _ in }

    public struct Options: Sendable {
        /// Replace a compressed kernel by its payload.
        public var decompressKernel = false
        /// Find out which bills of materials come with the images.
        public var collectSBOMs = true
        /// What `~/` means in `source`.
        public var home = "/"

        public init() {}
    }

    /// What an assembly results in.
    public struct Result: Sendable {
        public var entries: [AssembledEntry]
        /// SPDX statements of the images, in order, each with the prefix of the image's files.
        public var statements: [Statement]
    }

    /// A bill of materials that came with an image.
    public struct Statement: Sendable {
        public var prefix: ByteString
        public var text: [UInt8]
        public var image: String
    }

    public init(kit: Kit, platform: Platform, images: any ImageSource, stamp: BuildStamp) {
        self.kit = kit
        self.platform = platform
        self.images = images
        self.stamp = stamp
    }

    /// Every image reference that the kit names, expanded, in order, each once.
    public static func references(in kit: Kit) throws(ImageError) -> [ImageReference] {
        let names =
            [kit.kernel.image] + kit.initImages + kit.volumes.map(\.image) + kit.containers.map(\.image)
        var references: [ImageReference] = []
        for name in names where !name.isEmpty {
            let reference = try ImageReference(name.text)
            if !references.contains(reference) { references.append(reference) }
        }
        return references
    }

    /// Assembles everything.
    public func assemble() throws -> Result {
        var run = AssemblyRun(assembler: self)
        try run.placeKernel()
        try run.placeInitImages()
        try run.placeVolumes()
        try run.placeContainers(kit.onboot, in: "onboot", numbered: true)
        try run.placeContainers(kit.onshutdown, in: "onshutdown", numbered: true)
        try run.placeContainers(kit.services, in: "services", numbered: false)
        try run.placeFiles()
        return Result(entries: run.stream.entries, statements: run.statements)
    }
}

/// Gives images and their files: the cache, or an earlier output.
public protocol ImageSource: BlobStore {
    func image(_ reference: ImageReference, platform: Platform) throws -> Image
    /// The union of the image's layers, the top one first.
    func flattened(_ image: Image) throws -> [TarEntry]
    /// The image as an OCI layout of its own.
    func exported(_ reference: ImageReference, platforms: [Platform]) throws -> [TarEntry]
    /// The texts of the SPDX statements attached to the image.
    func statements(of image: Image) throws -> [[UInt8]]
}

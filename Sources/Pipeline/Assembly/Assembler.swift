public import Bytes
public import FileTree
internal import Host
public import KitConfig
public import OCI
public import Tar

/// Assembles a kit's images and files in LinuxKit's order.
public struct Assembler {
    public let kit: Kit
    public let platform: Platform
    public let images: any ImageSource
    public let stamp: BuildStamp
    public var options = Options()
    /// The files named by `source`.
    public var sources = SourceFiles()
    /// An earlier output whose unchanged parts are reused.
    public var earlier: EarlierOutput?
    /// Reports progress.
    public var onProgress: (String) -> Void = { _ in }
    /// Reports notes.
    public var onNote: (String) -> Void = { _ in }
    /// Reports warnings.
    public var onWarning: (String) -> Void = { _ in }
    /// Reports the locations of parts that match the earlier output: `init[0]`, `services[2]`.
    public var onReuse: (String) -> Void = { _ in }
    /// Whether an image is available to compare with the earlier output's part.
    public var canCompare: (ImageReference) -> Bool = { _ in false }

    public struct Options: Sendable {
        /// Replace a compressed kernel by its payload.
        public var decompressKernel = false
        /// Look for the kernel's configuration in its image, which outputs do not contain.
        public var readsKernelConfiguration = false
        /// Collect the bills of materials attached to the images.
        public var collectSBOMs = true
        /// The home directory that `~/` stands for in `source`.
        public var home = "/"

        public init() {}
    }

    /// The result of an assembly.
    public struct Result: Sendable {
        public var entries: [AssembledEntry]
        /// SPDX statements of the images, in order, each with the prefix of the image's files.
        public var statements: [Statement]
        /// Bills of materials of the images that are not SPDX 2 and therefore not in `statements`, each once.
        public var otherBills: [OtherBill]
        /// The file `config` of the kernel's image; nil if it was not looked for or does not exist.
        public var kernelConfiguration: FileContents?
    }

    /// A bill of materials of a kind that cannot be merged.
    public struct OtherBill: Hashable, Sendable {
        public var image: String
        /// The predicate type.
        public var type: String
    }

    /// A bill of materials attached to an image.
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

    /// The expanded names of all images whose files for the kit's platform are needed, in order, each once. Excluded
    /// are images of parts that are reused from the earlier output without comparison, and those of volumes with
    /// `format: oci`, which are copied whole, for their own platforms, without reading their layers.
    public var neededReferences: [ImageReference] {
        get throws(ImageError) {
            let reuse = reusePlan
            var names: [(location: String, image: ImageName)] = [("kernel", kit.kernel.image)]
            names += kit.initImages.enumerated().map { ("init[\($0.offset)]", $0.element) }
            names += kit.volumes.enumerated().filter { !$0.element.isLayout }
                .map { ("volume[\($0.offset)]", $0.element.image) }
            for (list, containers) in [
                ("onboot", kit.onboot), ("onshutdown", kit.onshutdown), ("services", kit.services),
            ] {
                names += containers.enumerated().map { ("\(list)[\($0.offset)]", $0.element.image) }
            }
            var references: [ImageReference] = []
            for (location, name) in names where !name.isEmpty {
                let reference = try ImageReference(name.text)
                if reuse.contains(location), !isCompared(reference) { continue }
                if !references.contains(reference) { references.append(reference) }
            }
            return references
        }
    }

    /// The images of volumes with `format: oci`, which are copied whole, with the platforms to include; an empty list
    /// means all platforms.
    public var copiedReferences: [(reference: ImageReference, platforms: [Platform])] {
        get throws {
            let reuse = reusePlan
            var copied: [(reference: ImageReference, platforms: [Platform])] = []
            for (index, volume) in kit.volumes.enumerated()
            where volume.isLayout && !volume.image.isEmpty {
                let reference = try ImageReference(volume.image.text)
                if reuse.contains("volume[\(index)]"), !isCompared(reference) { continue }
                copied.append((reference, try Self.platforms(of: volume)))
            }
            return copied
        }
    }

    /// Whether to compare an image with its part in the earlier output. An image named by digest cannot have
    /// changed.
    func isCompared(_ reference: ImageReference) -> Bool { reference.digest == nil && canCompare(reference) }

    static func platforms(of volume: VolumeConfig) throws(AssemblyError) -> [Platform] {
        var platforms: [Platform] = []
        for text in volume.platforms {
            guard let platform = Platform(text) else {
                throw .invalidPlatform(volume: volume.name, text: text)
            }
            platforms.append(platform)
        }
        return platforms
    }

    /// The kit with its image names expanded, as `metadata` shows it.
    public var expandedKit: Kit {
        kit.mappingImages { name in
            guard let reference = try? ImageReference(name.text) else { return name }
            return ImageName(reference.description, location: name.location)
        }
    }

    var reusePlan: ReusePlan {
        guard let earlier else { return ReusePlan() }
        // An output records neither whether its kernel was decompressed nor the kernel's configuration.
        return ReusePlan(
            expandedKit, from: earlier,
            reusesKernel: !options.decompressKernel && !options.readsKernelConfiguration)
    }

    /// The store that the result's contents refer to.
    public var store: any BlobStore { sources.store(over: earlier?.store(over: images) ?? images) }

    /// Assembles the image.
    public func assemble() throws -> Result {
        var run = AssemblyRun(assembler: self)
        try run.placeKernel()
        try run.placeInitImages()
        try run.placeVolumes()
        try run.placeContainers(kit.onboot, in: "onboot", numbered: true)
        try run.placeContainers(kit.onshutdown, in: "onshutdown", numbered: true)
        try run.placeContainers(kit.services, in: "services", numbered: false)
        try run.placeFiles()
        run.report()
        return Result(
            entries: run.stream.entries, statements: run.statements, otherBills: run.otherBills,
            kernelConfiguration: run.kernelConfiguration)
    }
}

/// A source of images and their files: the cache or an earlier output.
public protocol ImageSource: BlobStore {
    func image(_ reference: ImageReference, platform: Platform) throws(ImageError) -> Image
    /// The union of the image's layers, the top one first.
    /// Directories that exist only because of files removed by upper layers get the time `made`.
    func flattened(_ image: Image, made: Timestamp) throws(ImageError) -> [TarEntry]
    /// The image as a separate OCI layout.
    func exported(_ reference: ImageReference, platforms: [Platform]) throws(ImageError) -> [TarEntry]
    /// The texts of the SPDX statements attached to the image.
    func statements(of image: Image) throws(ImageError) -> [[UInt8]]
    /// The predicate types of other attached bills of materials.
    func otherBills(of image: Image) throws(ImageError) -> [String]
}

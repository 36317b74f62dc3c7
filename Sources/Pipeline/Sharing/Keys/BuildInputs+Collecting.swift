public import Assembly
internal import Digests
public import FileTree
internal import KitConfig
public import OCI
public import Outputs

extension BuildInputs {
    /// What the outputs `formats` of `assembler`'s kit are made from.
    ///
    /// - Parameters:
    ///   - boot: where the boot files are that `formats` need.
    ///   - sbomPath: where in the image the bill of materials lies; nil without one.
    ///   - version: the program's; that of the bytes that formats write is added.
    ///   - layout: where the documents of images are.
    ///   - image: finds an image, without its layers if need be.
    public init(
        of assembler: Assembler, formats: [OutputFormat], session: OutputSession.Options, stamp: BuildStamp,
        boot: [(firmware: Firmware, source: BootSource)], sbomPath: String?, version: String,
        layout: ImageLayout, image: (ImageReference) async throws -> Image
    ) async throws {
        var options = Options()
        options.decompressKernel = assembler.options.decompressKernel
        options.shareEqualFiles = session.shareEqualFiles
        options.strict = session.strict
        options.diskSize = session.diskSize
        options.compression = session.compression?.rawValue
        options.squashFSCompression = session.squashFSCompression.map { $0.library ?? $0.rawValue }
        options.sbomPath = sbomPath
        self.init(
            version: "\(version) \(OutputFormats.identity)", architecture: session.architecture,
            formats: formats.map(\.name), epoch: stamp.time.seconds,
            configuration: try KitIdentity(
                assembler.expandedKit, home: assembler.options.home, sources: assembler.sources),
            options: options)
        for reference in try assembler.neededReferences {
            let image = try await image(reference)
            let statements = sbomPath == nil ? [] : try layout.spdxStatements(of: image)
            images.append(
                (name: reference.description, identity: ImageIdentity(image, statements: statements)))
        }
        for (reference, _) in try assembler.copiedReferences {
            copies.append((name: reference.description, root: try layout.descriptor(of: reference)))
        }
        for (firmware, source) in boot {
            self.boot.append(
                (
                    firmware: firmware,
                    source: try await Self.identity(
                        of: source, for: firmware, architecture: session.architecture, layout: layout, image)
                ))
        }
    }

    private static func identity(
        of source: BootSource, for firmware: Firmware, architecture: String, layout: ImageLayout,
        _ image: (ImageReference) async throws -> Image
    ) async throws -> BootIdentity {
        switch source {
        case .directory(let path):
            let files = try BootFiles.digests(ofDirectory: path, for: firmware)
            return .directory(files.map { NamedDigest(name: $0.name, digest: $0.digest) })
        case .image(let reference, isFetched: true):
            return .image(ImageIdentity(try await image(reference)))
        case .image(let reference, isFetched: false):
            let platform = Platform(architecture: architecture)
            return .image(ImageIdentity(try layout.image(reference, platform: platform)))
        }
    }
}

internal import Assembly
internal import Bytes
internal import FileTree
internal import Host
public import KitConfig
internal import OCI
public import Outputs
internal import Registry
internal import SBOM
internal import Sharing
internal import Synchronization
internal import Tar

/// Builds images: a request in, files out, and one stream of events.
public struct Builder: Sendable {
    public let services: BuildServices
    /// Names the program in the identity of shared outputs.
    public let version: String
    let events: @Sendable (BuildEvent) -> Void

    public init(
        _ services: BuildServices, version: String,
        events: @escaping @Sendable (BuildEvent) -> Void = { _ in }
    ) {
        self.services = services
        self.version = version
        self.events = events
    }

    /// The configuration that would be built, with package names resolved. Nothing is built or pulled for it.
    public func configuration(of request: BuildRequest) async throws -> Kit {
        try request.check()
        let resolution = Resolution(request: request, services: services, events: events)
        return try await resolution.resolve(buildsPackages: false).kit
    }

    /// Builds the outputs. They appear together when all of them are complete and every input is verified.
    public func build(_ request: BuildRequest) async throws -> [WrittenFile] {
        try request.check()
        if services.policy != nil, request.earlierOutput != nil {
            throw RequestError.earlierOutputUnderPolicy
        }
        let resolution = Resolution(request: request, services: services, events: events)
        let resolved = try await resolution.resolve(buildsPackages: true)
        for option in request.unusedOptions { events(.warning(.unusedOption(option))) }
        for warning in try request.checkLimits(of: resolved.kit) { events(.warning(.output(warning))) }
        if case .files(let directory?, _) = request.destination { try Directory.create(directory) }
        var restored: Set<String> = []
        while true {
            let run = try BuildRun(request, resolved, services, version: version, events: events)
            do { return try await run.outputs() } catch let error as ImageError {
                // An image that turns out to be damaged in the cache is fetched again, once.
                guard let image = error.reference, restored.insert(image).inserted,
                    try await run.acquisition.restore(error)
                else { throw error }
            }
        }
    }
}

/// One build under way.
struct BuildRun {
    let request: BuildRequest
    let resolved: ResolvedBuild
    let acquisition: ImageAcquisition
    let images: CachedImages
    let assembler: Assembler
    let sharing: OutputSharing
    let events: @Sendable (BuildEvent) -> Void
    /// Warnings that are shown again when the outputs are restored from a shared cache.
    let remembered = RememberedWarnings()

    init(
        _ request: BuildRequest, _ resolved: ResolvedBuild, _ services: BuildServices, version: String,
        events: @escaping @Sendable (BuildEvent) -> Void
    ) throws {
        self.request = request
        self.resolved = resolved
        self.events = events
        acquisition = try ImageAcquisition(
            services, packages: resolved.packages, needsAttestations: request.sbom != nil,
            pins: request.lock?.images ?? [:], events: events)
        images = try acquisition.images()
        let remembered = remembered
        var assembler = Assembler(
            kit: resolved.kit, platform: request.platform, images: images, stamp: request.stamp)
        assembler.options.decompressKernel = request.options.decompressKernel
        assembler.options.collectSBOMs = request.sbom != nil
        assembler.options.readsKernelConfiguration = request.outputOptions.needsKernelConfiguration(
            for: request.formats)
        assembler.options.home = request.options.home
        assembler.sources = SourceFiles(
            directory: "\(images.derivedDirectory)/sources",
            standardInputIsRead: request.configuration.contains(.standardInput))
        assembler.onProgress = { events(.assembling($0)) }
        assembler.onNote = { note in
            remembered.add(note)
            events(.note(note))
        }
        assembler.onWarning = { text in
            remembered.add(text)
            events(.warning(.image(text)))
        }
        assembler.onReuse = { events(.reusing(part: $0)) }
        assembler.earlier = try Self.earlierOutput(request, resolved.kit, events)
        assembler.canCompare = try acquisition.comparison(platform: request.platform)
        self.assembler = assembler
        sharing = OutputSharing(
            request: request, services: services, resolved: resolved, assembler: assembler,
            acquisition: acquisition, version: version, events: events)
    }

    func outputs() async throws -> [WrittenFile] {
        try checkLock()
        if let files = try await sharing.restore(await sharing.keyBeforePulling()) { return files }
        let references = try assembler.neededReferences
        let copies = try assembler.copiedReferences
        do {
            try await acquisition.ensure(
                references.map { ImagePuller.Request($0, platforms: [request.platform]) }
                    + copies.map { ImagePuller.Request($0, platforms: $1) }
            ) {
                events(.reading(images: references.count))
                try await images.begin(references, platform: request.platform, jobs: request.options.jobs)
                try await images.prepareCopies(copies.map(\.reference))
            }
            return try await write()
        } catch {
            // What is wrong with a layer is reported, and not what came of that.
            _ = try images.verified()
            throw error
        }
    }

    /// Assembles and writes while the layers are being verified.
    private func write() async throws -> [WrittenFile] {
        let boot = try await BootImages(acquisition: acquisition, images: images, platform: request.platform)
            .files(resolved.boot)
        // What can't be read is for the assembler to report, with its place.
        let key = try? await sharing.key(prepared: images)
        if acquisition.verification != nil, let files = try await sharing.restore(key) {
            _ = try images.verified()
            return files
        }
        let result = try assembler.assemble()
        let image = AssembledImage(
            body: result.entries, sbom: try sbom(result), kernelConfiguration: result.kernelConfiguration)
        var options = request.outputOptions
        options.blockCacheDirectory = "\(images.derivedDirectory)/blocks"
        let remembered = remembered
        let session = OutputSession(
            image: image, store: assembler.store, stamp: request.stamp, options: options, bootFiles: boot,
            stream: try stream()
        ) { [events] event in
            switch event {
            case .writing(let path): events(.writing(path: path))
            case .note(let text): events(.note(text))
            case .detail(let text): events(.detail(text))
            case .warning(let text):
                remembered.add(text)
                events(.warning(.output(text)))
            }
        }
        let staged = try session.stage(request.formats)
        let files = try staged.commit(try images.verified(), try assembler.sources.unchanged())
        try await sharing.store(
            files, key, now: { try await sharing.key(prepared: images) }, warnings: remembered.texts)
        return files
    }

    /// A stream shows what it gets at once, so everything is verified before it starts.
    private func stream() throws -> OutputStream? {
        guard case .stream(let path) = request.destination else { return nil }
        return OutputStream(path: path, try images.verified())
    }

    private func sbom(_ result: Assembler.Result) throws -> AssembledEntry? {
        guard let sbom = request.sbom else { return nil }
        for bill in result.otherBills {
            warnUnmerged("the bill of materials attached to \(bill.image)", type: bill.type)
        }
        var merge = SPDXMerge()
        for statement in result.statements {
            let what = "the bill of materials attached to \(statement.image)"
            do throws(SBOMError) {
                try merge.add(statement.text, prefix: statement.prefix, what: what)
            } catch {
                guard case .unsupported(_, let version) = error else { throw error }
                warnUnmerged(what, type: version)
            }
        }
        let text = merge.merged(stamp: request.stamp, created: sbom.created ?? request.stamp.time)
        return AssembledEntry.sbom(path: ByteString(sbom.path), text: text, stamp: request.stamp)
    }

    private func warnUnmerged(_ document: String, type: String) {
        let text = "\(document) is not merged: it is of the type \(type), not SPDX 2"
        remembered.add(text)
        events(.warning(.image(text)))
    }

    private static func earlierOutput(
        _ request: BuildRequest, _ kit: Kit, _ events: (BuildEvent) -> Void
    ) throws -> EarlierOutput? {
        guard let path = request.earlierOutput else { return nil }
        let earlier: EarlierOutput?
        do {
            earlier = try EarlierOutput(try ReadableFile(path: path), name: path, for: kit)
        } catch let error as TarError {
            throw BuildError.notATarOutput(path: path, error)
        }
        let wanted = request.platform.architecture
        if let found = earlier?.architecture, found != wanted {
            throw AssemblyError.otherArchitecture(input: path, found: found, wanted: wanted)
        }
        if earlier == nil { events(.warning(.earlierOutputHasNoConfiguration(path: path))) }
        return earlier
    }
}

/// Notes and warnings of a build, for those who restore its outputs from a shared cache.
final class RememberedWarnings: Sendable {
    private let lines = Mutex<[String]>([])

    var texts: [String] { lines.withLock { $0 } }
    func add(_ text: String) { lines.withLock { $0.append(text) } }
}

extension BuildRequest {
    /// The options of the formats.
    var outputOptions: OutputSession.Options {
        var options = OutputSession.Options(
            base: base, jobs: self.options.jobs, architecture: platform.architecture)
        options.shareEqualFiles = self.options.shareEqualFiles
        options.strict = self.options.strict
        options.diskSize = self.options.diskSize
        options.compression = self.options.compression
        options.squashFSCompression = self.options.squashFSCompression
        return options
    }
}

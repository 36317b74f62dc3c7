import Assembly
import Bytes
import FileTree
import Host
import KitConfig
import OCI
import Outputs
import Registry
import SBOM
import Signatures
import Tar

/// A build command checked as a whole before any work is done.
struct BuildPlan {
    let command: BuildCommand
    let formats: [OutputFormat]
    let platform: Platform
    let stamp: BuildStamp
    let session: OutputSession.Options
    private let packages: PackageResolver
    let policy: ImagePolicy?

    init(_ command: BuildCommand) throws {
        self.command = command
        try command.fetch.check()
        formats = try Self.formats(command)
        platform = try Self.platform(command.arch)
        stamp = try command.epoch.stamp()
        packages = PackageResolver(cache: command.cache, platform: platform, stamp: stamp)
        for format in formats {
            if let refusal = format.refusal(architecture: platform.architecture) {
                throw Failure(refusal, .usage)
            }
        }
        session = try Self.sessionOptions(command, formats: formats, platform: platform)
        try command.boot.check()
        try command.sharing.check(command)
        policy = try command.verification.policy()
        if policy != nil, command.inputTar != nil {
            throw Failure(
                "--input-tar takes parts of images that nobody checks; leave it out where images must be signed",
                .usage)
        }
    }

    private static func formats(_ command: BuildCommand) throws -> [OutputFormat] {
        var names = command.format.flatMap { $0.split { $0 == "," || $0 == " " }.map(String.init) }
        if names.isEmpty, !command.format.isEmpty { throw Failure("--format names no format", .usage) }
        if names.isEmpty { names = [command.output == nil ? "kernel+initrd" : "tar"] }
        let formats = try names.map { name in
            guard let format = OutputFormats.named(name) else {
                let known = OutputFormats.all.map(\.name).joined(separator: ", ")
                throw Failure("unknown format \"\(name)\"; the formats are \(known)", .usage)
            }
            return format
        }
        for (number, format) in formats.enumerated() {
            for other in formats[..<number] {
                guard let suffix = OutputFormats.clash(other, format) else { continue }
                throw Failure(
                    "\(other.name) and \(format.name) would both write NAME\(suffix); build them apart",
                    .usage)
            }
        }
        return formats
    }

    private static func platform(_ architecture: String?) throws -> Platform {
        let platform = Platform(machine: architecture ?? HostEnvironment.machine)
        guard ["amd64", "arm64", "riscv64"].contains(platform.architecture) else {
            throw Failure(
                "unknown architecture \"\(platform.architecture)\"; --arch takes amd64, arm64 or riscv64",
                .usage)
        }
        return platform
    }

    private static func sessionOptions(
        _ command: BuildCommand, formats: [OutputFormat], platform: Platform
    ) throws -> OutputSession.Options {
        if let output = command.output {
            if formats.count > 1 {
                throw Failure("-o names one file, but there are several formats; use --name", .usage)
            }
            if command.name != nil { throw Failure("-o and --name exclude each other", .usage) }
            if command.dir != nil { throw Failure("-o and --dir exclude each other", .usage) }
            if !formats[0].isStreamed {
                let reason = formats[0].suffixes.count > 1 ? "writes several files" : "is no stream"
                throw Failure(
                    "-o cannot be used with \(formats[0].name), which \(reason); use --name and --dir", .usage
                )
            }
            if try FileStatus.following(output)?.kind == .folder {
                throw Failure(
                    "-o names a file, but \(output) is a folder; use --dir and --name", .cannotCreate)
            }
            if output == command.inputTar { throw Failure("--input-tar and -o name the same file", .usage) }
        }
        if command.name == "" { throw Failure("--name must not be empty", .usage) }
        let last = command.files.last ?? "-"
        let name = command.name ?? (last == "-" ? "moby" : Self.baseName(last))
        let folder = command.dir.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        var options = OutputSession.Options(
            base: folder + name, outputPath: command.output,
            jobs: try Jobs.checked(command.jobs), architecture: platform.architecture)
        options.shareEqualFiles = !command.noShare
        options.strict = command.strict
        options.diskSize = try command.size.map { try DiskSize(parsing: $0).bytes }
        options.squashFSCompression = command.boot.squashfsCompression
        return options
    }

    /// The file's name without folder and without its last suffix.
    private static func baseName(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: ".") else { return name }
        return String(name[..<dot])
    }

    /// Reads and checks the configuration; every problem is reported at once.
    func loadKit(_ access: RegistryAccess, reporter: Reporter) async throws -> Kit {
        var sources: [KitSource] = []
        for file in command.files { sources.append(try await source(file, access)) }
        var (kit, notices) = try Self.load(sources, packages: packages)
        if !command.dryRun, try packages.buildMissing(reporter: reporter) {
            (kit, notices) = try Self.load(sources, packages: packages)
        }
        for notice in notices { reporter.warning("\(notice)") }
        return kit
    }

    private static func load(
        _ sources: [KitSource], packages: PackageResolver
    ) throws -> (kit: Kit, notices: [KitProblem]) {
        let rules = ImageNameRules(
            resolvePackage: { try packages.tag(path: $0, relativeTo: $1.source) },
            refusal: { name in
                do throws(ImageError) {
                    _ = try ImageReference(name)
                    return nil
                } catch {
                    guard case .invalidReference(_, let reason) = error.problem else { return "\(error)" }
                    return reason
                }
            })
        return try KitLoader(images: rules).load(sources)
    }

    private func source(_ name: String, _ access: RegistryAccess) async throws -> KitSource {
        let limit = 16 << 20
        if name.hasPrefix("http://") || name.hasPrefix("https://") {
            if command.fetch.offline {
                throw Failure("\(name): --offline fetches nothing; download the file first", .usage)
            }
            return KitSource(name: name, text: try await access.client().file(name, limit: limit))
        }
        if name == "-" {
            var input = DescriptorSource.standardInput
            return KitSource(name: "-", text: try input.readAll(limit: limit, of: "standard input"))
        }
        // A pipe with a name, as a shell's <(...) makes it, is read like standard input.
        if try FileStatus.following(name)?.kind == .other {
            var input = try SpecialFileSource(path: name)
            return KitSource(name: name, text: try input.readAll(limit: limit, of: name))
        }
        var input = RangeSource(try ReadableFile(path: name))
        return KitSource(name: name, text: try input.readAll(limit: limit, of: name))
    }

    /// Options that none of the formats asked for heeds: LinuxKit passes over them as well.
    private var idleOptions: [String] {
        var idle: [String] = []
        if session.diskSize != nil, formats.allSatisfy({ $0.diskUnit == nil }) {
            idle.append(
                "--size is for disks: \(formats.map(\.name).joined(separator: ", ")) are as large as needed")
        }
        if session.squashFSCompression != .gzip, !formats.contains(where: { $0.name == "kernel+squashfs" }) {
            idle.append("--squashfs-compression is for kernel+squashfs, which is not built here")
        }
        return idle
    }

    /// Assembles the kit and writes every output. An image that turns out to be damaged in the cache is fetched again.
    func build(_ kit: Kit, _ access: RegistryAccess, reporter: Reporter) async throws -> [WrittenFile] {
        for text in idleOptions { reporter.warning(text) }
        if let folder = command.dir { try Folder.create(folder) }
        let fetching = try fetching(access, reporter)
        var restored: Set<String> = []
        while true {
            do { return try await build(kit, access, fetching, reporter: reporter) } catch let error
                as ImageError
            {
                guard let image = error.reference, restored.insert(image).inserted,
                    try await fetching.restore(error)
                else { throw error }
            }
        }
    }

    private func fetching(_ access: RegistryAccess, _ reporter: Reporter) throws -> ImageFetching {
        var fetching = ImageFetching(
            cache: command.cache, options: command.fetch, access: access, reporter: reporter)
        fetching.needsAttestations = !command.noSbom
        fetching.madeHere = try packages.references
        // As with LinuxKit, --pull asks the registries, whatever a daemon has.
        if command.docker, !command.fetch.pull { fetching.daemon = try DaemonImages(reporter: reporter) }
        return fetching
    }

    private func build(
        _ kit: Kit, _ access: RegistryAccess, _ fetching: ImageFetching, reporter: Reporter
    ) async throws -> [WrittenFile] {
        var fetching = fetching
        let verification = try policy.map { policy in
            try ImageVerification(
                policy, cache: command.cache, isOffline: command.fetch.offline, access: access,
                reporter: reporter, isPackage: packages.makes)
        }
        if let verification { fetching.approve = verification.approve }
        let images = try command.cache.images(admission: verification?.admission)
        var assembler = Assembler(kit: kit, platform: platform, images: images, stamp: stamp)
        assembler.options.decompressKernel = command.decompressKernel
        assembler.options.collectSBOMs = !command.noSbom
        assembler.options.home = HostEnvironment.home
        assembler.onProgress = { reporter.progress("assembling \($0)") }
        assembler.onNote = { reporter.note($0) }
        assembler.earlier = try earlierOutput(for: kit, reporter: reporter)
        let references = try assembler.neededReferences
        let sharing = BuildSharing(
            self, kit: kit, assembler: assembler, fetching: fetching, packages: packages, reporter: reporter)
        if let files = try await sharing.take(sharing.keyBeforePulling()) { return files }
        let copies = try assembler.copiedReferences
        do {
            try await fetching.ensure(
                references.map { ImagePuller.Request($0, platforms: [platform]) }
                    + copies.map { ImagePuller.Request($0, platforms: $1) }
            ) {
                reporter.progress("reading \(references.count) images")
                try await images.begin(references, platform: platform, jobs: session.jobs)
                try await images.prepareCopies(copies.map(\.reference))
            }
            return try await write(
                assembler, images: images, sharing: sharing, reporter: reporter)
        } catch {
            // What is wrong with a layer is told, not what came of that.
            try images.finish()
            throw error
        }
    }

    /// Assembles and writes while the layers are being verified.
    private func write(
        _ assembler: Assembler, images: CachedImages, sharing: BuildSharing, reporter: Reporter
    ) async throws -> [WrittenFile] {
        let bootFiles = try await BootOptions.files(
            command.boot.choices(for: formats, packages: packages, reporter: reporter), images: images,
            fetching: sharing.fetching, platform: platform)
        // What cannot be read is the assembler's to tell, with its place.
        let key = try? await sharing.keyOfPrepared(images)
        if policy != nil, let files = try await sharing.take(key) {
            try images.finish()
            return files
        }
        var assembler = assembler
        let warnings = SharedWarnings(reporter)
        assembler.onNote = { warnings.note($0) }
        let result = try assembler.assemble()
        let image = AssembledImage(body: result.entries, sbom: try sbom(result, warnings))
        var options = session
        options.blockCacheFolder = "\(images.derivedFolder)/blocks"
        let outputs = OutputSession(image: image, store: assembler.store, stamp: stamp, options: options)
        outputs.onProgress = { reporter.progress("writing \($0)") }
        outputs.onWarning = { warnings.warn($0) }
        outputs.bootFiles = bootFiles
        // A stream shows what it gets at once, files when they are complete.
        if session.outputPath != nil { try images.finish() }
        outputs.beforeCommit = { try images.finish() }
        let files = try outputs.write(formats)
        try await sharing.give(
            files, key, now: { try await sharing.keyOfPrepared(images) }, warnings: warnings.texts)
        return files
    }

    private func earlierOutput(for kit: Kit, reporter: Reporter) throws -> EarlierOutput? {
        guard let path = command.inputTar else { return nil }
        let earlier: EarlierOutput?
        do {
            earlier = try EarlierOutput(try ReadableFile(path: path), name: path, for: kit)
        } catch let error as TarError {
            throw Failure("--input-tar: \(path) is no tar output: \(error)", .invalidInput)
        }
        if let found = earlier?.architecture, found != platform.architecture {
            throw AssemblyError.otherArchitecture(input: path, found: found, wanted: platform.architecture)
        }
        if earlier == nil {
            reporter.warning(
                "\(path): no configuration in it where this one has its own (files with metadata); "
                    + "everything is built from images")
        }
        return earlier
    }

    private func sbom(
        _ result: Assembler.Result, _ warnings: SharedWarnings
    ) throws -> AssembledEntry? {
        guard !command.noSbom else { return nil }
        for bill in result.otherBills {
            warnings.warn(
                "the bill of materials attached to \(bill.image) is not merged: it is of the type \(bill.type), "
                    + "not SPDX 2")
        }
        var merge = SPDXMerge()
        for statement in result.statements {
            let what = "the bill of materials attached to \(statement.image)"
            do throws(SBOMError) {
                try merge.add(statement.text, prefix: statement.prefix, what: what)
            } catch {
                guard case .unsupported(_, let version) = error else { throw error }
                warnings.warn("\(what) is not merged: it is of the type \(version), not SPDX 2")
            }
        }
        let created = command.sbomCurrentTime ? Timestamp(seconds: HostClock.secondsSince1970) : stamp.time
        let text = merge.merged(stamp: stamp, created: created)
        return AssembledEntry.sbom(path: ByteString(try sbomPath), text: text, stamp: stamp)
    }

    /// Where the bill of materials goes in the image, without slashes at its ends.
    var sbomPath: String {
        get throws {
            let parts = command.sbomOutput.split(separator: "/").filter { $0 != "." }
            guard !parts.isEmpty, !parts.contains("..") else {
                throw Failure(
                    "--sbom-output \(command.sbomOutput): give a path in the image, without ..", .usage)
            }
            return parts.joined(separator: "/")
        }
    }
}

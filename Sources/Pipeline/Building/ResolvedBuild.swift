internal import Bytes
internal import Digests
internal import FileTree
internal import Host
public import KitConfig
internal import OCI
internal import Outputs
internal import Registry
internal import Synchronization

/// What a request means: its configuration, read and checked, the packages it names, built, and its boot sources.
/// Made once and never changed.
public struct ResolvedBuild: Sendable {
    public let kit: Kit
    /// SHA-256 of the configuration files that were fetched, by URL.
    let fetched: [String: SHA256Digest]
    let packages: PackageImages
    let boot: [BootChoice]

    /// Where the boot files of one firmware come from.
    struct BootChoice: Sendable {
        let firmware: Firmware
        let source: BootSource
        let isDefault: Bool
    }
}

extension ResolvedBuild {
    /// SHA-256 of the whole configuration: files merged, names of packages expanded.
    var configurationDigest: SHA256Digest { SHA256Digest(hashing: kit.yaml(.v3)) }
}

/// Resolves requests.
struct Resolution {
    let request: BuildRequest
    let services: BuildServices
    let events: @Sendable (BuildEvent) -> Void

    /// - Parameter buildsPackages: false to name packages only, as for a look at the configuration.
    func resolve(buildsPackages: Bool) async throws -> ResolvedBuild {
        let (sources, fetched) = try await sources()
        var (kit, notices, packages) = try load(sources)
        if buildsPackages, try buildMissing(packages) { (kit, notices, packages) = try load(sources) }
        for notice in notices { events(.warning(.configuration(notice))) }
        let boot = buildsPackages ? try bootChoices(&packages) : []
        return ResolvedBuild(kit: kit, fetched: fetched, packages: packages, boot: boot)
    }

    private func buildMissing(_ packages: PackageImages) throws -> Bool {
        try packages.buildMissing(
            cache: services.cache, platform: request.platform, stamp: request.stamp, events: events)
    }

    private func load(_ sources: [KitSource]) throws -> (Kit, [KitProblem], PackageImages) {
        let packages = Mutex(PackageImages(options: services.packageOptions))
        let rules = ImageNameRules(
            resolvePackage: { path, location in
                try packages.withLock { try $0.tag(path: path, relativeTo: location.source) }
            },
            refusal: { name in
                do throws(ImageError) {
                    _ = try ImageReference(name)
                    return nil
                } catch {
                    guard case .invalidReference(_, let reason) = error.problem else { return "\(error)" }
                    return reason
                }
            })
        let (kit, notices) = try KitLoader(images: rules).load(sources)
        return (kit, notices, packages.withLock { $0 })
    }

    private func bootChoices(_ packages: inout PackageImages) throws -> [ResolvedBuild.BootChoice] {
        var choices: [ResolvedBuild.BootChoice] = []
        for firmware in request.firmware {
            let origin = request.boot[firmware]
            let source: BootSource
            switch origin {
            case .directory(let path): source = .directory(path)
            case .image(let name): source = .image(try ImageReference(name), isFetched: true)
            case .package(let path):
                let tag = try packages.tag(path: path, relativeTo: "")
                _ = try buildMissing(packages)
                source = .image(try ImageReference(tag), isFetched: true)
            case nil:
                let name = BootFiles.defaultImage(firmware)
                source = .image(try ImageReference(name), isFetched: BootFiles.isPublished(firmware))
            }
            choices.append(.init(firmware: firmware, source: source, isDefault: origin == nil))
        }
        return choices
    }

    // MARK: Configuration

    private static let configurationLimit = 16 << 20

    private func sources() async throws -> ([KitSource], fetched: [String: SHA256Digest]) {
        var sources: [KitSource] = []
        var fetched: [String: SHA256Digest] = [:]
        for source in request.configuration {
            let read = try await read(source)
            sources.append(read)
            guard case .url(let url) = source else { continue }
            try request.lock?.check(read.text, from: url)
            fetched[url] = SHA256Digest(hashing: read.text)
        }
        return (sources, fetched)
    }

    private func read(_ source: ConfigurationSource) async throws -> KitSource {
        let limit = Self.configurationLimit
        switch source {
        case .text(let name, let text): return KitSource(name: name, text: text)
        case .url(let url):
            if services.pulling == .never { throw BuildError.offline(url: url) }
            let client = try await services.registries.client()
            return KitSource(name: url, text: try await client.file(url, limit: limit))
        case .standardInput:
            var input = DescriptorSource.standardInput
            return KitSource(name: "-", text: try input.readAll(limit: limit, of: "standard input"))
        case .file(let path):
            // A named pipe, as a shell's <(...) makes it, is read like standard input.
            if try FileStatus.following(path)?.kind == .other {
                var input = try SpecialFileSource(path: path)
                return KitSource(name: path, text: try input.readAll(limit: limit, of: path))
            }
            var input = RangeSource(try ReadableFile(path: path))
            return KitSource(name: path, text: try input.readAll(limit: limit, of: path))
        }
    }
}

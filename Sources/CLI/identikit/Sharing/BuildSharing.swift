import Assembly
import Host
import KitConfig
import OCI
import Outputs
import Registry
import Sharing
import Signatures
import Synchronization

/// Takes the outputs of a build from shared caches, and puts them there. Whatever goes wrong with it is a warning.
struct BuildSharing {
    let plan: BuildPlan
    let assembler: Assembler
    let fetching: ImageFetching
    let packages: PackageResolver
    let reporter: Reporter
    private let expected: ExpectedFiles

    init(
        _ plan: BuildPlan, kit: Kit, assembler: Assembler, fetching: ImageFetching,
        packages: PackageResolver, reporter: Reporter
    ) {
        self.plan = plan
        self.assembler = assembler
        self.fetching = fetching
        self.packages = packages
        self.reporter = reporter
        expected = ExpectedFiles(plan.formats, of: kit)
    }

    /// The file with `suffix`, where this build would write it.
    private func path(_ suffix: String) -> String { plan.session.outputPath ?? plan.session.base + suffix }

    /// The outputs, if a shared cache has them.
    func take(_ key: BuildKey?) async throws -> [WrittenFile]? {
        guard let key else { return nil }
        for repository in try plan.command.sharing.sources {
            reporter.progress("looking for the outputs in \(repository)")
            switch try await cache(repository).take(key, expecting: expected, path: path) {
            case .found(let files, let warnings):
                for warning in warnings { reporter.warning(warning) }
                reporter.note("from the shared cache \(repository), tag \(key.tag)")
                return files
            case .missing: reporter.detail("\(repository) does not have \(key.tag)")
            case .unusable(let reason):
                reporter.warning("the shared cache is not used: \(reason)")
            }
        }
        return nil
    }

    /// Keeps the outputs for others, unless what they were made from has changed or gone meanwhile: `now` is what a
    /// build would be made from after this one.
    func give(
        _ files: [WrittenFile], _ key: BuildKey?, now: () async throws -> BuildKey?, warnings: [String]
    ) async throws {
        guard let repository = try plan.command.sharing.destination, let key else { return }
        guard key == (try? await now()) else {
            return reporter.warning(
                "the outputs are not shared: files that they are made from have changed meanwhile")
        }
        reporter.progress("sharing the outputs in \(repository)")
        do {
            switch try await cache(repository).put(
                key, expected, files: files, path: path, warnings: warnings)
            {
            case .stored: reporter.note("shared in \(repository), tag \(key.tag)")
            case .existed: reporter.detail("\(repository) has \(key.tag) already")
            }
        } catch {
            reporter.warning("the outputs were not shared: \(Failure.wording(error))")
        }
    }

    private func cache(_ repository: ImageReference) async throws -> SharedCache {
        let client = try await fetching.access.failFastClient()
        var cache = SharedCache(repository, client: client)
        cache.wording = { Failure.wording($0) }
        if let policy = plan.policy {
            cache.admit = { reference, entry in
                try await policy.check(
                    PolicySubject(reference, digests: [entry.digest]), in: [RegistrySignatures(client)])
            }
        }
        return cache
    }
}

/// Says what a build warns of, and remembers it for those who will take its outputs.
final class SharedWarnings: Sendable {
    private let reporter: Reporter
    private let said = Mutex<[String]>([])

    init(_ reporter: Reporter) { self.reporter = reporter }

    var texts: [String] { said.withLock { $0 } }

    func warn(_ text: String) {
        said.withLock { $0.append(text) }
        reporter.warning(text)
    }

    func note(_ text: String) {
        said.withLock { $0.append(text) }
        reporter.note(text)
    }
}

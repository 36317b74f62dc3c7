import ArgumentParser
import Building
import Host
import OCI

/// The options for sharing outputs with other builders through a repository.
struct SharingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Reuse outputs from this repository that another builder made from the same inputs (repeatable; "
                + "see Docs/sharing.md).", valueName: "repository"))
    var cacheFrom: [String] = []

    @Option(
        help: ArgumentHelp(
            "Upload the outputs to this repository for other builders.", valueName: "repository")
    )
    var cacheTo: String?

    var isUsed: Bool { !cacheFrom.isEmpty || cacheTo != nil }

    var repositories: SharedRepositories? {
        get throws {
            guard isUsed else { return nil }
            return SharedRepositories(
                sources: try cacheFrom.map { try Self.repository($0, option: "--cache-from") },
                destination: try cacheTo.map { try Self.repository($0, option: "--cache-to") })
        }
    }

    private static func repository(_ text: String, option: String) throws -> ImageReference {
        let reference: ImageReference
        do { reference = try ImageReference(text) } catch {
            throw Failure(
                "\(option) \(text): not a repository: \(Failure.wording(error))", .usage)
        }
        guard reference.tag == nil, reference.digest == nil else {
            throw Failure(
                "\(option) \(text): pass the repository without a tag; each build gets its own tag", .usage)
        }
        return reference
    }

    /// Rejects invalid values, and builds that cannot be shared, before any work is done.
    func check(_ command: BuildCommand) throws {
        guard isUsed else { return }
        _ = try repositories
        let option = cacheFrom.isEmpty ? "--cache-to" : "--cache-from"
        func refuse(_ other: String, _ reason: String) -> Failure {
            Failure("\(option) cannot be used with \(other): \(reason)", .usage)
        }
        if command.sbomCurrentTime {
            throw refuse("--sbom-current-time", "it makes every build different")
        }
        if command.inputTar != nil {
            throw refuse("--input-tar", "the images that its parts come from are not known")
        }
        if command.fetch.offline { throw refuse("--offline", "the shared cache is in a registry") }
        if let output = command.output {
            let isStream = try output == "-" || FileStatus.following(output)?.kind == .other
            if isStream {
                throw refuse("-o \(output)", "outputs must be files to be checked before they are used")
            }
        }
    }
}

import ArgumentParser
import Building
import Host
import OCI

/// Which repositories keep finished outputs for other builders.
struct SharingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take outputs that another builder made from the same inputs from this repository; again for more "
                + "(Docs/sharing.md).", valueName: "repository"))
    var cacheFrom: [String] = []

    @Option(
        help: ArgumentHelp("Keep the outputs in this repository for other builders.", valueName: "repository")
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
                "\(option) \(text): no repository: \(Failure.wording(error))", .usage)
        }
        guard reference.tag == nil, reference.digest == nil else {
            throw Failure(
                "\(option) \(text): give the repository alone; each build has a tag of its own there", .usage)
        }
        return reference
    }

    /// Finds wrong values, and builds that cannot be shared, before any work is done.
    func check(_ command: BuildCommand) throws {
        guard isUsed else { return }
        _ = try repositories
        let option = cacheFrom.isEmpty ? "--cache-to" : "--cache-from"
        func refuse(_ other: String, _ reason: String) -> Failure {
            Failure("\(option) and \(other) exclude each other: \(reason)", .usage)
        }
        if command.sbomCurrentTime {
            throw refuse("--sbom-current-time", "no build is like another with it")
        }
        if command.inputTar != nil {
            throw refuse("--input-tar", "it says nothing of the images that its parts come from")
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

import ArgumentParser
import Building
import Digests
import JSON
import OCI
import Registry
import Sharing
import Signatures

struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Pull outputs published with push.", subcommands: [PullOCICommand.self]
    )
}

struct PullOCICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oci",
        abstract: "Pull and verify the files of an OCI artifact.",
        discussion: """
            The files appear together, after all of them have been downloaded and verified. This also works for \
            artifacts created by oras.

            Examples:
              \(Invocation.name) pull oci registry.example/team/appliance:1.4
              \(Invocation.name) pull oci --dir out --sbom localhost:5000/demo
              \(Invocation.name) pull oci --verify-images cosign.pub registry.example/team/appliance:1.4
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var verification: ImagePolicyOptions

    @Argument(help: ArgumentHelp("The artifact, by tag or digest.", valueName: "reference"))
    var name: String

    @Option(help: ArgumentHelp("Directory for the files. Default: the current one.", valueName: "directory"))
    var dir: String?

    @Flag(help: "Also pull the attached bill of materials, as sbom.spdx.json.")
    var sbom = false

    @Flag(help: "Replace existing files.")
    var force = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let reporter = global.reporter
        let reference = try ImageReference(name)
        let policy = try verification.policy()
        reporter.progress("pulling \(reference)")
        let pulled = try await RegistryAccess.with(try registry.settings(reporter)) { access in
            let client = try await access.client()
            return try await OutputArtifact(reference, client: client).pull(
                into: dir ?? "", replacing: force, withSBOM: sbom,
                admit: { document in
                    _ = try await policy?.check(
                        PolicySubject(reference.at(document.digest), digests: [document.digest]),
                        in: [RegistrySignatures(client)])
                })
        }
        reporter.clear()
        if json {
            var object = ResultText.object(pulled.files)
            object["digest"] = .text(pulled.artifact.digest.oci)
            try Output.print(.object(object))
        } else if !global.quiet {
            try Output.print(ResultText.table(pulled.files))
        }
    }
}

import ArgumentParser
import Building
import Bytes
import Digests
import Host
import JSON
import OCI
import Outputs
import Registry
import Sharing

struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Publish outputs of build.", subcommands: [PushOCICommand.self])
}

struct PushOCICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oci",
        abstract: "Publish outputs in a registry as one OCI artifact.",
        discussion: """
            The bill of materials is attached as a referrer: the file given with --sbom, or else /sbom.spdx.json in \
            the outputs, whatever their format. The same files always get the same digest. Without a tag, the \
            artifact is tagged latest.

            Examples:
              \(Invocation.name) push oci registry.example/team/appliance:1.4 demo-kernel demo-initrd.img demo-cmdline
              \(Invocation.name) push oci --sbom demo.spdx.json localhost:5000/demo demo-efi.qcow2
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var registry: RegistryOptions

    @Argument(help: ArgumentHelp("Repository and tag.", valueName: "reference"))
    var name: String

    @Argument(help: ArgumentHelp("Output files of build.", valueName: "output"))
    var outputs: [String]

    @Option(help: ArgumentHelp("The bill of materials, an SPDX document in JSON.", valueName: "file"))
    var sbom: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let reporter = global.reporter
        let reference = try ImageReference(name)
        guard reference.digest == nil else {
            throw Failure("\(name): cannot push to a digest; pass a tag", .usage)
        }
        let document = try self.document()
        if document == nil {
            reporter.note(
                "no bill of materials found in the outputs, so none is attached; pass one with --sbom")
        }
        reporter.progress("publishing \(outputs.count) files as \(reference)")
        let pushed = try await RegistryAccess.with(try registry.settings(reporter)) { access in
            try await OutputArtifact(reference, client: try await access.client())
                .push(outputs, sbom: document)
        }
        reporter.clear()
        try report(pushed, reference)
        if let sbom = pushed.sbom {
            reporter.note("attached bill of materials: \(reference.repository)@\(sbom.digest.oci)")
        }
    }

    private func document() throws -> [UInt8]? {
        guard let sbom else {
            return try SBOMFinder.find(in: outputs) { global.reporter.warning($0) }
        }
        var source = RangeSource(try ReadableFile(path: sbom))
        let bytes = try source.readAll(limit: 256 << 20, of: sbom)
        guard (try? JSONValue(parsing: bytes))?["spdxVersion"] != nil else {
            throw Failure("--sbom \(sbom): not an SPDX document in JSON", .invalidInput)
        }
        return bytes
    }

    private func report(_ pushed: OutputArtifact.Pushed, _ reference: ImageReference) throws {
        let named = "\(reference.repository)@\(pushed.artifact.digest.oci)"
        if json {
            var object = ResultText.object(pushed.files)
            object["reference"] = .text(named)
            object["digest"] = .text(pushed.artifact.digest.oci)
            object["sbom"] = pushed.sbom.map { .text($0.digest.oci) } ?? .null
            return try Output.print(.object(object))
        }
        if !global.quiet { try Output.print(named) }
    }
}

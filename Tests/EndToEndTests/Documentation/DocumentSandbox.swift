import Digests
import Foundation
import Host
import NetworkSupport
import OCI
import TestSupport

/// Where the commands of one page run, in order: an empty directory with the project's `examples` and `packages`, a
/// kit `linuxkit.yml` whose images are in the cache, boot files for it in `boot`, and a key `cosign.pub` that signed
/// its images. `registry.example` in commands stands for a registry of the tests, which has `acme/app:1`.
struct DocumentSandbox {
    private let directory: TemporaryDirectory
    private let layout: LayoutBuilder
    private let registry: DockerRegistry
    private let signer: CosignSigner

    init() async throws {
        directory = try TemporaryDirectory()
        layout = try SampleKit.layout()
        registry = try await DockerRegistry()
        signer = try CosignSigner()
        for name in ["examples", "packages"] {
            try Tool.run("cp", ["-r", "\(Conformance.root)/\(name)", "\(directory.path)/\(name)"])
        }
        let git = ["-c", "user.name=reader", "-c", "user.email=reader@localhost"]
        try Tool.run("git", ["init", "--quiet"], in: directory.path)
        try Tool.run("git", ["add", "."], in: directory.path)
        try Tool.run("git", git + ["commit", "--quiet", "--message", "Start"], in: directory.path)
        try directory.write("linuxkit.yml", SampleKit.yaml)
        try directory.write("home/greeting", SampleKit.greeting)
        try SampleBootFiles.write(to: directory, "boot")
        try directory.write("cosign.pub", signer.publicKey)
        for name in ["linuxkit", "audit"] {
            try directory.write("keys/\(name).pub", try CosignSigner().publicKey)
        }
        try sign()
    }

    private func sign() throws {
        for name in ["kernel", "init", "tools", "data", "base", "app", "other"] {
            let reference = try ImageReference("sample/\(name):1")
            let image = try layout.layout.image(reference, platform: Platform(architecture: "amd64"))
            let repository = "docker.io/sample/\(name)"
            try signer.tagged(image.root.digest, in: repository).write(into: layout.layout)
            if name == "app" { try publish(image) }
        }
    }

    /// Puts the image, signed, into the registry as `acme/app:1`.
    private func publish(_ image: Image) throws {
        let repository = "\(registry.name)/acme/app"
        try layout.layout.tag(try ImageReference("\(repository):1"), image.root)
        try signer.tagged(image.root.digest, in: repository).write(into: layout.layout)
        try Tool.run(Executable.path, ["cache", "push", "--cache", layout.path, "\(repository):1"])
    }

    func write(_ name: String, _ lines: [String]) throws {
        try directory.write(name, substituted(lines.joined(separator: "\n") + "\n"))
    }

    /// Runs `script` with bash; everything it prints comes on standard output.
    func run(_ script: String) throws -> Command.Result {
        let environment = [
            "HOME": "\(directory.path)/home",
            "PATH": "\(Executable.productsDirectory):/usr/sbin:/usr/bin:/sbin:/bin",
            "IDENTIKIT_CACHE": layout.path, "LC_ALL": "C.UTF-8",
        ]
        return try Command(
            "bash", ["-euo", "pipefail", "-c", "exec 2>&1\n" + substituted(script)], environment: environment,
            workingDirectory: directory.path, timeLimit: 300
        ).run()
    }

    /// What was printed, as the page would have it.
    func shown(_ text: String) -> String {
        text.replacingOccurrences(of: registry.name, with: "registry.example")
    }

    private func substituted(_ text: String) -> String {
        text.replacingOccurrences(of: "registry.example", with: registry.name)
    }
}

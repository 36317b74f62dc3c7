import Digests
import Foundation
import Host
import TestSupport
import Testing

/// LinuxKit's own outputs, to be matched byte for byte.
@Suite(.enabled(if: Conformance.isPresent, "needs ../shared/conformance"))
struct ConformanceTests {
    /// A name of the golden list and the digest that stands there.
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        let digest: String
        var testDescription: String { name }

        static func all(_ file: String) -> [Golden] {
            guard Conformance.isPresent, let digests = try? Conformance.digests(file) else { return [] }
            return digests.map { Golden(name: $0.name, digest: $0.digest) }
        }
    }

    @Test func theListsAreComplete() {
        #expect(Golden.all("golden.sha256").count == 53)
        #expect(Golden.all("edge/golden.sha256").count == 25)
    }

    @Test(arguments: Golden.all("golden.sha256"))
    func publishedConfigurations(golden: Golden) throws {
        let directory = try TemporaryDirectory()
        let stem = golden.name.dropLast(".tar".count)
        let result = try Executable.run(
            [
                "build", "--no-sbom", "--cache", "\(Conformance.directory)/layout", "--arch", "amd64", "-f",
                "tar",
                "--o", "out.tar", "\(Conformance.directory)/yml/\(stem).yml",
            ], in: directory.path)
        #expect(result.status == 0, "\(result.errorText)")
        try expect(try directory.read("out.tar"), golden)
    }

    @Test(arguments: Golden.all("edge/golden.sha256"))
    func edges(golden: Golden) throws {
        let directory = try TemporaryDirectory()
        let stem = golden.name.dropLast(".out".count)
        let source = "\(Conformance.directory)/edge/cases/\(stem)"
        let text = try String(contentsOfFile: "\(source)/args", encoding: .utf8)
        let arguments = text.split(whereSeparator: \.isWhitespace).map { word in
            word.hasSuffix(".yml") ? "\(source)/\(word)" : String(word)
        }
        let isPrinted = arguments.contains("--dry-run")
        var options = ["build", "--cache", "\(Conformance.directory)/edge/layout"]
        if !arguments.contains("--arch") { options += ["--arch", "amd64"] }
        if !isPrinted { options += ["-o", "out"] }
        let result = try Executable.run(options + arguments, in: directory.path)
        #expect(result.status == 0, "\(result.errorText)")
        try expect(isPrinted ? result.output : try directory.read("out"), golden)
    }

    private func expect(_ bytes: [UInt8], _ golden: Golden) throws {
        let digest = SHA256Digest(hashing: bytes).hex
        #expect(
            digest == golden.digest,
            "\(golden.name): \(bytes.count) bytes; unpack golden.tar.zst and compare with cmp")
    }
}

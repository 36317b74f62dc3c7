import Bytes
import Host
import NetworkSupport
import TestSupport
import Testing

@testable import Registry

@Suite struct TrustRootsTests {
    private func problem(_ directory: TemporaryDirectory, _ text: String) throws -> String {
        try directory.write("roots", Array(text.utf8))
        let error = try #require(throws: RegistryError.self) {
            try TrustRoots.list(["\(directory.path)/roots"])
        }
        return "\(error)"
    }

    @Test func certificatesAndNothingElseAreTaken() throws {
        let certificate = try LoopbackCertificate()
        let pem = try certificate.directory.read("ca.crt")
        let key = try certificate.directory.read("ca.key")
        #expect(try TrustRoots.list([certificate.authorityFile]) == pem)
        let directory = try TemporaryDirectory()
        let windows = String(decoding: pem, as: UTF8.self).replacing("\n", with: "\r\n")
        try directory.write("all", Array("The authority\n".utf8) + key + Array(windows.utf8) + pem)
        #expect(try TrustRoots.list(["\(directory.path)/all"]) == pem + pem)
        _ = try Command(
            "openssl",
            ["x509", "-in", certificate.authorityFile, "-outform", "der", "-out", "\(directory.path)/der"]
        ).runSuccessfully()
        #expect(try TrustRoots.list(["\(directory.path)/der", certificate.authorityFile]) == pem + pem)
    }

    @Test func otherFilesAreNamed() throws {
        let certificate = try LoopbackCertificate()
        let directory = try TemporaryDirectory()
        let key = String(decoding: try certificate.directory.read("ca.key"), as: UTF8.self)
        for text in ["", "nothing", key] {
            #expect(try problem(directory, text).contains("\(directory.path)/roots: no certificate found"))
        }
        let pem = String(decoding: try certificate.directory.read("ca.crt"), as: UTF8.self)
        let lines = pem.split(separator: "\n")
        for text in [
            lines.dropLast().joined(separator: "\n"),
            lines.enumerated().filter { $0.offset != 2 }.map(\.element).joined(separator: "\n"),
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            pem.replacing("M", with: "!", maxReplacements: 1),
        ] {
            #expect(try problem(directory, pem + text).contains("certificate 2 in it is malformed"))
        }
    }
}

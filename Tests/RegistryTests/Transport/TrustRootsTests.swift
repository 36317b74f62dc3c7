import Bytes
import Host
import NetworkSupport
import TestSupport
import Testing

@testable import Registry

@Suite struct TrustRootsTests {
    private func problem(_ folder: TemporaryFolder, _ text: String) throws -> String {
        try folder.write("roots", Array(text.utf8))
        let error = try #require(throws: RegistryError.self) { try TrustRoots.list(["\(folder.path)/roots"]) }
        return "\(error)"
    }

    @Test func certificatesAndNothingElseAreTaken() throws {
        let certificate = try LoopbackCertificate()
        let pem = try certificate.folder.read("ca.crt")
        let key = try certificate.folder.read("ca.key")
        #expect(try TrustRoots.list([certificate.authorityFile]) == pem)
        let folder = try TemporaryFolder()
        let windows = String(decoding: pem, as: UTF8.self).replacing("\n", with: "\r\n")
        try folder.write("all", Array("The authority\n".utf8) + key + Array(windows.utf8) + pem)
        #expect(try TrustRoots.list(["\(folder.path)/all"]) == pem + pem)
        _ = try Command(
            "openssl",
            ["x509", "-in", certificate.authorityFile, "-outform", "der", "-out", "\(folder.path)/der"]
        ).runSuccessfully()
        #expect(try TrustRoots.list(["\(folder.path)/der", certificate.authorityFile]) == pem + pem)
    }

    @Test func otherFilesAreNamed() throws {
        let certificate = try LoopbackCertificate()
        let folder = try TemporaryFolder()
        let key = String(decoding: try certificate.folder.read("ca.key"), as: UTF8.self)
        for text in ["", "nothing", key] {
            #expect(try problem(folder, text).contains("\(folder.path)/roots: no certificate found"))
        }
        let pem = String(decoding: try certificate.folder.read("ca.crt"), as: UTF8.self)
        let lines = pem.split(separator: "\n")
        for text in [
            lines.dropLast().joined(separator: "\n"),
            lines.enumerated().filter { $0.offset != 2 }.map(\.element).joined(separator: "\n"),
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            pem.replacing("M", with: "!", maxReplacements: 1),
        ] {
            #expect(try problem(folder, pem + text).contains("certificate 2 in it is malformed"))
        }
    }
}

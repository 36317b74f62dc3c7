import Bytes
import Deflate
import Digests
import NetworkSupport
import OCI
import Registry
import Testing

/// Content-Encoding that nobody asked for: by servers that encode, and by such that only say so.
@Suite struct ContentCodingTests {
    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { GzipMember.compress($0, with: DeflateEncoder()) }
    }

    private func answer(
        _ body: [UInt8], coding: String, type: String = "application/octet-stream", hasLength: Bool = true
    ) -> [UInt8] {
        let length = hasLength ? "Content-Length: \(body.count)\r\n" : ""
        return Array(
            "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Encoding: \(coding)\r\n\(length)\r\n".utf8)
            + body
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP", "identity, gzip"])
    func manifestsAreDecoded(_ coding: String) async throws {
        let image = SampleImage()
        let server = try RawServer([
            answer(gzip(image.manifest), coding: coding, type: MediaType.imageManifest.rawValue)
        ])
        let reference = try ImageReference("\(server.name)/a/b:1")
        try await withClient { (client) async throws in
            #expect(try await client.manifest(reference).bytes == image.manifest)
            // HEAD has the length of what is encoded: not the manifest's.
            #expect(try await client.descriptor(of: reference)?.size == UInt64(image.manifest.count))
        }
        #expect(server.requests.allSatisfy { $0.lowercased().contains("accept-encoding: identity\r\n") })
    }

    /// What is sent, the coding that the head claims, and whether it has a length.
    private func download(
        _ body: [UInt8], as blob: [UInt8], coding: String, hasLength: Bool = true, from start: Int = 0
    ) async throws -> [UInt8] {
        let server = try RawServer([answer(body, coding: coding, hasLength: hasLength)])
        let receiver = MemoryReceiver(Array(blob.prefix(start)))
        let descriptor = Descriptor(
            mediaType: .layerGzip, digest: SHA256Digest(hashing: blob), size: UInt64(blob.count))
        try await withClient { (client) async throws in
            try await client.download(descriptor, from: ImageReference("\(server.name)/a/b"), into: receiver)
        }
        return receiver.bytes
    }

    @Test func blobsAreDecoded() async throws {
        let blob = Array(String(repeating: "a line of a blob\n", count: 100_000).utf8)
        #expect(try await download(gzip(blob), as: blob, coding: "gzip") == blob)
        #expect(try await download(gzip(blob), as: blob, coding: "gzip", hasLength: false) == blob)
        // Of what an earlier attempt left, nothing fits to what is encoded.
        #expect(try await download(gzip(blob), as: blob, coding: "gzip", from: 1000) == blob)
    }

    /// A layer that is a gzip file, labeled as encoded by a store that knows its name.
    @Test func blobsThatAreOnlyLabeledStayAsTheyAre() async throws {
        for content in [sampleBytes(100_000), Array(String(repeating: "many words ", count: 9_000).utf8)] {
            let blob = gzip(content)
            #expect(try await download(blob, as: blob, coding: "gzip") == blob)
            #expect(try await download(blob, as: blob, coding: "gzip", hasLength: false) == blob)
        }
    }

    @Test(arguments: ["aws-chunked", "utf-8", "identity", "aws-chunked, gzip"])
    func codingsThatAreNoneAreIgnored(_ coding: String) async throws {
        let blob = sampleBytes(10_000)
        #expect(try await download(blob, as: blob, coding: coding, hasLength: false) == blob)
    }
}

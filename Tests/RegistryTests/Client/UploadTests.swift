import Bytes
import Digests
import NetworkSupport
import OCI
import Registry
import Testing

@Suite struct UploadTests {
    /// More than goes into one request.
    private static let large = sampleBytes(20 << 20)

    private func upload(
        _ bytes: [UInt8], to registry: TestRegistry, settings: RegistrySettings? = nil
    ) async throws -> BlobUpload {
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        let reference = try registry.reference("a/b")
        let how = try await withClient(settings ?? RegistrySettings(retries: hastyRetries)) {
            (client) async throws in
            try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
        }
        #expect(registry.withContents { $0.blobs[blob.digest] == bytes })
        return how
    }

    @Test(arguments: [true, false]) func inPieces(_ relative: Bool) async throws {
        var options = TestRegistry.Options()
        options.relativeURLs = relative
        let registry = try await TestRegistry(options)
        #expect(try await upload(Self.large, to: registry) == .uploaded)
        #expect(try await upload(Self.large, to: registry) == .existed)
        #expect(registry.requests(.init(method: "PATCH")).count == 1)
        let put = try #require(registry.requests(.init(method: "PUT")).first)
        #expect(put.parameters("_state") == ["at-\(16 << 20)"])
        await registry.close()
    }

    @Test func nothingAndALittle() async throws {
        let registry = try await TestRegistry()
        #expect(try await upload([], to: registry) == .uploaded)
        #expect(try await upload([1], to: registry) == .uploaded)
        #expect(try await upload(sampleBytes(1000), to: registry) == .uploaded)
        #expect(registry.requests(.init(method: "PATCH")).isEmpty)
        await registry.close()
    }

    @Test func itGoesOnWhereItWasCut() async throws {
        let registry = try await TestRegistry()
        registry.inject(.cutRequest(after: 9 << 20), into: .init(method: "PATCH"))
        registry.inject(.cutRequest(after: 1 << 20), into: .init(method: "PUT"))
        #expect(try await upload(Self.large, to: registry) == .uploaded)
        let uploads = registry.requests(.init(path: "/blobs/uploads/"))
        #expect(uploads.filter { $0.method == "POST" }.count == 1)
        #expect(uploads.filter { $0.method == "GET" }.count == 2)
        let ranges = uploads.compactMap { $0.header("Content-Range") }
        #expect(ranges.first == "0-\((16 << 20) - 1)")
        #expect(ranges.dropFirst().allSatisfy { !$0.hasPrefix("0-") })
        await registry.close()
    }

    @Test(arguments: [Fault.status(503), .status(429, retryAfter: "0"), .reset(after: 0), .close(after: 0)])
    func itIsTriedAgain(_ fault: Fault) async throws {
        let registry = try await TestRegistry()
        for method in ["HEAD", "POST", "PATCH", "PUT"] {
            registry.inject(fault, into: .init(method: method, path: "/blobs/"))
        }
        #expect(try await upload(Self.large, to: registry) == .uploaded)
        await registry.close()
    }

    @Test func anUploadThatIsLostBeginsAgain() async throws {
        let registry = try await TestRegistry()
        registry.inject(.status(404), into: .init(method: "PATCH"))
        registry.inject(.status(416), into: .init(method: "PUT", path: "/blobs/"))
        #expect(try await upload(Self.large, to: registry) == .uploaded)
        await registry.close()
    }

    @Test func registriesThatDoNotMount() async throws {
        var options = TestRegistry.Options()
        options.mounts = false
        let registry = try await TestRegistry(options)
        let bytes = sampleBytes(5000)
        let blob = registry.add(bytes, to: "source")
        let source = try registry.reference("source")
        let target = try registry.reference("target")
        try await withClient { (client) async throws in
            let how = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: target, mountableFrom: [source])
            #expect(how == .uploaded)
            #expect(try await client.hasBlob(blob.digest, in: target))
        }
        #expect(registry.requests(.init(method: "POST")).count == 1)
        await registry.close()
    }

    @Test("Repositories are tried in their order until one has the blob")
    func severalRepositoriesMayHaveIt() async throws {
        let registry = try await TestRegistry()
        let bytes = sampleBytes(5000)
        let blob = registry.add(bytes, to: "third")
        let sources = try ["first", "second", "third", "fourth"].map { try registry.reference($0) }
        registry.inject(.status(503), into: .init(method: "POST"), skip: 1)
        try await withClient { (client) async throws in
            let how = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: try registry.reference("target"),
                mountableFrom: sources)
            #expect(how == .mounted)
        }
        #expect(
            registry.requests(.init(method: "POST")).map { $0.parameters("from") }
                == [["first"], ["second"], ["second"], ["third"]])
        await registry.close()
    }

    /// The system refuses to read what is to be sent.
    private struct Unreadable: RandomAccessBytes {
        let count: UInt64 = 100_000
        func read(
            at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
        ) throws(StreamError) -> Int { throw .system(operation: "read", path: "/layer", errno: 5) }
    }

    @Test func whatCannotBeReadIsTold() async throws {
        let registry = try await TestRegistry()
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: "x"), size: Unreadable().count)
        let reference = try registry.reference("a/b")
        try await withClient { (client) async throws in
            let found = await problem {
                _ = try await client.upload(
                    blob, contents: Unreadable(), to: reference, mountableFrom: [])
            }
            #expect(found == .stream(.system(operation: "read", path: "/layer", errno: 5)))
        }
        await registry.close()
    }

    @Test func wrongDigestsAreRefused() async throws {
        let registry = try await TestRegistry()
        let blob = Descriptor(mediaType: .layer, digest: SHA256Digest(hashing: "x"), size: 5000)
        let reference = try registry.reference("a/b")
        try await withClient { (client) async throws in
            let found = await problem {
                _ = try await client.upload(
                    blob, contents: ByteArrayAccess(sampleBytes(5000)), to: reference, mountableFrom: [])
            }
            #expect(found == .refused(status: 400, message: "DIGEST_INVALID"))
        }
        await registry.close()
    }

    @Test(
        "A registry that takes chunk after chunk and keeps nothing gets the blob in one request, or is given up",
        arguments: [true, false])
    func nothingIsKept(_ takesTheWhole: Bool) async throws {
        let registry = try await TestRegistry()
        let bytes = sampleBytes(40 << 20)
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        registry.inject(
            .header("Range", "0-99"), into: RequestPattern(method: "PATCH", path: "/blobs/uploads/"),
            times: 1000)
        registry.inject(
            .header("Range", "0-99"), into: RequestPattern(method: "GET", path: "/blobs/uploads/"),
            times: 1000)
        if !takesTheWhole {
            registry.inject(
                .status(416), into: RequestPattern(method: "PUT", path: "/blobs/uploads/"), times: 1000)
        }
        let reference = try registry.reference("a/b")
        try await withClient { (client) async throws in
            let upload = {
                _ = try await client.upload(
                    blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
            }
            if takesTheWhole { try await upload() } else { #expect(await problem(upload) != nil) }
        }
        #expect(registry.withContents { $0.blobs[blob.digest] == bytes } == takesTheWhole)
        #expect(registry.requests.count < 40)
        await registry.close()
    }

    @Test("Chunks are as large as the registry wants them at least")
    func leastChunk() async throws {
        let registry = try await TestRegistry()
        let bytes = sampleBytes(40 << 20)
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        let patches = RequestPattern(method: "PATCH", path: "/blobs/uploads/")
        let reference = try registry.reference("a/b")
        try await withClient { (client) async throws in
            _ = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
            #expect(registry.requests(patches).count == 2, "16 MiB each, the rest with the end")
            registry.forgetRequests()
            registry.inject(
                .header("OCI-Chunk-Min-Length", "\(30 << 20)"),
                into: RequestPattern(method: "POST", path: "/blobs/uploads/"))
            _ = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: try registry.reference("c/d"), mountableFrom: [])
            #expect(registry.requests(patches).count == 1)
        }
        await registry.close()
    }
}

import NetworkSupport
import OCI
import Registry
import Testing

/// Answers that stretch the rules, as servers in the field send them.
@Suite struct LenientParsingTests {
    @Test func aRateLimitInLinesThatEndInLineFeedsAlone() async throws {
        let server = try RawServer(
            "HTTP/1.1 429 Too Many Requests\nConnection: close\nContent-Type: text/plain\nRetry-After: 1\n\nToo Many Requests.\n"
        )
        var retries = hastyRetries
        retries.attempts = 2
        let reference = try ImageReference("\(server.name)/a/b:1")
        try await withClient(RegistrySettings(retries: retries)) { (client) async throws in
            let clock = ContinuousClock()
            let start = clock.now
            let found = await problem { _ = try await client.manifest(reference) }
            guard case .unavailable(429, 2, _) = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            // Retry-After is waited for.
            #expect(clock.now - start >= .seconds(1))
        }
        #expect(server.requests.count == 2)
    }

    @Test func manifestsInLinesThatEndInLineFeedsAlone() async throws {
        let image = SampleImage()
        let server = try RawServer([
            Array("HTTP/1.1 200 OK\nContent-Type: \(MediaType.imageManifest.rawValue)\n\n".utf8)
                + image.manifest
        ])
        try await withClient { (client) async throws in
            let reference = try ImageReference("\(server.name)/a/b:1")
            #expect(try await client.manifest(reference).bytes == image.manifest)
        }
    }
}

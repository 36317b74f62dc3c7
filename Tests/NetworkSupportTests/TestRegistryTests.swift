import Digests
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite("The tests' own registry", .enabled(if: Tool.available("curl", "skopeo", "openssl")))
struct TestRegistryTests {
    private let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test("skopeo pushes to it and pulls from it", arguments: [false, true], [false, true])
    func roundTrip(isSecure: Bool, hasTokens: Bool) async throws {
        var options = TestRegistry.Options()
        options.isSecure = isSecure
        let login = (username: "ann", password: "horse")
        if hasTokens {
            options.tokens = TokenRules()
            options.tokens?.login = login
        }
        let registry = try await TestRegistry(options)
        let images = try OverlappingImages(count: 1, layers: 3)
        let used = hasTokens ? login : nil
        try Skopeo.push(
            layout: images.builder.path, "docker.io/\(images.names[0])", to: "\(registry.name)/a/b:1",
            login: used, certificate: registry.certificate)
        let directory = try TemporaryDirectory()
        try Skopeo.copy(
            "docker://\(registry.name)/a/b:1", "oci:\(directory.path)/copy:b", login: used,
            certificate: registry.certificate)
        #expect(try directory.list("copy/blobs/sha256").count == 6)
        #expect(registry.issuedTokens.isEmpty != hasTokens)
    }

    @Test("Blobs in part")
    func ranges() async throws {
        let registry = try await TestRegistry()
        let digest = registry.withContents { $0.addBlob(bytes, to: "a") }
        let url = "\(registry.url)/v2/a/blobs/sha256:\(digest.hex)"
        #expect(try Curl(url).body == bytes)
        let part = try Curl(url, ["-r", "10-19"])
        #expect(part.status == 206 && part.body == Array(bytes[10..<20]))
        #expect(part.header("content-range") == "bytes 10-19/100000")
        #expect(try Curl(url, ["-r", "99990-"]).body == Array(bytes[99_990...]))
        #expect(try Curl(url, ["-r", "100000-"]).status == 416)
        registry.inject(.ignoreRange, into: .blobs)
        let all = try Curl(url, ["-r", "10-"])
        #expect(all.status == 200 && all.body == bytes)
        #expect(try Curl(url.replacing("/v2/a/", with: "/v2/other/")).status == 404)
    }

    @Test("An upload in two chunks, cut and gone on with")
    func upload() async throws {
        let registry = try await TestRegistry()
        let start = try Curl("\(registry.url)/v2/a/blobs/uploads/", ["-X", "POST"])
        #expect(start.status == 202)
        let location = try #require(start.header("location"))
        registry.inject(.cutRequest(after: 40_000), into: RequestPattern(method: "PATCH"))
        let patch = ["-X", "PATCH", "-H", "Expect:", "--data-binary", "@-"]
        #expect(try Curl(location, patch, input: bytes).exit != 0)
        let progress = try Curl(location)
        #expect(progress.status == 204 && progress.header("range") == "0-39999")
        let range = ["-H", "Content-Range: 40000-99999"]
        let wrong = try Curl(location, patch + ["-H", "Content-Range: 50000-99999"], input: [1])
        #expect(wrong.status == 416)
        let rest = try Curl(location, patch + range, input: Array(bytes[40_000...]))
        #expect(rest.status == 202 && rest.header("range") == "0-99999")
        let digest = SHA256Digest(hashing: bytes)
        let end = try Curl("\(location)&digest=sha256:\(digest.hex)", ["-X", "PUT"])
        #expect(end.status == 201)
        #expect(registry.withContents { $0.blobs[digest] } == bytes)
        let mount = "\(registry.url)/v2/b/blobs/uploads/?mount=sha256:\(digest.hex)&from=a"
        #expect(try Curl(mount, ["-X", "POST"]).status == 201)
    }

    @Test("What it does wrong is what was asked for")
    func faults() async throws {
        let registry = try await TestRegistry()
        let digest = registry.withContents { $0.addBlob(bytes, to: "a") }
        let url = "\(registry.url)/v2/a/blobs/sha256:\(digest.hex)"
        registry.inject(.status(429, retryAfter: "7"), into: .blobs)
        registry.inject(.reset(after: 5_000), into: .blobs)
        registry.inject(.close(after: 5_000), into: .blobs)
        registry.inject(.corrupt(at: 70_000), into: .blobs)
        registry.inject(.header("Content-Type", "text/html"), into: .blobs)
        registry.inject(.stall(after: 5_000), into: .blobs)
        registry.inject(.redirectLoop, into: .blobs)
        let busy = try Curl(url)
        #expect(busy.status == 429 && busy.header("retry-after") == "7")
        let reset = try Curl(url)
        #expect(reset.exit == 56, "curl's number for a reset: \(reset.exit)")
        #expect(reset.body.count <= 5_000)
        let short = try Curl(url)
        #expect(
            short.exit == 18 && short.body == Array(bytes[..<5_000]),
            "curl's number for a part: \(short.exit)")
        let damaged = try Curl(url).body
        #expect(damaged.indices.filter { damaged[$0] != bytes[$0] } == [70_000])
        #expect(try Curl(url).header("content-type") == "text/html")
        #expect(try Curl(url, ["--speed-limit", "1", "--speed-time", "1"]).exit == 28)
        #expect(try Curl(url).header("location") == url)
        #expect(try Curl(url).body == bytes, "nothing is wrong any more")
        #expect(registry.requests(.blobs).map(\.status) == [429, 200, 200, 200, 200, 200, 301, 200])
    }

    @Test("Tokens are for what they were given for, and expire")
    func tokens() async throws {
        var options = TestRegistry.Options()
        options.tokens = TokenRules()
        options.tokens?.usesPerToken = 2
        let registry = try await TestRegistry(options)
        registry.withContents { _ = $0.addManifest(Array("{}".utf8), "application/json", to: "a", tag: "1") }
        let url = "\(registry.url)/v2/a/manifests/1"
        let challenge = try #require(try Curl(url).header("www-authenticate"))
        #expect(
            challenge
                == "Bearer realm=\"\(registry.url)/token\",service=\"tests\",scope=\"repository:a:pull\"")
        _ = try Curl("\(registry.url)/token?scope=repository:b:pull")
        _ = try Curl("\(registry.url)/token?scope=repository:a:pull")
        let tokens = registry.issuedTokens
        func status(_ token: String) throws -> Int {
            try Curl(url, ["-H", "Authorization: Bearer \(token)"]).status
        }
        #expect(try status(tokens[0]) == 401)
        #expect(try [status(tokens[1]), status(tokens[1]), status(tokens[1])] == [200, 200, 401])
    }

    @Test("Blobs elsewhere, tags in pages, referrers")
    func reading() async throws {
        let storage = try await TestRegistry()
        var options = TestRegistry.Options()
        options.blobStorage = storage
        options.tagsPerPage = 2
        let registry = try await TestRegistry(options)
        let digest = registry.withContents { $0.addBlob(bytes, to: "a") }
        let subject = registry.withContents { contents in
            for tag in ["3", "1", "2"] { contents.addManifest(Array("{}".utf8), "x/y", to: "a", tag: tag) }
            let subject = SHA256Digest(hashing: Array("{}".utf8))
            let referrer = #"{"artifactType":"t/1","subject":{"digest":"sha256:\#(subject.hex)"}}"#
            contents.addManifest(Array(referrer.utf8), "application/vnd.oci.image.manifest.v1+json", to: "a")
            return subject
        }
        #expect(try Curl("\(registry.url)/v2/a/blobs/sha256:\(digest.hex)", ["-L"]).body == bytes)
        #expect(storage.requests.map(\.path) == ["/storage/sha256:\(digest.hex)"])
        let page = try Curl("\(registry.url)/v2/a/tags/list")
        #expect(String(decoding: page.body, as: UTF8.self) == #"{"name":"a","tags":["1","2"]}"#)
        #expect(page.header("link") == #"</v2/a/tags/list?n=2&last=2>; rel="next""#)
        let found = try Curl("\(registry.url)/v2/a/referrers/sha256:\(subject.hex)?artifactType=t/1")
        #expect(String(decoding: found.body, as: UTF8.self).contains(#""artifactType":"t/1""#))
    }
}

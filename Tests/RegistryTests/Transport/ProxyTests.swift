import Bytes
import Digests
import NetworkSupport
import OCI
import Registry
import Testing

/// What is sent to a proxy. A registry of the tests stands in for it, and answers as it is told.
@Suite struct ProxyRequestTests {
    private func settings(_ proxy: String) -> RegistrySettings {
        RegistrySettings(
            proxies: ProxySettings { ["HTTP_PROXY", "HTTPS_PROXY"].contains($0) ? proxy : nil },
            retries: hastyRetries)
    }

    @Test func plainHTTPIsRepeatedByTheProxy() async throws {
        let proxy = try await TestRegistry()
        proxy.inject(.status(503), into: .all)
        proxy.inject(.status(200), into: .all, times: 10)
        try await withClient(settings("http://me:word@\(proxy.name)")) { client in
            let bytes = try await client.file("http://kits.test:81/kit.yml?a=b", limit: 1000)
            #expect(!bytes.isEmpty)
        }
        let request = try #require(proxy.requests.last)
        #expect(proxy.requests.count == 2)
        #expect(request.method == "GET")
        #expect(request.path == "http://kits.test:81/kit.yml")
        #expect(request.parameters("a") == ["b"])
        #expect(request.header("Host") == "kits.test:81")
        #expect(
            request.header("Proxy-Authorization") == "Basic \(Base64.encode(Array("me:word".utf8)))")
        await proxy.close()
    }

    @Test func secureRequestsGoThroughATunnel() async throws {
        let proxy = try await TestRegistry()
        proxy.inject(.status(403), into: .all, times: 10)
        try await withClient(settings("http://me:word@\(proxy.name)")) { client in
            let error = await #expect(throws: RegistryError.self) {
                try await client.file("https://kits.test/kit.yml", limit: 1000)
            }
            guard case .unreachable(let reason) = error?.problem else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.contains("the proxy http://\(proxy.name)"))
            #expect(error?.description.contains("word") == false)
        }
        let request = try #require(proxy.requests.first)
        #expect(request.method == "CONNECT")
        #expect(request.path == "kits.test:443")
        #expect(
            request.header("Proxy-Authorization") == "Basic \(Base64.encode(Array("me:word".utf8)))")
        await proxy.close()
    }

    @Test(.enabled(if: DockerRegistry.isAvailable))
    func imagesComeThroughATunnel() async throws {
        var options = DockerRegistry.Options()
        options.isSecure = true
        let registry = try await DockerRegistry(options)
        let certificate = try #require(registry.certificate)
        let proxy = try await TunnelProxy()
        var settings = settings("http://me:word@\(proxy.name)")
        settings.certificateFiles = [certificate.authorityFile]
        try await withClient(settings) { client in
            let name = try ImageReference("registry.test:\(registry.port)/team/thing:1")
            let blob = Array("a blob".utf8)
            let manifest = ImageManifest(
                configuration: Descriptor(
                    mediaType: .imageConfiguration, digest: SHA256Digest(hashing: blob),
                    size: UInt64(blob.count)), layers: [])
            _ = try await client.upload(
                manifest.configuration, contents: ByteArrayAccess(blob), to: name, mountableFrom: [])
            let pushed = try await client.putManifest(
                manifest.encoded(), mediaType: .imageManifest, as: name)
            #expect(try await client.manifest(name).descriptor.digest == pushed.digest)
        }
        #expect(!proxy.requests.isEmpty)
        for request in proxy.requests {
            #expect(request.hasPrefix("CONNECT registry.test:\(registry.port) HTTP/1.1\r\n"))
            #expect(request.lowercased().contains("proxy-authorization: basic "))
        }
        try await registry.stop()
    }

    /// Asks a registry behind `proxy` (without its scheme) for a manifest.
    private func fetch(
        through scheme: String, login: String = "", _ proxy: TunnelProxy,
        trusting certificate: LoopbackCertificate? = nil
    ) async throws {
        var options = TestRegistry.Options()
        options.isSecure = true
        let registry = try await TestRegistry(options)
        let image = SampleImage()
        registry.add(image, to: "a/b", tag: "1")
        var settings = settings("\(scheme)://\(login)\(proxy.name)")
        settings.certificateFiles = [registry.certificate, certificate].compactMap { $0?.authorityFile }
        try await withClient(settings) { client in
            let reference = try ImageReference("registry.test:\(registry.port)/a/b:1")
            #expect(try await client.manifest(reference).bytes == image.manifest)
        }
        #expect(proxy.requests.contains { $0.contains("registry.test:\(registry.port)") })
        await registry.close()
    }

    @Test func socksProxiesLookNamesUpThemselves() async throws {
        let proxy = try await TunnelProxy(.socks5())
        for scheme in ["socks5", "socks5h"] { try await fetch(through: scheme, proxy) }
        #expect(proxy.requests.allSatisfy { !$0.contains(" for ") })
    }

    @Test func socksProxiesMayWantALogin() async throws {
        let proxy = try await TunnelProxy(.socks5(username: "me", password: "w:rd"))
        try await fetch(through: "socks5", login: "me:w%3Ard@", proxy)
        #expect(proxy.requests.allSatisfy { $0.hasSuffix(" for me") })
        for login in ["", "me:other@"] {
            try await withClient(settings("socks5://\(login)\(proxy.name)")) { client in
                let error = await #expect(throws: RegistryError.self) {
                    try await client.file("https://kits.test/kit.yml", limit: 1000)
                }
                guard case .configuration(let reason) = error?.problem else {
                    Issue.record("\(login): \(String(describing: error))")
                    return
                }
                #expect(reason.contains("login") && !reason.contains("other"))
            }
        }
    }

    @Test func proxiesMaySpeakTLS() async throws {
        let certificate = try LoopbackCertificate()
        let proxy = try await TunnelProxy(certificate: certificate)
        try await fetch(through: "https", login: "me:word@", proxy, trusting: certificate)
        #expect(proxy.requests.allSatisfy { $0.lowercased().contains("proxy-authorization: basic ") })
        // One whose certificate nobody vouches for is not spoken to.
        let count = proxy.requests.count
        try await withClient(settings("https://\(proxy.name)")) { client in
            guard
                case .untrusted? = await problem({
                    _ = try await client.file("https://kits.test/kit.yml", limit: 1000)
                })
            else {
                Issue.record("the proxy was trusted")
                return
            }
        }
        #expect(proxy.requests.count == count)
    }

    @Test func proxiesMayWantALogin() async throws {
        let proxy = try await TestRegistry()
        proxy.inject(.status(407), into: .all, times: 10)
        try await withClient(settings("http://\(proxy.name)")) { client in
            for url in ["http://kits.test/kit.yml", "https://kits.test/kit.yml"] {
                guard
                    case .configuration(let reason)? = await problem({
                        _ = try await client.file(url, limit: 1000)
                    })
                else {
                    Issue.record("\(url)")
                    continue
                }
                #expect(reason.contains("HTTPS_PROXY"))
            }
        }
        await proxy.close()
    }
}

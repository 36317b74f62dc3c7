import Registry
import Testing

@Suite struct ProxySettingsTests {
    private static func settings(_ environment: [String: String]) -> ProxySettings {
        ProxySettings { environment[$0] }
    }

    /// What `NO_PROXY` is, a URL as host, port and scheme, and whether a proxy is used: the rules of Go's httpproxy package.
    static let exceptions: [(String, String, Int?, Bool, Bool)] = [
        ("", "example.com", nil, true, true),
        // This machine is never gone to through a proxy.
        ("", "localhost", 5000, true, false), ("", "LOCALHOST", nil, true, false),
        ("", "127.0.0.1", nil, true, false), ("", "127.9.9.9", 5000, false, false),
        ("", "::1", 5000, true, false),
        ("", "::ffff:127.0.0.1", nil, true, false), ("", "notlocalhost", nil, true, true),
        // All.
        ("*", "example.com", nil, true, false), ("foo.com, * ", "1.2.3.4", nil, true, false),
        // A name is for itself and for all below it.
        ("example.com", "example.com", nil, true, false),
        ("example.com", "a.b.example.com", nil, true, false),
        ("example.com", "notexample.com", nil, true, true),
        ("example.com", "example.com.evil", nil, true, true),
        ("Example.COM", "eXample.com", nil, true, false),
        // With a dot, or a star and a dot, only for those below.
        (".example.com", "a.example.com", nil, true, false), (".example.com", "example.com", nil, true, true),
        ("*.example.com", "a.example.com", nil, true, false),
        ("*.example.com", "example.com", nil, true, true),
        ("*example.com", "aexample.com", nil, true, true),
        // Ports: those of the scheme where the URL has none.
        ("example.com:443", "example.com", nil, true, false),
        ("example.com:443", "example.com", nil, false, true),
        ("example.com:80", "a.example.com", nil, false, false),
        ("example.com:8443", "example.com", nil, true, true),
        ("example.com:8443", "example.com", 8443, true, false),
        ("example.com", "example.com", 8443, true, false),
        (".example.com:8443", "a.example.com", 8443, true, false),
        (".example.com:8443", "a.example.com", nil, true, true),
        // Addresses and ranges of them.
        ("10.1.2.3", "10.1.2.3", nil, true, false), ("10.1.2.3", "10.1.2.30", nil, true, true),
        ("10.1.2.3:443", "10.1.2.3", nil, true, false), ("10.1.2.3:443", "10.1.2.3", 444, true, true),
        ("10.0.0.0/8", "10.255.0.1", 5000, true, false), ("10.0.0.0/8", "11.0.0.1", nil, true, true),
        ("10.128.0.0/9", "10.127.0.1", nil, true, true), ("10.128.0.0/9", "10.129.0.1", nil, true, false),
        ("1.2.3.4/0", "200.0.0.1", nil, true, false), ("1.2.3.4/32", "1.2.3.4", nil, true, false),
        ("0.0.0.0/0", "2001:db8::1", nil, true, true),
        ("2001:db8::/32", "2001:db8:1::5", nil, true, false),
        ("2001:db8::/32", "2001:db9::1", nil, true, true),
        ("[2001:db8::1]:443", "2001:db8:0:0::1", nil, true, false),
        ("2001:DB8::1", "2001:db8::1", 1, true, false),
        ("10.0.0.0/8", "ten.example.com", nil, true, true),
        // White space, empty parts, and what is nothing.
        (" foo.com ,, example.com ", "example.com", nil, true, false), (",", "example.com", nil, true, true),
        ("10.0.0.0/33", "10.0.0.1", nil, true, true), ("10.0.0.01", "10.0.0.1", nil, true, true),
        (":443", "example.com", nil, true, true), ("http://example.com", "example.com", nil, true, true),
    ]

    @Test(arguments: exceptions.indices) func exceptionsAreGos(index: Int) throws {
        let (exceptions, host, port, isSecure, isProxied) = Self.exceptions[index]
        for name in ["NO_PROXY", "no_proxy"] {
            let settings = Self.settings([
                "HTTPS_PROXY": "http://secure.example:1", "HTTP_PROXY": "http://plain.example:2",
                name: exceptions,
            ])
            let proxy = try settings.proxy(host: host, port: port, isSecure: isSecure)
            let expected = isProxied ? (isSecure ? "http://secure.example:1" : "http://plain.example:2") : nil
            #expect(
                proxy?.description == expected, "\(name)=\(exceptions) \(host):\(port.map(String.init) ?? "")"
            )
        }
    }

    /// The value of a variable and the proxy that it is.
    @Test(arguments: [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example", "http://proxy.example:80"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example", "http://proxy.example:80"), ("localhost:3128/", "http://localhost:3128"),
        ("socks5://proxy.example", "socks5://proxy.example:1080"),
        ("socks5h://proxy.example:1", "socks5://proxy.example:1"), ("http://[::1]:3128", "http://[::1]:3128"),
        ("HTTP://Proxy.Example:3128/path", "http://proxy.example:3128"),
        ("http://me:s3cret@proxy.example:3128", "http://proxy.example:3128"),
    ])
    func readsAddresses(value: String, proxy: String) throws {
        let settings = Self.settings(["https_proxy": value])
        let found = try #require(try settings.proxy(host: "ghcr.io", port: nil, isSecure: true))
        #expect(found.description == proxy)
        #expect(try settings.proxy(host: "ghcr.io", port: nil, isSecure: false) == nil)
    }

    @Test func credentialsAreUsedAndNotPrinted() throws {
        let settings = Self.settings(["HTTP_PROXY": "http://m%40e:s3%3Acr%25et@proxy.example:3128"])
        let proxy = try #require(try settings.proxy(host: "ghcr.io", port: nil, isSecure: false))
        #expect(proxy.username == "m@e")
        #expect(proxy.password == "s3:cr%et")
        #expect(!"\(proxy) \(String(reflecting: proxy))".contains("cr%et"))
    }

    @Test func upperCaseGoesFirstAndEmptyIsNone() throws {
        let both = Self.settings(["HTTPS_PROXY": "a.example:1", "https_proxy": "b.example:2"])
        #expect(try both.proxy(host: "ghcr.io", port: nil, isSecure: true)?.host == "a.example")
        let empty = Self.settings(["HTTPS_PROXY": "", "https_proxy": "b.example:2"])
        #expect(try empty.proxy(host: "ghcr.io", port: nil, isSecure: true)?.host == "b.example")
        let none = Self.settings(["HTTPS_PROXY": "", "ALL_PROXY": "c.example:3"])
        #expect(try none.proxy(host: "ghcr.io", port: nil, isSecure: true) == nil)
    }

    @Test func anEndpointKnowsItsProxy() throws {
        let settings = Self.settings(["HTTPS_PROXY": "proxy.example:1", "NO_PROXY": "mirror.example"])
        let mirrors = try RegistryMirrors(["https://mirror.example"], environment: nil)
        let proxies = try mirrors.endpoints(for: "docker.io").map { try settings.proxy(for: $0)?.host }
        #expect(proxies == [nil, "proxy.example"])
    }

    /// A wrong setting is told where it would be used, without what may be a password in it.
    @Test(arguments: [
        "http://", "http://me:s3cret@proxy.example:99999", "ftp://s3cret@proxy.example", "me:s3cret",
        "s3cret host",
        "http://me:s3cret%zz@proxy.example",
    ])
    func aWrongProxyIsNamedNotShown(value: String) throws {
        let settings = Self.settings(["HTTPS_PROXY": value])
        #expect(try settings.proxy(host: "ghcr.io", port: nil, isSecure: false) == nil)
        #expect(try settings.proxy(host: "localhost", port: nil, isSecure: true) == nil)
        let error = try #require(throws: RegistryError.self) {
            try settings.proxy(host: "ghcr.io", port: nil, isSecure: true)
        }
        #expect("\(error.problem)".contains("HTTPS_PROXY"))
        #expect(!"\(error.problem)".contains("s3cret"))
    }
}

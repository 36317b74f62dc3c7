import Testing

@testable import Registry

@Suite struct WebAddressTests {
    @Test func locationsAreResolved() throws {
        let base = try #require(WebAddress("https://a.example:5000/v2/x/blobs/uploads/?_state=1"))
        let cases = [
            ("https://b.example/y?z=1", "https://b.example/y?z=1"),
            ("//b.example/y", "https://b.example/y"),
            ("/v2/y?_state=a%2Fb%3D", "https://a.example:5000/v2/y?_state=a%2Fb%3D"),
            ("id", "https://a.example:5000/v2/x/blobs/uploads/id"),
            ("../id", "https://a.example:5000/v2/x/blobs/id"),
            ("?_state=2", "https://a.example:5000/v2/x/blobs/uploads/?_state=2"),
            ("http://a.example:5000/p#fragment", "http://a.example:5000/p"),
            ("/a|b?c=\"d\"é", "https://a.example:5000/a%7Cb?c=%22d%22%C3%A9"),
        ]
        for (location, expected) in cases { #expect(base.resolving(location)?.url == expected) }
        for location in ["ftp://b.example/", "http://", "/a b", "/a\r\nHost: b", "https://[::1/"] {
            #expect(base.resolving(location) == nil, "\(location)")
        }
    }

    @Test func aQueryIsAddedTo() throws {
        let plain = try #require(WebAddress("http://a/b"))
        #expect(plain.adding([("digest", "sha256:0+1")]).url == "http://a/b?digest=sha256%3A0%2B1")
        let queried = try #require(WebAddress("http://a/b?_state=x%3D"))
        #expect(queried.adding([("digest", "d")]).url == "http://a/b?_state=x%3D&digest=d")
    }

    @Test func whatIsSecretIsNotShown() throws {
        let address = try #require(WebAddress("https://user:word@a.example/file?signature=secret"))
        #expect("\(address)" == "https://a.example/file")
        #expect(address.url == "https://a.example/file?signature=secret")
    }

    @Test func originsAreSchemeHostAndPort() throws {
        let base = try #require(WebAddress("https://a.example/x"))
        #expect(base.hasSameOrigin(as: try #require(WebAddress("https://A.example:443/y"))))
        for other in ["http://a.example/x", "https://a.example:444/x", "https://b.a.example/x"] {
            #expect(!base.hasSameOrigin(as: try #require(WebAddress(other))))
        }
    }
}

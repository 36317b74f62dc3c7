import HTTP
import Testing

@testable import Registry

@Suite struct RedirectTests {
    private func request(_ method: HTTPMethod = .GET, _ url: String = "https://a.example/x") throws
        -> WebRequest
    {
        WebRequest(
            method, try #require(WebAddress(url)),
            headers: ["Authorization": "Basic c2VjcmV0", "Range": "bytes=5-"])
    }

    @Test func secretsStayWithTheirServer() throws {
        for location in ["https://b.example/y", "https://a.example:8443/y", "//b.example/y"] {
            let next = try Redirect.next(
                try request(), status: 307, location: location, allowsPlain: true)
            #expect(next?.headers.contains(name: "authorization") == false, "\(location)")
            #expect(next?.headers.first(name: "range") == "bytes=5-")
        }
        let plain = try Redirect.next(
            try request(), status: 302, location: "http://a.example/x", allowsPlain: true)
        #expect(plain?.headers.contains(name: "authorization") == false)
        let same = try Redirect.next(
            try request(), status: 302, location: "/y?z", allowsPlain: false)
        #expect(same?.headers.contains(name: "authorization") == true)
        #expect(same?.address.url == "https://a.example/y?z")
    }

    @Test func whatIsNotKnownByItsDigestStaysSecure() throws {
        #expect(throws: AttemptError.self) {
            try Redirect.next(
                try request(), status: 302, location: "http://b.example/", allowsPlain: false)
        }
    }

    @Test func bodiesAreNotLostAndLoginsNotGivenAway() throws {
        for status in [301, 302, 303] {
            #expect(throws: AttemptError.self) {
                try Redirect.next(
                    try request(.PATCH), status: status, location: "/y", allowsPlain: true)
            }
        }
        #expect(
            try Redirect.next(try request(.PATCH), status: 307, location: "/y", allowsPlain: true)?
                .method == .PATCH)
        var secret = try request(.POST)
        secret.hasSecretBody = true
        let login = secret
        #expect(throws: AttemptError.self) {
            try Redirect.next(
                login, status: 307, location: "https://b.example/", allowsPlain: false)
        }
    }

    @Test func otherAnswersAreNoRedirects() throws {
        for status in [200, 304, 404] {
            #expect(
                try Redirect.next(try request(), status: status, location: "/y", allowsPlain: true)?
                    .address == nil)
        }
        #expect(throws: AttemptError.self) {
            try Redirect.next(try request(), status: 307, location: nil, allowsPlain: true)
        }
    }
}

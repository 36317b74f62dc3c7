import Testing

@testable import Registry

/// What servers say, in the forms that registries, proxies and object stores have.
@Suite struct ServerMessageTests {
    private func read(_ text: String, hiding secrets: [String] = []) -> String {
        ServerMessage.read(Array(text.utf8), hiding: secrets)
    }

    /// A body, and the line that is shown of it.
    @Test(arguments: [
        (
            #"{"errors":[{"code":"DENIED","message":"no"},{"code":"UNAUTHORIZED","message":"log in"}]}"#,
            "DENIED: no; UNAUTHORIZED: log in"
        ),
        (#"{"errors":[{"code":"DENIED","message":"","detail":"quota"}]}"#, "DENIED: quota"),
        (#"{"errors":[{"status":403,"message":"Forbidden by policy"}]}"#, "Forbidden by policy"),
        (#"{"errors":["one","two"]}"#, "one; two"), (#"{"errors":"one"}"#, "one"),
        (#"{"error":"invalid_grant","error_description":"expired"}"#, "invalid_grant: expired"),
        (#"{"error":{"code":403,"message":"no access","status":"PERMISSION_DENIED"}}"#, "no access"),
        (#"{"title":"Gone","status":410}"#, "Gone"), (#"{"message":"Not Found"}"#, "Not Found"),
        (#""just text""#, "just text"), ("{}", ""), ("[]", ""), ("null", ""), (#"{"errors":[]}"#, ""),
        (#"{"unknown":1}"#, #"{"unknown":1}"#),
        ("image with 3 vulnerabilities cannot be pulled\n", "image with 3 vulnerabilities cannot be pulled"),
        ("  two\r\n\tlines \n", "two lines"), ("", ""), ("\u{FEFF}with a mark", "with a mark"),
        ("bell\u{07} and \u{1B}[31mcolour\u{202E} reversed", "bell and [31mcolour reversed"),
        (
            "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n"
                + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", "403 Forbidden nginx"
        ),
        (
            "<!DOCTYPE html><HTML><HEAD><STYLE>p{}</STYLE></HEAD><script>x<1</script><P>No &lt;way&gt; &amp; &#8364;5</P>",
            "No <way> & €5"
        ),
        ("<html><head><title>Sign in</title></head><body></body></html>", "Sign in"),
        (
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>"
                + "<X-Amz-Expires>600</X-Amz-Expires><RequestId>R4ND0M</RequestId></Error>",
            "AccessDenied: Request has expired"
        ),
        (
            "\u{FEFF}<?xml version=\"1.0\"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate.\n"
                + "RequestId:1</Message><AuthenticationErrorDetail>Signature not valid</AuthenticationErrorDetail></Error>",
            "AuthenticationFailed: Server failed to authenticate. RequestId:1"
        ),
        ("<error>plain & simple", "plain & simple"), ("<", ""), ("<!-- open", ""), ("<script>only", ""),
    ])
    func aBodySays(body: String, line: String) { #expect(read(body) == line) }

    @Test func bytesThatAreNoText() {
        #expect(ServerMessage.read([0x1F, 0x8B, 8, 0, 0, 0, 0, 0]).isEmpty)
        #expect(ServerMessage.read(Array("caf\u{E9}".unicodeScalars.map { UInt8($0.value) })) == "café")
    }

    @Test func noMoreThanALine() {
        for body in [
            String(repeating: "long ", count: 10_000), "<p>" + String(repeating: "long ", count: 10_000),
            #"{"message":"\#(String(repeating: "long ", count: 10_000))"}"#,
        ] {
            let line = read(body)
            #expect((290...301).contains(line.count) && line.hasSuffix("…"), "\(line.count)")
        }
    }

    @Test("Secrets are not shown in any form of text")
    func secrets() {
        let token = "0123456789abcdef-and-more"
        for body in [
            "you sent \(token)", "<p>you sent \(token)</p>", "<Error><Message>\(token)</Message></Error>",
            #"{"message":"you sent 0123456789abc\u0064ef-and-more"}"#, "you sent 0123456789abcdef",
            "<p title='\(token)'>sorry</p>",
        ] {
            #expect(read(body, hiding: [token]).isEmpty, "\(body)")
        }
        #expect(read("nothing of it", hiding: [token, ""]) == "nothing of it")
    }

    @Test func whatASignedURLHasIsSecret() throws {
        let address = try #require(
            WebAddress(
                "https://s3.example/b?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F2024&sig=a%2Bb%3D&x=1"
            ))
        #expect(Set(address.secrets).isSuperset(of: ["AKIAEXAMPLE/2024", "AKIAEXAMPLE%2F2024", "a+b="]))
        #expect(!address.secrets.contains("AWS4-HMAC-SHA256"))
        #expect(!address.secrets.contains("1"))
    }

    @Test func loginsAreSecretInFormsAsWell() {
        let login = Login(username: "me", password: "p ss/w")
        #expect(login.secrets.contains("p ss/w") && login.secrets.contains("p%20ss%2Fw"))
    }
}

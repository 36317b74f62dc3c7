import OCI
import Testing

@testable import Registry

@Suite struct DocumentTests {
    private func type(_ text: String, _ contentType: String?) throws -> MediaType {
        try ManifestDocument.mediaType(Array(text.utf8), contentType: contentType)
    }

    @Test func theDocumentSaysWhatItIs() throws {
        let manifest = #"{"schemaVersion":2,"config":{},"layers":[]}"#
        let index = #"{"schemaVersion":2,"manifests":[]}"#
        let docker = "application/vnd.docker.distribution.manifest.v2+json"
        #expect(try type(manifest, nil) == .imageManifest)
        #expect(try type(manifest, "application/json; charset=utf-8") == .imageManifest)
        #expect(try type(manifest, "\(docker); charset=utf-8").rawValue == docker)
        #expect(try type(manifest, MediaType.imageIndex.rawValue) == .imageManifest)
        #expect(try type(index, docker) == .imageIndex)
        #expect(
            try type(#"{"schemaVersion":2,"mediaType":"\#(docker)","layers":[]}"#, "text/plain").rawValue
                == docker)
    }

    @Test func whatCouldBeReadTwoWaysIsRefused() {
        for text in [
            #"{"schemaVersion":2,"manifests":[],"layers":[]}"#,
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","layers":[]}"#,
            #"{"schemaVersion":1,"fsLayers":[]}"#, "[]", "", "<html>",
        ] {
            #expect(throws: AttemptError.self, "\(text)") { try type(text, nil) }
        }
    }

    @Test func rangesOfAnswers() {
        let range = ContentRange("bytes 5-9/10")
        #expect(range?.first == 5 && range?.last == 9 && range?.total == 10)
        #expect(ContentRange("bytes 5-9/*")?.total == nil)
        for text in ["", "bytes 5-10/10", "bytes 9-5/10", "items 0-1/2", "bytes */10", "bytes 1-2-3/4"] {
            #expect(ContentRange(text) == nil, "\(text)")
        }
        #expect(ContentRange.total("bytes */10") == 10)
    }

    @Test func linksToNextPages() {
        #expect(
            PageLimit.next([#"</v2/x/tags/list?n=1&last=a>; rel="next""#]) == "/v2/x/tags/list?n=1&last=a")
        #expect(PageLimit.next([#"</first>; rel="first", </n>; title="x"; rel=next"#]) == "/n")
        #expect(PageLimit.next([#"</n>; rel="prev next""#]) == "/n")
        #expect(PageLimit.next(["</n>; REL='next'"]) == "/n")
        #expect(PageLimit.next(["/n?last=a; rel=next"]) == "/n?last=a")
        for field in ["", "<", "</x>", #"</x>; rel="prev""#] { #expect(PageLimit.next([field]) == nil) }
    }

    @Test func serversWordsAreCutAndClean() {
        let message = ServerMessage.read(
            Array(#"{"errors":[{"code":"DENIED","message":"no\u001b[31m\nway"}]}"#.utf8))
        #expect(message == "DENIED: no [31m way")
        let long = String(repeating: "x", count: 5000)
        #expect(ServerMessage.read(Array(#"{"errors":[{"message":"\#(long)"}]}"#.utf8)).count == 301)
        #expect(ServerMessage.read(Array("<html></html>".utf8)).isEmpty)
        #expect(ServerMessage.read(Array(#"{"details":"bad login"}"#.utf8)) == "bad login")
    }
}

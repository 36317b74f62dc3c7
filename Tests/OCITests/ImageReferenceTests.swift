import Digests
import OCI
import Testing

@Suite struct ImageReferenceTests {
    @Test(
        "Names are expanded as LinuxKit expands them",
        arguments: [
            ("redis", "docker.io/library/redis"),
            ("redis:4.0.5-alpine", "docker.io/library/redis:4.0.5-alpine"),
            ("linuxkit/init:1", "docker.io/linuxkit/init:1"),
            ("localhost/a", "localhost/a"),
            ("localhost:5000/a:1", "localhost:5000/a:1"),
            ("ghcr.io/a", "ghcr.io/a"),
            ("docker.io/redis", "docker.io/redis"),
            ("foo/bar/baz:t", "foo/bar/baz:t"),
            ("Registry.Example/a_b/c-d.e:V_1", "Registry.Example/a_b/c-d.e:V_1"),
        ])
    func expansion(given: String, expanded: String) throws {
        #expect(try ImageReference(given).description == expanded)
    }

    @Test("A digest is kept beside the tag")
    func digest() throws {
        let hex = String(repeating: "0a", count: 32)
        let reference = try ImageReference("a/b:1@sha256:\(hex)")
        #expect(reference.repository == "docker.io/a/b")
        #expect(reference.tag == "1")
        #expect(reference.digest?.hex == hex)
        #expect(reference.description == "docker.io/a/b:1@sha256:\(hex)")
    }

    @Test(
        "What is not a reference is refused by name",
        arguments: [
            "", ":", "a:", "A", "a/", "/a", "a//b", "a b", "a:b c", "a@sha256:12", "a@", "-a", "a-", "é",
            "a:é",
            "a/../b", "a:" + String(repeating: "t", count: 129), String(repeating: "a", count: 300),
        ])
    func refusal(text: String) {
        let error = #expect(throws: ImageError.self) { try ImageReference(text) }
        #expect(error?.description.contains("\"\(text)\" is not an image reference") == true)
    }
}

@Suite struct PlatformTests {
    @Test("arm64 with and without its only variant is the same platform")
    func variants() {
        let arm64 = Platform(architecture: "arm64")
        let v8 = Platform(architecture: "arm64", variant: "v8")
        #expect(arm64.accepts(v8))
        #expect(v8.accepts(arm64))
        #expect(!v8.accepts(Platform(architecture: "amd64")))
        #expect(
            !Platform(architecture: "arm", variant: "v7").accepts(
                Platform(architecture: "arm", variant: "v6")))
        #expect(!arm64.accepts(Platform(os: "windows", architecture: "arm64")))
    }

    @Test("A platform is written os/architecture/variant")
    func text() {
        #expect(Platform("linux/arm/v7") == Platform(architecture: "arm", variant: "v7"))
        #expect(Platform("linux/amd64")?.description == "linux/amd64")
        for text in ["", "linux", "linux/", "/amd64", "a/b/c/d"] { #expect(Platform(text) == nil) }
    }
}

import Digests
import Registry
import Testing

@Suite struct RegistryErrorTests {
    private func text(_ problem: RegistryError.Problem, registry: String = "registry.example") -> String {
        RegistryError(
            registry: registry, endpoint: "https://\(registry)", reference: "\(registry)/a:1", problem
        ).description
    }

    @Test func sayWhatWhereAndWhatToDo() {
        #expect(
            text(.denied(status: 401, hadCredentials: false, message: "UNAUTHORIZED"))
                == "registry.example/a:1: https://registry.example: access is denied, status 401 "
                + "(UNAUTHORIZED); check the name, or log in with: docker login registry.example "
                + "(or skopeo login registry.example)")
        #expect(
            text(.denied(status: 401, hadCredentials: false, message: ""), registry: "docker.io")
                .hasSuffix("docker login (or skopeo login docker.io)"))
        #expect(text(.untrusted(reason: "expired")).contains("--cert-file"))
        #expect(
            text(.unavailable(status: 503, attempts: 6, message: "")).contains(
                "status 503 after 6 attempts; try again later; what was complete is kept"))
        #expect(
            text(.interrupted(attempts: 1, reason: "cut")).contains("the transfer failed: cut; try again"))
        #expect(text(.notFound(what: "the image")).contains("the image is not there; check the name"))
        let digest = SHA256Digest(hashing: "x")
        #expect(
            text(.wrongContent(expected: digest, found: digest, size: 5)).contains("sha256:\(digest.hex)"))
    }

    @Test func withoutAReferenceTheRegistryIsNamed() {
        let error = RegistryError(registry: "registry.example", .unreachable(reason: "no route"))
        #expect(error.description.hasPrefix("registry.example: cannot be reached: no route; "))
    }
}

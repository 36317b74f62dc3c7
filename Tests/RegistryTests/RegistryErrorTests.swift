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
                == "registry.example/a:1: https://registry.example: access denied (HTTP 401): "
                + "UNAUTHORIZED; check the name, or log in with: docker login registry.example "
                + "(or skopeo login registry.example)")
        #expect(
            text(.denied(status: 401, hadCredentials: false, message: ""), registry: "docker.io")
                .hasSuffix("docker login (or skopeo login docker.io)"))
        #expect(text(.untrusted(reason: "expired")).contains("--cert-file"))
        #expect(
            text(.unavailable(status: 503, attempts: 6, message: "")).contains(
                "registry unavailable (HTTP 503) after 6 attempts; try again later; complete downloads are kept"
            ))
        #expect(
            text(.unavailable(status: 429, attempts: 6, message: "TOOMANYREQUESTS: slow down")).contains(
                "rate limited by the registry (HTTP 429) after 6 attempts: TOOMANYREQUESTS: slow down; "
                    + "log in, wait, or use --mirror"))
        #expect(
            text(.interrupted(attempts: 1, reason: "cut")).contains("transfer failed: cut; try again"))
        #expect(text(.notFound("manifest not found")).contains("manifest not found; check the name"))
        let digest = SHA256Digest(hashing: "x")
        #expect(
            text(.wrongContent(expected: digest, found: digest, size: 5)).contains("sha256:\(digest.hex)"))
        #expect(
            text(.wrongContent(expected: digest, found: digest, size: 5)).hasSuffix(
                "the content was discarded; report this to the registry operator"))
        #expect(
            text(.storageRefused(status: 403, message: "AccessDenied: Request has expired")).contains(
                "the registry's storage refused the download (HTTP 403): AccessDenied: Request has expired; ")
        )
    }

    @Test func theRefusedLoginIsNamedByWhereItCameFrom() {
        var error = RegistryError(
            registry: "registry.example", .denied(status: 403, hadCredentials: true, message: "no"))
        error.loginSource = "/home/me/.docker/config.json"
        #expect(
            error.description
                == "registry.example: access denied to this login (HTTP 403): no; check the name, "
                + "and that the login from /home/me/.docker/config.json may do that; log in again with: "
                + "docker login registry.example")
    }

    @Test func mirrorsWithoutTheImageAreNamed() {
        var error = RegistryError(registry: "registry.example", .notFound("manifest not found"))
        error.mirrorsWithout = ["https://a.example"]
        #expect(
            error.description.contains("manifest not found (also not found on mirror https://a.example);"))
        error.mirrorsWithout.append("https://b.example")
        #expect(
            error.description.contains("(also not found on mirrors https://a.example, https://b.example)"))
    }

    @Test("A file at a URL has no registry to log in to and no mirror")
    func filesHaveTheirOwnAdvice() {
        for problem: RegistryError.Problem in [
            .denied(status: 403, hadCredentials: false, message: ""),
            .unavailable(status: 429, attempts: 6, message: ""), .notFound("file not found"),
        ] {
            var error = RegistryError(
                registry: "files.example", reference: "https://files.example/a", problem)
            error.isRegistry = false
            #expect(!error.description.contains("docker login") && !error.description.contains("--mirror"))
        }
    }

    @Test func withoutAReferenceTheRegistryIsNamed() {
        let error = RegistryError(registry: "registry.example", .unreachable(reason: "no route"))
        #expect(error.description.hasPrefix("registry.example: cannot be reached: no route; "))
    }
}

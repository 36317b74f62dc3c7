@testable import Registry
import TestSupport
import Testing

@Suite struct DaemonAddressTests {
    @Test(arguments: [
        ("unix:///run/docker.sock", "unix:///run/docker.sock"),
        ("tcp://127.0.0.1:2375", "tcp://127.0.0.1:2375"),
        ("tcp://docker.example", "tcp://docker.example:2375"), ("tcp://[::1]:1/", "tcp://[::1]:1"),
        ("http://localhost:80", "tcp://localhost:80"), ("unix:///a b/ü.sock", "unix:///a b/ü.sock"),
    ])
    func isThatOfTheVariable(text: String, address: String) throws {
        #expect(try DaemonAddress { $0 == "DOCKER_HOST" ? text : nil }.description == address)
    }

    @Test(arguments: [
        "/var/run/docker.sock", "unix://docker.sock", "unix://", "ssh://me@docker.example",
        "npipe:////./pipe/docker",
        "tcp://", "tcp://host:99999", "tcp://me:s3cret@host:2375", "tcp://host:2375/path",
        "tcp://host:2375?s3cret",
        "fd://",
    ])
    func whatIsNoneIsRefused(text: String) throws {
        let error = try #require(throws: DaemonError.self) {
            try DaemonAddress { $0 == "DOCKER_HOST" ? text : nil }
        }
        #expect(error.problem == .notUnderstood)
        #expect("\(error)".contains("unix:///path/of/the.sock or tcp://host:port"))
        #expect(!"\(error)".contains("s3cret"))
    }

    @Test func tlsIsRefusedNotLeftOut() throws {
        let environment = ["DOCKER_HOST": "tcp://docker.example:2376", "DOCKER_TLS_VERIFY": "1"]
        let error = try #require(throws: DaemonError.self) { try DaemonAddress { environment[$0] } }
        #expect(error.problem == .wantsTLS)
    }

    /// Where Docker's socket is, podman's has no say.
    @Test func theUsualPlaces() throws {
        let directory = try TemporaryDirectory()
        let docker = "\(directory.path)/docker.sock"
        let podman = "\(directory.path)/podman/podman.sock"
        func found() throws -> DaemonAddress {
            try DaemonAddress(
                environment: { ["XDG_RUNTIME_DIR": directory.path, "DOCKER_HOST": ""][$0] }, docker: docker)
        }
        #expect(try found() == .unix(path: docker))
        #expect(try !found().exists)
        // Anything but a file or a directory may be a socket.
        try Tool.run("sh", ["-c", "mkdir $(dirname \(podman)) && mkfifo \(podman)"])
        #expect(try found() == .unix(path: podman))
        #expect(try found().exists)
        try Tool.run("mkfifo", [docker])
        #expect(try found() == .unix(path: docker))
        #expect(try DaemonAddress { _ in nil } == .unix(path: "/var/run/docker.sock"))
    }
}

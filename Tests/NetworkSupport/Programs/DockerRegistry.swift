internal import Host
internal import TestSupport

/// Debian's `docker-registry` on a free port of loopback, its storage in a temporary directory. It ends when
/// the last reference goes, and when the tests end.
///
/// Tests that use it are `.enabled(if: DockerRegistry.isAvailable)`.
public final class DockerRegistry: Sendable {
    public static var isAvailable: Bool {
        Tool.available("docker-registry", "setpriv", "openssl", "htpasswd")
    }

    public struct Options: Sendable {
        /// Serves TLS with `certificate`.
        public var isSecure = false
        /// Asks for this login with basic authentication.
        public var login: (username: String, password: String)?
        /// Serves as a cache of the registry at this URL (`http://127.0.0.1:5000`) and takes no pushes.
        public var proxyOf: String?
        public var allowsDeletion = true
        /// Locations of uploads are paths, not URLs.
        public var relativeURLs = false

        public init() {}
    }

    public let port: Int
    /// Nil without TLS.
    public let certificate: LoopbackCertificate?
    private let directory: TemporaryDirectory
    private let process: ServerProcess

    public init(_ options: Options = Options()) async throws {
        directory = try TemporaryDirectory()
        certificate = options.isSecure ? try LoopbackCertificate() : nil
        if let login = options.login {
            let line = try Command("htpasswd", ["-Bbn", login.username, login.password]).runSuccessfully()
            try directory.write("htpasswd", line.output)
        }
        let configuration = Self.configuration(options, directory: directory.path, certificate: certificate)
        let file = try directory.write("config.yml", configuration)
        process = try await ServerProcess("docker-registry", ["serve", file], log: "\(directory.path)/log")
        // The system chooses the port: nobody can take it in between. Answers come from here on.
        let text = try await process.wait(for: "listening on 127.0.0.1:", until: { !$0.isNumber })
        port = Int(text) ?? 0
    }

    /// `127.0.0.1:PORT`, the registry's part of a reference.
    public var name: String { "127.0.0.1:\(port)" }
    public var url: String { "\(certificate == nil ? "http" : "https")://\(name)" }
    /// What the server said, one line a request among others.
    public var logText: String { process.logText }

    /// The directory where `docker-registry` keeps blobs: `blobs/sha256/ab/abcd…/data` below it.
    public var storage: String { "\(directory.path)/storage/docker/registry/v2" }

    /// Ends the server at once; its port refuses connections afterwards.
    public func stop() async throws { try await process.stopAndWait() }

    private static func configuration(
        _ options: Options, directory: String, certificate: LoopbackCertificate?
    ) -> String {
        var text = """
            version: 0.1
            log: {level: info}
            storage:
              filesystem: {rootdirectory: \(directory)/storage}
              delete: {enabled: \(options.allowsDeletion)}
              maintenance: {uploadpurging: {enabled: false}}
            http:
              addr: 127.0.0.1:0
              secret: of the tests
              relativeurls: \(options.relativeURLs)

            """
        if let certificate {
            text += "  tls: {certificate: \(certificate.certificateFile), key: \(certificate.keyFile)}\n"
        }
        if options.login != nil {
            text += "auth:\n  htpasswd: {realm: tests, path: \(directory)/htpasswd}\n"
        }
        if let url = options.proxyOf { text += "proxy: {remoteurl: \(url)}\n" }
        return text
    }
}

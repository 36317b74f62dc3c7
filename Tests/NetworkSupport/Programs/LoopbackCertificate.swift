internal import Host
public import TestSupport

/// A certificate for localhost and 127.0.0.1, for registry.test behind a `TunnelProxy`, and the authority of its own that signed it.
public struct LoopbackCertificate: Sendable {
    public let directory: TemporaryDirectory

    /// What clients trust: the authority's certificate, PEM.
    public var authorityFile: String { "\(directory.path)/ca.crt" }
    /// The server's own, PEM.
    public var certificateFile: String { "\(directory.path)/server.crt" }
    public var keyFile: String { "\(directory.path)/server.key" }

    /// The directory as `skopeo --src-cert-dir` wants it.
    public var authorityDirectory: String { "\(directory.path)/trusted" }

    /// Made with openssl.
    public init() throws {
        directory = try TemporaryDirectory()
        let common = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"]
        try Self.request(
            ["-x509", "-subj", "/CN=Identikit test authority", "-keyout", "ca.key", "-out", "ca.crt"]
                + common,
            in: directory.path)
        try Self.request(
            [
                "-x509", "-CA", "ca.crt", "-CAkey", "ca.key", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,DNS:registry.test,IP:127.0.0.1", "-addext",
                "basicConstraints=CA:FALSE",
                "-keyout", "server.key", "-out", "server.crt",
            ] + common, in: directory.path)
        try directory.write("trusted/ca.crt", try directory.read("ca.crt"))
    }

    private static func request(_ arguments: [String], in directory: String) throws {
        _ = try Command("openssl", ["req"] + arguments, workingDirectory: directory).runSuccessfully()
    }
}

internal import Host
public import TestSupport

/// A certificate for localhost and 127.0.0.1, for registry.test behind a `TunnelProxy`, and the authority of its own that signed it.
public struct LoopbackCertificate: Sendable {
    public let folder: TemporaryFolder

    /// What clients trust: the authority's certificate, PEM.
    public var authorityFile: String { "\(folder.path)/ca.crt" }
    /// The server's own, PEM.
    public var certificateFile: String { "\(folder.path)/server.crt" }
    public var keyFile: String { "\(folder.path)/server.key" }

    /// The folder as `skopeo --src-cert-dir` wants it.
    public var authorityFolder: String { "\(folder.path)/trusted" }

    /// Made with openssl.
    public init() throws {
        folder = try TemporaryFolder()
        let common = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"]
        try Self.request(
            ["-x509", "-subj", "/CN=Identikit test authority", "-keyout", "ca.key", "-out", "ca.crt"]
                + common,
            in: folder.path)
        try Self.request(
            [
                "-x509", "-CA", "ca.crt", "-CAkey", "ca.key", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,DNS:registry.test,IP:127.0.0.1", "-addext",
                "basicConstraints=CA:FALSE",
                "-keyout", "server.key", "-out", "server.crt",
            ] + common, in: folder.path)
        try folder.write("trusted/ca.crt", try folder.read("ca.crt"))
    }

    private static func request(_ arguments: [String], in folder: String) throws {
        _ = try Command("openssl", ["req"] + arguments, workingDirectory: folder).runSuccessfully()
    }
}

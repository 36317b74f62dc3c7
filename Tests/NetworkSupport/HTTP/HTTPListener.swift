internal import Host
internal import TestSupport

/// An HTTP/1.1 server on a free port of loopback, or on a socket with a path: one thread a connection, which takes
/// one request after the other. Ends, and cuts its connections, with its last reference.
final class HTTPListener: Sendable {
    /// 0 for a socket with a path.
    let port: Int
    private let server: SocketServer
    private let terminator: TLSTerminator?

    /// `handler` answers every request; when it throws the connection is closed.
    init(
        certificate: LoopbackCertificate? = nil, socketPath: String? = nil,
        handler: @escaping @Sendable (HTTPConnection, HTTPRequestHead) throws -> Void
    ) async throws {
        server = try SocketServer(path: socketPath) { socket in
            let connection = HTTPConnection(socket)
            // A client that wants no other request closes the connection when all has come; a close from here could
            // overtake what is still on its way.
            do { while let head = try connection.nextRequest() { try handler(connection, head) } } catch {}
        }
        if let certificate {
            let terminator = try await TLSTerminator(certificate, to: server.port)
            self.terminator = terminator
            port = terminator.port
        } else {
            terminator = nil
            port = server.port
        }
    }

    /// Frees the port and cuts every connection.
    func close() async {
        try? await terminator?.stop()
        await server.close()
    }
}

/// Debian's socat, which speaks TLS in front of a plain server.
final class TLSTerminator: Sendable {
    let port: Int
    private let process: ServerProcess
    private let certificate: LoopbackCertificate

    init(_ certificate: LoopbackCertificate, to port: Int) async throws {
        self.certificate = certificate
        process = try await ServerProcess(
            "socat",
            [
                "-d", "-d",
                "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,verify=0,cert=\(certificate.certificateFile),"
                    + "key=\(certificate.keyFile)",
                "TCP4:127.0.0.1:\(port),nodelay",
            ], log: "\(certificate.directory.path)/socat.log")
        let text = try await process.wait(for: "listening on AF=2 127.0.0.1:", until: { !$0.isNumber })
        self.port = Int(text) ?? 0
    }

    func stop() async throws { try await process.stopAndWait() }
}

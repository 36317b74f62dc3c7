internal import Bytes
internal import CCurl
internal import Host
internal import Synchronization

/// How a client makes connections.
public struct HTTPSettings: Sendable {
    /// Seconds allowed to establish a connection, including TLS.
    public var connectSeconds: Double
    /// Seconds without a byte in either direction after which a connection counts as dead.
    public var stallSeconds: Double
    /// Idle connections kept open for later requests.
    public var connections = 24
    /// Certificates in PEM, trusted besides the system's.
    public var moreRoots: [UInt8] = []
    let systemRoots = SystemRoots()

    public init(connectSeconds: Double, stallSeconds: Double) {
        self.connectSeconds = connectSeconds
        self.stallSeconds = stallSeconds
    }

    static let installation = "install it with: apt install libcurl4"
}

/// The system's certificates in PEM, read when they are first needed as a list.
final class SystemRoots: Sendable {
    private let bytes = Mutex<[UInt8]?>(nil)

    /// Where distributions keep them, for a libcurl that does not say.
    private static let places = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// Empty if there are none: then only those that are named count.
    func list(of handle: OpaquePointer) -> [UInt8] {
        bytes.withLock { bytes in
            if let bytes { return bytes }
            let own = ccurl_system_roots(handle).map { [String(cString: $0)] } ?? []
            let found = (own + Self.places).lazy.compactMap(Self.read).first ?? []
            bytes = found
            return found
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        do throws(StreamError) {
            var source = RangeSource(try ReadableFile(path: path))
            return try source.readAll(limit: 16 << 20, of: path) + [0x0A]
        } catch { return nil }
    }
}

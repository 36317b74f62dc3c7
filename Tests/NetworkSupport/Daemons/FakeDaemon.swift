internal import JSON
internal import Synchronization

/// A Docker daemon of the tests' own, which has the images that it is given (Docker Engine API, "Images").
public final class FakeDaemon: Sendable {
    public struct Image: Sendable {
        /// What `docker inspect` calls Id.
        public var id: String
        public var os = "linux"
        public var architecture = "amd64"
        /// What `docker save` writes.
        public var archive: [UInt8]
        /// The connection is cut after so many bytes of the archive.
        public var cut: Int?

        public init(id: String, archive: [UInt8]) {
            self.id = id
            self.archive = archive
        }
    }

    private struct State {
        var images: [String: Image] = [:]
        var fixed: (status: Int, body: String)?
        var requests: [String] = []
    }

    private let state: SharedState
    private let listener: HTTPListener

    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    /// Listens on a socket at `path`, or without one on a port of loopback.
    public init(socket path: String? = nil) async throws {
        let state = SharedState()
        self.state = state
        listener = try await HTTPListener(socketPath: path) { connection, head in
            try Self.answer(connection, head, state)
        }
    }

    public var port: Int { listener.port }
    /// Paths that were asked for, in order.
    public var requests: [String] { state.value.withLock { $0.requests } }

    /// `name` as it is asked for: expanded, with its tag or digest.
    public func add(_ image: Image, as name: String) { state.value.withLock { $0.images[name] = image } }

    /// Answers everything with this from now on.
    public func answer(_ status: Int, _ body: String) {
        state.value.withLock { $0.fixed = (status, body) }
    }

    private static func answer(
        _ connection: HTTPConnection, _ head: HTTPRequestHead, _ state: SharedState
    ) throws {
        let (fixed, images) = state.value.withLock { state in
            state.requests.append(head.uri)
            return (state.fixed, state.images)
        }
        func send(_ status: Int, _ body: String) throws {
            let headers = [(name: "Content-Type", value: "application/json")]
            try connection.send(
                Answer(status: status, headers: headers, body: Array(body.utf8)), to: head.method)
        }
        if let fixed { return try send(fixed.status, fixed.body) }
        let parts = head.uri.split(separator: "/")
        let name = parts.dropFirst().dropLast().joined(separator: "/")
        guard parts.first == "images", let image = images[name] else {
            return try send(404, #"{"message": "No such image: \#(name)"}"#)
        }
        if parts.last == "json" {
            let document: JSONValue = [
                "Id": .text(image.id), "Os": .text(image.os), "Architecture": .text(image.architecture),
            ]
            return try send(200, String(decoding: document.encoded(.compact), as: UTF8.self))
        }
        // As Docker does it: in chunks, without a length.
        try connection.begin(
            200, HTTPFields([(name: "Content-Type", value: "application/x-tar")]), to: head.method)
        let bytes = image.archive.prefix(image.cut ?? .max)
        for start in stride(from: 0, to: bytes.count, by: 32 << 10) {
            try connection.write(Array(bytes[start..<min(start + (32 << 10), bytes.count)]))
        }
        if image.cut != nil { throw ConnectionEnd() }
        try connection.end()
    }
}

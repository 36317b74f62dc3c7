internal import Digests
internal import HTTP
internal import Host
internal import OCI

/// A conversation with a daemon about one image.
struct DaemonConnection: Sendable {
    private let address: DaemonAddress
    private let reference: ImageReference
    private let client: HTTPClient
    /// The image as daemons know it: with a digest or a tag, never with both.
    private let name: String

    /// Descriptions of images are far smaller.
    private static let documentLimit = 4 << 20
    /// A daemon may put a large image together before its first byte comes.
    private static let silence = 600.0

    init(address: DaemonAddress, reference: ImageReference) {
        self.address = address
        self.reference = reference
        name =
            reference.digest.map { "\(reference.repository)@\($0.oci)" }
            ?? "\(reference.repository):\(reference.tag ?? "latest")"
        client = HTTPClient(HTTPSettings(connectSeconds: 10, stallSeconds: Self.silence))
    }

    func close() async { await client.close() }

    /// What the daemon has under the name; nil if it has nothing.
    func inspect() async throws -> DaemonImage? {
        let response = try await get("/images/\(name)/json")
        let body = try await bytes(of: response)
        if response.status == 404 { return nil }
        guard response.status == 200 else { throw refusal(response, body) }
        guard let image = DaemonImage(parsing: body) else {
            throw error(.notTheAPI(reason: "it describes an image without Id, Os and Architecture"))
        }
        return image
    }

    /// Imports the image into `layout` while its archive is received, under the requested name.
    func export(into layout: ImageLayout) async throws {
        let response = try await get("/images/\(name)/get")
        guard response.status == 200 else { throw refusal(response, try await bytes(of: response)) }
        let archive = "the archive from \(address)"
        let handoff = ByteHandoff(name: archive)
        let reference = reference
        async let imported: Void = Blocking.run { () throws(ImageError) in
            defer { handoff.abandon() }
            _ = try layout.importArchive(from: handoff.source, archive: archive, name: reference)
        }
        do throws(HTTPFailure) {
            while let piece = try await response.nextPiece() {
                guard await handoff.send(piece) else { break }
            }
            handoff.finish()
        } catch let problem {
            handoff.finish(isCut: true)
            try? await imported
            if problem == .cancelled { throw CancellationError() }
            throw error(.interrupted(reason: AttemptError(reading: problem).note))
        }
        try await imported
    }

    private func get(_ path: String) async throws -> HTTPAnswer {
        var request: HTTPRequest
        switch address {
        case .unix(let socket):
            // podman ignores the host, and some versions of Docker reject the long name of a socket's directory.
            request = HTTPRequest(.GET, "http://localhost\(path)")
            request.route = .socket(path: socket)
        case .tcp(let server): request = HTTPRequest(.GET, "http://\(server)\(path)")
        }
        request.headers.add(name: "user-agent", value: "identikit")
        do throws(HTTPFailure) { return try await client.send(request) } catch let problem {
            if problem == .cancelled { throw CancellationError() }
            throw error(.unreachable(reason: AttemptError(reading: problem).note))
        }
    }

    private func bytes(of response: HTTPAnswer) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(HTTPFailure) {
            while let piece = try await response.nextPiece(), bytes.count <= Self.documentLimit {
                bytes += piece
            }
        } catch let problem {
            if problem == .cancelled { throw CancellationError() }
            throw error(.interrupted(reason: AttemptError(reading: problem).note))
        }
        guard bytes.count <= Self.documentLimit else {
            throw error(.notTheAPI(reason: "its answer is longer than \(Self.documentLimit) bytes"))
        }
        return bytes
    }

    private func refusal(_ response: HTTPAnswer, _ body: [UInt8]) -> DaemonError {
        error(.refused(status: response.status, message: ServerMessage.read(body)))
    }

    private func error(_ problem: DaemonError.Problem) -> DaemonError {
        DaemonError(address: address.description, reference: reference.description, problem)
    }
}

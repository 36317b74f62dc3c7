internal import AsyncHTTPClient
internal import Digests
internal import Host
internal import NIOCore
internal import NIOHTTP1
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
    private static let silence = TimeAmount.minutes(10)

    init(address: DaemonAddress, reference: ImageReference) {
        self.address = address
        self.reference = reference
        name =
            reference.digest.map { "\(reference.repository)@\($0.oci)" }
            ?? "\(reference.repository):\(reference.tag ?? "latest")"
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: Self.silence)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(configuration: configuration)
    }

    func close() async { try? await client.shutdown() }

    /// What the daemon has under the name; nil if it has nothing.
    func inspect() async throws -> DaemonImage? {
        let response = try await get("/images/\(name)/json")
        let body = try await bytes(of: response)
        if response.status == .notFound { return nil }
        guard response.status == .ok else { throw refusal(response, body) }
        guard let image = DaemonImage(parsing: body) else {
            throw error(.notTheAPI(reason: "it describes an image without Id, Os and Architecture"))
        }
        return image
    }

    /// Takes the image into `layout` as its archive comes, and names it as it was asked for.
    func export(into layout: ImageLayout) async throws {
        let response = try await get("/images/\(name)/get")
        guard response.status == .ok else { throw refusal(response, try await bytes(of: response)) }
        let archive = "the archive from \(address)"
        let handoff = ByteHandoff(name: archive)
        let reference = reference
        async let imported: Void = Aside.run { () throws(ImageError) in
            defer { handoff.abandon() }
            _ = try layout.importArchive(from: handoff.source, archive: archive, name: reference)
        }
        do {
            for try await piece in response.body {
                guard await handoff.send(Array(piece.readableBytesView)) else { break }
            }
            // The body of a canceled task just ends.
            try Task.checkCancellation()
            handoff.finish()
        } catch let problem {
            handoff.finish(isCut: true)
            try? await imported
            if problem is CancellationError { throw problem }
            throw error(.interrupted(reason: AttemptError(reading: problem).note))
        }
        try await imported
    }

    private func get(_ path: String) async throws -> HTTPClientResponse {
        let url: String
        switch address {
        case .unix(let socket): url = "http+unix://\(Self.escaped(socket))\(path)"
        case .tcp(let server): url = "http://\(server)\(path)"
        }
        var request = HTTPClientRequest(url: url)
        // podman has no use for the long name of a socket's folder, and some versions of Docker refuse it.
        if case .unix = address { request.headers.add(name: "host", value: "localhost") }
        request.headers.add(name: "user-agent", value: "identikit")
        do { return try await client.execute(request, deadline: .now() + .hours(24)) } catch let problem {
            if problem is CancellationError { throw problem }
            throw error(.unreachable(reason: AttemptError(reading: problem).note))
        }
    }

    private func bytes(of response: HTTPClientResponse) async throws -> [UInt8] {
        do {
            let body = try await response.body.collect(upTo: Self.documentLimit)
            return Array(body.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw error(.notTheAPI(reason: "its answer is longer than \(Self.documentLimit) bytes"))
        } catch let problem {
            if problem is CancellationError { throw problem }
            throw error(.interrupted(reason: AttemptError(reading: problem).note))
        }
    }

    private func refusal(_ response: HTTPClientResponse, _ body: [UInt8]) -> DaemonError {
        error(.refused(status: Int(response.status.code), message: ServerMessage.read(body)))
    }

    private func error(_ problem: DaemonError.Problem) -> DaemonError {
        DaemonError(address: address.description, reference: reference.description, problem)
    }

    /// A path as the host of a URL, the way the HTTP client takes a socket's.
    private static func escaped(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                escaped.append(byte)
            default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

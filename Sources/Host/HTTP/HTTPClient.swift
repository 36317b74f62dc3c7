internal import Bytes
internal import CCurl

/// Sends requests over HTTP/1.1 with libcurl, which is loaded for the first request. Connections are reused.
/// Redirects are not followed.
///
/// Many tasks may use it at once. Canceling a task ends its request soon.
public final class HTTPClient: Sendable {
    private let settings: HTTPSettings
    private let loop: TransferLoop

    public init(_ settings: HTTPSettings) {
        self.settings = settings
        loop = TransferLoop(connections: settings.connections)
    }

    deinit { loop.stop() }

    /// Sends `request` and returns when the head of the response has arrived.
    public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer {
        if let reason = ccurl_open() { throw .noLibrary(Self.message(String(cString: reason))) }
        let transfer = Transfer(request, settings, on: loop)
        let pending = PendingTransfer(transfer)
        loop.post(.start(transfer))
        switch try await pending.next() {
        case .head(let status, let headers): return HTTPAnswer(status, headers, pending)
        default: throw .cut("the connection was closed")
        }
    }

    /// Ends all connections; what is under way fails. Nothing can be sent afterwards.
    public func close() async {
        loop.stop()
        await loop.ended()
    }

    /// Why libcurl cannot be used and what to do.
    static func message(_ reason: String) -> String {
        "libcurl, needed for the network, cannot be used (\(reason)); \(HTTPSettings.installation)"
    }
}

/// A transfer that ends with its last reference.
final class PendingTransfer: Sendable {
    private let transfer: Transfer

    init(_ transfer: Transfer) { self.transfer = transfer }

    deinit { transfer.cancel() }

    /// The next event but those about the request's body, which is read here.
    func next() async throws(HTTPFailure) -> TransferEvent {
        while true {
            switch await transfer.next() {
            case .wantsBody(let offset, let count):
                guard let body = transfer.request.body else { throw .invalidRequest("no body") }
                do throws(StreamError) {
                    transfer.supply(try await body.read(offset, count), at: offset)
                } catch { throw .unreadableBody(error) }
            case .failure(let failure): throw failure
            case let event: return event
            }
        }
    }
}

/// An answer whose body still comes. It is cut off with the last reference, unless all of it was read.
public final class HTTPAnswer: Sendable {
    public let status: Int
    public let headers: HTTPHeaders
    private let pending: PendingTransfer

    init(_ status: Int, _ headers: HTTPHeaders, _ pending: PendingTransfer) {
        self.status = status
        self.headers = headers
        self.pending = pending
    }

    /// The next bytes of the body; nil at its end. The transfer runs only as fast as the caller reads.
    public func nextPiece() async throws(HTTPFailure) -> [UInt8]? {
        switch try await pending.next() {
        case .piece(let bytes): return bytes
        default: return nil
        }
    }
}

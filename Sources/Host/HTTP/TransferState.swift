internal import Host

/// The next event for the task that waits for a response.
enum TransferEvent: Sendable {
    /// The request's body is wanted from here on.
    case wantsBody(offset: UInt64, count: Int)
    case head(status: Int, headers: HTTPHeaders)
    case piece([UInt8])
    case end
    case failure(HTTPFailure)
}

/// How far a transfer is.
struct TransferState {
    /// Bytes of the answer that are held before it pauses.
    static let capacity = 512 << 10
    /// Bytes of the request that are read at a time.
    static let pieceSize = 256 << 10

    /// Of the request's body.
    let bodyLength: UInt64
    var head = AnswerHead()
    var isHeadGiven = false
    var body: [UInt8] = []
    var isBodyPaused = false
    /// Read of the request's body, up to `suppliedEnd`, and not sent yet from `supplyIndex` on.
    var supply: [UInt8] = []
    var supplyIndex = 0
    var suppliedEnd: UInt64 = 0
    var isReading = false
    var isSupplyPaused = false
    var isConnected = false
    var lastActivity = HostClock.monotonicSeconds
    var end: Result<Void, HTTPFailure>?
    var isCancelled = false
    var waiter: CheckedContinuation<Void, Never>?

    init(bodyLength: UInt64) { self.bodyLength = bodyLength }

    /// True if `nextEvent` has one.
    var isReady: Bool {
        isCancelled || end != nil || !body.isEmpty || wantedBody != nil || head.isComplete && !isHeadGiven
    }

    /// The next event; true with it if a pause ends.
    mutating func nextEvent() -> (event: TransferEvent?, resumes: Bool) {
        if isCancelled { return (.failure(.cancelled), false) }
        if end == nil, let wanted = wantedBody {
            isReading = true
            return (.wantsBody(offset: wanted.lowerBound, count: wanted.count), false)
        }
        if head.isComplete, !isHeadGiven {
            isHeadGiven = true
            return (.head(status: head.status, headers: head.headers), false)
        }
        if !body.isEmpty {
            let piece = body
            let resumes = isBodyPaused
            body = []
            isBodyPaused = false
            lastActivity = HostClock.monotonicSeconds
            return (.piece(piece), resumes)
        }
        switch end {
        case .success: return (.end, false)
        case .failure(let failure): return (.failure(failure), false)
        case nil: return (nil, false)
        }
    }

    /// The part of the request's body to read next, while less than one piece is left to send.
    private var wantedBody: Range<UInt64>? {
        guard !isReading, suppliedEnd < bodyLength, supply.count - supplyIndex < Self.pieceSize else {
            return nil
        }
        return suppliedEnd..<min(bodyLength, suppliedEnd + UInt64(Self.pieceSize))
    }

    /// Takes what was read of the request's body; true if a pause ends.
    mutating func take(supply bytes: [UInt8], at offset: UInt64) -> Bool {
        isReading = false
        guard offset == suppliedEnd else { return false }
        supply.removeSubrange(..<supplyIndex)
        supplyIndex = 0
        supply += bytes
        suppliedEnd += UInt64(bytes.count)
        lastActivity = HostClock.monotonicSeconds
        defer { isSupplyPaused = false }
        return isSupplyPaused
    }

    /// Moves some of the request's body into `room`; nil if it is not read yet.
    mutating func moveSupply(into room: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        let rest = supply[supplyIndex...].prefix(room.count)
        if rest.isEmpty, suppliedEnd < bodyLength {
            isSupplyPaused = true
            return nil
        }
        _ = room.update(fromContentsOf: rest)
        supplyIndex += rest.count
        return rest.count
    }

    /// False once part of the body was sent. libcurl would send it again when a reused connection is cut, but the
    /// server may have processed it: only the caller knows what to do then.
    func rewind(to offset: UInt64) -> Bool {
        let sent = suppliedEnd - UInt64(supply.count - supplyIndex)
        return offset == 0 && sent == 0
    }

    /// False, pausing the transfer, if there is no room.
    mutating func take(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard body.count + bytes.count <= Self.capacity || body.isEmpty else {
            isBodyPaused = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }
}

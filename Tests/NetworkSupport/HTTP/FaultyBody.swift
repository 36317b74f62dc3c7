internal import NIOCore

/// The body of an answer on its way to the client, with what goes wrong on it.
struct FaultyBody {
    private let connection: HTTPConnection
    private let fault: Fault?
    private let count: (Int) -> Void
    private var sent = 0

    /// `count` is told how many bytes each write sends.
    init(_ connection: HTTPConnection, _ fault: Fault?, count: @escaping (Int) -> Void) {
        self.connection = connection
        self.fault = fault
        self.count = count
    }

    /// Before the head of the answer.
    func start() async throws {
        switch fault {
        case .reset(after: 0): try await connection.reset()
        case .close(after: 0): throw ConnectionEnd()
        case .stall(after: 0): try await connection.stall()
        default: break
        }
    }

    mutating func write(_ bytes: ByteBuffer) async throws {
        switch fault {
        case .reset(let limit):
            if try await isCut(bytes, limit) { try await connection.reset() }
        case .close(let limit):
            if try await isCut(bytes, limit) {
                // An end that overtakes what came before it may take that along, in this server or in the client.
                try await Task.sleep(for: .milliseconds(50))
                throw ConnectionEnd()
            }
        case .stall(let limit):
            if try await isCut(bytes, limit) { try await connection.stall() }
        case .drip(let size, let pause):
            var rest = bytes
            while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
                try await pass(piece)
                try await Task.sleep(for: pause)
            }
        case .corrupt(let offset):
            var changed = bytes
            let index = bytes.readerIndex + offset - sent
            if offset >= sent, let byte = bytes.getInteger(at: index, as: UInt8.self) {
                changed.setInteger(byte ^ 0x20, at: index)
            }
            try await pass(changed)
        default: try await pass(bytes)
        }
    }

    /// Sends what stands before `limit`; true if there is more.
    private mutating func isCut(_ bytes: ByteBuffer, _ limit: Int) async throws -> Bool {
        let rest = max(0, limit - sent)
        guard bytes.readableBytes > rest else {
            try await pass(bytes)
            return false
        }
        if let piece = bytes.getSlice(at: bytes.readerIndex, length: rest) { try await pass(piece) }
        return true
    }

    private mutating func pass(_ bytes: ByteBuffer) async throws {
        try await connection.write(bytes)
        count(bytes.readableBytes)
        sent += bytes.readableBytes
    }
}
